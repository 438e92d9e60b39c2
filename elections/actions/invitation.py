"""Ways in by e-mail: the invitation of members and colleagues, and the link to a new password.

A link opens a page; only a button on that page starts (mail scanners open links), and the password that follows
uses the link up.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.login import end_sessions
from elections.enums import InvitationKind, MailKind, StaffRole
from elections.errors import ActionError
from elections.models import Invitation, Member, User, WorkAccount
from elections.notify import outbox

LIFETIMES: Final = {
    InvitationKind.MEMBER: timedelta(days=30),
    InvitationKind.MEMBER_LETTER: timedelta(days=30),
    InvitationKind.STAFF: timedelta(days=7),
    InvitationKind.PASSWORD_RESET: timedelta(hours=1),
}
MAILS: Final = {
    InvitationKind.MEMBER: MailKind.MEMBER_INVITATION,
    InvitationKind.STAFF: MailKind.STAFF_INVITATION,
    InvitationKind.PASSWORD_RESET: MailKind.PASSWORD_RESET,
}
# Letters that Unicode does not take apart into a plain letter and an accent.
PLAIN_LETTERS: Final = str.maketrans(
    {"ø": "o", "ß": "ss", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"}
)


@transaction.atomic
def invite_member(member: Member, *, by: User | None) -> Invitation:
    """Give a member an account, if there is none yet, and mail the invitation. An older one stops working.

    Raises ActionError when the member has no e-mail address, is not active, or has chosen a password already.
    """
    # The lock keeps two colleagues who invite at the same time from making two accounts.
    member = Member.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    if not member.is_active:
        raise ActionError(_("%(name)s is niet actief.") % {"name": member.informal_name})
    if not member.email:
        raise ActionError(_("%(name)s heeft geen e-mailadres.") % {"name": member.informal_name})
    if member.user is None:
        member.user = make_account(username_for(member), email=member.email, name=member.account_name)
        member.save(update_fields=["user"])
    elif has_account(member.user):
        raise ActionError(_("%(name)s heeft al een account.") % {"name": member.informal_name})
    else:
        member.user.email, member.user.name = member.email, member.account_name
        member.user.save(update_fields=["email", "name"])
    return issue_invitation(member.user, InvitationKind.MEMBER, by=by)


@transaction.atomic
def invite_staff(*, email: str, name: str, role: StaffRole | str, by: User | None) -> Invitation:
    """Make the account of a colleague, whose e-mail address is the user name, and mail the invitation.

    by: None for the first administrator of a municipality.
    Raises ActionError for a wrong address or role, or when somebody has this address as user name already.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as wrong:
        raise ActionError(_("Vul een e-mailadres in zoals naam@voorbeeld.nl.")) from wrong
    if role not in StaffRole.values:
        raise ActionError(_("Deze rol bestaat niet."))
    if User.objects.filter(username__iexact=email).exists():
        raise ActionError(_("Er is al een collega met het e-mailadres %(email)s.") % {"email": email})
    user = make_account(email, email=email, name=name.strip(), role=role)
    return issue_invitation(user, InvitationKind.STAFF, by=by)


@transaction.atomic
def resend_invitation(user: User, *, by: User | None) -> Invitation:
    """Send the invitation of a colleague or member once more, with a new link; the old link stops working.

    by: None for a system administrator.
    Raises ActionError when the account is in use already or is disabled.
    """
    if has_account(user):
        raise ActionError(_("%(name)s kan al inloggen.") % {"name": user.display_name})
    if not user.is_active:
        raise ActionError(_("%(name)s heeft geen toegang meer.") % {"name": user.display_name})
    if user.member_or_none is not None:
        return invite_member(user.member_or_none, by=by)
    return issue_invitation(user, InvitationKind.STAFF, by=by)


@transaction.atomic
def withdraw_invitation(user: User, *, by: User) -> None:
    """Make the open invitations of `user` worthless. Raises ActionError when there is none."""
    if not withdraw_open(user):
        raise ActionError(_("Er is geen uitnodiging die nog werkt."))
    audit.record("invitation.withdraw", by=by, on=user)


def find_invitation(token: str) -> Invitation | None:
    """The invitation behind a link, usable or not, without using it up; None for a link that is not ours."""
    return Invitation.objects.by_token(token)


def accept_invitation(token: str, password: str) -> User:
    """Set the password of the invited person and use the link up.

    The session is not logged in by this: the first log-in asks for the password and a code as every other does.
    Raises ActionError when the link does not work (any more), and ValidationError for a weak password.
    """
    invitation = find_invitation(token)
    if invitation is None:
        raise ActionError(_("Deze link klopt niet."))
    validate_password(password, invitation.user)
    with transaction.atomic():
        # One conditional UPDATE: of two simultaneous requests one finds the link unused.
        claimed = Invitation.objects.open().filter(pk=invitation.pk).update(used_at=timezone.now())
        if not claimed:
            raise ActionError(_("Deze link is al gebruikt of is verlopen."))
        user = User.objects.select_for_update().get(pk=invitation.user_id)
        user.set_password(password)
        user.save(update_fields=["password"])
        end_sessions(user)
        withdraw_open(user)
        is_reset = invitation.kind == InvitationKind.PASSWORD_RESET
        audit.record("password.reset" if is_reset else "invitation.accept", by=user, on=user)
        if is_reset:
            Member.objects.filter(user=user).update(sensitive_change_at=timezone.now())
            outbox.enqueue(MailKind.PASSWORD_CHANGED, user=user, key=f"password-changed:{invitation.uuid}")
    return user


def has_account(user: User) -> bool:
    """Whether this person has chosen a password, or logs in with a work account."""
    return user.has_usable_password() or WorkAccount.objects.in_use_by(user) is not None


def username_for(member: Member) -> str:
    """An easy user name, such as "a.vandenberg"; with a number behind it when it is taken."""
    first = _plain(member.first_name or member.initials)[:1]
    rest = _plain(member.infix) + _plain(member.last_name) or "lid"
    base = f"{first}.{rest}"[:60] if first else rest[:60]
    alike = User.objects.filter(username__istartswith=base).values_list("username", flat=True)
    taken = {username.lower() for username in alike}
    if base not in taken:
        return base
    return next(name for number in count(2) if (name := f"{base}{number}") not in taken)


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.lower().translate(PLAIN_LETTERS))
    return re.sub(r"[^a-z0-9]", "", parts)


def make_account(username: str, *, email: str, name: str, role: str = "") -> User:
    """A log-in without a password. Raises ActionError when the name is taken. Part of larger actions."""
    user = User(username=username, email=email, name=name, role=role)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as taken:
        raise ActionError(
            _("De gebruikersnaam is net door een ander genomen. Probeer het opnieuw.")
        ) from taken
    return user


def issue_invitation(
    user: User,
    kind: InvitationKind,
    *,
    by: User | None,
    action: str = "invitation.send",
    until: datetime | None = None,
) -> Invitation:
    """Make a way in of this kind, the only one of `user` that works, and mail it when its kind goes by mail.

    Part of larger actions. action: the name under which it is logged. until: when it ends; otherwise after the
    lifetime of its kind.
    """
    # Anybody can ask for a link by mail; that must not make a letter worthless which is on its way.
    withdraw_open(user, kinds=InvitationKind.values if kind == InvitationKind.MEMBER_LETTER else tuple(MAILS))
    ends = until or timezone.now() + LIFETIMES[kind]
    invitation = Invitation.objects.create(user=user, kind=kind, expires_at=ends)
    if kind in MAILS:
        outbox.enqueue(MAILS[kind], user=user, key=f"invitation:{invitation.uuid}", reference=invitation.uuid)
    audit.record(action, by=by, on=user)
    return invitation


def withdraw_open(user: User, *, kinds: Collection[str] = InvitationKind.values) -> int:
    """Make what `user` has of these kinds and still works worthless; returns how many. Part of larger actions."""
    return Invitation.objects.open().filter(user=user, kind__in=kinds).update(withdrawn_at=timezone.now())
