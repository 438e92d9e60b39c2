"""A new e-mail address of a member: asked with the password, and in use only after the code that was mailed to it.

`send` and `judge` are also for the first address of who comes in by letter (elections.actions.activation).

So nobody gives away their account by a typing error, and nobody can make us mail a stranger for long. The parameters
are those of the log-in code (OWASP ASVS 5.0 rows 6.5.1, 6.5.5 and 6.6.3).
"""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.login import ChallengeOver, CodeRefused, check_own_password
from elections.actions.login_limits import TooManyTries
from elections.actions.member import save_changes
from elections.enums import AuditResult, MailKind, StepKind
from elections.errors import ActionError
from elections.models import ElectionEvent, EmailConfirmation, Member, User
from elections.models.codes import CODE_LIFETIME, MAX_ATTEMPTS
from elections.notify import outbox
from elections.queries.portal_step import require_open_step

PER_HOUR: Final = 5
PER_DAY: Final = 10
RESEND_WINDOW: Final = timedelta(minutes=30)
RESEND_PAUSE: Final = timedelta(seconds=10)


def ask_email_change(
    member: Member, event: ElectionEvent | None, email: str, password: str, *, by: User, browser: str = ""
) -> EmailConfirmation:
    """Mail a code to the new address; nothing changes before that code comes back. An older code stops working.

    Whether another member has the address is not told: that would show who is in the member file.
    browser: the digest of the browser's own cookie, as in login_limits.count_attempt.

    Raises:
        StepNotOpen: when the member may not change data now.
        TooManyTries: after too many passwords or too many codes.
        ActionError: when the password is wrong, or when it is the address of now.
    """
    check_own_password(by, password, browser=browser)
    require_open_step(event, StepKind.PERSONAL_DATA, member)
    if member.email.lower() == email.lower():
        raise ActionError(_("Dit is het e-mailadres dat u nu al gebruikt."))
    return send(by, email, action="personal_data.ask_email")


def waiting_confirmation(user: User) -> EmailConfirmation | None:
    """The new address of `user` that waits for its code, in time or not; None when there is none."""
    since = timezone.now() - RESEND_WINDOW
    return EmailConfirmation.objects.unanswered().filter(user=user, created_at__gt=since).first()


def check_open(waiting: EmailConfirmation) -> None:
    """Raises ChallengeOver ("used", "tries" or "expired") when no code will confirm this address any more."""
    if waiting.used_at:
        raise ChallengeOver("used", _("De code werkt niet meer. Vraag een nieuwe code."))
    if waiting.attempts >= MAX_ATTEMPTS:
        raise ChallengeOver("tries", _("U hebt 5 keer een verkeerde code ingevuld."))
    if waiting.expires_at <= timezone.now():
        raise ChallengeOver("expired", _("De code is verlopen. Een code werkt 10 minuten."))


def confirm_email(member: Member, event: ElectionEvent | None, code: str, *, by: User) -> Member:
    """Use up one try; the right code makes the new address count, and the old and the new one are told.

    Raises:
        StepNotOpen: when the member may not change data now; this costs no try.
        CodeRefused: for a wrong code, when another try may help.
        ChallengeOver: when no code helps any more.
    """
    require_open_step(event, StepKind.PERSONAL_DATA, member)
    waiting = waiting_confirmation(by)
    if waiting is None:
        raise ChallengeOver("none", _("Vul uw nieuwe e-mailadres opnieuw in."))
    judge(waiting, code, action="personal_data.refuse_email", by=by, on=member)
    with transaction.atomic():
        locked = Member.objects.select_for_update(of=("self",)).select_related("user")
        member = locked.get(pk=member.pk)
        save_changes(member, {"email": waiting.email}, by=by)
        audit.record("personal_data.email", by=by, on=member)
    return member


def resend_confirmation(user: User) -> EmailConfirmation:
    """Mail a new code to the address that waits; not after five wrong codes, and once in ten seconds.

    Raises ChallengeOver or TooManyTries.
    """
    old = waiting_confirmation(user)
    if old is None or old.attempts >= MAX_ATTEMPTS:
        raise ChallengeOver("none", _("Vul uw nieuwe e-mailadres opnieuw in."))
    return send(user, old.email, action="personal_data.ask_email")


def cancel_confirmation(user: User) -> None:
    """Keep the address of now; the code that was mailed stops working."""
    EmailConfirmation.objects.filter(user=user, used_at=None).update(used_at=timezone.now())


def forget_old_confirmations() -> None:
    """Delete what no limit needs any more. The sweep calls this."""
    EmailConfirmation.objects.filter(created_at__lt=timezone.now() - timedelta(days=2)).delete()


@transaction.atomic
def send(user: User, email: str, *, action: str) -> EmailConfirmation:
    """Mail a code to `email`; once in ten seconds to the same address. An older code stops working.

    Part of larger actions. action: the name under which it is logged.
    Raises TooManyTries after five an hour or ten a day.
    """
    # The lock makes simultaneous requests of one person wait for each other, so that the counts are exact.
    user = User.objects.select_for_update().get(pk=user.pk)
    now = timezone.now()
    sent = EmailConfirmation.objects.filter(user=user)
    just_now = sent.answerable().filter(email=email, created_at__gt=now - RESEND_PAUSE).first()
    if just_now is not None:
        return just_now
    if (
        sent.filter(created_at__gt=now - timedelta(hours=1)).count() >= PER_HOUR
        or sent.filter(created_at__gt=now - timedelta(days=1)).count() >= PER_DAY
    ):
        raise TooManyTries(_("U hebt te vaak een code gevraagd. Probeer het later nog eens."))
    made = EmailConfirmation.objects.create(user=user, email=email, expires_at=now + CODE_LIFETIME)
    outbox.enqueue(
        MailKind.EMAIL_CONFIRMATION,
        user=user,
        key=f"email-confirmation:{made.uuid}",
        reference=made.uuid,
        to_email=email,
    )
    audit.record(action, by=user, on=user)
    return made


def judge(waiting: EmailConfirmation, code: str, *, action: str, by: User | None, on: User | Member) -> None:
    """Use up one try for the code of `waiting`; the right one uses it up whole, for one of any number at once.

    Call it outside a transaction: a wrong try must stay counted. action, by, on: how a wrong one is logged.
    Raises CodeRefused (try again) or ChallengeOver.
    """
    if waiting.verify(code):
        return
    audit.record(action, by=by, on=on, result=AuditResult.REFUSED, reason="code")
    waiting.refresh_from_db()
    check_open(waiting)
    left = MAX_ATTEMPTS - waiting.attempts
    raise CodeRefused(_("Deze code klopt niet. U kunt het nog %(left)s keer proberen.") % {"left": left})
