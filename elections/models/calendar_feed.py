"""The address at which a member's calendar program reads their places."""

import uuid

from django.db import models
from django.utils import timezone

from elections.models.fields import PublicIdModel
from elections.models.member import Member
from tenants import signing

PURPOSE = "calendar-feed"


class CalendarFeed(PublicIdModel):
    """The address is signed from `uuid`; deleting the row, or making a new one, makes the old address worthless."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="calendar_feed")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.member}"

    @property
    def token(self) -> str:
        """The signed text in the address, the same each time; worth nothing at another municipality."""
        return signing.sign(self.uuid.hex, purpose=PURPOSE)


def feed_number(token: str) -> uuid.UUID | None:
    """The number in a token that was made here, whether that feed is still there or not; None for any other text."""
    try:
        return uuid.UUID(signing.unsign(token, purpose=PURPOSE))
    except (signing.BadSignature, ValueError):
        return None
