"""What makes a password too easy here, besides Django's own list of common passwords."""

import re
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from elections.models import User
from tenants.context import current_municipality

MEMBER_LENGTH: Final = 12
STAFF_LENGTH: Final = 15
# OWASP ASVS 5.0 row 6.1.2: words that whoever guesses here would try first.
LOCAL_WORDS: Final = (
    "gemeente",
    "openbaarlichaam",
    "stembureau",
    "stemlokaal",
    "stembus",
    "stemmen",
    "stembiljet",
    "verkiezing",
    "verkiezingen",
    "zitting",
    "zittingsdag",
    "voorzitter",
    "burgemeester",
    "wachtwoord",
    "password",
    "welkom",
    "inloggen",
)
LEFT_OVER: Final = 8


class LengthByRoleValidator:
    """At least 12 characters for members, 15 for colleagues, who see the data of everybody."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError when the password is too short for this user."""
        least = least_length(user)
        if len(password) < least:
            text = _("Het wachtwoord is te kort. Gebruik minstens %(least)s tekens.")
            raise ValidationError(text, code="too_short", params={"least": least})

    def get_help_text(self) -> str:
        """What a form says about it."""
        return _("Gebruik minstens %(least)s tekens.") % {"least": MEMBER_LENGTH}


class LocalWordsValidator:
    """Refuses passwords that are little more than words of this trade or this municipality."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError when fewer than eight characters remain without local words, digits and signs."""
        rest = re.sub(r"[\W\d_]+", "", password.lower())
        name = re.sub(r"[\W\d_]+", "", current_municipality().name.lower())
        found = [
            word for word in sorted({name, *LOCAL_WORDS}, key=len, reverse=True) if word and word in rest
        ]
        for word in found:
            rest = rest.replace(word, "")
        if found and len(rest) < LEFT_OVER:
            text = _(
                "Het wachtwoord is te makkelijk te raden door het woord “%(word)s”. Kies een ander wachtwoord."
            )
            raise ValidationError(text, code="local_word", params={"word": found[0]})

    def get_help_text(self) -> str:
        """What a form says about it."""
        return _("Gebruik geen woorden als de naam van de gemeente, “stembureau” of “verkiezing”.")


def least_length(user: User | None) -> int:
    """How many characters the password of this user must have."""
    return STAFF_LENGTH if user is not None and user.is_staff_member else MEMBER_LENGTH
