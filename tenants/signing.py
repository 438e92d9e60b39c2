"""Signed values that are worth nothing at another municipality.

Primary keys repeat in every schema, so a signature over an id alone would be accepted everywhere. Here the
salt holds the schema name and the purpose. Outside a municipality nothing can be signed or read.
"""

from datetime import timedelta
from typing import Any

from django.core import signing
from django.core.signing import BadSignature, SignatureExpired, Signer

from tenants.context import current_schema

__all__ = ["BadSignature", "SignatureExpired", "dumps", "loads", "sign", "unsign"]


def dumps(value: Any, *, purpose: str) -> str:
    """A signed, URL-safe text that holds `value` (JSON types) and the time of signing.

    Parameters:
        purpose: names the use, such as "calendar-feed"; a text for one purpose is refused for any other.

    Raises:
        NoMunicipality: in the public schema.
    """
    return signing.dumps(value, salt=_salt(purpose))


def loads(text: str, *, purpose: str, max_age: timedelta | int | None = None) -> Any:
    """The value in a text made by `dumps` for this municipality and purpose.

    Parameters:
        max_age: how old the text may be, in seconds or as a timedelta; None for no limit.

    Raises:
        BadSignature: when it was changed, or made for another municipality or purpose.
        SignatureExpired: (a BadSignature) when it is too old.
        NoMunicipality: in the public schema.
    """
    return signing.loads(text, salt=_salt(purpose), max_age=max_age)


def sign(text: str, *, purpose: str) -> str:
    """`text` with a signature behind it and no time: always the same, for an address that people copy.

    Parameters:
        text: without a dot, and fit for an address; whoever has the result can read it.
        purpose: as in `dumps`.

    Raises:
        NoMunicipality: in the public schema.
    """
    return _signer(purpose).sign(text)


def unsign(signed: str, *, purpose: str) -> str:
    """The text that `sign` was given, for this municipality and purpose.

    Raises:
        BadSignature: when it was changed, or made for another municipality or purpose.
        NoMunicipality: in the public schema.
    """
    return _signer(purpose).unsign(signed)


def _signer(purpose: str) -> Signer:
    return Signer(salt=_salt(purpose), sep=".")


def _salt(purpose: str) -> str:
    return f"zitting:{current_schema()}:{purpose}"
