"""Choosing how long data are kept, and removing each night what is over its term (AVG art. 5(1)(e))."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, Model
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.application import remove_applications
from elections.actions.audit import forget_events_before
from elections.actions.conversation import remove_conversations
from elections.actions.group_message import remove_group_messages
from elections.actions.privacy import erase_member
from elections.enums import ACTIVE_ASSIGNMENT_STATES, EraseReason, RetentionKind
from elections.errors import ActionError
from elections.models import Application, Assignment, Conversation, Member, RetentionTerm, User
from elections.queries.retention import CLEANED, FINISHED
from elections.retention import RULES, Rule, boundary

logger = logging.getLogger(__name__)

CHUNK: Final = 500
# A task may take five minutes; what is left then waits for the next message.
SECONDS: Final = 200.0


@transaction.atomic
def update_term(kind: str, days: int, *, by: User) -> RetentionTerm:
    """Choose the term of one kind of data, in days; the next night works with it.

    Raises:
        ActionError: when the term is shorter or longer than the law and the rules allow.
        KeyError: for a kind that does not exist.
    """
    rule = RULES[kind]
    if not rule.least <= days <= rule.most:
        raise ActionError(
            _("Kies een termijn van %(least)s tot %(most)s dagen.") % {"least": rule.least, "most": rule.most}
        )
    before = rule.days_now
    term, _made = RetentionTerm.objects.update_or_create(kind=kind, defaults={"days": days})
    if before != days:
        audit.record(
            "retention.update",
            by=by,
            on=term,
            label=str(rule.kind.label),
            kind=kind,
            before=before,
            days=days,
        )
    return term


def clean_up(*, seconds: float = SECONDS) -> bool:
    """Remove everything that is over its term, chunk by chunk, each in a transaction of its own with its log line.

    May be killed at any moment and run again at any time: what is gone is gone, the rest is found again. Files go
    before their rows, so that no file is left behind without a row that knows it.

    seconds: after how long to stop in between.

    Returns whether something may be left.
    """
    end = time.monotonic() + seconds
    for rule in RULES.values():
        moment = boundary(rule.days_now)
        if rule.kind == RetentionKind.AUDIT:
            _forget_events(moment)
            continue
        for number in range(len(rule.over(moment))):
            while _clean_chunk(rule, number, moment):
                if time.monotonic() > end:
                    return True
    audit.record(FINISHED, by=None)
    return False


def _forget_events(moment: datetime) -> None:
    """The log has a way of its own to forget, which leaves the seals intact."""
    if any(rows.exists() for rows in RULES[RetentionKind.AUDIT].over(moment)):
        forget_events_before(moment, by=None)


@transaction.atomic
def _clean_chunk(rule: Rule, number: int, moment: datetime) -> bool:
    """Remove some rows of one query of a rule; False when there was nothing to remove."""
    found = rule.over(moment)[number]
    keys = list(found.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    model: Any = found.model
    rows = list(model._base_manager.select_for_update(skip_locked=True).filter(pk__in=keys))
    removed = _REMOVE.get(rule.kind, _delete)(rows) if rows else 0
    if removed:
        label, what = str(rule.kind.label), str(model._meta.model_name)
        audit.record(CLEANED, by=None, label=label, kind=rule.kind.value, rows=removed, what=what)
    return bool(removed)


def _delete(rows: Sequence[Model]) -> int:
    type(rows[0])._base_manager.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _delete_with_files(rows: Sequence[Any]) -> int:
    for row in rows:
        if name := getattr(row, "file", ""):
            default_storage.delete(name)
    return _delete(rows)


def _delete_appointments(rows: Sequence[Any]) -> int:
    """Letters with their files, or assignments: of those the member keeps the day of the last work."""
    if isinstance(rows[0], Assignment):
        worked = Assignment.objects.filter(
            pk__in=[row.pk for row in rows], state__in=ACTIVE_ASSIGNMENT_STATES
        )
        for member, last in worked.values_list("member").annotate(last=Max("period__endswith")):
            day = timezone.localdate(last)
            Member.objects.filter(pk=member).update(last_worked_on=Greatest("last_worked_on", day))
    return _delete_with_files(rows)


def _erase_members(rows: Sequence[Any]) -> int:
    """Erase who stopped; delete the rows of those who were erased before."""
    erased = 0
    for member in rows:
        if member.erased_at:
            erased += _delete([member])
            continue
        try:
            erase_member(member, by=None, reason=EraseReason.TERM)
        except ActionError as problem:
            # For instance a place that was given a moment ago: the next night looks again.
            logger.warning("member %s was not erased: %s", member.uuid, problem.message)
        else:
            erased += 1
    return erased


def _remove_conversations(rows: Sequence[Any]) -> int:
    """Conversations, or messages to groups, with their files."""
    if isinstance(rows[0], Conversation):
        remove_conversations(rows)
    else:
        remove_group_messages(rows)
    return len(rows)


def _remove_applications(rows: Sequence[Any]) -> int:
    """Applications with the mails about them, or the numbers of packages."""
    return remove_applications(rows) if isinstance(rows[0], Application) else _delete(rows)


_REMOVE: Final[dict[RetentionKind, Callable[[Sequence[Any]], int]]] = {
    RetentionKind.JOB: _delete_with_files,
    RetentionKind.APPOINTMENT: _delete_appointments,
    RetentionKind.MEMBER: _erase_members,
    RetentionKind.CONVERSATION: _remove_conversations,
    RetentionKind.APPLICATION: _remove_applications,
    RetentionKind.PORTFOLIO: _remove_applications,
}
