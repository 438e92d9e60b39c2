"""The surveys of the demo: an evaluation that can be looked at, and one that members can fill in."""

from elections.demo.survey import ask_members
from elections.models import Survey
from elections.queries.survey import shown_to
from elections.queries.survey_result import results_of, why_hidden
from tests import factories


def test_demo_has_an_evaluation_with_answers_and_an_open_survey() -> None:
    factories.make_staff("communication")
    event = factories.make_event(previous=factories.make_event())
    members = [factories.make_member() for _number in range(20)]
    ask_members(event, members, seed=1)
    evaluation = Survey.objects.get(is_anonymous=True)
    assert why_hidden(evaluation) == ""
    assert all(result.answered for result in results_of(evaluation)[:3])
    assert [survey.is_anonymous for survey in shown_to(members[0])] == [False]
