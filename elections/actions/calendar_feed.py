"""The address of a member's calendar: made, renewed and switched off by the member, read by their calendar program."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import redis
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.errors import ActionError
from elections.models import CalendarFeed, Member, User
from elections.models.calendar_feed import feed_number
from elections.queries.calendar_feed import find_feed

# Programs look a few times a day on each device; one that asks more is broken, or somebody plays with the address.
READINGS_PER_HOUR: Final = 60
HOUR: Final = timedelta(hours=1)


class ReadTooOften(ActionError):
    """This address was read too often; waiting helps."""


@transaction.atomic
def make_feed(member: Member, *, by: User) -> CalendarFeed:
    """The member's feed, made when there is none yet. Twice is once."""
    Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    feed, is_new = CalendarFeed.objects.get_or_create(member=member)
    if is_new:
        audit.record("calendar_feed.make", by=by, on=member)
    return feed


@transaction.atomic
def renew_feed(member: Member, *, by: User) -> CalendarFeed:
    """A new address. The old one stops at once.

    Raises:
        ActionError: when it was switched off meanwhile.
    """
    _remove(member)
    audit.record("calendar_feed.renew", by=by, on=member)
    return CalendarFeed.objects.create(member=member)


@transaction.atomic
def revoke_feed(member: Member, *, by: User) -> None:
    """Switch the address off. It stops at once, also on devices that somebody else has.

    Raises:
        ActionError: when it was switched off already.
    """
    _remove(member)
    audit.record("calendar_feed.revoke", by=by, on=member)


def read_feed(token: str) -> CalendarFeed | None:
    """The feed that an address was made for; None when it is not ours, was switched off, or its member may not log in.

    Notes that it was read, at most once an hour. Programs of all members may share one address of Google's or
    Microsoft's, so that only the readings of each feed are counted.

    Raises:
        ReadTooOften: after 60 readings within the hour.
    """
    number = feed_number(token)
    if number is None:
        return None
    if _is_read_too_often(number):
        raise ReadTooOften(_("Deze agenda is te vaak opgehaald. Probeer het over een uur weer."))
    feed = find_feed(number)
    if feed:
        _note_reading(feed)
    return feed


def _remove(member: Member) -> None:
    Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    removed, _rows = CalendarFeed.objects.filter(member=member).delete()
    if not removed:
        raise ActionError(_("Uw agenda-adres staat al uit."))


def _note_reading(feed: CalendarFeed) -> None:
    now = timezone.now()
    stale = Q(read_at=None) | Q(read_at__lt=now - HOUR)
    CalendarFeed.objects.filter(stale, pk=feed.pk).update(read_at=now)


def _is_read_too_often(number: UUID) -> bool:
    """Count one reading. Without Redis nothing is counted: a calendar that empties itself is worse."""
    key = f"calendar-feed:{number.hex}"
    try:
        cache.add(key, 0, timeout=HOUR.total_seconds())
        return int(cache.incr(key)) > READINGS_PER_HOUR
    except ValueError:  # the hour ended between the two
        return False
    except redis.RedisError:
        return False
