"""What is kept in Redis as a cache: JSON with a signature. Django's own choice, pickle, runs what anybody put there.

Among the values are keys of providers of work accounts, so whoever can write in Redis and does not know SECRET_KEY may
neither choose values nor copy one to another key: that of one municipality, or provider, would count at another. What
lay under the same key before can be put back there. Whole numbers are as they are: Redis itself counts with them.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.core import signing
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

_SALT: Final = "zitting:cache:"
_NOT_OURS: Final = object()


class SealedCache(RedisCache):
    """Django's Redis cache, for values that are JSON.

    Writing raises TypeError for a value that is none. What we did not put under a key is as if it was not there.
    """

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _SealedClient


class _AsItIs:
    """A serializer: the client below has sealed what Redis keeps, because a serializer does not know the key."""

    def dumps(self, kept: int | str) -> int | str:
        return kept

    def loads(self, kept: bytes) -> bytes:
        return kept


class _SealedClient(RedisCacheClient):
    """Keys are whole here, with the schema of the municipality."""

    def __init__(self, servers: Any, **options: Any) -> None:
        super().__init__(servers, serializer=_AsItIs, **options)

    def add(self, key: str, value: Any, timeout: int | None) -> bool:
        return bool(super().add(key, _seal(key, value), timeout))

    def set(self, key: str, value: Any, timeout: int | None) -> None:
        super().set(key, _seal(key, value), timeout)

    def set_many(self, data: Mapping[str, Any], timeout: int | None) -> None:
        super().set_many({key: _seal(key, value) for key, value in data.items()}, timeout)

    def get(self, key: str, default: Any) -> Any:
        return self.get_many([key]).get(key, default)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        found = {key: _open(key, kept) for key, kept in super().get_many(list(keys)).items()}
        return {key: value for key, value in found.items() if value is not _NOT_OURS}


def _seal(key: str, value: Any) -> int | str:
    return value if type(value) is int else signing.dumps(value, salt=_SALT + key)


def _open(key: str, kept: bytes) -> Any:
    try:
        return int(kept)
    except ValueError:
        pass
    try:
        return signing.loads(kept.decode(), salt=_SALT + key)
    except (signing.BadSignature, ValueError):
        return _NOT_OURS
