"""What is kept in Redis as a cache: JSON with a signature. Django's own choice, pickle, runs what anybody put there.

Among the values are keys of providers of work accounts, so whoever can write in Redis and does not know SECRET_KEY may
not choose plain values either. Whole numbers are as they are: Redis itself counts with them.
"""

from typing import Any, Final

from django.core import signing

_SALT: Final = "zitting:cache"


class SealedValues:
    """A serializer of Django's Redis cache (CACHES, OPTIONS["serializer"]). Takes what JSON takes."""

    def dumps(self, value: Any) -> int | str:
        """What Redis keeps. Raises TypeError for a value that is no JSON."""
        return value if type(value) is int else signing.dumps(value, salt=_SALT)

    def loads(self, kept: bytes) -> Any:
        """The value; None, as if it was not there, for what we did not put there."""
        try:
            return int(kept)
        except ValueError:
            pass
        try:
            return signing.loads(kept.decode(), salt=_SALT)
        except (signing.BadSignature, ValueError):
            return None
