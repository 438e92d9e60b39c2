"""The way in by printed letter, for members without e-mail: code, password, and then a second step of their own.

The letter is used up at the end, when there is a second step, so that who is interrupted can begin again. Until then
nobody logs in: a password alone opens nothing.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID, uuid4

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from elections import audit
from elections.actions.authenticator import confirm_authenticator
from elections.actions.email_confirmation import judge, send
from elections.actions.invitation import (
    issue_invitation,
    make_account,
    username_for,
    withdraw_open,
)
from elections.actions.login import CodeRefused, end_sessions, has_second_step
from elections.actions.login_limits import count_attempt, count_mail
from elections.actions.member import check_not_erased, save_changes
from elections.enums import AuditResult, InvitationKind
from elections.errors import ActionError
from elections.models import Authenticator, EmailConfirmation, Invitation, Member, User
from elections.models.codes import is_letter_code
from elections.queries.confidentiality import may_see_contact
from elections.queries.member import may_have_letter

# One document of so many pages is made while the colleague waits; it holds codes, so it is never kept in a file.
LETTERS_AT_ONCE: Final = 50


@transaction.atomic
def make_activation_letters(members: Iterable[Member], *, by: User) -> list[Invitation]:
    """Give each of `members` a new code on paper; what they had before stops working.

    Raises ActionError, and makes none, when one of them may not have a letter, when the contact data of one are hidden
    from `by`, or when there are too many.
    """
    chosen = list(members)
    if not chosen:
        raise ActionError(_("Van deze leden krijgt niemand een activatiebrief."))
    if len(chosen) > LETTERS_AT_ONCE:
        text = _("Maak hoogstens %(most)s brieven tegelijk. U koos er %(count)s.")
        raise ActionError(text % {"most": LETTERS_AT_ONCE, "count": len(chosen)})
    # Whoever holds the code can become this member, and read in the portal what is hidden.
    hidden = next((member for member in chosen if not may_see_contact(member, by)), None)
    if hidden:
        text = _(
            "De contactgegevens van %(name)s zijn vertrouwelijk. Alleen een beheerder kan de activatiebrief maken."
        )
        raise ActionError(text % {"name": hidden.full_name})
    return [_make_letter(member, by=by) for member in chosen]


def check_letter(username: str, code: str, *, origin: str = "", browser: str = "") -> Invitation:
    """The invitation of this user name whose letter has this code. Call it outside a transaction.

    A name without a letter costs the same work and gets the same answer as a wrong code (OWASP ASVS 5.0 row 6.3.8).
    Nothing is used up by a right code. Raises CodeRefused or TooManyTries; tries count with those of the log-in.
    """
    attempt = count_attempt(username, origin, browser)
    letters = Invitation.objects.open().letters().filter(user__username__iexact=username.strip())
    number = letters.order_by("-pk").values_list("uuid", flat=True).first()
    right = is_letter_code(code, number or uuid4())
    if number is None or not right:
        audit.record("login.refuse", by=None, result=AuditResult.REFUSED, reason="letter code")
        raise CodeRefused(_("De gebruikersnaam of de code klopt niet, of de brief werkt niet meer."))
    attempt.delete()
    return Invitation.objects.select_related("user").get(uuid=number)


@sensitive_variables("password")
def choose_password(invitation: Invitation, password: str) -> User:
    """Set the password of whoever showed the code of the letter; the letter goes on working for the second step.

    Who has a second step already is ready with this. Raises ActionError, and ValidationError for a weak password.
    """
    validate_password(password, invitation.user)
    with transaction.atomic():
        user = _lock_open(invitation)
        user.set_password(password)
        user.save(update_fields=["password"])
        end_sessions(user)
        audit.record("activation.choose_password", by=user, on=user)
        if has_second_step(user):
            _finish(invitation, user)
    return user


def ask_email(
    invitation: Invitation, email: str, *, origin: str = "", browser: str = ""
) -> EmailConfirmation:
    """Mail a code to the address that the member wants to use. Nothing is stored with the member yet.

    Call it outside a transaction. Raises ActionError for a wrong address, and as email_confirmation.send.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as wrong:
        raise ActionError(_("Vul een e-mailadres in zoals naam@voorbeeld.nl.")) from wrong
    count_mail(origin, browser)
    with transaction.atomic():
        return send(_lock_open(invitation), email, action="activation.ask_email")


def waiting_email(invitation: Invitation, uuid: UUID | str | None) -> EmailConfirmation | None:
    """The address that this browser asked a code for, as long as none was asked after it."""
    if not uuid:
        return None
    return EmailConfirmation.objects.unanswered().filter(user=invitation.user_id, uuid=uuid).first()


def confirm_email(invitation: Invitation, waiting: EmailConfirmation, code: str) -> User:
    """Store the address when the code that was mailed to it is right, and use the letter up.

    Call it outside a transaction: a wrong try must stay counted. Raises CodeRefused, ChallengeOver or ActionError.
    """
    judge(waiting, code, action="login.refuse", by=None, on=waiting.user)
    with transaction.atomic():
        user = _lock_open(invitation)
        _finish(invitation, user)
        member = Member.objects.select_for_update(of=("self",)).select_related("user").get(user=user)
        save_changes(member, {"email": waiting.email}, by=user)
    return user


@sensitive_variables("codes")
@transaction.atomic
def confirm_app(invitation: Invitation, app: Authenticator, code: str) -> list[str]:
    """Take the authenticator app into use as the second step, and use the letter up; returns the recovery codes.

    Raises ActionError for a wrong code.
    """
    user = _lock_open(invitation)
    codes = confirm_authenticator(app, code, session_key="")
    _finish(invitation, user)
    return codes


def _make_letter(member: Member, *, by: User) -> Invitation:
    member = Member.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    check_not_erased(member)
    if not member.is_active:
        raise ActionError(_("%(name)s is niet actief.") % {"name": member.informal_name})
    if member.user is None:
        member.user = make_account(username_for(member), email=member.email, name=member.account_name)
        member.save(update_fields=["user"])
    elif member.user.is_staff_member:
        text = _("%(name)s werkt in het team verkiezingen en krijgt geen brief.")
        raise ActionError(text % {"name": member.informal_name})
    elif not may_have_letter(member):
        text = _("%(name)s heeft al een account met een e-mailadres.")
        raise ActionError(text % {"name": member.informal_name})
    return issue_invitation(member.user, InvitationKind.MEMBER_LETTER, by=by, action="activation.make_letter")


def _lock_open(invitation: Invitation) -> User:
    """The locked user of a letter that still works. Raises ActionError for one that does not."""
    user = User.objects.select_for_update().get(pk=invitation.user_id)
    if not Invitation.objects.open().letters().filter(pk=invitation.pk).exists():
        raise ActionError(_("Deze brief is al gebruikt of is verlopen."))
    return user


def _finish(invitation: Invitation, user: User) -> None:
    """Use the letter up. One conditional UPDATE: of two simultaneous requests one finds it unused."""
    if not Invitation.objects.open().filter(pk=invitation.pk).update(used_at=timezone.now()):
        raise ActionError(_("Deze brief is al gebruikt of is verlopen."))
    withdraw_open(user)
    audit.record("invitation.accept", by=user, on=user)
