"""Celery's way to Redis, for the addresses redis:// and rediss:// (config/celery.py)."""

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(redis.Channel):
    """What Celery asks of a connection that it has given up fails as one that is lost, not as a mistake in a program.

    Without this a worker that keeps a message which it has not finished (a task for later, or one whose end could not
    be told) ends when Redis restarts: kombu 5.7.0 wants to give the message back by a connection whose address it has
    just forgotten. Such a message stays with the broker, and is given out again after its visibility timeout.
    """

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if getattr(self.connection, "client", None) is None:
            raise RedisConnectionError("This connection to the broker was given up.")
        return super()._connparams(asynchronous)


class Transport(redis.Transport):
    Channel = Channel
