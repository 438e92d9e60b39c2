"""Who was erased, and came back with a backup of before: they have to be erased again (AVG article 17)."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from elections.models import AuditEvent, Member, MergedMember

RESTORED: Final = "municipality.restore"
"""The event of which the fact "erased" names them, by uuid."""


def members_to_erase_again(also: Iterable[UUID] = ()) -> QuerySet[Member]:
    """The members of the municipality at work whom a restore brought back after they were erased, and who are here yet.

    Also whoever one of them was joined with since.

    also: others who were, by a log that is kept elsewhere.
    """
    told = AuditEvent.objects.filter(action=RESTORED).values_list("details", flat=True)
    back = {UUID(text) for details in told for text in details.get("erased", ())}.union(also)
    here = Member.objects.filter(erased_at=None)
    return here.filter(Q(uuid__in=back) | Q(merged__uuid__in=back)).distinct().order_by("number")


def unknown_here(uuids: Iterable[UUID]) -> list[UUID]:
    """Those that no member of the municipality at work has or had, also not one that was joined with another."""
    asked = set(uuids)
    asked.difference_update(Member.objects.filter(uuid__in=asked).values_list("uuid", flat=True))
    asked.difference_update(MergedMember.objects.filter(uuid__in=asked).values_list("uuid", flat=True))
    return sorted(asked)
