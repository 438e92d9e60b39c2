"""The authenticator app: set up, replaced, turned off or taken away, and the recovery codes that belong to it.

Every change is mailed to its owner, is in the log, and ends the other sessions of its owner (OWASP ASVS 5.0 rows
6.3.7 and 7.4.3). The pages ask for a fresh proof of who sits there first (row 7.5.1).
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from elections import audit
from elections.actions.invitation import has_account, resend_invitation
from elections.actions.login import (
    ChallengeOver,
    SessionData,
    ask_code,
    check_open,
    end_sessions,
    verify_code,
    waiting_challenge,
)
from elections.enums import FactorChange, MailKind
from elections.errors import ActionError
from elections.models import Authenticator, RecoveryCode, User, WorkAccount
from elections.notify import account_mails, outbox
from elections.one_time_codes import make_seed, new_recovery_codes, use_app_code

# How long a set-up that was begun can be finished: the seed is on the screen all that time.
SETUP_FOR: Final = timedelta(minutes=30)


@transaction.atomic
def begin_authenticator(user: User) -> Authenticator:
    """Make an app that waits for its first code, with a new seed; what was begun before and not finished goes.

    Nothing changes for the log-in until `confirm_authenticator`.
    """
    User.objects.select_for_update().get(pk=user.pk)
    Authenticator.objects.filter(user=user, confirmed=False).delete()
    authenticator = Authenticator.objects.create(user=user, name="app", confirmed=False)
    make_seed(authenticator)
    return authenticator


def unfinished_authenticator(user: User, uuid: UUID | str) -> Authenticator | None:
    """The app that `user` began to set up less than half an hour ago and has not finished."""
    since = timezone.now() - SETUP_FOR
    begun = Authenticator.objects.filter(user=user, confirmed=False, created_at__gt=since)
    return begun.select_related("user", "seed").filter(uuid=uuid).first()


@sensitive_variables("codes")
@transaction.atomic
def confirm_authenticator(authenticator: Authenticator, code: str, *, session_key: str) -> list[str]:
    """Take the app into use once it shows a right code; returns ten recovery codes, to be shown this once.

    It comes in the place of the app and the recovery codes that its owner had.
    session_key: of the session that goes on; all others of this user end. Raises ActionError for a wrong code.
    """
    user = User.objects.select_for_update().get(pk=authenticator.user_id)
    if not use_app_code(authenticator, code):
        raise ActionError(
            _(
                "Deze code klopt niet. Wacht op de volgende code, en kijk of de klok van uw telefoon goed staat."
            )
        )
    replaced, _details = Authenticator.objects.filter(user=user, confirmed=True).delete()
    if not Authenticator.objects.filter(pk=authenticator.pk, confirmed=False).update(confirmed=True):
        raise ActionError(_("Deze app is al ingesteld."))
    codes = new_recovery_codes(user)
    _changed(
        user, FactorChange.REPLACED if replaced else FactorChange.SET_UP, by=user, session_key=session_key
    )
    return codes


@sensitive_variables("codes")
@transaction.atomic
def renew_recovery_codes(user: User, *, session_key: str) -> list[str]:
    """Ten new recovery codes, to be shown this once; the old ones are worth nothing any more.

    session_key: of the session that goes on. Raises ActionError without an authenticator app.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if Authenticator.objects.in_use_by(user) is None:
        raise ActionError(_("Stel eerst de authenticator-app in."))
    codes = new_recovery_codes(user)
    _changed(user, FactorChange.CODES_RENEWED, by=user, session_key=session_key)
    return codes


@transaction.atomic
def disable_authenticator(user: User) -> None:
    """Turn the app off for a member, who gets a code by e-mail from then on. All sessions of the member end.

    Raises ActionError for a colleague or somebody without e-mail address, who may only replace it, and without an app.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_staff_member:
        raise ActionError(
            _("U werkt in het team verkiezingen. Daarom kunt u de app niet uitzetten, wel vervangen.")
        )
    if not user.email:
        raise ActionError(
            _("We hebben geen e-mailadres van u. Daarom kunt u de app niet uitzetten, wel vervangen.")
        )
    if not _remove(user):
        raise ActionError(_("U gebruikt geen authenticator-app."))
    _changed(user, FactorChange.TURNED_OFF, by=user)


@transaction.atomic
def reset_authenticator(user: User, *, by: User, with_password: bool = False) -> None:
    """Take the app and the recovery codes of somebody else away, who lost them. All their sessions end at once.

    A colleague must set up an app again before any page of the team opens.
    with_password: for who lost the password too. The password and the link with a work account, which may be somebody
    else's, go as well, and a new invitation is mailed: the same
    proof as at the start, given by another administrator (OWASP ASVS 5.0 rows 6.4.4 and 6.4.6). So it is for who has no
    e-mail address, who then gets a new activation letter.

    Raises ActionError for yourself, and when there is nothing to take away.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user == by:
        raise ActionError(_("Uw eigen app kan alleen een andere beheerder weghalen."))
    if not _remove(user) and not with_password:
        raise ActionError(_("%(name)s gebruikt geen authenticator-app.") % {"name": user.display_name})
    _changed(user, FactorChange.RESET, by=by)
    if with_password:
        WorkAccount.objects.filter(user=user).delete()
    if with_password or not user.email:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        if user.email and not has_account(user):
            resend_invitation(user, by=by)


def verify_present_user(user: User, session: SessionData, code: str) -> None:
    """Ask the app's code of somebody who is logged in, before a dangerous act.

    Tries are limited as those of the log-in are, and counted apart from them: five for each challenge, fifty a day in
    all. Call it outside a transaction. Raises CodeRefused, ChallengeOver or TooManyTries.
    """
    challenge = waiting_challenge(session)
    try:
        if challenge is None or challenge.user_id != user.pk:
            raise ChallengeOver("none", "")
        check_open(challenge)
    except ChallengeOver as over:
        if over.reason == "tries":
            raise
        ask_code(user, session, origin=audit.origin.get(), in_session=True)
    verify_code(session, code)
    audit.record("login.confirm", by=user, on=user)


def _remove(user: User) -> bool:
    """Delete app and codes; whether there was an app in use."""
    used = Authenticator.objects.in_use_by(user) is not None
    Authenticator.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    return used


def _changed(user: User, change: FactorChange, *, by: User, session_key: str = "") -> None:
    end_sessions(user, but=session_key)
    outbox.enqueue(MailKind.FACTOR_CHANGED, user=user, key=account_mails.factor_change_key(change))
    audit.record(f"authenticator.{change.value}", by=by, on=user)
