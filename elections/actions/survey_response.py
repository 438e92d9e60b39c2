"""Answering a survey: one question at a time in a draft, then sending it, by name or anonymously."""

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.lock import hold_key
from elections.enums import SINGLE_CHOICE_KINDS, QuestionKind, StepKind
from elections.errors import ActionError
from elections.models import (
    Answer,
    AnswerChoice,
    Choice,
    Member,
    Question,
    Survey,
    SurveyParticipation,
    SurveyResponse,
    User,
)
from elections.models.survey import LARGEST_NUMBER, LONG_LENGTH, SCALE_STEPS, SHORT_LENGTH
from elections.queries.event import current_event
from elections.queries.portal_step import require_open_step
from elections.queries.survey import has_sent, sheet_of, shown_to

# Which part of an answer each kind fills.
COLUMNS: Final = {
    QuestionKind.SHORT_TEXT: "text",
    QuestionKind.LONG_TEXT: "text",
    QuestionKind.ONE_CHOICE: "choices",
    QuestionKind.SEVERAL_CHOICES: "choices",
    QuestionKind.YES_NO: "choices",
    QuestionKind.SCALE: "number",
    QuestionKind.NUMBER: "number",
    QuestionKind.DATE: "date",
}


@dataclass(frozen=True)
class Given:
    """What a member answers; only the part that fits the kind of the question is filled."""

    text: str = ""
    number: int | None = None
    date: dt.date | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.choices or self.date) and self.number is None


@transaction.atomic
def save_answer(member: Member, question: Question, given: Given) -> None:
    """Keep one answer in the member's draft; an empty one takes an earlier answer away.

    The log says nothing of it: when and what somebody answers is nobody's business until it is sent.

    Raises:
        ActionError: when the survey is not open to the member any more or was sent, and for an answer that the
            question does not allow.
    """
    survey = _lock(question.survey, member)
    _check(question, given)
    moment = None if survey.is_anonymous else timezone.now()
    draft, _made = SurveyResponse.objects.get_or_create(
        survey=survey,
        member=member,
        defaults={"is_anonymous": survey.is_anonymous, "started_at": moment},
    )
    if not Question.objects.filter(pk=question.pk).exists():
        raise ActionError(_("Deze vraag bestaat niet meer. Wat u eerder invulde, is bewaard."))
    draft.answers.filter(question=question).delete()
    if not given.is_empty:
        _write(draft, question, given)


@transaction.atomic
def send_response(survey: Survey, member: Member, *, by: User | None) -> None:
    """Send the draft; what was answered to questions that do not appear any more is dropped. Twice sends it once.

    By name: the draft becomes the answer. Anonymously: its answers are written anew under random keys, the draft goes,
    and all rows that say who took part are written again in a random order. So no key, moment, order or transaction
    number of what is there afterwards leads from a member to an answer; docs/privacy.md tells what still could.

    Raises:
        ActionError: when the survey is not open to the member any more, nothing was filled in, or a required answer
            is missing.
    """
    if has_sent(survey, member):
        return
    survey = _lock(survey, member, is_sending=True)
    draft = SurveyResponse.objects.select_for_update().filter(survey=survey, member=member).first()
    if has_sent(survey, member):
        return  # another tab was first
    sheet = sheet_of(survey, member)
    if draft is None or not sheet.answers:
        raise ActionError(_("U hebt nog niets ingevuld."))
    if sheet.missing:
        raise ActionError(_("Beantwoord eerst nog deze vraag: %(question)s") % {"question": sheet.missing[0]})
    kept = {question.pk for question in sheet.path}
    if survey.is_anonymous:
        _send_anonymously(survey, member, draft, [a for key, a in sheet.answers.items() if key in kept])
        return
    draft.answers.exclude(question__in=kept).delete()
    draft.is_sent, draft.submitted_at = True, timezone.now()
    draft.save(update_fields=["is_sent", "submitted_at"])
    audit.record("survey.submit", by=by, on=survey)


def _send_anonymously(
    survey: Survey, member: Member, draft: SurveyResponse, answers: Iterable[Answer]
) -> None:
    """The lock on the survey makes senders wait for each other, so that nobody's row is lost in the shuffle."""
    response = SurveyResponse.objects.create(survey=survey, is_anonymous=True, is_sent=True)
    for answer in answers:
        chosen = tuple(row.choice for row in answer.picked.all())
        _write(response, answer.question, Given(answer.text, answer.number, answer.date, chosen))
    draft.delete()
    members = [*survey.participations.values_list("member", flat=True), member.pk]
    random.SystemRandom().shuffle(members)
    survey.participations.all().delete()
    SurveyParticipation.objects.bulk_create(
        SurveyParticipation(survey=survey, member_id=each) for each in members
    )


def _lock(survey: Survey, member: Member, *, is_sending: bool = False) -> Survey:
    """The survey as it is now, while it may be answered; two answers of one member wait for each other.

    Raises:
        ActionError: see `save_answer`.
    """
    Member.objects.select_for_update(of=("self",), no_key=True).get(pk=member.pk)
    if is_sending:
        # All senders of an anonymous survey write the same rows; see _send_anonymously.
        Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    else:
        # Who changes questions waits, and then finds this answer; see actions.question.
        hold_key(survey)
    require_open_step(current_event(), StepKind.SURVEYS, member)
    found = shown_to(member).filter(pk=survey.pk).first()
    if found is None:
        raise ActionError(
            _("Deze enquête is gesloten of ingetrokken. Wat u eerder hebt bewaard, is niet weg.")
        )
    if not is_sending and has_sent(found, member):
        raise ActionError(_("U hebt deze enquête al verstuurd. U kunt uw antwoorden niet meer wijzigen."))
    return found


def _write(response: SurveyResponse, question: Question, given: Given) -> None:
    answer = Answer.objects.create(
        response=response, question=question, text=given.text, number=given.number, date=given.date
    )
    AnswerChoice.objects.bulk_create(AnswerChoice(answer=answer, choice=each) for each in given.choices)


def _check(question: Question, given: Given) -> None:
    """Refuse what the question does not allow, whatever form it came from."""
    if given.is_empty:
        if question.is_required:
            raise ActionError(_("Geef een antwoord. Deze vraag is verplicht."))
        return
    problem = _problem(question, given)
    if problem:
        raise ActionError(problem)


def _problem(question: Question, given: Given) -> str:
    filled = {
        name for name in ("text", "number", "date", "choices") if getattr(given, name) not in ("", None, ())
    }
    if filled != {COLUMNS[QuestionKind(question.kind)]}:
        return _("Dit antwoord past niet bij de vraag.")
    if given.choices:
        if any(choice.question_id != question.pk for choice in given.choices):
            return _("Kies een antwoord uit de lijst.")
        if question.kind in SINGLE_CHOICE_KINDS and len(given.choices) > 1:
            return _("Kies één antwoord.")
    if given.text:
        longest = SHORT_LENGTH if question.kind == QuestionKind.SHORT_TEXT else LONG_LENGTH
        if len(given.text) > longest:
            return _("Maak uw antwoord korter: hoogstens %(count)s tekens.") % {"count": longest}
    if given.number is not None:
        least, most = bounds_of(question)
        if not least <= given.number <= most:
            return _("Vul een getal in van %(least)s tot en met %(most)s.") % {"least": least, "most": most}
    return ""


def bounds_of(question: Question) -> tuple[int, int]:
    """The smallest and the largest number that may be answered."""
    if question.kind == QuestionKind.SCALE:
        return SCALE_STEPS[0], SCALE_STEPS[-1]
    least = -LARGEST_NUMBER if question.least is None else question.least
    return least, LARGEST_NUMBER if question.most is None else question.most
