"""Reading numbers in the clear: for paying people, by two colleagues, and never without a trace.

Nothing but the payment run may import this (tests/isolation/test_reveal_imports.py). There is no payment run yet, so no
page calls it; `second` is to rest on that colleague's own stored approval there.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from elections import audit
from elections.enums import AuditResult, MailKind, RevealPurpose, SecretKind
from elections.errors import ActionError
from elections.models import AuditEvent, Member, MemberSecret, User
from elections.notify import outbox
from elections.permissions import can
from elections.secrets import Secret, unseal
from elections.sessions import SessionData, is_confirmed
from tenants.context import current_municipality

RIGHT: Final = "payment.reveal"
ACT: Final = "secret.reveal"
READ: Final = "secret.read"
ALARM: Final = "secret.reveal_alarm"
ACTS_A_DAY: Final = 5


class RevealRefused(ActionError):
    """These numbers may not be read now, or not by this colleague. The attempt is in the log."""


@sensitive_variables()
def reveal(
    members: Iterable[Member],
    kind: SecretKind,
    purpose: RevealPurpose,
    *,
    by: User,
    session: SessionData,
    second: User | None = None,
) -> dict[int, Secret]:
    """The numbers of `members`, by the primary key of the member; who has no number is not in it.

    The log is written and committed before anything is decrypted, so that a reader who is cut off is still in it.
    May not be called inside a transaction.

    Parameters:
        purpose: what for; there is one purpose.
        session: of `by`, who proved in the last ten minutes who they are (elections.sessions).
        second: another colleague with the same right, for the numbers of more than one member.

    Raises:
        RevealRefused: without the right, the proof, or a second person.
        SecretDamaged: when a number cannot be opened.
    """
    chosen = {member.pk: member for member in members}
    problem = _problem(len(chosen), purpose, by, session, second)
    rows = list(
        MemberSecret.objects.filter(member__in=chosen, kind=kind).select_related("member").order_by("pk")
    )
    with transaction.atomic(durable=True):
        _record(rows, kind, purpose, by, second, refused=bool(problem))
    if problem:
        raise RevealRefused(problem)
    return {row.member_id: unseal(row) for row in rows}


def _problem(count: int, purpose: RevealPurpose, by: User, session: SessionData, second: User | None) -> str:
    if purpose not in RevealPurpose.values:
        return _("Deze nummers zijn er alleen om mensen te betalen.")
    if not can(by, RIGHT):
        return _("U mag deze nummers niet gebruiken.")
    if not is_confirmed(session):
        return _("Laat eerst opnieuw zien dat u het bent.")
    if count > 1 and (second is None or second.pk == by.pk or not can(second, RIGHT)):
        return _("Voor meer dan één lid is een tweede collega nodig die dit ook mag.")
    return ""


def _record(
    rows: list[MemberSecret],
    kind: SecretKind,
    purpose: RevealPurpose,
    by: User,
    second: User | None,
    *,
    refused: bool,
) -> None:
    audit.record(
        ACT,
        by=by,
        label=str(kind),
        result=AuditResult.REFUSED if refused else AuditResult.OK,
        purpose=str(purpose),
        members=len(rows),
        second=str(second.uuid) if second else None,
    )
    if not refused:
        audit.record_many(
            READ, [(row.member, {"kind": str(kind)}) for row in rows], by=by, purpose=str(purpose)
        )
        _alarm_when_often(by)


def _alarm_when_often(by: User) -> None:
    """More than five times a day is no payment run any more: the team hears it, once a day."""
    day = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = AuditEvent.objects.filter(at__gte=day, at__lt=day + timedelta(days=1), action=ACT)
    acts = today.filter(result=AuditResult.OK).count()
    if acts <= ACTS_A_DAY:
        return
    audit.record(ALARM, by=by, acts=acts)
    outbox.enqueue(
        MailKind.SECURITY_ALARM,
        user=None,
        key=f"secret-reveal-alarm:{day:%Y-%m-%d}",
        to_email=current_municipality().email,
    )
