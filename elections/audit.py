"""Writing the log. Every action that changes something calls `record` inside its transaction.

Each event also goes as one JSON line to the logger "zitting.audit", whatever becomes of the transaction: the line
says `attempted`, and a second line confirms the event when it is committed. The lines hold numbers of accounts and
things, never names or facts: what is blanked or forgotten here must not live on in the log of the platform.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import Model

from elections.enums import AuditResult
from elections.models import AuditEvent, User
from tenants.context import current_schema
from tenants.request_ids import request_id

logger = logging.getLogger("zitting.audit")

# Where the present request came from; set by config.middleware, empty in tasks and commands.
origin: ContextVar[str] = ContextVar("origin", default="")

SYSTEM = "systeem"
BATCH: Final = 1000

Fact = str | int | bool | list[str] | None


def record(
    action: str,
    *,
    by: User | None,
    on: Model | None = None,
    label: str = "",
    result: AuditResult = AuditResult.OK,
    purpose: str = "",
    **details: Fact,
) -> AuditEvent:
    """Log one action; returns its event.

    action: "<noun>.<verb>", for instance "member.import"; elections/audit_words.py has its Dutch words.
    by: who did it; None is the system itself (a task or a command).
    on: what it was done to; its uuid and text are kept, not a reference.
    purpose: what it was done for, where a rule asks that (showing a number, erasing a person).
    details: plain facts, such as names of changed fields. Never a BSN, IBAN, code or password.
    """
    return _save(_event(action, by, on, label, result, details, purpose))


def _save(event: AuditEvent) -> AuditEvent:
    event.save()
    announce([event])
    return event


def record_many(
    action: str, on: Iterable[tuple[Model, Mapping[str, Fact]]], *, by: User | None, purpose: str = ""
) -> None:
    """Log the same action on many things, each with its own details, in a few statements; otherwise as `record`."""
    events = [_event(action, by, each, "", AuditResult.OK, details, purpose) for each, details in on]
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)
    announce(events)


def record_view(
    action: str,
    *,
    by: User,
    on: Model | None = None,
    filters: Mapping[str, object] | None = None,
    **details: Fact,
) -> None:
    """Log that a colleague read personal data: of one person (`on`), or a list.

    filters: of a list, what was asked for; give the number of people found as `count`. A list is one event, not one
    for each row.
    """
    # PostgreSQL has no place for a NUL, which anybody can type into the address of a list.
    asked = [
        f"{name}: {value}".replace("\x00", "")
        for name, value in sorted((filters or {}).items())
        if value not in ("", None, [])
    ]
    if asked:
        details["filter"] = asked
    _save(_event(action, by, on, "", AuditResult.OK, details, ""))


def trail(by: User | None, purpose: str = "") -> dict[str, str]:
    """Who, from where and what for: what the functions of the database put into the events they write."""
    event = _event("", by, None, "", AuditResult.OK, {}, purpose)
    return {name: getattr(event, name) for name in ("actor", "actor_id", "origin", "purpose", "request_id")}


def announce(events: Sequence[AuditEvent]) -> None:
    """Write the lines of saved events: at once, and a confirmation when the transaction commits."""
    attempted = transaction.get_connection().in_atomic_block
    for event in events:
        facts = {
            "schema": current_schema(),
            "event": event.pk,
            "at": event.at.isoformat(),
            "action": event.action,
            "actor": event.actor_id or SYSTEM,
            "origin": event.origin,
            "object": f"{event.object_type} {event.object_id}".strip(),
            "result": AuditResult(event.result).name.lower(),
            "request": event.request_id,
            "outcome": "attempted" if attempted else "ok",
        }
        logger.info("%s", json.dumps(facts))
    if attempted and events:
        transaction.on_commit(partial(_confirm, current_schema(), events), robust=True)


def _confirm(schema: str, events: Sequence[AuditEvent]) -> None:
    facts = {"schema": schema, "events": [event.pk for event in events], "outcome": "ok"}
    logger.info("%s", json.dumps(facts))


def _event(
    action: str,
    by: User | None,
    on: Model | None,
    label: str,
    result: AuditResult,
    details: Mapping[str, Fact],
    purpose: str,
) -> AuditEvent:
    return AuditEvent(
        action=action,
        actor=by.display_name if by else SYSTEM,
        actor_id=str(by.uuid) if by else "",
        origin=origin.get(),
        object_type=on._meta.model_name or "" if on else "",
        object_id=str(getattr(on, "uuid", on.pk)) if on else "",
        object_label=(label or str(on) if on else label)[:200],
        result=result,
        details=dict(details),
        purpose=purpose[:200],
        request_id=request_id.get(),
    )
