"""Surveys as members meet them: which they may open, how far they are, and which questions come next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from elections.enums import CHOICE_KINDS, PublishState, QuestionKind, StepKind
from elections.errors import ActionError
from elections.models import (
    Answer,
    Audience,
    Member,
    PortalStep,
    Question,
    Survey,
    SurveyParticipation,
    SurveyResponse,
)
from elections.queries.audience import audiences_of, members_of
from elections.queries.event import current_event
from elections.queries.portal_step import members_of_step, open_to_some


def shown_to(member: Member) -> QuerySet[Survey]:
    """The surveys that the member can fill in or has sent while they show, each with `is_sent` and `is_begun`."""
    showing = Survey.objects.showing()
    own = audiences_of(member, among=Audience.objects.filter(pk__in=showing.values("audience")))
    return _with_progress(showing.filter(audience__in=own), member).order_by("-publishes_at", "-pk")


def visible_to(member: Member) -> QuerySet[Survey]:
    """Those, and the ones that closed while the member was busy or after they answered: these pages still explain."""
    mine = Q(responses__member=member) | Q(participations__member=member)
    touched = Survey.objects.exclude(state=PublishState.DRAFT).filter(mine).values("pk")
    shown = shown_to(member).order_by().values("pk")
    return _with_progress(Survey.objects.filter(Q(pk__in=touched) | Q(pk__in=shown)), member)


def last_moment(survey: Survey, step: PortalStep | None) -> datetime | None:
    """Until when the member can answer: the end of the survey, or of the part of the portal if that comes first."""
    ends = [moment for moment in (survey.ends_at, step.closes_at if step else None) if moment]
    return min(ends, default=None)


def has_sent(survey: Survey, member: Member) -> bool:
    """Whether the member sent this survey, by name or anonymously."""
    return (
        SurveyResponse.objects.filter(survey=survey, member=member, is_sent=True).exists()
        or SurveyParticipation.objects.filter(survey=survey, member=member).exists()
    )


def waiting_members(survey: Survey) -> QuerySet[Member]:
    """Who is asked and has not sent an answer; a draft is no answer."""
    sent = SurveyResponse.objects.filter(survey=survey, member=OuterRef("pk"), is_sent=True)
    took_part = SurveyParticipation.objects.filter(survey=survey, member=OuterRef("pk"))
    return members_of(survey.audience).filter(~Exists(sent), ~Exists(took_part))


def remindable_members(survey: Survey) -> QuerySet[Member]:
    """Of those, who can open the part of the portal in which surveys stand. Two queries, and one when it is read."""
    having = members_of_step(open_to_some(current_event(), StepKind.SURVEYS))
    return waiting_members(survey).filter(pk__in=having.values("pk"))


def is_locked(survey: Survey) -> bool:
    """Whether somebody began to answer: see `require_unanswered`."""
    return survey.responses.exists() or survey.participations.exists()


def has_settled_names(survey: Survey) -> bool:
    """Whether anonymous or by name stays as it is: somebody began, or members could read that it is anonymous."""
    was_promised = survey.is_anonymous and survey.state != PublishState.DRAFT
    return was_promised or is_locked(survey)


def require_unanswered(survey: Survey) -> None:
    """The one rule of what may change: once a member began to answer, the questions keep their meaning.

    Words may still be corrected and choices added. Adding, removing and moving questions, their conditions, whether
    they are required, and anonymity may not. Call it with the row of the survey locked.

    Raises:
        ActionError: when a member began to answer.
    """
    if is_locked(survey):
        raise ActionError(
            _(
                "Leden zijn deze enquête al aan het invullen. U kunt nog woorden verbeteren en keuzes toevoegen. "
                "Wilt u meer veranderen? Maak dan een kopie."
            )
        )


@dataclass(frozen=True)
class Sheet:
    """A survey with one member's answers. `answers`: by the primary key of the question."""

    survey: Survey
    questions: list[Question]
    answers: Mapping[int, Answer]

    @property
    def path(self) -> list[Question]:
        """The questions that the member gets to see, in order, by what was answered so far."""
        picked = {key: _picked(answer) for key, answer in self.answers.items()}
        return visible_questions(self.questions, picked)

    @property
    def missing(self) -> list[Question]:
        """Of those, the required ones without an answer."""
        return [each for each in self.path if each.is_required and each.pk not in self.answers]

    @property
    def first_open(self) -> Question | None:
        """Where somebody who comes back goes on: the first question without an answer."""
        return next((each for each in self.path if each.pk not in self.answers), None)


def sheet_of(survey: Survey, member: Member) -> Sheet:
    """The questions, with what the member answered in a draft or by name. At most five queries."""
    answers = Answer.objects.filter(response__survey=survey, response__member=member)
    found = answers.prefetch_related("picked__choice__question").select_related("question")
    return Sheet(survey, questions_of(survey), {answer.question_id: answer for answer in found})


def questions_of(survey: Survey) -> list[Question]:
    """The questions in order, with their choices and what they depend on. Two queries."""
    rows = survey.questions.select_related("shown_if", "shown_if_choice__question")
    return list(rows.prefetch_related("choices__question").order_by("rank"))


def visible_questions(questions: Iterable[Question], picked: Mapping[int, set[int]]) -> list[Question]:
    """Which of the questions of a survey appear, when these choices were picked (both by primary key).

    A question that depends on one that does not appear does not appear either.
    """
    shown: dict[int, Question] = {}
    for question in questions:
        depends = question.shown_if_id
        if depends is None or (
            depends in shown and question.shown_if_choice_id in picked.get(depends, set())
        ):
            shown[question.pk] = question
    return list(shown.values())


def answer_words(answer: Answer) -> str:
    """An answer as people read it; several choices on a line each."""
    kind = answer.question.kind
    if kind in CHOICE_KINDS:
        chosen = sorted((row.choice for row in answer.picked.all()), key=lambda choice: choice.rank)
        return "\n".join(choice.words for choice in chosen)
    if kind == QuestionKind.SCALE:
        return _("%(number)s van 5") % {"number": answer.number}
    if kind == QuestionKind.NUMBER:
        return str(number_format(answer.number or 0, use_l10n=True, force_grouping=False))
    return date_format(answer.date, "j F Y") if answer.date else answer.text


def _picked(answer: Answer) -> set[int]:
    return {row.choice_id for row in answer.picked.all()}


def _with_progress(rows: QuerySet[Survey], member: Member) -> QuerySet[Survey]:
    own: QuerySet[Any] = SurveyResponse.objects.filter(survey=OuterRef("pk"), member=member)
    took_part = SurveyParticipation.objects.filter(survey=OuterRef("pk"), member=member)
    return rows.annotate(
        is_sent=Exists(own.filter(is_sent=True)) | Exists(took_part),
        is_begun=Exists(own.filter(is_sent=False)),
    )
