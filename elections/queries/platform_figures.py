"""Figures about all municipalities for who keeps the platform running: numbers and moments, nothing about anybody."""

import logging
import time
from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta
from typing import Any, Final

from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Min, Q
from django.utils import timezone
from django_tenants.utils import get_public_schema_name, schema_context, tenant_context

from elections.enums import JobState, MailState
from elections.models import Job, Member, OutboxMail, SignIn
from elections.queries.mail import state_counts
from elections.queries.municipality import schema_sizes
from tenants.models import Municipality
from tenants.upgrade.schemas import overview

logger = logging.getLogger(__name__)

CACHE_KEY: Final = "platform-figures"
USAGE_SECONDS: Final = 900
"""Usage and size change slowly and are dear to count: how old they may become."""

_OPEN_MAIL: Final = (MailState.WAITING, MailState.SENDING)
_OPEN_JOB: Final = (JobState.QUEUED, JobState.RUNNING)


@dataclass
class Waiting:
    """Work of one kind that is not done: how much, and since when the first of it waits (seconds since 1970, or 0).

    For a job that runs, it waits since its last sign of life.
    """

    number: int = 0
    since: float = 0.0

    def add(self, number: int, since: float) -> None:
        """Put in what another municipality has."""
        self.number += number
        if since:
            self.since = min(self.since or since, since)


@dataclass
class Usage:
    """What one municipality uses. log_ins: those of the last 24 hours. table_bytes: with indexes."""

    members: int = 0
    log_ins: int = 0
    table_bytes: int = 0
    mails: dict[str, int] = field(default_factory=dict)


@dataclass
class PlatformFigures:
    """All figures; moments in seconds since 1970, UTC.

    mails: open mails by kind. retrying: those that the mail server did not take at once. jobs: by "kind|state".
    unreadable: schemas whose tables do not fit this code, which are in no figure.
    backed_up: the newest backup of each municipality by code; of one without any, since when it is here.
    """

    counted_at: float = 0.0
    mails: dict[str, Waiting] = field(default_factory=dict)
    retrying: int = 0
    jobs: dict[str, Waiting] = field(default_factory=dict)
    unreadable: int = 0
    municipalities: dict[str, int] = field(default_factory=dict)
    connections: int = 0
    most_connections: int = 0
    longest_transaction: float = 0.0
    database_bytes: int = 0
    usage_at: float = 0.0
    schemas_behind: int = 0
    usage: dict[str, Usage] = field(default_factory=dict)
    backed_up: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Itself as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "PlatformFigures":
        """What `as_json` made. What newer code added is left out: both run beside each other during an upgrade."""
        figures = cls(**_known(cls, values))
        figures.mails = {kind: Waiting(**_known(Waiting, each)) for kind, each in values["mails"].items()}
        figures.jobs = {kind: Waiting(**_known(Waiting, each)) for kind, each in values["jobs"].items()}
        figures.usage = {code: Usage(**_known(Usage, each)) for code, each in values["usage"].items()}
        return figures


def _known(kind: type[PlatformFigures | Waiting | Usage], values: dict[str, Any]) -> dict[str, Any]:
    return {each.name: values[each.name] for each in fields(kind) if each.name in values}


def kept_figures() -> PlatformFigures | None:
    """What the task of each minute counted last, or None; asks no database."""
    with schema_context(get_public_schema_name()):
        values = cache.get(CACHE_KEY)
    return PlatformFigures.from_json(values) if values else None


def count_figures(before: PlatformFigures | None = None) -> PlatformFigures:
    """Count everything now: some statements for each municipality, one after another.

    Parameters:
        before: figures of a moment ago; usage is taken from them until it is older than `USAGE_SECONDS`.
    """
    now = time.time()
    figures = PlatformFigures(counted_at=now)
    usage_is_new = before is not None and now - before.usage_at < USAGE_SECONDS
    with schema_context(get_public_schema_name()):
        municipalities = list(Municipality.objects.order_by("code"))
        figures.municipalities = dict(Counter(each.status for each in municipalities))
        figures.backed_up = {
            each.code: (each.backed_up_at or each.created_at).timestamp() for each in municipalities
        }
        _read_server(figures)
        if before is not None and usage_is_new:
            figures.usage, figures.usage_at = before.usage, before.usage_at
            figures.schemas_behind = before.schemas_behind
        else:
            figures.usage_at, figures.schemas_behind = now, len(overview().behind)
            sizes = schema_sizes()
    for municipality in municipalities:
        try:
            with tenant_context(municipality), transaction.atomic():
                _add_open_work(figures)
                if not usage_is_new:
                    figures.usage[municipality.code] = _usage(sizes.get(municipality.schema_name, 0))
        except DatabaseError as problem:
            reason = type(problem.__cause__ or problem).__name__
            logger.error("figures of %s cannot be counted: %s", municipality.schema_name, reason)
            figures.unreadable += 1
    return figures


def _add_open_work(figures: PlatformFigures) -> None:
    # A mail may have a moment in the future: a later try, or the overview of the day. Until then it is not late.
    due = Min("due_at", filter=Q(due_at__lte=timezone.now()))
    mails = OutboxMail.objects.order_by().filter(state__in=_OPEN_MAIL).values_list("kind")
    for kind, number, retried, oldest in mails.annotate(
        number=Count("pk"), retried=Count("pk", filter=Q(attempts__gt=0)), oldest=due
    ):
        figures.mails.setdefault(kind, Waiting()).add(number, oldest.timestamp() if oldest else 0)
        figures.retrying += retried
    jobs = Job.objects.order_by().filter(state__in=_OPEN_JOB).values_list("kind", "state")
    for kind, state, number, created, sign in jobs.annotate(
        number=Count("pk"), created=Min("created_at"), sign=Min("heartbeat_at")
    ):
        since = created if state == JobState.QUEUED else sign
        figures.jobs.setdefault(f"{kind}|{state}", Waiting()).add(number, since.timestamp())


def _usage(table_bytes: int) -> Usage:
    return Usage(
        members=Member.objects.active().count(),
        log_ins=SignIn.objects.filter(at__gt=timezone.now() - timedelta(days=1)).count(),
        table_bytes=table_bytes,
        mails=state_counts(),
    )


def _read_server(figures: PlatformFigures) -> None:
    """What PostgreSQL tells of itself; statements of others are never read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(datid), current_setting('max_connections')::int, coalesce(extract(epoch FROM"
            " max(now() - xact_start) FILTER (WHERE datname = current_database())), 0)::float,"
            " pg_database_size(current_database()) FROM pg_stat_activity"
        )
        (
            figures.connections,
            figures.most_connections,
            figures.longest_transaction,
            figures.database_bytes,
        ) = cursor.fetchone()
