"""Surveys of an invented municipality: an evaluation that is over, with its answers, and one that is open now."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from elections.actions.announcement import Posting
from elections.actions.audience import save_audience
from elections.actions.question import Wording, add_question
from elections.actions.survey import About, create_survey, publish_survey
from elections.enums import AudienceKind, QuestionKind
from elections.models import (
    Answer,
    AnswerChoice,
    Audience,
    ElectionEvent,
    Member,
    Question,
    Survey,
    SurveyParticipation,
    SurveyResponse,
    User,
)

_TIPS: Final = (
    "De koffie was goed, de lunch kwam laat.",
    "Meer uitleg over het tellen graag.",
    "Fijne ploeg. Ik doe graag weer mee.",
    "Het lokaal was koud in de ochtend.",
    "Zet de bordjes buiten wat groter neer.",
)
# How many of ten members answered the evaluation, and how many answers are enough to look at.
_ANSWERED: Final = 6
_MOST_ANSWERS: Final = 120


@transaction.atomic
def ask_members(event: ElectionEvent, members: Sequence[Member], seed: int) -> None:
    """Publish two surveys; the evaluation of the event before `event` is over and has answers."""
    by = User.objects.filter(role="communication").first() or User.objects.exclude(role="").first()
    if by is None:
        return
    _evaluation(event.previous, members, random.Random(seed), by)  # noqa: S311 - invented data
    about = About(intro="Wij bestellen het eten voor de lange dag. Wat wilt u graag?", is_anonymous=False)
    lunch = _survey("Eten en drinken op de dag", about, by)
    first = add_question(lunch, QuestionKind.YES_NO, Wording("Wilt u een lunch van ons?"), by=by)
    yes = first.choices.get(rank=1)
    wants = Wording(
        "Wat eet u?", shown_if_choice=yes, added=("Alles", "Vegetarisch", "Veganistisch", "Halal")
    )
    add_question(lunch, QuestionKind.ONE_CHOICE, wants, by=by)
    add_question(lunch, QuestionKind.LONG_TEXT, Wording("Wilt u nog iets kwijt?", is_required=False), by=by)
    _publish(lunch, by)


def _evaluation(
    event: ElectionEvent | None, members: Sequence[Member], chance: random.Random, by: User
) -> None:
    about = About(intro="Hoe ging het vorige keer? Uw antwoorden zijn anoniem.", event=event)
    survey = _survey("Terugblik op de vorige verkiezingen", about, by)
    day = Wording("Hoe ging de dag?", low_label="slecht", high_label="heel goed")
    grade = add_question(survey, QuestionKind.SCALE, day, by=by)
    again = add_question(survey, QuestionKind.YES_NO, Wording("Doet u de volgende keer weer mee?"), by=by)
    good = Wording(
        "Wat ging goed?", added=("De uitleg vooraf", "De samenwerking", "De spullen", "Het tellen")
    )
    several = add_question(survey, QuestionKind.SEVERAL_CHOICES, good, by=by)
    tip = Wording("Hebt u een tip voor ons?", is_required=False)
    text = add_question(survey, QuestionKind.LONG_TEXT, tip, by=by)
    _publish(survey, by)
    took_part = [member for member in members if chance.randrange(10) < _ANSWERED][:_MOST_ANSWERS]
    for _member in took_part:
        response = SurveyResponse.objects.create(survey=survey, is_anonymous=True, is_sent=True)
        Answer.objects.create(
            response=response, question=grade, number=chance.choices((1, 2, 3, 4, 5), (1, 2, 5, 9, 6))[0]
        )
        _pick(response, again, [0 if chance.randrange(5) else 1])
        _pick(response, several, chance.sample(range(4), chance.randint(1, 3)))
        if chance.randrange(4) == 0:
            Answer.objects.create(response=response, question=text, text=chance.choice(_TIPS))
    chance.shuffle(took_part)
    SurveyParticipation.objects.bulk_create(
        SurveyParticipation(survey=survey, member=member) for member in took_part
    )
    begin = timezone.now() - timedelta(days=60)
    Survey.objects.filter(pk=survey.pk).update(
        publishes_at=begin, ends_at=begin + timedelta(days=14), announced_at=begin
    )


def _survey(title: str, about: About, by: User) -> Survey:
    return create_survey(Posting(title, tells_by_mail=False), about, choose_audience=_everyone, by=by)


def _publish(survey: Survey, by: User) -> None:
    survey.refresh_from_db()
    publish_survey(survey, version=survey.version, by=by)


def _everyone() -> Audience:
    return save_audience(kind=AudienceKind.EVERYONE, by=None)


def _pick(response: SurveyResponse, question: Question, places: Sequence[int]) -> None:
    choices = list(question.choices.order_by("rank"))
    answer = Answer.objects.create(response=response, question=question)
    AnswerChoice.objects.bulk_create(AnswerChoice(answer=answer, choice=choices[place]) for place in places)
