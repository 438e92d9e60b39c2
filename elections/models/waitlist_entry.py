"""Waiting for a place in a full shift."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from elections.enums import WaitKind
from elections.models.event import ElectionEvent
from elections.models.fields import PublicIdModel
from elections.models.member import Member
from elections.models.shift import Shift


class WaitlistEntryQuerySet(models.QuerySet["WaitlistEntry"]):
    def of_event(self, event: ElectionEvent) -> "WaitlistEntryQuerySet":
        return self.filter(shift__polling_station__event=event)

    def line(self) -> "WaitlistEntryQuerySet":
        """Who gets the place offered in turn, the first first."""
        return self.filter(kind=WaitKind.LINE).order_by("joined_at", "pk")


class WaitlistEntry(PublicIdModel):
    """A member who waits for a place; the line is served in the order of `joined_at`."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="waitlist_entries")
    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="waitlist_entries")
    kind = models.CharField(max_length=5, choices=WaitKind)
    joined_at = models.DateTimeField(default=timezone.now)
    # ALERT: when this person was told of the places that are free now; empty again as soon as the shift is full.
    told_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[WaitlistEntryQuerySet] = WaitlistEntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("joined_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("member", "shift"), name="waitlist_entry_unique"),
            models.CheckConstraint(
                condition=Q(kind=WaitKind.ALERT) | Q(told_at=None), name="waitlist_entry_told_alert"
            ),
        )

    def __str__(self) -> str:
        return f"{self.member} · {self.shift}"
