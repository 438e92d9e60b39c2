"""What the mails about an account say: logging in, passwords and addresses, and the alarms of the team about safety."""

from collections.abc import Callable
from typing import Final
from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext as _

from elections.devices import device_name
from elections.enums import FactorChange, MailKind, StaffRole
from elections.models import EmailConfirmation, Invitation, LoginChallenge, OutboxMail, SignIn, User
from elections.models.audit_event import AuditEvent
from elections.models.codes import CODE_LIFETIME
from elections.notify.facts import Context, Obsolete, one_line, portal_page
from tenants.context import current_municipality
from tenants.links import absolute_url

# The first word of the key of a mail about a peak of failed log-ins.
LOGIN_ALARM: Final = "login-alarm"


def login_code(mail: OutboxMail) -> Context:
    waiting = LoginChallenge.objects.answerable()
    challenge = waiting.filter(uuid=mail.reference).first() if mail.reference else None
    if challenge is None:
        raise Obsolete(_("De inlogcode werkte niet meer toen de e-mail weg kon."))
    return _code(challenge)


def invitation(mail: OutboxMail) -> Context:
    """The link to a first password, for a member and for a colleague."""
    found = _open_invitation(mail)
    url = reverse("portal:invitation", args=[found.token])
    return {"url": absolute_url(current_municipality(), url), "expires_at": found.expires_at}


def staff_invitation(mail: OutboxMail) -> Context:
    return invitation(mail) | {
        "role": StaffRole(mail.user.role).label if mail.user and mail.user.role else ""
    }


def password_reset(mail: OutboxMail) -> Context:
    found = _open_invitation(mail)
    url = reverse("portal:password-reset", args=[found.token])
    return {"url": absolute_url(current_municipality(), url), "expires_at": found.expires_at}


def password_changed(mail: OutboxMail) -> Context:
    return {"changed_at": mail.created_at, "url": portal_page("password-forgotten")}


def username_reminder(mail: OutboxMail) -> Context:
    """Every name that belongs to the address: two people of one household may share a mailbox."""
    users = User.objects.filter(email__iexact=mail.to_email, is_active=True).order_by("username")
    return {
        "accounts": [(one_line(user.display_name), user.username) for user in users],
        "url": portal_page("login"),
    }


def member_merged(mail: OutboxMail) -> Context:
    return {"known_as": mail.username, "url": portal_page("login")}


def email_changed(mail: OutboxMail) -> Context:
    return {"changed_at": mail.created_at}


def factor_change_key(change: FactorChange) -> str:
    """The key of a mail about a change of the second step. Each change is told, also the same one twice."""
    return f"factor:{change.value}:{uuid4()}"


def factor_changed(mail: OutboxMail) -> Context:
    """What changed stands in the key of the mail; what holds now is on the page."""
    change = FactorChange(mail.idempotency_key.split(":")[1])
    return {"what": change.label, "changed_at": mail.created_at, "url": portal_page("authenticator")}


def email_confirmation(mail: OutboxMail) -> Context:
    waiting = EmailConfirmation.objects.answerable()
    found = waiting.filter(uuid=mail.reference).first() if mail.reference else None
    if found is None:
        raise Obsolete(_("De code werkte niet meer toen de e-mail weg kon."))
    return _code(found)


def iban_changed(mail: OutboxMail) -> Context:
    return {"changed_at": mail.created_at, "url": portal_page("password-forgotten")}


def new_browser(mail: OutboxMail) -> Context:
    sign_in = SignIn.objects.filter(uuid=mail.reference).first() if mail.reference else None
    if sign_in is None:
        raise Obsolete(_("Van dit inloggen weten we niets meer."))
    return {"at": sign_in.at, "device": device_name(sign_in.user_agent), "url": portal_page("account")}


def audit_head(mail: OutboxMail) -> Context:
    """Number and digest of the newest seal, and what the check of that night found."""
    event = AuditEvent.objects.filter(uuid=mail.reference).first() if mail.reference else None
    if event is None:
        raise Obsolete(_("De controle waarover deze e-mail gaat, staat niet meer in het logboek."))
    url = absolute_url(current_municipality(), reverse("backoffice:audit-list"))
    return {name: event.details[name] for name in ("number", "digest", "damage")} | {"url": url}


def security_alarm(mail: OutboxMail) -> Context:
    """What is the matter stands in the key of the mail: a peak of failed log-ins, or numbers read too often."""
    return {
        "about_logins": mail.idempotency_key.split(":")[0] == LOGIN_ALARM,
        "noticed_at": mail.created_at,
        "url": absolute_url(current_municipality(), reverse("backoffice:home")),
    }


def _code(asked: LoginChallenge | EmailConfirmation) -> Context:
    return {
        "code": f"{asked.code[:3]} {asked.code[3:]}",
        "asked_at": asked.created_at,
        "minutes": int(CODE_LIFETIME.total_seconds() // 60),
    }


def _open_invitation(mail: OutboxMail) -> Invitation:
    found = Invitation.objects.open().filter(uuid=mail.reference).first() if mail.reference else None
    if found is None:
        raise Obsolete(_("De link werkte niet meer toen de e-mail weg kon."))
    return found


CONTEXTS: Final[dict[MailKind, Callable[[OutboxMail], Context]]] = {
    MailKind.LOGIN_CODE: login_code,
    MailKind.MEMBER_INVITATION: invitation,
    MailKind.STAFF_INVITATION: staff_invitation,
    MailKind.PASSWORD_RESET: password_reset,
    MailKind.PASSWORD_CHANGED: password_changed,
    MailKind.USERNAME_REMINDER: username_reminder,
    MailKind.EMAIL_CHANGED: email_changed,
    MailKind.MEMBER_MERGED: member_merged,
    MailKind.EMAIL_CONFIRMATION: email_confirmation,
    MailKind.IBAN_CHANGED: iban_changed,
    MailKind.NEW_BROWSER: new_browser,
    MailKind.FACTOR_CHANGED: factor_changed,
    MailKind.AUDIT_HEAD: audit_head,
    MailKind.SECURITY_ALARM: security_alarm,
}
