"""The dashboard: where the preparation stands, and what a colleague can best do first."""

from dataclasses import dataclass

from elections.enums import LetterState, MailState, StepState
from elections.models import ElectionEvent, Job, OutboxMail, Position
from elections.queries.coverage import coverage
from elections.queries.event import EventProgress, event_progress
from elections.queries.job import running_jobs
from elections.queries.letter import letter_counts
from elections.queries.member import answer_counts
from elections.queries.placement_answer import AnswerCounts
from elections.queries.placement_answer import answer_counts as placement_answers
from elections.queries.privacy import open_requests
from elections.queries.publication import unpublished
from elections.queries.shift import Cell, places_per_position


@dataclass(frozen=True)
class Dashboard:
    """Every figure of the dashboard; a fixed number of queries, whatever the size of the municipality."""

    progress: EventProgress
    answered: int
    busy: int
    silent: int
    open_places: int
    stations_with_gap: int
    stations_against_law: int
    unpublished: int
    answers: AnswerCounts
    letters: dict[str, int]
    failed_mails: int
    privacy_requests: int
    positions: list[tuple[Position, Cell]]
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


def dashboard(event: ElectionEvent) -> Dashboard:
    """Count everything for one event."""
    answers = answer_counts(event)
    staffed = coverage(event)
    return Dashboard(
        progress=event_progress(event),
        answered=answers[StepState.DONE],
        busy=answers[StepState.BUSY],
        silent=answers[StepState.NOT_BEGUN],
        open_places=staffed.open,
        stations_with_gap=sum(station.has_gap for station in staffed.stations),
        stations_against_law=sum(station.breaks_law for station in staffed.stations),
        unpublished=unpublished(event),
        answers=placement_answers(event),
        letters=letter_counts(event),
        failed_mails=OutboxMail.objects.filter(state=MailState.FAILED).count(),
        privacy_requests=open_requests().count(),
        positions=places_per_position(event),
        jobs=running_jobs(event=event),
    )
