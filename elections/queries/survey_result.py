"""What came out of a survey: per question counts and percentages, and the texts, beside those of the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Avg, Count, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections.enums import CHOICE_KINDS, TEXT_KINDS, PublishState, QuestionKind
from elections.models import Answer, AnswerChoice, Question, Survey, SurveyResponse
from elections.models.survey import SCALE_STEPS
from elections.queries.audience import members_of
from elections.queries.survey import questions_of

# Fewer anonymous answers than this could be recognised by who knows the members.
FEWEST_ANONYMOUS: Final = 5
# Numbers and dates of which there are more different ones are told by their average and bounds alone.
MOST_BARS: Final = 20


@dataclass(frozen=True)
class Bar:
    """One answer: how many gave it, and which part of those who answered the question. `before`: last time's part.

    percent, before: whole percents.
    """

    label: str
    count: int
    percent: int
    before: int | None = None


@dataclass(frozen=True)
class QuestionResult:
    """What came out of one question. answered, answered_before: how many answered it, now and last time."""

    question: Question
    answered: int
    bars: Sequence[Bar]
    average: float | None = None
    average_before: float | None = None
    answered_before: int | None = None
    # The lowest and the highest of the numbers or days, as people read them.
    bounds: tuple[str, str] | None = None

    @property
    def is_text(self) -> bool:
        return self.question.kind in TEXT_KINDS

    @property
    def has_before(self) -> bool:
        return bool(self.answered_before)


@dataclass(frozen=True)
class Turnout:
    """How many answers came in, of how many who were asked (and can still be counted)."""

    sent: int
    asked: int

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.sent / self.asked)) if self.asked else 0


def sent_responses(survey: Survey) -> QuerySet[SurveyResponse]:
    """The answers that were sent; drafts are nobody's business."""
    return SurveyResponse.objects.filter(survey=survey, is_sent=True)


def turnout(survey: Survey) -> Turnout:
    """Answers against those who are asked now."""
    return Turnout(sent_responses(survey).count(), members_of(survey.audience).count())


def why_hidden(survey: Survey) -> str:
    """Why the results cannot be looked at yet, as a sentence; empty when they can.

    Anonymous answers are shown when the survey is over, and there are five or more. Looked at in between, what came in
    since the last look could be laid beside who took part since then.
    """
    if not survey.is_anonymous:
        return ""
    if not is_over(survey):
        return _("Deze enquête is anoniem. U ziet de antwoorden als de enquête is afgelopen.")
    if sent_responses(survey).count() < FEWEST_ANONYMOUS:
        return _("Deze enquête is anoniem. U ziet de antwoorden pas als er minstens %(count)s zijn.") % {
            "count": FEWEST_ANONYMOUS
        }
    return ""


def is_told(survey: Survey) -> bool:
    """Whether the team can look at anonymous answers. From then on it stays over: what came in after the first look
    would stand out at the second, and who took part in between is known."""
    return survey.is_anonymous and not why_hidden(survey)


def is_over(survey: Survey) -> bool:
    """Whether nobody can answer any more."""
    ended = survey.ends_at is not None and survey.ends_at <= timezone.now()
    return survey.state == PublishState.WITHDRAWN or (survey.state == PublishState.PUBLISHED and ended)


def results_of(survey: Survey) -> list[QuestionResult]:
    """Every question with what came out of it. The number of queries does not depend on how much there is.

    The questions of the survey that this is a copy of count as "before", unless its results are hidden.
    """
    now = _Counts.of(survey)
    before = None
    if survey.previous and not why_hidden(survey.previous):
        before = _Counts.of(survey.previous)
    return [_result(question, now, before) for question in questions_of(survey)]


def texts_of(question: Question) -> QuerySet[Answer]:
    """The texts that were answered, in the random order of their keys: by when they came in would tell too much."""
    return Answer.objects.filter(question=question, response__is_sent=True).exclude(text="").order_by("pk")


@dataclass(frozen=True)
class _Counts:
    """Counts of the answers of one survey, by the primary key of the question; picks by that of the choice too."""

    answered: Mapping[int, int]
    averages: Mapping[int, float | None]
    picks: Mapping[int, Mapping[int, int]]
    values: Mapping[int, Mapping[int | date, int]]

    @classmethod
    def of(cls, survey: Survey) -> "_Counts":
        answers = Answer.objects.filter(response__survey=survey, response__is_sent=True).order_by()
        totals = list(answers.values_list("question").annotate(Count("pk"), Avg("number")))
        picks: dict[int, dict[int, int]] = {}
        picked = AnswerChoice.objects.filter(answer__in=answers).order_by()
        for key, choice, count in picked.values_list("answer__question", "choice").annotate(Count("pk")):
            picks.setdefault(key, {})[choice] = count
        values: dict[int, dict[int | date, int]] = {}
        typed = answers.filter(text="").values_list("question", "number", "date").annotate(Count("pk"))
        for key, number, day, count in typed:
            if number is not None or day is not None:
                values.setdefault(key, {})[day if number is None else number] = count
        return cls(
            {key: count for key, count, _average in totals},
            {key: average for key, _count, average in totals},
            picks,
            values,
        )


def _result(question: Question, now: _Counts, before: _Counts | None) -> QuestionResult:
    key, old = question.pk, question.copied_from_id
    answered = now.answered.get(key, 0)
    bounds = _bounds(question, now)
    if before is None or old is None:
        return QuestionResult(question, answered, _bars(question, now), now.averages.get(key), bounds=bounds)
    return QuestionResult(
        question,
        answered,
        _bars(question, now, before),
        now.averages.get(key),
        before.averages.get(old),
        before.answered.get(old, 0),
        bounds,
    )


def _bounds(question: Question, now: _Counts) -> tuple[str, str] | None:
    """Between what the numbers or days lie; none when all are the same, and for other kinds of questions."""
    values = now.values.get(question.pk, {})
    if question.kind not in (QuestionKind.NUMBER, QuestionKind.DATE) or len(values) < 2:
        return None
    return _words(min(values, key=_order)), _words(max(values, key=_order))


def _bars(question: Question, now: _Counts, before: _Counts | None = None) -> list[Bar]:
    """A bar for each choice or step of the scale, also without answers; for numbers and dates, each that occurs."""
    key, old = question.pk, question.copied_from_id or 0
    total, total_before = now.answered.get(key, 0), before.answered.get(old, 0) if before else 0

    def bar(label: str, count: int, count_before: int) -> Bar:
        part = _percent(count_before, total_before) if total_before else None
        return Bar(label, count, _percent(count, total), part)

    if question.kind in CHOICE_KINDS:
        picks = now.picks.get(key, {})
        old_picks = before.picks.get(old, {}) if before else {}
        return [
            bar(each.words, picks.get(each.pk, 0), old_picks.get(each.copied_from_id or 0, 0))
            for each in question.choices.all()
        ]
    values = now.values.get(key, {})
    old_values = before.values.get(old, {}) if before else {}
    if question.kind == QuestionKind.SCALE:
        return [
            bar(_step(question, step), values.get(step, 0), old_values.get(step, 0)) for step in SCALE_STEPS
        ]
    if len(values) > MOST_BARS:
        return []
    return [
        bar(_words(value), count, old_values.get(value, 0))
        for value, count in sorted(values.items(), key=lambda pair: _order(pair[0]))
    ]


def _words(value: int | date) -> str:
    return date_format(value, "j F Y") if isinstance(value, date) else str(value)


def _order(value: int | date) -> int:
    return value.toordinal() if isinstance(value, date) else value


def _step(question: Question, step: int) -> str:
    ends = {SCALE_STEPS[0]: question.low_label, SCALE_STEPS[-1]: question.high_label}
    return f"{step}: {ends[step]}" if ends.get(step) else str(step)


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
