"""What slows down who guesses passwords and codes, and who fills up other people's mailboxes.

The counts are rows in PostgreSQL, so that they outlive a restart of Redis (OWASP ASVS 5.0 rows 6.1.1 and 6.6.3).
"""

import hashlib
from datetime import timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.enums import AuditResult
from elections.errors import ActionError
from elections.models import LoginAttempt, LoginChallenge, User
from tenants.context import current_schema

# Codes that nobody answered: 10 a day, with five tries each, are 50 guesses at 1,000,000 codes.
CODES_PER_HOUR: Final = 5
CODES_PER_DAY: Final = 10
PASSWORDS_PER_NAME: Final = 10
PASSWORDS_PER_ORIGIN: Final = 100
PASSWORD_WINDOW: Final = timedelta(minutes=15)
HELP_PER_ORIGIN: Final = 20


class TooManyTries(ActionError):
    """Too many passwords or too many codes; waiting helps."""


def count_attempt(username: str, origin: str) -> LoginAttempt:
    """Count first and look then: of any number of simultaneous tries no more than the limit get through."""
    # In capitals, as PostgreSQL compares names: "ı" and "ſ" are then the same letters as "i" and "s".
    name = digest(f"{current_schema()}:{username.strip().upper()}")
    attempt = LoginAttempt.objects.create(username_digest=name, origin=origin[:60])
    recent = LoginAttempt.objects.filter(at__gt=timezone.now() - PASSWORD_WINDOW)
    too_many = recent.filter(username_digest=name).count() > PASSWORDS_PER_NAME
    if too_many or (origin and recent.filter(origin=origin[:60]).count() > PASSWORDS_PER_ORIGIN):
        audit.record("login.refuse", by=None, result=AuditResult.REFUSED, reason="too many passwords")
        raise TooManyTries(
            _("Er is te vaak een verkeerd wachtwoord ingevuld. Probeer het over een kwartier weer.")
        )
    return attempt


def check_number_of_codes(user: User) -> None:
    """Raises TooManyTries when `user` left too many codes unanswered. Hold the user's row while calling it."""
    now = timezone.now()
    unanswered = LoginChallenge.objects.filter(user=user, used_at=None)
    if unanswered.filter(created_at__gt=now - timedelta(hours=1)).count() >= CODES_PER_HOUR:
        raise TooManyTries(_("U hebt te vaak een code gevraagd. Probeer het over een uur weer."))
    if unanswered.filter(created_at__gt=now - timedelta(days=1)).count() >= CODES_PER_DAY:
        raise TooManyTries(_("U hebt vandaag te vaak een code gevraagd. Probeer het morgen weer."))


def asks_too_often() -> bool:
    """Count one request for a forgotten password or user name; whether its origin sent too many of them.

    Counted apart from the passwords, so that asking for help does not use up tries. Call it outside a transaction.
    """
    if not (origin := audit.origin.get()):
        return False
    source = f"help {origin}"[:60]
    LoginAttempt.objects.create(origin=source)
    recent = LoginAttempt.objects.filter(origin=source, at__gt=timezone.now() - PASSWORD_WINDOW)
    return recent.count() > HELP_PER_ORIGIN


def digest(text: str) -> str:
    """SHA-256 in hexadecimals; for texts that nobody can guess, or that tell nobody anything."""
    return hashlib.sha256(text.encode()).hexdigest()


def address(origin: str) -> str | None:
    """`origin` when it is an IP address."""
    try:
        validate_ipv46_address(origin)
    except ValidationError:
        return None
    return origin
