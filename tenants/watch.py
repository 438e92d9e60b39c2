"""What Redis tells about the platform as a whole: the queues, the clock, and what the workers did.

Nothing here is of a municipality. Names of tasks and queues, numbers and moments; never what a message holds.
"""

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import redis
from django.conf import settings

QUEUES: Final = ("urgent", "default")
CLOCK_TASK: Final = "elections.dispatch_sweep"
"""What celery beat sends each minute; that it is sent is the tick of the clock, that it runs is the sweep."""

_TICK: Final = "zitting:watch:tick"
_SWEEP: Final = "zitting:watch:sweep"
_TASKS: Final = "zitting:watch:tasks"
_SECONDS: Final = "zitting:watch:task-seconds"
_SENT_AT: Final = "sent_at"
_IN_HAND: Final = "unacked"  # where kombu keeps what workers have and did not finish


@dataclass(frozen=True)
class QueueState:
    """How many messages nobody took yet, and for how many seconds the first of them waits."""

    name: str
    waiting: int
    oldest_seconds: float


@dataclass(frozen=True)
class Signs:
    """What Redis knows. Moments are seconds since 1970, UTC; 0 when it never happened.

    tasks: how often a task ended in a state. seconds: how long a task took, all runs together.
    """

    queues: tuple[QueueState, ...]
    in_hand: int
    tick_at: float
    sweep_at: float
    tasks: Mapping[tuple[str, str], int]
    seconds: Mapping[str, float]


def connect() -> "redis.Redis[Any]":
    """A connection that waits one second at most, less than settings.REDIS_PATIENCE: who watches must not hang on what
    is down. Probes give up after seconds, and what is noted of a task comes on top of sending it.
    """
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1, decode_responses=True
    )


def note_sent(task: str, headers: dict[str, Any]) -> None:
    """Write into a message when it was sent; a message of the clock is a tick."""
    headers[_SENT_AT] = time.time()
    if task == CLOCK_TASK:
        with suppress(redis.RedisError), connect() as client:
            client.set(_TICK, time.time())


def note_run(task: str, state: str, seconds: float) -> None:
    """Count a run of a task by its outcome. Redis may be away: counting must not stop the work."""
    with suppress(redis.RedisError), connect() as client, client.pipeline(transaction=False) as pipeline:
        pipeline.hincrby(_TASKS, f"{task}|{state}", 1)
        pipeline.hincrbyfloat(_SECONDS, task, round(seconds, 3))
        if task == CLOCK_TASK and state == "SUCCESS":
            pipeline.set(_SWEEP, time.time())
        pipeline.execute()


def read_signs() -> Signs:
    """Everything in one go.

    Raises:
        redis.RedisError: when Redis does not answer.
    """
    with connect() as client, client.pipeline(transaction=False) as pipeline:
        for queue in QUEUES:
            pipeline.llen(queue)
            pipeline.lindex(queue, -1)  # messages are put in at the left and taken at the right
        pipeline.hlen(_IN_HAND)
        pipeline.mget(_TICK, _SWEEP)
        pipeline.hgetall(_TASKS)
        pipeline.hgetall(_SECONDS)
        *lines, in_hand, (tick, sweep), tasks, seconds = pipeline.execute()
    lengths, first = lines[::2], lines[1::2]
    return Signs(
        queues=tuple(
            QueueState(name, waiting, _age(message))
            for name, waiting, message in zip(QUEUES, lengths, first, strict=True)
        ),
        in_hand=in_hand,
        tick_at=float(tick or 0),
        sweep_at=float(sweep or 0),
        tasks={tuple(name.split("|", 1)): int(times) for name, times in tasks.items()},
        seconds={task: float(total) for task, total in seconds.items()},
    )


def _age(message: str | None) -> float:
    """Seconds since a message was sent; 0 without a message, or for one that does not tell."""
    if message is None:
        return 0.0
    sent_at = json.loads(message).get("headers", {}).get(_SENT_AT)
    return max(0.0, time.time() - sent_at) if sent_at else 0.0
