"""Writing the log. Every action that changes something calls `record` inside its transaction."""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import Final

from django.db.models import Model

from elections.enums import AuditResult
from elections.models import AuditEvent, User

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
    **details: Fact,
) -> None:
    """Log one action.

    action: "<noun>.<verb>", for instance "member.import".
    by: who did it; None is the system itself (a task or a command).
    on: what it was done to; its uuid and text are kept, not a reference.
    details: plain facts, such as names of changed fields. Never a BSN, IBAN, code or password.
    """
    _event(action, by, on, label, result, details).save()


def record_many(action: str, on: Iterable[tuple[Model, Mapping[str, Fact]]], *, by: User | None) -> None:
    """Log the same action on many things, each with its own details, in a few statements; otherwise as `record`."""
    events = [_event(action, by, each, "", AuditResult.OK, details) for each, details in on]
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)


def _event(
    action: str,
    by: User | None,
    on: Model | None,
    label: str,
    result: AuditResult,
    details: Mapping[str, Fact],
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
    )
