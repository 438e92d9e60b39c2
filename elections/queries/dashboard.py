"""The dashboard: where the preparation stands, and what a colleague can best do first.

Each figure comes from the function that the list behind it counts with, or from the filter of that list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Subquery

from elections.enums import LetterState, MailState
from elections.models import ElectionEvent, Job, Position
from elections.queries.application import open_applications
from elections.queries.board import StationOutline, outlines
from elections.queries.conversation import open_conversations
from elections.queries.count_of import CountOf, asked_at_once
from elections.queries.event import EventProgress, progress_figures
from elections.queries.job import running_jobs
from elections.queries.letter import letter_counts, letters_by_state
from elections.queries.mail import mails_by_state, state_counts
from elections.queries.part_progress import PartProgress, parts_progress
from elections.queries.personal_data_change import waiting_changes
from elections.queries.placement_answer import (
    AnswerCounts,
    DropCounts,
    answer_counts,
    answer_figures,
    drop_counts,
    drops_by_state,
)
from elections.queries.privacy import open_requests
from elections.queries.publication import unpublished, unpublished_figures
from elections.queries.shift import Cell, places_per_position

WORST_STATIONS: Final = 5


@dataclass(frozen=True)
class StationRow:
    """A polling station where something is left to do: how often the law is broken, other warnings, open places."""

    uuid: UUID
    number: int
    name: str
    law: int
    warnings: int
    places: int
    open: int

    @property
    def filled(self) -> int:
        return self.places - self.open


@dataclass(frozen=True)
class StationFigures:
    """The polling stations in numbers, by the outlines of the planning board; `worst` has the worst on top."""

    places: int
    open: int
    with_open: int
    against_law: int
    with_warnings: int
    with_gap: int
    worst: list[StationRow]

    @property
    def filled(self) -> int:
        return self.places - self.open


@dataclass(frozen=True)
class Dashboard:
    """Every figure of the dashboard; a fixed number of queries, whatever the size of the municipality."""

    progress: EventProgress
    parts: list[PartProgress]
    stations: StationFigures
    positions: list[tuple[Position, Cell]]
    unpublished: int
    answers: AnswerCounts
    dropped: DropCounts
    letters: Mapping[str, int]
    mails: Mapping[str, int]
    questions: int
    waiting_since: datetime | None
    privacy_requests: int
    applications: int
    data_changes: int
    jobs: list[Job]

    @property
    def letters_made(self) -> int:
        return self.letters[LetterState.MADE]

    @property
    def letters_published(self) -> int:
        return self.letters[LetterState.PUBLISHED]

    @property
    def letters_failed(self) -> int:
        return self.letters[LetterState.FAILED]

    @property
    def failed_mails(self) -> int:
        return self.mails[MailState.FAILED]


def dashboard(event: ElectionEvent) -> Dashboard:
    """Count everything for one event; what are single figures, in one statement."""
    progress, team = progress_figures(event), _for_the_team()
    figures = asked_at_once(
        event,
        {
            **progress,
            **team,
            **answer_figures(event),
            **unpublished_figures(event),
            "drop_states": drops_by_state(event),
            "letter_states": letters_by_state(event),
            "mail_states": mails_by_state(),
        },
    )
    return Dashboard(
        progress=EventProgress(**{name: figures[name] for name in progress}),
        parts=parts_progress(event),
        stations=station_figures(event),
        positions=places_per_position(event),
        unpublished=unpublished(event, found=figures),
        answers=answer_counts(event, figures),
        dropped=drop_counts(figures["drop_states"]),
        letters=letter_counts(event, figures["letter_states"]),
        mails=state_counts(figures["mail_states"]),
        jobs=running_jobs(event=event),
        **{name: figures[name] for name in team},
    )


def _for_the_team() -> Mapping[str, Any]:
    """What members and others wait for, whatever the event, as expressions."""
    longest = open_conversations().order_by("waiting_since").values("waiting_since")
    return {
        "questions": CountOf(open_conversations()),
        "waiting_since": Subquery(longest[:1]),
        "privacy_requests": CountOf(open_requests()),
        "applications": CountOf(open_applications()),
        "data_changes": CountOf(waiting_changes()),
    }


def station_figures(event: ElectionEvent) -> StationFigures:
    """What is open and what is wrong in the polling stations, as the planning board sees it."""
    found = outlines(event, event.polling_stations.all())
    with_gap = [outline for outline in found if outline.law or outline.warnings or outline.open]
    return StationFigures(
        places=sum(outline.places for outline in found),
        open=sum(outline.open for outline in found),
        with_open=sum(bool(outline.open) for outline in found),
        against_law=sum(bool(outline.law) for outline in found),
        with_warnings=sum(bool(outline.warnings) for outline in found),
        with_gap=len(with_gap),
        worst=_worst(with_gap),
    )


def _worst(outlined: Sequence[StationOutline]) -> list[StationRow]:
    """The law weighs most, then empty places, then the rest."""
    by_need = sorted(outlined, key=lambda row: (-row.law, -row.open, -row.warnings, row.number))
    return [
        StationRow(row.uuid, row.number, row.name, row.law, row.warnings, row.places, row.open)
        for row in by_need[:WORST_STATIONS]
    ]
