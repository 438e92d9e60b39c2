"""What a municipality knew that the backup in its place does not: whom it erased, and from whom it took something away.

The two lie beside each other while a backup is brought back. Everything here is compared with what is there again, so
that nobody is named of whom there is nothing to do.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count
from django_tenants.utils import schema_context

from elections.models import AuditEvent, AuditSeal, Member, MergedMember, RecoveryCode, User
from elections.queries.erase_again import members_to_erase_again


@dataclass
class Since:
    """What the restore undid. People are uuids, in order.

    undone: how often each action was in the log after the backup.
    erased: members who are there again, and were erased or removed.
    colleagues: those who have access or a role again that was taken from them.
    recovery_codes: how many work again that were used or renewed.
    """

    undone: dict[str, int] = field(default_factory=dict)
    erased: list[str] = field(default_factory=list)
    colleagues: list[str] = field(default_factory=list)
    recovery_codes: int = 0


def since_backup(replaced: str, made_at: datetime, log: dict[str, Any] | None) -> Since:
    """Compare the municipality at work, as it came back, with the one that it replaces.

    Parameters:
        replaced: the schema where that one lies.
        made_at: when the backup was made.
        log: number and digest of the newest seal then.
    """
    alive = set(Member.objects.filter(erased_at=None).values_list("uuid", flat=True))
    roles = dict(User.objects.staff().filter(is_active=True).values_list("uuid", "role"))
    codes = set(RecoveryCode.objects.unused().values_list("digest", flat=True))
    with schema_context(replaced):
        events = AuditEvent.objects.filter(at__gt=made_at).order_by("action")
        undone = dict(events.values_list("action").annotate(Count("pk")))
        gone = set(Member.objects.exclude(erased_at=None).values_list("uuid", flat=True))
        gone.update(members_to_erase_again().values_list("uuid", flat=True))
        if log and AuditSeal.objects.filter(digest=log["digest"]).exists():
            # It went on from this very backup: who is not in it any more was taken out, unless they were joined.
            known = (
                Member.objects.values_list("uuid", flat=True),
                MergedMember.objects.values_list("uuid", flat=True),
            )
            gone |= alive.difference(*known)
        had = User.objects.filter(uuid__in=roles).values_list("uuid", "role", "is_active")
        lost = {uuid for uuid, role, is_active in had if not is_active or role != roles[uuid]}
        codes.difference_update(RecoveryCode.objects.unused().values_list("digest", flat=True))
    return Since(undone, _texts(alive & gone), _texts(lost), len(codes))


def _texts(uuids: Iterable[UUID]) -> list[str]:
    return sorted(map(str, uuids))
