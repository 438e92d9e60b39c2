"""Checking the log against its seals: is every event there, unchanged, and in its place?"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery, TextChoices
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from elections.audit_digests import FIRST, personal_digest, row_digest, seal_digest
from elections.models import AuditEvent, AuditSeal, AuditSealedRow
from elections.models.audit_event import FIXED_COLUMNS, MINIMUM_TERM, PERSONAL_COLUMNS

# No transaction of ours is open this long, so what is not sealed by then was put in afterwards.
SETTLED_AFTER: Final = timedelta(days=1)
ROWS_AT_ONCE: Final = 5000
DAMAGES_KEPT: Final = 100
_EMPTY: Final[dict[str, object]] = {"details": {}}


class DamageKind(TextChoices):
    """What can be wrong with the log."""

    SEAL_MISSING = "seal_missing", _("een zegel is weg")
    SEAL_BROKEN = "seal_broken", _("een zegel klopt niet")
    ROW_WITHOUT_SEAL = "row_without_seal", _("een regel hoort bij een zegel dat er niet is")
    EVENT_MISSING = "event_missing", _("een gebeurtenis is weg")
    EVENT_CHANGED = "event_changed", _("een gebeurtenis is gewijzigd")
    EVENT_ADDED = "event_added", _("een gebeurtenis is later toegevoegd")
    BLANKED_UNSEEN = "blanked_unseen", _("een gebeurtenis is leeggemaakt zonder dat het logboek dat meldt")
    FORGOTTEN_TOO_SOON = "forgotten_too_soon", _("gebeurtenissen zijn te vroeg verwijderd")


@dataclass(frozen=True)
class Damage:
    """One fault; `seal` and `event` are 0 where it is about neither."""

    kind: DamageKind
    seal: int = 0
    event: int = 0

    def __str__(self) -> str:
        place = [f"seal {self.seal}"] if self.seal else []
        place += [f"event {self.event}"] if self.event else []
        return f"{self.kind.value}: {', '.join(place)}"


@dataclass
class Report:
    """What a check found. `damages` holds the first ones, in order of the chain; `damaged` is how many there are."""

    seals: int = 0
    events: int = 0
    unsealed: int = 0
    number: int = 0
    digest: str = FIRST
    head_found: bool = False
    damaged: int = 0
    damages: list[Damage] = field(default_factory=list)

    def note(self, kind: DamageKind, *, seal: int = 0, event: int = 0) -> None:
        """Count a fault, and keep it when it is one of the first."""
        self.damaged += 1
        if len(self.damages) < DAMAGES_KEPT:
            self.damages.append(Damage(kind, seal, event))


def newest_seal() -> AuditSeal | None:
    """The head of the chain."""
    return AuditSeal.objects.order_by("-number").first()


def last_check() -> AuditEvent | None:
    """The event of the last nightly check; its details hold number and digest of the newest seal, and the damage."""
    return AuditEvent.objects.filter(action__in=CHECK_ACTIONS).order_by("-id").first()


CHECK_ACTIONS: Final = ("audit.verify", "audit.damage")


def unsealed() -> QuerySet[AuditEvent]:
    """Events that have no seal yet, oldest first; the part of the log that is settled is not searched again."""
    sealed = AuditSealedRow.objects.filter(event=OuterRef("pk"))
    return AuditEvent.objects.filter(~Exists(sealed), pk__gt=_settled()).order_by("pk")


def forgotten() -> tuple[int, str]:
    """Number and digest of the last seal that was forgotten: there the chain now begins."""
    event = AuditEvent.objects.filter(action="audit.forget").order_by("-id").first()
    return (int(event.details["through"]), str(event.details["digest"])) if event else (0, FIRST)


def verify(head: str = "") -> Report:
    """Check the whole log of the municipality at work.

    head: the digest of a seal that somebody kept; `head_found` tells whether it is still in the chain.
    """
    with _one_picture():
        report = Report()
        report.number, report.digest = forgotten()
        report.head_found = head == report.digest
        blanked = _recorded_blankings()
        for seals in _groups(AuditSeal.objects.order_by("number").iterator(ROWS_AT_ONCE)):
            _check_group(seals, blanked, report, head)
        _check_leftovers(report)
        _check_forgetting(report)
    return report


@contextmanager
def _one_picture() -> Iterator[None]:
    """See the log as it is at one moment, while others add to it or blank it."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _groups(seals: Iterator[AuditSeal]) -> Iterator[list[AuditSeal]]:
    group: list[AuditSeal] = []
    rows = 0
    for seal in seals:
        group.append(seal)
        rows += max(seal.count, 1)
        if rows >= ROWS_AT_ONCE:
            yield group
            group, rows = [], 0
    if group:
        yield group


def _check_group(seals: list[AuditSeal], blanked: Mapping[int, datetime], report: Report, head: str) -> None:
    of_seal: dict[int, list[AuditSealedRow]] = {seal.number: [] for seal in seals}
    for row in AuditSealedRow.objects.filter(seal__in=of_seal).order_by("event"):
        of_seal[row.seal_id].append(row)
    numbers = [row.event for rows in of_seal.values() for row in rows]
    events = {event["id"]: event for event in _columns(AuditEvent.objects.filter(pk__in=numbers))}
    for seal in seals:
        _check_seal(seal, of_seal[seal.number], report)
        report.head_found |= head == seal.digest
        for row in of_seal[seal.number]:
            fault = _fault(row, events.get(row.event), blanked)
            if fault:
                report.note(fault, seal=seal.number, event=row.event)
        report.events += len(of_seal[seal.number])
    report.seals += len(seals)


def _check_seal(seal: AuditSeal, rows: list[AuditSealedRow], report: Report) -> None:
    if seal.number != report.number + 1:
        report.note(DamageKind.SEAL_MISSING, seal=report.number + 1)
    digest = seal_digest(report.digest, seal.number, seal.at, seal.count, (row.digest for row in rows))
    if (seal.previous, seal.digest, seal.count) != (report.digest, digest, len(rows)):
        report.note(DamageKind.SEAL_BROKEN, seal=seal.number)
    report.number, report.digest = seal.number, seal.digest


def _fault(
    row: AuditSealedRow, event: Mapping[str, Any] | None, blanked: Mapping[int, datetime]
) -> DamageKind | None:
    if event is None:
        return DamageKind.EVENT_MISSING
    if row.digest != row_digest(event, row.personal_digest):
        return DamageKind.EVENT_CHANGED
    if event["blanked_at"] is None and row.salt is not None:
        same = row.personal_digest == personal_digest(bytes(row.salt), event)
        return None if same else DamageKind.EVENT_CHANGED
    recorded = event["blanked_at"] is not None and blanked.get(row.event) == event["blanked_at"]
    empty = all(event[name] == _EMPTY.get(name, "") for name in PERSONAL_COLUMNS)
    return None if recorded and empty and row.salt is None else DamageKind.BLANKED_UNSEEN


def _check_leftovers(report: Report) -> None:
    """Rows of seals that are not there, and events that were put in between."""
    orphans = AuditSealedRow.objects.filter(~Exists(AuditSeal.objects.filter(number=OuterRef("seal_id"))))
    for row in orphans.order_by("event").iterator():
        report.note(DamageKind.ROW_WITHOUT_SEAL, seal=row.seal_id, event=row.event)
    sealed = AuditSealedRow.objects.filter(event=OuterRef("pk"))
    late = AuditEvent.objects.filter(~Exists(sealed), pk__lte=_settled()).order_by("pk")
    for number in late.values_list("pk", flat=True).iterator():
        report.note(DamageKind.EVENT_ADDED, event=number)
    report.unsealed = unsealed().count()


def _check_forgetting(report: Report) -> None:
    for event in AuditEvent.objects.filter(action="audit.forget").order_by("pk"):
        before = parse_datetime(str(event.details.get("before", "")))
        if before is None or before > event.at - MINIMUM_TERM:
            report.note(DamageKind.FORGOTTEN_TOO_SOON, event=event.pk)


def _settled() -> Any:
    """The last event of the newest seal that is a day old, as part of another query."""
    old = AuditSeal.objects.filter(at__lt=timezone.now() - SETTLED_AFTER).order_by("-number").values("number")
    last = AuditSealedRow.objects.filter(seal=Subquery(old[:1])).aggregate(last=Max("event"))
    return last["last"] or 0


def _recorded_blankings() -> dict[int, datetime]:
    blankings = AuditEvent.objects.filter(action="audit.blank").order_by("pk").iterator()
    return {number: event.at for event in blankings for number in event.details.get("events", [])}


def _columns(events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent, dict[str, Any]]:
    return events.values(*FIXED_COLUMNS, *PERSONAL_COLUMNS, "blanked_at")
