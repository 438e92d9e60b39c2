"""The parts of the portal that the municipality opens and closes, and who read its own parts."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import StepKind
from elections.models.audience import Audience
from elections.models.event import ElectionEvent
from elections.models.fields import PublicIdModel
from elections.models.member import Member


class PortalStepQuerySet(models.QuerySet["PortalStep"]):
    """Parts of the portal by whether they are open."""

    def open_at(self, moment: datetime) -> Self:
        """As `PortalStep.is_open_at`: on, and open at that moment as far as the team has planned now."""
        return self.filter(is_on=True).exclude(opens_at__gt=moment).exclude(closes_at__lte=moment)


class PortalStep(PublicIdModel):
    """Open from `opens_at` until `closes_at`; an empty bound is no bound. `text` is the team's own words.

    No audience means everybody. A part of the team's own (StepKind.OWN) has a `title` and a `body` in Markdown, and
    there may be many; of the other kinds an event has one each.
    """

    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="portal_steps")
    kind = models.CharField(max_length=20, choices=StepKind)
    # The order in the task list; the number itself means nothing.
    rank = models.PositiveSmallIntegerField(default=0)
    is_on = models.BooleanField(_("aan"), default=False)
    opens_at = models.DateTimeField(_("open vanaf"), null=True, blank=True)
    closes_at = models.DateTimeField(_("open tot"), null=True, blank=True)
    audience = models.ForeignKey(
        Audience,
        verbose_name=_("voor wie"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    text = models.TextField(_("eigen uitleg"), max_length=1000, blank=True)
    title = models.CharField(_("titel"), max_length=80, blank=True)
    body = models.TextField(_("tekst"), max_length=10_000, blank=True)
    # Counts the changes, so that nobody saves over what they did not see.
    version = models.PositiveIntegerField(default=1)
    # Counts the changes of title and body: a part of the team's own is new again for who read an earlier edition.
    edition = models.PositiveIntegerField(default=1)

    objects: ClassVar[PortalStepQuerySet] = PortalStepQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("rank", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("event", "kind"), condition=~Q(kind=StepKind.OWN), name="portal_step_unique"
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(closes_at__gt=F("opens_at")),
                name="portal_step_in_order",
            ),
            models.CheckConstraint(
                condition=(Q(kind=StepKind.OWN) & ~Q(title=""))
                | (~Q(kind=StepKind.OWN) & Q(title="", body="")),
                name="portal_step_own_has_title",
            ),
        )

    def __str__(self) -> str:
        return f"{self.event} · {self.name}"

    @property
    def name(self) -> str:
        """What members read above it."""
        return self.title or str(StepKind(self.kind).label)

    @property
    def is_open(self) -> bool:
        return self.is_open_at(timezone.now())

    @property
    def is_closed(self) -> bool:
        return self.is_on and self.closes_at is not None and self.closes_at <= timezone.now()

    def is_open_at(self, moment: datetime) -> bool:
        """Whether it is on, and open at that moment as far as the team has planned now."""
        begun = self.opens_at is None or self.opens_at <= moment
        ended = self.closes_at is not None and self.closes_at <= moment
        return self.is_on and begun and not ended


class StepReading(models.Model):
    """Who read a part of the team's own: the newest edition that they read, and when."""

    step = models.ForeignKey(PortalStep, on_delete=models.CASCADE, related_name="readings")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="step_readings")
    read_at = models.DateTimeField(default=timezone.now)
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("step", "member"), name="step_reading_once"),)

    def __str__(self) -> str:
        return f"{self.step} · {self.member}"
