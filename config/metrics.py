"""Figures for Prometheus, on a port of their own and behind a token.

The port is that of the listener which took the request (config.gunicorn), not something that a client says: no host
name of a municipality leads to it. What is there: numbers by view, task, queue and municipality; nothing of anybody.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import redis
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from elections.queries.platform_figures import PlatformFigures, Waiting, kept_figures
from tenants.watch import Signs, read_signs

PATH: Final = "/metrics"
METHODS: Final = frozenset({"GET", "HEAD", "POST"})
Key = tuple[str, ...]
SECONDS: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REQUESTS: Final = Counter(
    "zitting_requests", "Answers by view, method and status.", ["view", "method", "status"], registry=None
)
REQUEST_SECONDS: Final = Histogram(
    "zitting_request_seconds", "How long answers took.", ["view"], buckets=SECONDS, registry=None
)


class MetricsMiddleware:
    """Counts every answer, and answers itself what comes in at the port of the figures: 404 without the token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _at_own_port(request):
            return exposition() if _may_read(request) else HttpResponse(status=404)
        start = time.perf_counter()
        response = self.get_response(request)
        # The name of the view, never the path: paths hold the keys of invitations, and everybody can make up new ones.
        view = request.resolver_match.view_name if request.resolver_match else "-"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, str(response.status_code)).inc()
        REQUEST_SECONDS.labels(view).observe(time.perf_counter() - start)
        return response


def _at_own_port(request: HttpRequest) -> bool:
    """Whether the listener of the figures took the request.

    gunicorn is asked for the socket itself: at a Unix socket its SERVER_PORT is what the client wrote in `Host`.
    """
    connection = request.META.get("gunicorn.socket")
    if connection is None:
        return request.META["SERVER_PORT"] == str(settings.METRICS_PORT)
    address = connection.getsockname()
    return isinstance(address, tuple) and address[1] == settings.METRICS_PORT


def _may_read(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    return request.path == PATH and constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}")


def exposition() -> HttpResponse:
    """All figures: of the requests to the processes of this server, and of the whole platform."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)
    else:
        registry.register(REQUESTS)
        registry.register(REQUEST_SECONDS)
    registry.register(PlatformCollector())
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST, headers=headers)


class PlatformCollector(Collector):
    """What Redis tells now, and what a worker counted in the last minute. Asks the database nothing."""

    def describe(self) -> list[Metric]:
        """Nothing beforehand: asking would be a round to Redis."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield from _disk()
        try:
            signs, figures = read_signs(), kept_figures()
        except redis.RedisError:
            yield gauge("zitting_redis_up", "Whether Redis answers.", 0)
            return
        yield gauge("zitting_redis_up", "Whether Redis answers.", 1)
        yield from _of_signs(signs)
        if figures is not None:
            yield from _of_figures(figures)
            yield from _of_usage(figures)


def gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    """A gauge without labels."""
    return GaugeMetricFamily(name, text, value=value)


def _disk() -> Iterator[Metric]:
    try:
        usage = shutil.disk_usage(settings.VAR_DIR)
    except OSError:
        return  # files are elsewhere, and this server has no folder for them
    yield gauge("zitting_disk_free_bytes", "Room left where files are kept on this server.", usage.free)
    yield gauge("zitting_disk_bytes", "All room where files are kept on this server.", usage.total)


def gauges(name: str, text: str, labels: Sequence[str], values: Mapping[Key, float]) -> GaugeMetricFamily:
    """A gauge with labels: the value of each combination of them."""
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def _of_signs(signs: Signs) -> Iterator[Metric]:
    yield gauges(
        "zitting_queue_messages",
        "Messages that no worker took yet.",
        ["queue"],
        {(queue.name,): queue.waiting for queue in signs.queues},
    )
    yield gauges(
        "zitting_queue_oldest_seconds",
        "How long the first message of a queue waits.",
        ["queue"],
        {(queue.name,): queue.oldest_seconds for queue in signs.queues},
    )
    yield gauge("zitting_messages_in_hand", "Messages that workers have and did not finish.", signs.in_hand)
    yield gauge(
        "zitting_beat_last_tick_timestamp_seconds", "When the clock (beat) last ticked.", signs.tick_at
    )
    yield gauge(
        "zitting_sweep_last_run_timestamp_seconds", "When a worker last ran the sweep.", signs.sweep_at
    )
    tasks = CounterMetricFamily(
        "zitting_tasks", "Runs of tasks by how they ended, all workers.", labels=["task", "state"]
    )
    for key, times in signs.tasks.items():
        tasks.add_metric(key, times)
    yield tasks
    seconds = CounterMetricFamily(
        "zitting_task_seconds", "Seconds that workers spent on tasks.", labels=["task"]
    )
    for task, total in signs.seconds.items():
        seconds.add_metric([task], total)
    yield seconds


# Name, explanation, and where the value stands.
_PLATFORM: Final[tuple[tuple[str, str, Callable[[PlatformFigures], float]], ...]] = (
    ("figures_timestamp_seconds", "When the figures of the database were counted.", lambda of: of.counted_at),
    ("mails_retrying", "Mails that the mail server did not take at once.", lambda of: of.retrying),
    ("schemas_behind", "Schemas whose tables are older than the code.", lambda of: of.schemas_behind),
    (
        "schemas_unreadable",
        "Schemas whose figures could not be counted in the last minute.",
        lambda of: of.unreadable,
    ),
    ("database_connections", "Connections to the database.", lambda of: of.connections),
    (
        "database_connections_max",
        "How many connections the server of the database takes.",
        lambda of: of.most_connections,
    ),
    (
        "database_longest_transaction_seconds",
        "How long the oldest transaction of our role is open.",
        lambda of: of.longest_transaction,
    ),
    ("database_bytes", "Size of the whole database.", lambda of: of.database_bytes),
)


def _of_figures(figures: PlatformFigures) -> Iterator[Metric]:
    for name, text, value in _PLATFORM:
        yield gauge(f"zitting_{name}", text, value(figures))
    yield gauges(
        "zitting_municipalities",
        "Municipalities by status.",
        ["status"],
        {(status,): number for status, number in figures.municipalities.items()},
    )
    mails: dict[Key, Waiting] = {(kind,): waiting for kind, waiting in figures.mails.items()}
    yield from _waiting(
        mails, ["kind"], "mails_open", "Mails that are not sent yet.",
        "mail_oldest_seconds", "How long the first mail that is due waits.",
    )  # fmt: skip
    jobs: dict[Key, Waiting] = {tuple(name.split("|")): waiting for name, waiting in figures.jobs.items()}
    yield from _waiting(
        jobs, ["kind", "state"], "jobs_open", "Jobs that are not done.",
        "job_oldest_seconds", "How long the first job of a kind waits, or gave no sign of life.",
    )  # fmt: skip


def _waiting(
    found: Mapping[Key, Waiting], labels: Sequence[str], number: str, text: str, oldest: str, oldest_text: str
) -> Iterator[Metric]:
    """How many wait, and for how many seconds the first of them does."""
    now = time.time()
    yield gauges(f"zitting_{number}", text, labels, {key: each.number for key, each in found.items()})
    yield gauges(
        f"zitting_{oldest}", oldest_text, labels, {key: _since(each, now) for key, each in found.items()}
    )


def _of_usage(figures: PlatformFigures) -> Iterator[Metric]:
    now = time.time()
    yield gauges(
        "zitting_municipality_without_backup_seconds",
        "How long ago the newest backup was made; without any, how long the municipality is here.",
        ["municipality"],
        {(code,): now - at for code, at in figures.backed_up.items()},
    )
    for name, text, value in (
        ("members", "Members in the member file.", lambda of: of.members),
        ("log_ins", "Log-ins in the last 24 hours.", lambda of: of.log_ins),
        ("table_bytes", "Size of the tables, with indexes.", lambda of: of.table_bytes),
    ):
        values: dict[Key, float] = {(code,): value(usage) for code, usage in figures.usage.items()}
        yield gauges(f"zitting_municipality_{name}", text, ["municipality"], values)
    yield gauges(
        "zitting_municipality_mails",
        "Mails by state.",
        ["municipality", "state"],
        {(code, state): n for code, usage in figures.usage.items() for state, n in usage.mails.items()},
    )


def _since(waiting: Waiting, now: float) -> float:
    return max(0.0, now - waiting.since) if waiting.since else 0.0
