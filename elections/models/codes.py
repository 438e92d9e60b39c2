"""Codes that are stored nowhere: six digits, or the letters of a letter, derived from a row's id with a server key."""

import hmac
import re
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils.crypto import salted_hmac

from tenants.context import current_schema

CODE_LIFETIME: Final = timedelta(minutes=10)  # OWASP ASVS 5.0 row 6.5.5: at most ten minutes
CODE_DIGITS: Final = 6
MAX_ATTEMPTS: Final = 5
# 20 capitals that look like no other and make no words: 16 of them are 69 bits, far out of reach of guessing.
LETTER_SIGNS: Final = "BCDFGHJKMNPQRSTVWXYZ"
LETTER_LENGTH: Final = 16


def derived_code(purpose: str, number: UUID) -> str:
    """The six digits of the row with this id, for this purpose and municipality; only SECRET_KEY works them out."""
    digest = salted_hmac(f"zitting.{purpose}:{current_schema()}", number.hex, algorithm="sha256").digest()
    return f"{int.from_bytes(digest) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def is_code(typed: str, code: str) -> bool:
    """Whether somebody typed this code; spaces and dashes do not matter."""
    return hmac.compare_digest(re.sub(r"[\s-]", "", typed).encode(), code.encode())


def letter_code(number: UUID) -> str:
    """The code in the printed letter of the invitation with this id; stored nowhere, worked out with SECRET_KEY."""
    digest = salted_hmac(f"zitting.letter-code:{current_schema()}", number.hex, algorithm="sha256").digest()
    rest, signs = int.from_bytes(digest), []
    for _sign in range(LETTER_LENGTH):
        rest, place = divmod(rest, len(LETTER_SIGNS))
        signs.append(LETTER_SIGNS[place])
    return "".join(signs)


def is_letter_code(typed: str, number: UUID) -> bool:
    """Whether this is the code of that invitation; spaces, dashes and small letters do not matter."""
    plain = re.sub(r"[\s-]", "", typed).upper()
    return hmac.compare_digest(plain.encode(), letter_code(number).encode())
