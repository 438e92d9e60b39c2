"""What is over its term now, and what a term would remove."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Max, Model
from django.utils import timezone
from django.utils.formats import date_format

from elections.enums import RetentionKind
from elections.models import AuditEvent, Member, RetentionTerm
from elections.retention import RULES, Rule, boundary, term_words

CLEANED: Final = "retention.clean_up"
FINISHED: Final = "retention.finish"
EXAMPLES: Final = 3


@dataclass(frozen=True)
class TermView:
    """One line of the page with terms."""

    rule: Rule
    days: int
    count: int
    cleaned_at: datetime | None

    @property
    def kind(self) -> RetentionKind:
        return self.rule.kind

    @property
    def words(self) -> str:
        return term_words(self.days)


@dataclass(frozen=True)
class Preview:
    """What the next night removes with a term of `days`; the examples tell no names and no secrets."""

    days: int
    count: int
    examples: list[str]


def chosen_terms() -> dict[str, int]:
    """The term of every kind in days: the municipality's own choice, otherwise the default. One query."""
    chosen = dict(RetentionTerm.objects.values_list("kind", "days"))
    return {kind: chosen.get(kind, rule.days) for kind, rule in RULES.items()}


def term_words_of(kind: str) -> str:
    """The term of one kind of data in words, as this municipality chose it."""
    return term_words(RULES[kind].days_now)


def retention_overview() -> list[TermView]:
    """Every kind with its term, how much is over it now, and when it was last looked through."""
    days = chosen_terms()
    finished = AuditEvent.objects.filter(action=FINISHED).aggregate(last=Max("at"))["last"]
    return [
        TermView(rule, days[kind], _count(rule, days[kind]), cleaned_at=finished)
        for kind, rule in RULES.items()
    ]


def preview(rule: Rule, days: int) -> Preview:
    """Count what a term of `days` would remove, and describe the oldest few."""
    return Preview(days, _count(rule, days), list(_examples(rule, days)))


def _count(rule: Rule, days: int) -> int:
    return sum(rows.count() for rows in rule.over(boundary(days)))


def _examples(rule: Rule, days: int) -> Iterator[str]:
    for rows in rule.over(boundary(days)):
        for row in rows.order_by("pk")[:EXAMPLES]:
            yield _describe(row)


def _describe(row: Model) -> str:
    """What kind of row, and of when: enough to judge the term by, nothing about anybody."""
    name = str(row._meta.verbose_name)
    if isinstance(row, Member):
        name = f"{name} {row.number}"
    moment = next((value for field in MOMENTS if (value := getattr(row, field, None))), None)
    return f"{name}, {_day(moment)}" if moment else name


MOMENTS: Final = (
    "at", "finished_at", "answered_at", "deactivated_at", "set_at", "submitted_at", "published_at",
    "assigned_at", "created_at",
)  # fmt: skip


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "j F Y")
