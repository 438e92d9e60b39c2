"""What happens to the log itself: it is sealed, checked, and blanked or forgotten where the law asks that."""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.audit_digests import new_salt, personal_digest, row_digest, seal_digest
from elections.enums import MailKind
from elections.errors import ActionError
from elections.models import AuditEvent, AuditSeal, AuditSealedRow, User
from elections.models.audit_event import FIXED_COLUMNS, MINIMUM_TERM, PERSONAL_COLUMNS
from elections.notify import outbox
from elections.queries.audit_chain import CHECK_ACTIONS, Report, forgotten, newest_seal, unsealed, verify
from tenants.context import current_municipality, current_schema
from tenants.locks import hold_lock
from tenants.numbers import grouped

logger = logging.getLogger("zitting.audit")

EVENTS_PER_SEAL: Final = 1000
EVENTS_PER_BLANKING: Final = 5000
EXPORT_LIMIT: Final = 100_000
CHAIN: Final = "audit chain"
CHECK_AT: Final = timedelta(hours=2)
"""The hour of the night, in the municipality's own time, after which the log of the day before is checked."""


@transaction.atomic
def seal_events() -> int:
    """Seal every committed event that has no seal yet. Returns how many there were.

    The events of one seal are those that had committed by then, in order of number. An event with a lower number
    that commits later is in a later seal.
    """
    hold_lock(CHAIN)
    sealed = 0
    last = newest_seal()
    number, digest = (last.number, last.digest) if last else forgotten()
    while events := list(unsealed().values(*FIXED_COLUMNS, *PERSONAL_COLUMNS)[:EVENTS_PER_SEAL]):
        number += 1
        seal = AuditSeal(number=number, at=timezone.now(), count=len(events), previous=digest)
        rows = []
        for event in events:
            salt = new_salt()
            personal = personal_digest(salt, event)
            rows.append(
                AuditSealedRow(
                    event=event["id"],
                    seal=seal,
                    salt=salt,
                    personal_digest=personal,
                    digest=row_digest(event, personal),
                )
            )
        seal.digest = digest = seal_digest(digest, number, seal.at, seal.count, (row.digest for row in rows))
        seal.save(force_insert=True)
        AuditSealedRow.objects.bulk_create(rows)
        sealed += len(events)
    return sealed


@transaction.atomic
def blank_events(events: QuerySet[AuditEvent], *, by: User | None, purpose: str = "") -> int:
    """Blank what these events say about people, and destroy the salts of their digests. Returns how many it did.

    Names, origin, label, facts and purpose go; moment, action, result and the random numbers of actor and object
    stay, and the seals still hold. The events that tell of a blanking cannot be blanked.

    by: who decided it; None is the system (a retention term).
    purpose: the ground, such as "AVG artikel 17"; it is kept in the event that tells of this.
    """
    seal_events()
    blanked = 0
    numbers = list(events.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(numbers), EVENTS_PER_BLANKING):
        chunk = numbers[start : start + EVENTS_PER_BLANKING]
        blanked += _through_door("audit_blank(%s::bigint[], %s::jsonb)", [chunk, _trail(by, purpose)])
        _announce("audit.blank")
    seal_events()
    return blanked


@transaction.atomic
def forget_events_before(moment: datetime, *, by: User | None, purpose: str = "") -> int:
    """Delete the events of before `moment`, as far as whole seals are older. Returns how many went.

    Raises ActionError when `moment` is less than 180 days ago (BIO2 8.18.02); the database refuses that too.
    """
    if moment > timezone.now() - MINIMUM_TERM:
        raise ActionError(
            _("Het logboek bewaart elke gebeurtenis minstens %(days)s dagen.") % {"days": MINIMUM_TERM.days}
        )
    seal_events()
    gone = _through_door("audit_forget(%s, %s::jsonb)", [moment, _trail(by, purpose)])
    if gone:
        _announce("audit.forget")
        seal_events()
    return gone


def export_events(
    events: QuerySet[AuditEvent], *, by: User | None, filters: Mapping[str, object]
) -> QuerySet[AuditEvent]:
    """The events to export, oldest first, after logging that somebody took them along.

    filters: what was asked for, for the log.

    Raises ActionError when there are more than fit in one file.
    """
    count = events.count()
    if count > EXPORT_LIMIT:
        raise ActionError(
            _(
                "Dit zijn %(count)s gebeurtenissen. Kies een kortere periode: er passen er %(limit)s in een bestand."
            )
            % {"count": grouped(count), "limit": grouped(EXPORT_LIMIT)}
        )
    last = events.aggregate(last=Max("pk"))["last"] or 0
    asked = [f"{name}: {value}" for name, value in filters.items() if value not in ("", None)]
    audit.record("audit.export", by=by, filter=asked, count=count)
    return events.filter(pk__lte=last).order_by("pk")


def check_log() -> Report | None:
    """Once a night: seal, check the whole log, and send the newest seal to the municipality's own mailbox.

    Whoever can rewrite the database cannot rewrite that mailbox. Returns None when it was done today, or when the
    night has only begun.
    """
    if _is_checked() or timezone.localtime() - _midnight() < CHECK_AT:
        return None
    seal_events()
    report = verify()
    with transaction.atomic():
        hold_lock("audit check")
        if _is_checked():
            return None
        event = audit.record(
            "audit.damage" if report.damaged else "audit.verify",
            by=None,
            number=report.number,
            digest=report.digest,
            events=report.events,
            damage=report.damaged,
            first=str(report.damages[0]) if report.damages else "",
        )
        municipality = current_municipality()
        if municipality.email:
            outbox.enqueue(
                MailKind.AUDIT_HEAD,
                user=None,
                to_email=municipality.email,
                key=f"audit-head:{timezone.localdate():%Y-%m-%d}",
                reference=event.uuid,
            )
    logger.info("newest seal of %s: number %s, %s", current_schema(), report.number, report.digest)
    for damage in report.damages:
        logger.error("the log of %s is damaged: %s", current_schema(), damage)
    return report


def _is_checked() -> bool:
    return AuditEvent.objects.filter(action__in=CHECK_ACTIONS, at__gte=_midnight()).exists()


def _midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _trail(by: User | None, purpose: str) -> str:
    return json.dumps(audit.trail(by, purpose))


def _through_door(call: str, parameters: Sequence[Any]) -> int:
    """Call one of the two functions of the database that may touch the log (migration 0004)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {call}", parameters)
        return int(cursor.fetchone()[0])


def _announce(action: str) -> None:
    """The database wrote this event itself; its line in the log of the platform is ours."""
    event = AuditEvent.objects.filter(action=action).order_by("-id").first()
    if event:
        audit.announce([event])
