"""For who forgot their password or user name: asking, which tells nothing, and answering, which a worker does.

The page writes a row whatever was typed. Whether anybody has that name or address is looked up later, so that text,
status and time of the answer cannot tell it (OWASP ASVS 5.0 row 6.3.8).
"""

import logging
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from elections import audit
from elections.actions.invitation import MAILS, has_account, issue_invitation
from elections.actions.login_limits import count_mail
from elections.enums import AccountHelp, AuditResult, InvitationKind, MailKind
from elections.models import AccountQuestion, Invitation, OutboxMail, User
from elections.notify import outbox

logger = logging.getLogger(__name__)

ANSWER_TASK: Final = "elections.answer_account_questions"
HELP_MAILS_PER_HOUR: Final = 5
QUESTIONS_PER_TASK: Final = 500
FORGET_AFTER: Final = timedelta(days=1)


def ask_password_reset(username: str, *, origin: str = "", browser: str = "") -> None:
    """Ask for a link to a new password for whoever has this user name. Call it outside a transaction.

    Raises TooManyTries when one address asks too often, whether anybody has the name or not.
    """
    _ask(AccountHelp.PASSWORD, username, origin, browser)


def ask_username(email: str, *, origin: str = "", browser: str = "") -> None:
    """Ask for the user names that belong to an address. Call it outside a transaction. Raises as the one above."""
    _ask(AccountHelp.USERNAME, email, origin, browser)


def answer_open_questions() -> int:
    """Answer what was asked, oldest first; returns how many. Safe to run in several processes.

    A question that cannot be answered now stays for the next sweep, and is forgotten after a day.
    """
    AccountQuestion.objects.filter(created_at__lt=timezone.now() - FORGET_AFTER).delete()
    answered = 0
    for key in list(AccountQuestion.objects.order_by("pk").values_list("pk", flat=True)[:QUESTIONS_PER_TASK]):
        try:
            answered += _answer_one(key)
        except Exception:
            logger.exception("question %s about an account could not be answered", key)
    return answered


def _ask(kind: AccountHelp, typed: str, origin: str, browser: str) -> None:
    count_mail(origin, browser)
    with transaction.atomic():
        AccountQuestion.objects.create(kind=kind, typed=typed.strip()[:254], origin=origin[:60])
        outbox.send_on_commit(ANSWER_TASK, "default")


@transaction.atomic
def _answer_one(key: int) -> bool:
    question = AccountQuestion.objects.select_for_update(skip_locked=True).filter(pk=key).first()
    if question is None:
        return False
    token = audit.origin.set(question.origin)
    try:
        if question.kind == AccountHelp.PASSWORD:
            _send_reset(question.typed)
        else:
            _send_username(question.typed)
    finally:
        audit.origin.reset(token)
    question.delete()
    return True


def _send_reset(username: str) -> None:
    """Mail the link to a new password; somebody who never chose one gets the invitation again instead.

    But anybody can ask: an invitation that a colleague withdrew stays worthless, and so does one for the team that was
    not used in time. The rights of the team must not open again without somebody who decides that.
    """
    found = User.objects.select_for_update().filter(username__iexact=username, is_active=True)
    user = found.exclude(email="").first()
    if user is None:
        audit.record("password.ask_reset", by=None, result=AuditResult.REFUSED)
        return
    until = None
    if has_account(user):
        kind = InvitationKind.PASSWORD_RESET
    else:
        invited = _standing_invitation(user)
        if invited is None:
            audit.record("password.ask_reset", by=None, on=user, result=AuditResult.REFUSED)
            return
        kind = InvitationKind.STAFF if user.is_staff_member else InvitationKind.MEMBER
        # Who asks again and again must not keep a way into the team open longer than was decided.
        until = invited.expires_at if kind == InvitationKind.STAFF else None
    if not _is_flooded(user, MAILS[kind]):
        issue_invitation(user, kind, by=user, action="password.ask_reset", until=until)


def _standing_invitation(user: User) -> Invitation | None:
    """What a new mail may be sent for: the open invitation of a colleague, or the last one of a member if it stands.

    A letter counts as the invitation of a member.
    """
    sent = Invitation.objects.filter(user=user).order_by("-pk")
    if user.is_staff_member:
        return sent.open().filter(kind=InvitationKind.STAFF).first()
    last = sent.filter(kind__in=(InvitationKind.MEMBER, InvitationKind.MEMBER_LETTER)).first()
    return last if last and last.withdrawn_at is None else None


def _send_username(email: str) -> None:
    found = User.objects.select_for_update().filter(email__iexact=email, is_active=True)
    user = found.order_by("pk").first()
    if user is None:
        audit.record("username.ask", by=None, result=AuditResult.REFUSED)
        return
    if not _is_flooded(user, MailKind.USERNAME_REMINDER):
        key = f"username:{user.uuid}:{timezone.now().isoformat()}"
        outbox.enqueue(MailKind.USERNAME_REMINDER, user=user, key=key)
        audit.record("username.ask", by=user, on=user)


def _is_flooded(user: User, kind: MailKind) -> bool:
    """Whether this person was mailed so often already that another mail would only fill the mailbox."""
    hour = timezone.now() - timedelta(hours=1)
    return OutboxMail.objects.filter(user=user, kind=kind, created_at__gt=hour).count() >= HELP_MAILS_PER_HOUR
