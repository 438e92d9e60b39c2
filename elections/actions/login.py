"""Logging in: a password, then a code by e-mail; and everything that slows down who guesses.

The parameters follow the anchors in docs/security.md: OWASP ASVS 5.0 rows 6.3.8, 6.5.1, 6.5.5, 6.6.2 and 6.6.3.
Between the two steps the session holds the challenge and a secret of this browser; the database holds a digest
of that secret, so that the right code is worth nothing in another browser.
"""

import secrets
from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.login_limits import address, check_number_of_codes, count_attempt, digest
from elections.enums import AuditResult, MailKind
from elections.errors import ActionError
from elections.models import LoginAttempt, LoginChallenge, User
from elections.models.login import CODE_LIFETIME, MAX_ATTEMPTS
from elections.notify import outbox
from tenants.context import current_schema

CHALLENGE_KEY: Final = "login_challenge"
BROWSER_KEY: Final = "login_browser"
SCHEMA_KEY: Final = "login_schema"

RESEND_WINDOW: Final = timedelta(minutes=30)
RESEND_PAUSE: Final = timedelta(seconds=10)

SessionData = MutableMapping[str, Any]


class WrongPassword(ActionError):
    """The name or the password is wrong; which of the two is not told."""


class CodeRefused(ActionError):
    """The code did not let anybody in, but another try may."""


class ChallengeOver(ActionError):
    """This challenge is finished, whatever is typed. `reason` is "expired", "tries", "used", "newer" or "none"."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def start_login(
    username: str, password: str, session: SessionData, *, origin: str = "", user_agent: str = ""
) -> LoginChallenge:
    """Check the password and mail a code; the session then waits for that code.

    An unknown name costs as much time and gives the same answer as a wrong password.
    Raises WrongPassword or TooManyTries.
    """
    attempt = count_attempt(username, origin)
    user = User.objects.filter(username__iexact=username.strip(), is_active=True).first()
    if user is None:
        make_password(password)
    if user is None or not user.check_password(password):
        audit.record("login.refuse", by=None, on=user, result=AuditResult.REFUSED, reason="password")
        raise WrongPassword(_("De gebruikersnaam of het wachtwoord klopt niet."))
    attempt.delete()
    return send_code(user, session, origin=origin, user_agent=user_agent)


@transaction.atomic
def send_code(user: User, session: SessionData, *, origin: str = "", user_agent: str = "") -> LoginChallenge:
    """Make a new challenge for somebody whose password is right, and put its mail in the outbox.

    Older codes of this user stop working. Raises TooManyTries.
    """
    # The lock makes simultaneous log-ins of one person wait for each other, so that the count below is exact.
    user = User.objects.select_for_update().get(pk=user.pk)
    check_number_of_codes(user)
    browser = secrets.token_urlsafe(32)
    challenge = LoginChallenge.objects.create(
        user=user,
        name="e-mail",
        session_digest=digest(browser),
        expires_at=timezone.now() + CODE_LIFETIME,
        origin=address(origin),
        user_agent=user_agent[:200],
    )
    session[CHALLENGE_KEY] = str(challenge.uuid)
    session[BROWSER_KEY] = browser
    session[SCHEMA_KEY] = current_schema()
    outbox.enqueue(MailKind.LOGIN_CODE, user=user, key=f"login:{challenge.uuid}", reference=challenge.uuid)
    audit.record("login.send_code", by=user)
    return challenge


def resend_code(session: SessionData, *, origin: str = "", user_agent: str = "") -> LoginChallenge:
    """Mail a new code to whoever gave the right password in this browser.

    Possible for half an hour after the password, but not after five wrong codes: then the password is asked again.
    A double click within ten seconds sends nothing more. Raises ChallengeOver or TooManyTries.
    """
    old = waiting_challenge(session)
    age = timezone.now() - old.created_at if old else timedelta()
    if (
        old is None
        or old.used_at
        or old.attempts >= MAX_ATTEMPTS
        or age > RESEND_WINDOW
        or not old.user.is_active
    ):
        raise ChallengeOver("none", _("Log opnieuw in met uw gebruikersnaam en wachtwoord."))
    if age < RESEND_PAUSE and LoginChallenge.objects.answerable().filter(pk=old.pk).exists():
        return old
    return send_code(old.user, session, origin=origin, user_agent=user_agent)


def waiting_challenge(session: SessionData) -> LoginChallenge | None:
    """The challenge that this browser must answer, finished or not; None when it gave no password here."""
    number, browser = session.get(CHALLENGE_KEY), session.get(BROWSER_KEY)
    if not number or not browser or session.get(SCHEMA_KEY) != current_schema():
        return None
    bound = LoginChallenge.objects.select_related("user").filter(session_digest=digest(browser))
    return bound.filter(uuid=UUID(number)).first()


def verify_code(session: SessionData, code: str) -> LoginChallenge:
    """Use up one try for the code of this browser; returns the answered challenge, which is the OTP device.

    However many requests come at once, one right code lets one of them in, and no more than five are looked at.
    Raises CodeRefused (try again) or ChallengeOver.
    """
    challenge = waiting_challenge(session)
    if challenge is None:
        raise ChallengeOver("none", _("Log opnieuw in met uw gebruikersnaam en wachtwoord."))
    if challenge.verify_token(code):
        challenge.refresh_from_db()
        return challenge
    audit.record(
        "login.refuse", by=challenge.user, on=challenge.user, result=AuditResult.REFUSED, reason="code"
    )
    challenge.refresh_from_db()
    check_open(challenge)
    left = MAX_ATTEMPTS - challenge.attempts
    raise CodeRefused(_("Deze code klopt niet. U kunt het nog %(left)s keer proberen.") % {"left": left})


def check_open(challenge: LoginChallenge) -> None:
    """Raises ChallengeOver, with the reason, when no code will let anybody in with this challenge."""
    if challenge.used_at:
        raise ChallengeOver("used", _("U hebt deze code al gebruikt."))
    if LoginChallenge.objects.filter(user=challenge.user_id, pk__gt=challenge.pk).exists():
        raise ChallengeOver(
            "newer", _("Er is daarna een nieuwe code verstuurd. Alleen de nieuwste code werkt.")
        )
    if challenge.expires_at <= timezone.now() or not challenge.user.is_active:
        raise ChallengeOver("expired", _("De code is verlopen. Een code werkt 10 minuten."))
    if challenge.attempts >= MAX_ATTEMPTS:
        raise ChallengeOver("tries", _("U hebt 5 keer een verkeerde code ingevuld."))


def forget_challenge(session: SessionData) -> None:
    """Take everything about a half log-in out of the session."""
    for key in (CHALLENGE_KEY, BROWSER_KEY, SCHEMA_KEY):
        session.pop(key, None)


def check_own_password(user: User, password: str) -> None:
    """Ask for the password once more, before a change that a stranger at an open screen would want to make.

    Tries count with those of the log-in. Call it outside a transaction: a refused try must stay counted.
    Raises WrongPassword or TooManyTries.
    """
    attempt = count_attempt(user.username, audit.origin.get())
    if not user.check_password(password):
        audit.record("login.refuse", by=user, on=user, result=AuditResult.REFUSED, reason="password")
        raise WrongPassword(_("Dit wachtwoord klopt niet."))
    attempt.delete()


def record_logout(user: User) -> None:
    """Note in the log that somebody ended their session."""
    audit.record("login.end", by=user, on=user)


def end_sessions(user: User) -> None:
    """Make every session of `user` worthless at once, half log-ins too."""
    user.sessions_ended_at = timezone.now()
    user.save(update_fields=["sessions_ended_at"])
    expire_challenges(user)


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
    Session.objects.filter(expire_date__lt=now).delete()
