"""Surveys that are filled in."""

from collections.abc import Iterator
from typing import Any

from elections.actions.survey_response import Given, save_answer
from elections.enums import QuestionKind
from tests import factories
from tests.pages.states.scene import Scene, State, state, url


def _question(scene: Scene, kind: QuestionKind) -> Any:
    choices = (
        () if kind in ("short_text", "long_text", "yes_no", "scale", "number", "date") else ("Rood", "Blauw")
    )
    return factories.make_question(factories.make_survey(scene.world.member), kind, *choices)


def _question_states() -> Iterator[State]:
    for kind in QuestionKind:

        def show(scene: Scene, kind: QuestionKind = kind) -> Any:
            question = _question(scene, kind)
            path = url("survey-question", question.survey, question)
            return scene.member.post(path, {"answer": "x" if kind in ("number", "date") else ""})

        show.__name__ = f"survey_question_{kind}_with_mistake"
        yield show


for each in _question_states():
    state("surveys")(each)


def _answered(scene: Scene) -> Any:
    question = _question(scene, QuestionKind.SHORT_TEXT)
    save_answer(scene.world.member, question, Given(text="Goed"))
    return question.survey


@state("surveys")
def survey_half_way(scene: Scene) -> Any:
    survey = _answered(scene)
    factories.make_question(survey, "yes_no")
    return scene.member.get(url("survey-detail", survey))


@state("surveys")
def survey_to_check(scene: Scene) -> Any:
    return scene.member.get(url("survey-check", _answered(scene)))


@state("surveys")
def survey_sent(scene: Scene) -> Any:
    return scene.member.post(url("survey-send", _answered(scene)), follow=True)
