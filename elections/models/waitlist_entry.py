"""Waiting for a place in a full shift."""

from django.db import models
from django.utils import timezone

from elections.enums import WaitKind
from elections.models.fields import PublicIdModel
from elections.models.member import Member
from elections.models.shift import Shift


class WaitlistEntry(PublicIdModel):
    """A member who waits for a place; the line is served in the order of `joined_at`."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="waitlist_entries")
    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="waitlist_entries")
    kind = models.CharField(max_length=5, choices=WaitKind)
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("joined_at", "pk")
        constraints = (models.UniqueConstraint(fields=("member", "shift"), name="waitlist_entry_unique"),)

    def __str__(self) -> str:
        return f"{self.member} · {self.shift}"
