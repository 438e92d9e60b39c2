"""What the database itself keeps true of surveys, whatever code writes to it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from elections.models import (
    Answer,
    AnswerChoice,
    Choice,
    Question,
    Survey,
    SurveyParticipation,
    SurveyResponse,
)
from elections.models.survey import LONG_LENGTH
from tests import factories

MODELS: Final = (
    Survey,
    Question,
    Choice,
    SurveyResponse,
    Answer,
    AnswerChoice,
    SurveyParticipation,
)


def _question(kind: str = "short_text", *choices: str) -> Any:
    return factories.make_question(factories.make_survey(), kind, *choices)


def _response(**values: Any) -> SurveyResponse:
    member = None if "member" in values else factories.make_member()
    defaults = {"survey": factories.make_survey(), "is_anonymous": True, "member": member}
    return SurveyResponse.objects.create(**defaults | values)


def _answer(question: Any, response: Any = None, **values: Any) -> Answer:
    response = response or _response(survey=question.survey)
    return Answer.objects.create(response=response, question=question, **values)


def _shown_by_itself() -> None:
    question = _question("yes_no")
    question.shown_if, question.shown_if_choice = question, question.choices.first()
    question.save()


def _half_a_condition() -> None:
    question = _question("yes_no")
    factories.make_question(question.survey, shown_if=question)


def _twice(make: Callable[[], Any], **values: Any) -> None:
    """The same row once more, under another key."""
    row = make()
    again = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    for name in ("id", "uuid"):
        again.pop(name, None)
    type(row).objects.create(**again | values)


def _answer_choice() -> AnswerChoice:
    question = _question("yes_no")
    return AnswerChoice.objects.create(answer=_answer(question), choice=question.choices.first())


def _choice() -> Choice:
    return Choice.objects.get(question=_question("one_choice", "rood"))


def _participation() -> SurveyParticipation:
    return SurveyParticipation.objects.create(survey=factories.make_survey(), member=factories.make_member())


def _now() -> Any:
    return timezone.now()


# The name of each constraint, and a writing that it alone refuses.
BROKEN: Final[dict[str, Callable[[], Any]]] = {
    "survey_published_when": lambda: factories.make_survey(publishes_at=None),
    "survey_in_order": lambda: factories.make_survey(
        publishes_at=_now(), ends_at=_now() - timedelta(hours=1)
    ),
    "question_rank_unique": lambda: _twice(_question),
    "question_condition_whole": _half_a_condition,
    "question_not_shown_by_itself": _shown_by_itself,
    "question_bounds": lambda: factories.make_question(factories.make_survey(), "number", least=2, most=1),
    "choice_rank_unique": lambda: _twice(_choice, text="blauw"),
    "choice_text_unique": lambda: _twice(_choice, rank=9),
    "survey_response_once": lambda: _twice(_response),
    "survey_response_anonymous_has_no_moment": lambda: _response(started_at=_now()),
    "survey_response_member": lambda: _response(is_sent=True),
    "survey_response_named_has_moments": lambda: _response(is_anonymous=False),
    "answer_once": lambda: _twice(lambda: _answer(_question())),
    "answer_text_length": lambda: _answer(_question(), text="x" * (LONG_LENGTH + 1)),
    "answer_choice_once": lambda: _twice(_answer_choice),
    "survey_participation_once": lambda: _twice(_participation),
}


def refused_by(write: Callable[[], Any]) -> str:
    """The constraint that refuses the writing, deferred ones included; empty when it passes."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            write()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        found = re.search(r'constraint "(\w+)"', str(error))
        return found[1] if found else str(error)
    return ""


@pytest.mark.parametrize("name", BROKEN)
def test_database_refuses_what_breaks_a_rule_of_surveys(name: str) -> None:
    assert refused_by(BROKEN[name]) == name


@pytest.mark.parametrize("name", ["survey_response_member", "survey_response_anonymous_has_no_moment"])
def test_nothing_else_keeps_an_anonymous_answer_apart_from_its_member(name: str) -> None:
    """Without the constraint the database would take it: the test above sees this rule and no other."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE elections_surveyresponse DROP CONSTRAINT {name}")
    assert refused_by(BROKEN[name]) == ""


def test_every_constraint_of_surveys_has_its_writing() -> None:
    named = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    assert named == set(BROKEN)
    assert {model._meta.model_name for model in MODELS} == {
        model._meta.model_name
        for model in apps.get_app_config("elections").get_models()
        if model.__module__ == "elections.models.survey" and model._meta.constraints
    }
