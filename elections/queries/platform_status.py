"""What a system administrator looks at first: a line for each part of the platform, and whether it needs attention."""

import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import redis
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django_tenants.utils import get_public_schema_name
from kombu.exceptions import OperationalError

from elections.enums import JobState, MailKind, MailState
from elections.queries.municipality import troubles
from elections.queries.platform_figures import PlatformFigures, count_figures
from tenants.database_problems import sentence_of
from tenants.numbers import counted
from tenants.upgrade.schemas import Overview, overview
from tenants.watch import QUEUES, read_signs

# The bars of deploy/prometheus/alerts.yml.
TICK_SECONDS: Final = 180
SWEEP_SECONDS: Final = 300
QUEUE_SECONDS: Final = {"urgent": 30, "default": 900}
MAIL_SECONDS: Final = 1800
JOB_SECONDS: Final = 900
CONNECTIONS: Final = 0.8
DISK_FREE: Final = 0.15
BACKUP_SECONDS: Final = 129_600
"""A day and a half: a backup of each night, of which one was missed."""
_NAMED: Final = 5  # municipalities in one line


@dataclass(frozen=True)
class StatusLine:
    """One part of the platform. `ok` is False when somebody must do something."""

    part: str
    ok: bool
    text: str


def platform_status() -> list[StatusLine]:
    """Everything, looked at now. What is down is a line; the rest is told all the same."""
    lines = [*_of_database(), *_of_redis(), _workers(), _disk()]
    if lines[0].ok:
        lines += _of_tables()
    return lines


def ago(seconds: float) -> str:
    """A number of seconds as somebody says it."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"


def _of_database() -> Iterable[StatusLine]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            (version,) = cursor.fetchone()
    except DatabaseError:
        yield StatusLine("PostgreSQL", False, "does not answer")
        return
    yield StatusLine("PostgreSQL", True, f"answers, version {version}")


def _of_redis() -> Iterable[StatusLine]:
    try:
        signs = read_signs()
    except redis.RedisError:
        yield StatusLine(
            "Redis", False, "does not answer: no log-in codes, and nothing is known of queues and clock"
        )
        return
    yield StatusLine("Redis", True, f"answers; {counted(signs.in_hand, 'message')} in hand")
    for queue in signs.queues:
        text = counted(queue.waiting, "waits", "wait") + (
            f", the first for {ago(queue.oldest_seconds)}" if queue.waiting else ""
        )
        yield StatusLine(f"queue {queue.name}", queue.oldest_seconds <= QUEUE_SECONDS[queue.name], text)
    for part, at, bar in (
        ("clock (beat)", signs.tick_at, TICK_SECONDS),
        ("sweep", signs.sweep_at, SWEEP_SECONDS),
    ):
        age = time.time() - at
        yield StatusLine(part, bool(at) and age <= bar, f"last {ago(age)} ago" if at else "never seen")


def _workers() -> StatusLine:
    try:
        found = current_app.control.inspect(timeout=1.0).active_queues() or {}
    except (OperationalError, redis.RedisError):
        found = {}
    served = {queue["name"] for queues in found.values() for queue in queues}
    missing = [queue for queue in QUEUES if queue not in served]
    if missing:
        return StatusLine(
            "workers",
            False,
            f"{counted(len(found), 'answers', 'answer')}, none of them for: {', '.join(missing)}",
        )
    return StatusLine("workers", True, counted(len(found), "answers", "answer"))


def _disk() -> StatusLine:
    try:
        usage = shutil.disk_usage(settings.VAR_DIR)
    except OSError:
        return StatusLine("disk", False, f"{settings.VAR_DIR} cannot be read")
    share = usage.free / usage.total
    return StatusLine("disk", share >= DISK_FREE, f"{share:.0%} free in {settings.VAR_DIR}")


def _of_tables() -> Iterable[StatusLine]:
    try:
        view = overview()
        yield _schemas(view)
        if not (view.behind and view.behind[0].schema_name == get_public_schema_name()):
            yield from _of_figures(count_figures(), troubles(view))
    except DatabaseError as problem:
        yield StatusLine("schemas", False, sentence_of(problem))


def _schemas(view: Overview) -> StatusLine:
    if view.is_empty:
        return StatusLine("schemas", False, "the database is empty; run `manage.py upgrade`")
    if view.behind:
        names = [lag.schema_name for lag in view.behind]
        return StatusLine("schemas", False, f"behind: {_some(names)}; run `manage.py upgrade`")
    newer = f"; newer than this code: {_some(view.ahead)}" if view.ahead else ""
    whole = f"all {view.total} as this code wants them" if view.total > 1 else "1, as this code wants it"
    return StatusLine("schemas", True, f"{whole}{newer}")


def _of_figures(figures: PlatformFigures, troubled: dict[str, str]) -> Iterable[StatusLine]:
    states = ", ".join(f"{number} {status}" for status, number in figures.municipalities.items())
    text = f"{states or 'none'}; {counted(sum(usage.members for usage in figures.usage.values()), 'member')}"
    for trouble in sorted(set(troubled.values())):
        text += f"; {trouble}: {_some([code for code, its in troubled.items() if its == trouble])}"
    if troubled:
        text += " (`manage.py municipality list` says what to do)"
    elif figures.unreadable:
        text += f"; {figures.unreadable} cannot be read, see the log"
    yield StatusLine("municipalities", not (troubled or figures.unreadable), text)
    share = figures.connections / figures.most_connections
    text = f"{figures.connections} of {figures.most_connections} connections"
    yield StatusLine("connections", share <= CONNECTIONS, text)
    yield _mail(figures)
    yield _doubts(figures)
    yield _jobs(figures)
    yield _backups(figures.backed_up)


def _mail(figures: PlatformFigures) -> StatusLine:
    open_mails = sum(each.number for each in figures.mails.values())
    late = _longest(each.since for each in figures.mails.values())
    text = f"{counted(open_mails, 'waits', 'wait')}, {figures.retrying} after a try"
    if invitations := figures.mails.get(MailKind.STAFF_INVITATION):
        text += f", {counted(invitations.number, 'invitation')} of colleagues among them"
    return StatusLine(
        "mail", late <= MAIL_SECONDS, text + (f"; the first is due for {ago(late)}" if late else "")
    )


def _doubts(figures: PlatformFigures) -> StatusLine:
    def having(state: MailState) -> list[str]:
        return [code for code, usage in figures.usage.items() if usage.mails.get(state)]

    uncertain, failed = having(MailState.UNCERTAIN), having(MailState.FAILED)
    told = [f"in doubt in {_some(uncertain)}"] if uncertain else []
    told += [f"failed in {_some(failed)}"] if failed else []
    return StatusLine("mail in doubt", not told, "; ".join(told) or "none")


def _jobs(figures: PlatformFigures) -> StatusLine:
    running = {name: each for name, each in figures.jobs.items() if name.endswith(f"|{JobState.RUNNING}")}
    silent = _longest(each.since for each in running.values())
    total = sum(each.number for each in figures.jobs.values())
    number = sum(each.number for each in running.values())
    text = f"{counted(number, 'runs', 'run')}, {counted(total - number, 'waits', 'wait')}"
    if silent > JOB_SECONDS:
        text += f"; no sign of life for {ago(silent)}"
    return StatusLine("jobs", silent <= JOB_SECONDS, text)


def _backups(backed_up: dict[str, float]) -> StatusLine:
    if not backed_up:
        return StatusLine("backups", True, "no municipality to make one of")
    old = [code for code, at in backed_up.items() if time.time() - at > BACKUP_SECONDS]
    longest = f"longest without one: {ago(_longest(backed_up.values()))}"
    text = f"none of the last {ago(BACKUP_SECONDS)} of {_some(old)}; {longest}" if old else longest
    return StatusLine("backups", not old, text)


def _longest(moments: Iterable[float]) -> float:
    return max((time.time() - moment for moment in moments if moment), default=0.0)


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
