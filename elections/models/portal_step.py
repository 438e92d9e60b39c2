"""The parts of the portal that the municipality opens and closes."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import StepKind
from elections.models.event import ElectionEvent
from elections.models.fields import PublicIdModel


class PortalStep(PublicIdModel):
    """Open from `opens_at` until `closes_at`; an empty bound is no bound. `text` is the team's own words."""

    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="portal_steps")
    kind = models.CharField(max_length=20, choices=StepKind)
    is_on = models.BooleanField(_("aan"), default=False)
    opens_at = models.DateTimeField(_("open vanaf"), null=True, blank=True)
    closes_at = models.DateTimeField(_("open tot"), null=True, blank=True)
    text = models.TextField(_("eigen uitleg"), max_length=1000, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("event", "kind"), name="portal_step_unique"),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(closes_at__gt=F("opens_at")),
                name="portal_step_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.event} · {self.get_kind_display()}"

    @property
    def is_open(self) -> bool:
        now = timezone.now()
        begun = self.opens_at is None or self.opens_at <= now
        return self.is_on and begun and not self.is_closed

    @property
    def is_closed(self) -> bool:
        return self.is_on and self.closes_at is not None and self.closes_at <= timezone.now()
