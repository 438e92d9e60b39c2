"""The questions of a survey: adding, changing, moving, copying and removing them.

What still may change once members answer is one rule: queries.survey.require_unanswered.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.enums import SINGLE_CHOICE_KINDS, QuestionKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Choice, Question, Survey, User
from elections.queries.survey import questions_of, require_unanswered

MOST_QUESTIONS = 60
MOST_CHOICES = 20
FEWEST_CHOICES = 2
COPIED = ("kind", "text", "help", "is_required", "low_label", "high_label", "least", "most")
# What asks something else when it changes.
MEANING = ("is_required", "least", "most", "shown_if_choice_id")


@dataclass(frozen=True)
class Wording:
    """A question as its form gives it.

    choices: the texts of the existing choices, by primary key; an empty text removes one. added: texts of new ones.
    shown_if_choice: the answer to an earlier question that makes this one appear.
    """

    text: str
    help: str = ""
    is_required: bool = True
    low_label: str = ""
    high_label: str = ""
    least: int | None = None
    most: int | None = None
    shown_if_choice: Choice | None = None
    choices: tuple[tuple[int, str], ...] = ()
    added: tuple[str, ...] = ()


@transaction.atomic
def add_question(survey: Survey, kind: QuestionKind, wording: Wording, *, by: User) -> Question:
    """Put a question at the end of a survey.

    Raises:
        ActionError: when members answer already, there are sixty questions, a choice is missing or stands there
            twice, or the question would depend on one that does not come before it.
    """
    survey = _lock(survey)
    require_unanswered(survey)
    if survey.questions.count() >= MOST_QUESTIONS:
        raise ActionError(_("Een enquête heeft hoogstens %(count)s vragen.") % {"count": MOST_QUESTIONS})
    question = Question(survey=survey, kind=kind, rank=_next_rank(survey))
    _fill(question, wording)
    question.save()
    if kind == QuestionKind.YES_NO:
        wording = Wording(wording.text, added=("Ja", "Nee"))
    _write_choices(question, wording)
    _touch(survey)
    audit.record("question.add", by=by, on=survey, question=question.text)
    return question


@transaction.atomic
def update_question(question: Question, wording: Wording, *, version: int, by: User) -> None:
    """Change a question. Once members answer, its words and further choices only.

    version: of the survey as the page showed it.

    Raises:
        ActionError: as `add_question`, and when members answer already and more than words would change.
        ChangedElsewhere: when a colleague changed the survey since `version`.
    """
    survey = _lock(question.survey, version)
    question = Question.objects.get(pk=question.pk)
    before = [getattr(question, name) for name in MEANING]
    _fill(question, wording)
    removes = any(not text for _key, text in wording.choices)
    if removes or before != [getattr(question, name) for name in MEANING]:
        require_unanswered(survey)
    question.save()
    if question.kind != QuestionKind.YES_NO:
        _write_choices(question, wording)
    _touch(survey)
    audit.record("question.update", by=by, on=survey, question=question.text)


@transaction.atomic
def move_question(question: Question, *, up: bool, by: User) -> None:
    """Let a question change places with the one above or below it; at the end of the row nothing happens.

    Raises:
        ActionError: when members answer already, or a question would come before the one it depends on.
    """
    survey = _lock(question.survey)
    require_unanswered(survey)
    rows = list(survey.questions.order_by("rank"))
    place = next((index for index, row in enumerate(rows) if row.pk == question.pk), None)
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(rows):
        return
    first, second = rows[min(place, other)], rows[max(place, other)]
    if second.shown_if_id == first.pk:
        raise ActionError(
            _("“%(question)s” hangt af van “%(other)s”, en moet daarna komen.")
            % {"question": second, "other": first}
        )
    first.rank, second.rank = second.rank, first.rank
    Question.objects.bulk_update([first, second], ["rank"])
    _touch(survey)
    audit.record("question.move", by=by, on=survey, question=question.text)


@transaction.atomic
def copy_question(question: Question, *, by: User) -> Question:
    """Put the same question at the end of the survey once more. Raises ActionError as `add_question`."""
    wording = Wording(
        **{name: getattr(question, name) for name in COPIED if name != "kind"},
        shown_if_choice=question.shown_if_choice,
        added=tuple(question.choices.order_by("rank").values_list("text", flat=True)),
    )
    return add_question(question.survey, QuestionKind(question.kind), wording, by=by)


@transaction.atomic
def remove_question(question: Question, *, by: User) -> None:
    """Take a question out of a survey; gone already is good too.

    Raises:
        ActionError: when members answer already, or another question depends on it.
    """
    survey = _lock(question.survey)
    require_unanswered(survey)
    dependant = Question.objects.filter(shown_if=question).order_by("rank").first()
    if dependant:
        raise ActionError(
            _("“%(question)s” hangt van deze vraag af. Haal daar eerst de voorwaarde weg.")
            % {"question": dependant}
        )
    Question.objects.filter(pk=question.pk).delete()
    _touch(survey)
    audit.record("question.remove", by=by, on=survey, question=question.text)


def copy_questions(source: Survey, target: Survey) -> None:
    """Give `target` the questions of `source`, conditions included, each with where it came from."""
    made: dict[int, Question] = {}
    picked: dict[int, Choice] = {}
    for question in questions_of(source):
        copy = Question(survey=target, rank=question.rank, copied_from=question)
        for name in COPIED:
            setattr(copy, name, getattr(question, name))
        if question.shown_if_id and question.shown_if_choice_id:
            copy.shown_if = made[question.shown_if_id]
            copy.shown_if_choice = picked[question.shown_if_choice_id]
        copy.save()
        made[question.pk] = copy
        for choice in question.choices.all():
            picked[choice.pk] = Choice.objects.create(
                question=copy, rank=choice.rank, text=choice.text, copied_from=choice
            )


def _lock(survey: Survey, version: int | None = None) -> Survey:
    """The survey for this transaction alone: who begins to answer waits, for a first answer holds its key."""
    found = Survey.objects.select_for_update().filter(pk=survey.pk).first()
    if found is None or version not in (None, found.version):
        raise ChangedElsewhere(
            _("Een collega heeft dit intussen gewijzigd. Bekijk eerst hoe het nu is en probeer het opnieuw.")
        )
    return found


def _touch(survey: Survey) -> None:
    """Nobody publishes or changes what they did not see: every change of a question is one of the survey."""
    Survey.objects.filter(pk=survey.pk).update(version=F("version") + 1, updated_at=timezone.now())


def _next_rank(survey: Survey) -> int:
    return (survey.questions.aggregate(last=Max("rank"))["last"] or 0) + 1


def _fill(question: Question, wording: Wording) -> None:
    question.text, question.help = wording.text, wording.help
    question.is_required = wording.is_required
    question.low_label, question.high_label = wording.low_label, wording.high_label
    question.least, question.most = wording.least, wording.most
    if question.least is not None and question.most is not None and question.most < question.least:
        raise ActionError(_("Het hoogste getal moet minstens zo groot zijn als het laagste."))
    wanted = wording.shown_if_choice
    question.shown_if_choice, question.shown_if = wanted, wanted.question if wanted else None
    if wanted and not _may_depend(question, wanted.question):
        raise ActionError(
            _("Een vraag kan alleen afhangen van een eerdere vraag van deze enquête met één keuze.")
        )


def _may_depend(question: Question, other: Question) -> bool:
    return (
        other.survey_id == question.survey_id
        and other.rank < question.rank
        and other.kind in SINGLE_CHOICE_KINDS
    )


def _write_choices(question: Question, wording: Wording) -> None:
    if question.kind not in (*SINGLE_CHOICE_KINDS, QuestionKind.SEVERAL_CHOICES):
        return
    texts = dict(wording.choices)
    rows = list(question.choices.order_by("rank"))
    kept = [row for row in rows if texts.get(row.pk, row.text)]
    for row in rows:
        if row in kept:
            row.text = texts.get(row.pk, row.text)
    _check_choices([*(row.text for row in kept), *wording.added])
    gone = [row.pk for row in rows if row not in kept]
    if Question.objects.filter(shown_if_choice__in=gone).exists():
        raise ActionError(_("Een andere vraag hangt af van een antwoord dat u weghaalt."))
    Choice.objects.filter(pk__in=gone).delete()
    Choice.objects.bulk_update(kept, ["text"])
    last = max((row.rank for row in rows), default=0)
    Choice.objects.bulk_create(
        Choice(question=question, rank=rank, text=text)
        for rank, text in enumerate(wording.added, start=last + 1)
    )


def _check_choices(texts: Sequence[str]) -> None:
    if not FEWEST_CHOICES <= len(texts) <= MOST_CHOICES:
        raise ActionError(
            _("Geef %(least)s tot %(most)s antwoorden om uit te kiezen.")
            % {"least": FEWEST_CHOICES, "most": MOST_CHOICES}
        )
    if len({text.casefold() for text in texts}) < len(texts):
        raise ActionError(_("Elk antwoord mag maar één keer in de lijst staan."))
