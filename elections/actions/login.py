"""Logging in: a password, then a code of the app or by e-mail; and everything that slows down who guesses.

The parameters follow the anchors in docs/security.md: OWASP ASVS 5.0 rows 6.3.8, 6.5.1, 6.5.5, 6.6.2 and 6.6.3.
Between the two steps the session holds the challenge and a secret of this browser; the database holds a digest
of that secret, so that the right code is worth nothing in another browser.
"""

import secrets
from collections.abc import MutableMapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.hashers import BasePasswordHasher, check_password, get_hasher
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.models import Device

from elections import audit
from elections.actions.login_limits import (
    address,
    check_number_of_codes,
    count_attempt,
    count_mail,
    digest,
    is_known,
)
from elections.actions.sign_in import end_sign_ins
from elections.enums import AuditResult, FactorChange, MailKind, SignInMethod
from elections.errors import ActionError
from elections.models import Authenticator, LoginAttempt, LoginChallenge, RecoveryCode, SignIn, User
from elections.models.codes import CODE_LIFETIME, MAX_ATTEMPTS
from elections.notify import account_mails, outbox
from elections.one_time_codes import use_app_code, use_recovery_code
from tenants.context import current_schema

CHALLENGE_KEY: Final = "login_challenge"
BROWSER_KEY: Final = "login_browser"
SCHEMA_KEY: Final = "login_schema"

RESEND_WINDOW: Final = timedelta(minutes=30)
RESEND_PAUSE: Final = timedelta(seconds=10)

SessionData = MutableMapping[str, Any]


class WrongPassword(ActionError):
    """The name or the password is wrong; which of the two is not told."""


class NoSecondStep(ActionError):
    """The password is right, and the way in by letter was not finished."""


class CodeRefused(ActionError):
    """The code did not let anybody in, but another try may."""


class ChallengeOver(ActionError):
    """This challenge is finished, whatever is typed. `reason` is "expired", "tries", "used", "newer" or "none"."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def start_login(
    username: str,
    password: str,
    session: SessionData,
    *,
    origin: str = "",
    user_agent: str = "",
    browser: str = "",
) -> LoginChallenge:
    """Check the password, and ask a code: of the authenticator app of whoever has one, otherwise by e-mail.

    Whoever has no account, no access or no password yet costs as much time, and gets the same answer, as a wrong
    password does (OWASP ASVS 5.0 row 6.3.8).
    browser: the digest of the browser's own cookie, as in login_limits.count_attempt.
    Raises WrongPassword, TooManyTries or NoSecondStep.
    """
    attempt = count_attempt(username, origin, browser)
    user = User.objects.filter(username__iexact=username.strip(), is_active=True).first()
    if not is_right_password(user, password) or user is None:
        audit.record("login.refuse", by=None, on=user, result=AuditResult.REFUSED, reason="password")
        raise WrongPassword(_("De gebruikersnaam of het wachtwoord klopt niet."))
    attempt.delete()
    if not has_second_step(user):
        raise NoSecondStep(
            _("Uw account is nog niet klaar. Kies “Ik heb een brief met een code” en maak het af.")
        )
    if Authenticator.objects.in_use_by(user) is None:
        count_mail(origin, browser, user=user)
    return ask_code(user, session, origin=origin, user_agent=user_agent, browser=browser)


def has_second_step(user: User) -> bool:
    """Whether there is anything to ask a code of after the password: a mailbox or an authenticator app."""
    return bool(user.email) or Authenticator.objects.in_use_by(user) is not None


def is_right_password(user: User | None, password: str) -> bool:
    """Whether this is the password of `user`; always the work of one password hash, also when there is none."""
    spare = _nobodys_password(get_hasher())
    if user is None or not user.has_usable_password():
        check_password(password, spare)
        return False
    return user.check_password(password)


@lru_cache(maxsize=4)
def _nobodys_password(hasher: BasePasswordHasher) -> str:
    """A hash to compare with where there is no password, by the same hasher as everybody's."""
    return hasher.encode(secrets.token_urlsafe(16), hasher.salt())


@transaction.atomic
def ask_code(
    user: User,
    session: SessionData,
    *,
    origin: str = "",
    user_agent: str = "",
    browser: str = "",
    in_session: bool = False,
) -> LoginChallenge:
    """Make a new challenge for somebody whose password is right.

    Whoever has an authenticator app must show its code, and cannot choose for the mailbox; to others a code is mailed.
    Both count for the same limit, so that a stolen password leaves no more than 50 guesses a day.
    Older challenges of this user stop working.

    user: as read when the proof was given; when that proof counts no more by now, nothing is asked.
    browser: the digest of the browser's own cookie, as in login_limits.count_attempt.
    in_session: whether somebody who is logged in proves it once more.

    Raises TooManyTries or ChallengeOver.
    """
    # The lock makes simultaneous log-ins of one person wait for each other, so that the count below is exact.
    proven, user = user, User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active or _rests_on(user) != _rests_on(proven):
        raise _begin_again()
    own = browser if not in_session and is_known(browser, username=user.username) else ""
    check_number_of_codes(user, browser=own, in_session=in_session)
    secret = secrets.token_urlsafe(32)
    by_app = Authenticator.objects.in_use_by(user) is not None
    challenge = LoginChallenge.objects.create(
        user=user,
        name="app" if by_app else "e-mail",
        method=SignInMethod.AUTHENTICATOR if by_app else SignInMethod.EMAIL_CODE,
        session_digest=digest(secret),
        expires_at=timezone.now() + CODE_LIFETIME,
        origin=address(origin),
        user_agent=user_agent[:200],
        browser_digest=own,
        in_session=in_session,
    )
    session[CHALLENGE_KEY] = str(challenge.uuid)
    session[BROWSER_KEY] = secret
    session[SCHEMA_KEY] = current_schema()
    if by_app:
        audit.record("login.ask_app_code", by=user)
        return challenge
    outbox.enqueue(MailKind.LOGIN_CODE, user=user, key=f"login:{challenge.uuid}", reference=challenge.uuid)
    audit.record("login.send_code", by=user)
    return challenge


def resend_code(
    session: SessionData, *, origin: str = "", user_agent: str = "", browser: str = ""
) -> LoginChallenge:
    """Mail a new code to whoever gave the right password in this browser, or ask the app's once more.

    Possible for half an hour after the password, but not after five wrong codes: then the password is asked again. So
    it is when the password, the app or the sessions of this person were ended since.
    A double click within ten seconds sends nothing more. Raises ChallengeOver or TooManyTries.
    """
    old = waiting_challenge(session)
    age = timezone.now() - old.created_at if old else timedelta()
    if (
        old is None
        or old.used_at
        or old.attempts >= MAX_ATTEMPTS
        or age > RESEND_WINDOW
        or not _still_counts(old)
    ):
        raise _begin_again()
    if age < RESEND_PAUSE and LoginChallenge.objects.answerable().filter(pk=old.pk).exists():
        return old
    if Authenticator.objects.in_use_by(old.user) is None:
        count_mail(origin, browser, user=old.user)
    return ask_code(old.user, session, origin=origin, user_agent=user_agent, browser=browser)


def _still_counts(challenge: LoginChallenge) -> bool:
    """Whether the password that `challenge` followed on still opens the way to this same second step."""
    user = challenge.user
    by_app = Authenticator.objects.in_use_by(user) is not None
    ended = user.sessions_ended_at
    return (
        user.is_active
        and user.has_usable_password()
        and not (ended and challenge.created_at <= ended)
        and challenge.method == (SignInMethod.AUTHENTICATOR if by_app else SignInMethod.EMAIL_CODE)
    )


def _rests_on(user: User) -> tuple[object, ...]:
    """What a half log-in of `user` stands or falls with."""
    return user.password, user.sessions_ended_at


def waiting_challenge(session: SessionData) -> LoginChallenge | None:
    """The challenge that this browser must answer, finished or not; None when it gave no password here."""
    number, browser = session.get(CHALLENGE_KEY), session.get(BROWSER_KEY)
    if not number or not browser or session.get(SCHEMA_KEY) != current_schema():
        return None
    bound = LoginChallenge.objects.select_related("user").filter(session_digest=digest(browser))
    return bound.filter(uuid=UUID(number)).first()


def verify_code(session: SessionData, code: str) -> LoginChallenge:
    """Use up one try for the code of this browser, from the mail or from the app; returns the answered challenge.

    However many requests come at once, one right code lets one of them in, and no more than five are looked at.
    Raises CodeRefused (try again) or ChallengeOver.
    """
    challenge = _challenge_of(session)
    if challenge.method == SignInMethod.EMAIL_CODE:
        right = challenge.verify_token(code)
    else:
        app = _app_of(challenge)
        right = (
            challenge.count_try() and use_app_code(app, code) and challenge.answer(SignInMethod.AUTHENTICATOR)
        )
    return _judged(challenge, right)


def verify_recovery_code(session: SessionData, code: str) -> LoginChallenge:
    """Use up one try for a recovery code, in place of the code of the app; the right one works once.

    It cannot be used when a code by e-mail was asked. Raises CodeRefused or ChallengeOver.
    """
    challenge = _challenge_of(session)
    if challenge.method != SignInMethod.AUTHENTICATOR or not challenge.count_try():
        return _judged(challenge, right=False)
    with transaction.atomic():
        user = challenge.user
        right = use_recovery_code(user, code) and challenge.answer(SignInMethod.RECOVERY_CODE)
        if right:
            left = RecoveryCode.objects.unused().filter(user=user).count()
            key = account_mails.factor_change_key(FactorChange.RECOVERY_CODE_USED)
            outbox.enqueue(MailKind.FACTOR_CHANGED, user=user, key=key)
            audit.record("login.use_recovery_code", by=user, on=user, left=left)
        else:
            # Another request answered this challenge a moment ago: the code of this one was not needed.
            transaction.set_rollback(True)
    return _judged(challenge, right)


def proven_device(challenge: LoginChallenge) -> Device:
    """What the answer to this challenge proves that somebody has: their app, or otherwise their mailbox.

    The session rests on it: when the app is taken away, so is the session. Raises ChallengeOver when it just was.
    """
    if challenge.method == SignInMethod.EMAIL_CODE:
        return challenge
    return _app_of(challenge)


def _challenge_of(session: SessionData) -> LoginChallenge:
    challenge = waiting_challenge(session)
    if challenge is None:
        raise _begin_again()
    return challenge


def _app_of(challenge: LoginChallenge) -> Authenticator:
    app = Authenticator.objects.in_use_by(challenge.user)
    if app is None:
        raise _begin_again()
    return app


def _begin_again() -> ChallengeOver:
    return ChallengeOver("none", _("Log opnieuw in met uw gebruikersnaam en wachtwoord."))


def _judged(challenge: LoginChallenge, right: bool) -> LoginChallenge:
    if not right:
        audit.record(
            "login.refuse", by=challenge.user, on=challenge.user, result=AuditResult.REFUSED, reason="code"
        )
    challenge.refresh_from_db()
    if right:
        return challenge
    check_open(challenge)
    left = MAX_ATTEMPTS - challenge.attempts
    raise CodeRefused(_("Deze code klopt niet. U kunt het nog %(left)s keer proberen.") % {"left": left})


def check_open(challenge: LoginChallenge) -> None:
    """Raises ChallengeOver, with the reason, when no code will let anybody in with this challenge."""
    if challenge.used_at:
        raise ChallengeOver("used", _("U hebt deze code al gebruikt."))
    by_app = challenge.method != SignInMethod.EMAIL_CODE
    if LoginChallenge.objects.filter(user=challenge.user_id, pk__gt=challenge.pk).exists():
        raise ChallengeOver(
            "newer",
            _("U bent daarna opnieuw begonnen met inloggen.")
            if by_app
            else _("Er is daarna een nieuwe code verstuurd. Alleen de nieuwste code werkt."),
        )
    if challenge.expires_at <= timezone.now() or not challenge.user.is_active:
        raise ChallengeOver(
            "expired",
            _("Het inloggen duurde langer dan 10 minuten.")
            if by_app
            else _("De code is verlopen. Een code werkt 10 minuten."),
        )
    if challenge.attempts >= MAX_ATTEMPTS:
        raise ChallengeOver("tries", _("U hebt 5 keer een verkeerde code ingevuld."))


def forget_challenge(session: SessionData) -> None:
    """Take everything about a half log-in out of the session."""
    for key in (CHALLENGE_KEY, BROWSER_KEY, SCHEMA_KEY):
        session.pop(key, None)


def check_own_password(user: User, password: str, *, browser: str = "") -> None:
    """Ask for the password once more, before a change that a stranger at an open screen would want to make.

    Tries count with those of the log-in. Call it outside a transaction: a refused try must stay counted.
    Raises WrongPassword or TooManyTries.
    """
    attempt = count_attempt(user.username, audit.origin.get(), browser)
    if not is_right_password(user, password):
        audit.record("login.refuse", by=user, on=user, result=AuditResult.REFUSED, reason="password")
        raise WrongPassword(_("Dit wachtwoord klopt niet."))
    attempt.delete()


def record_logout(user: User) -> None:
    """Note in the log that somebody ended their session."""
    audit.record("login.end", by=user, on=user)


def end_sessions(user: User, *, but: str = "") -> None:
    """Make every session of `user` worthless at once, half log-ins too. Part of larger actions.

    but: the key of a session that goes on; its caller calls elections.sessions.keep_session.
    """
    user.sessions_ended_at = timezone.now()
    user.save(update_fields=["sessions_ended_at"])
    end_sign_ins(SignIn.objects.going_on().filter(user=user).exclude(session_key=but))
    expire_challenges(user)


@transaction.atomic
def end_other_sessions(user: User, *, session_key: str) -> None:
    """Log `user` out everywhere but here; the caller calls elections.sessions.keep_session.

    session_key: of the session that goes on.
    """
    end_sessions(user, but=session_key)
    audit.record("login.end_others", by=user, on=user)


def expire_challenges(user: User) -> None:
    """Make the codes that `user` has not answered yet worthless."""
    LoginChallenge.objects.filter(user=user, used_at=None, expires_at__gt=timezone.now()).update(
        expires_at=timezone.now()
    )


def forget_old_logins() -> None:
    """Delete what no session and no limit needs any more."""
    now = timezone.now()
    LoginAttempt.objects.filter(at__lt=now - timedelta(days=1)).delete()
    LoginChallenge.objects.filter(created_at__lt=now - timedelta(days=2)).delete()
    Authenticator.objects.filter(confirmed=False, created_at__lt=now - timedelta(days=1)).delete()
    Session.objects.filter(expire_date__lt=now).delete()
