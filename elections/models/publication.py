"""What news and documents share: for whom, from when until when, and who read it."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import PublishState
from elections.models.audience import Audience
from elections.models.fields import PublicIdModel


class PublicationQuerySet(models.QuerySet[Any]):
    def showing(self) -> Self:
        """Published, and now within its period; for whom is asked of elections.queries.audience."""
        now = timezone.now()
        return self.filter(
            Q(ends_at=None) | Q(ends_at__gt=now), state=PublishState.PUBLISHED, publishes_at__lte=now
        )


def publication_constraints(name: str) -> tuple[models.CheckConstraint, ...]:
    """What the database itself keeps true of the model called `name`."""
    return (
        models.CheckConstraint(
            condition=~Q(state=PublishState.PUBLISHED) | Q(publishes_at__isnull=False),
            name=f"{name}_published_when",
        ),
        models.CheckConstraint(
            condition=Q(ends_at=None) | Q(publishes_at=None) | Q(ends_at__gt=F("publishes_at")),
            name=f"{name}_in_order",
        ),
    )


class PublicationModel(PublicIdModel):
    """A draft has no `publishes_at`. `announced_at`: when the mails about it were put in the outbox."""

    title = models.CharField(_("titel"), max_length=150)
    audience = models.ForeignKey(
        Audience, verbose_name=_("voor wie"), on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=PublishState, default=PublishState.DRAFT)
    publishes_at = models.DateTimeField(_("te lezen vanaf"), null=True, blank=True)
    ends_at = models.DateTimeField(_("te lezen tot"), null=True, blank=True)
    tells_by_mail = models.BooleanField(_("stuur leden een e-mail dat dit klaarstaat"), default=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[PublicationQuerySet] = PublicationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def is_showing(self) -> bool:
        now = timezone.now()
        return (
            self.state == PublishState.PUBLISHED
            and self.publishes_at is not None
            and self.publishes_at <= now
            and (self.ends_at is None or self.ends_at > now)
        )
