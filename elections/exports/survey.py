"""The answers to a survey as a file: a row per response, a column per question.

Of an anonymous survey there is nobody in it, and the rows stand in the random order of their keys.
"""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from elections.exports.sheet import Sheet
from elections.models import Question, Survey, SurveyResponse
from elections.queries.survey import answer_words, questions_of
from elections.queries.survey_result import sent_responses


def survey_sheet(survey: Survey) -> Sheet:
    """A row per response that was sent."""
    questions = questions_of(survey)
    title = pgettext("van een enquête", "Antwoorden")
    return Sheet(title, _headings(survey, questions), _rows(survey, questions))


def _headings(survey: Survey, questions: list[Question]) -> list[str]:
    people = [] if survey.is_anonymous else [_("Lidnummer"), _("Lid"), _("Verstuurd op")]
    return [*people, *(question.text for question in questions)]


def _rows(survey: Survey, questions: list[Question]) -> Iterator[list[str]]:
    responses = sent_responses(survey).select_related("member")
    responses = (
        responses.order_by("pk") if survey.is_anonymous else responses.order_by("member__sort_name", "pk")
    )
    found = responses.prefetch_related("answers__question", "answers__picked__choice__question")
    for response in found.iterator(chunk_size=500):
        answers = {answer.question_id: answer_words(answer) for answer in response.answers.all()}
        cells = [answers.get(question.pk, "").replace("\n", "; ") for question in questions]
        yield [*_person(response), *cells]


def _person(response: SurveyResponse) -> list[str]:
    if response.is_anonymous or response.member is None or response.submitted_at is None:
        return []
    moment = timezone.localtime(response.submitted_at).isoformat(timespec="seconds")
    return [str(response.member.number), response.member.list_name, moment]
