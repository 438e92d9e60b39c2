"""Codes of six digits that are stored nowhere: derived from a row's random id with a server key."""

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


def derived_code(purpose: str, number: UUID) -> str:
    """The six digits of the row with this id, for this purpose and municipality; only SECRET_KEY works them out."""
    digest = salted_hmac(f"zitting.{purpose}:{current_schema()}", number.hex, algorithm="sha256").digest()
    return f"{int.from_bytes(digest) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def is_code(typed: str, code: str) -> bool:
    """Whether somebody typed this code; spaces and dashes do not matter."""
    return hmac.compare_digest(re.sub(r"[\s-]", "", typed).encode(), code.encode())
