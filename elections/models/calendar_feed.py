"""The address at which a member's calendar program reads their places."""

from django.db import models
from django.utils import timezone

from elections.models.fields import PublicIdModel
from elections.models.member import Member


class CalendarFeed(PublicIdModel):
    """The address is signed from `uuid`; deleting the row, or making a new one, makes the old address worthless."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="calendar_feed")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.member}"
