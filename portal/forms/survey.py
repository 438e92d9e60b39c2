"""The answer to one question of a survey: a form with one field, which follows from the kind of the question."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections.actions.survey_response import Given, bounds_of
from elections.enums import CHOICE_KINDS, QuestionKind
from elections.models import Answer, Question
from elections.models.survey import LONG_LENGTH, SCALE_STEPS, SHORT_LENGTH

REQUIRED: Final = _("Geef een antwoord. Deze vraag is verplicht.")
PICK: Final = _("Kies een antwoord uit de lijst.")


class AnswerForm(forms.Form):
    """One field, `answer`. An answer that was kept before is filled in."""

    def __init__(self, data: Any = None, *, question: Question, answer: Answer | None = None) -> None:
        super().__init__(data)
        self.question = question
        field = FIELDS[QuestionKind(question.kind)](question)
        field.required = question.is_required
        field.error_messages["required"] = str(REQUIRED)
        field.help_text = question.help
        field.label = gettext("Uw antwoord")
        field.initial = _initial(answer) if answer else None
        self.fields["answer"] = field

    def given(self) -> Given:
        """What the action wants. Only after `is_valid()`."""
        value, kind = self.cleaned_data["answer"], self.question.kind
        if kind in CHOICE_KINDS:
            wanted = set(value if isinstance(value, list) else [value])
            return Given(
                choices=tuple(each for each in self.question.choices.all() if each.uuid.hex in wanted)
            )
        if kind in (QuestionKind.SCALE, QuestionKind.NUMBER):
            return Given(number=value if value != "" else None)
        if kind == QuestionKind.DATE:
            return Given(date=value)
        return Given(text=value)


def _short(_question: Question) -> forms.Field:
    return forms.CharField(max_length=SHORT_LENGTH, error_messages={"max_length": _too_long(SHORT_LENGTH)})


def _long(_question: Question) -> forms.Field:
    return forms.CharField(
        max_length=LONG_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"max_length": _too_long(LONG_LENGTH)},
    )


def _one(question: Question) -> forms.Field:
    choices = [(each.uuid.hex, each.words) for each in question.choices.all()]
    return forms.ChoiceField(
        choices=[*choices, *_none(question)],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": str(PICK)},
    )


def _several(question: Question) -> forms.Field:
    return forms.MultipleChoiceField(
        choices=[(each.uuid.hex, each.words) for each in question.choices.all()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": str(PICK), "invalid_list": str(PICK)},
    )


def _scale(question: Question) -> forms.Field:
    ends = {SCALE_STEPS[0]: question.low_label, SCALE_STEPS[-1]: question.high_label}
    choices = [(step, f"{step}: {ends[step]}" if ends.get(step) else str(step)) for step in SCALE_STEPS]
    return forms.TypedChoiceField(
        choices=[*choices, *_none(question)],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": str(PICK)},
    )


def _number(question: Question) -> forms.Field:
    least, most = bounds_of(question)
    wrong = gettext("Vul een heel getal in, bijvoorbeeld 12.")
    bounds = gettext("Vul een getal in van %(least)s tot en met %(most)s.") % {"least": least, "most": most}
    return forms.IntegerField(
        min_value=least,
        max_value=most,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": wrong, "min_value": bounds, "max_value": bounds},
    )


def _date(_question: Question) -> forms.Field:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext("Vul een datum in, bijvoorbeeld 17-3-2027.")},
    )


FIELDS: Final[Mapping[QuestionKind, Callable[[Question], forms.Field]]] = {
    QuestionKind.SHORT_TEXT: _short,
    QuestionKind.LONG_TEXT: _long,
    QuestionKind.ONE_CHOICE: _one,
    QuestionKind.YES_NO: _one,
    QuestionKind.SEVERAL_CHOICES: _several,
    QuestionKind.SCALE: _scale,
    QuestionKind.NUMBER: _number,
    QuestionKind.DATE: _date,
}


def _none(question: Question) -> list[tuple[str, str]]:
    """A way back for who picked something that need not be answered."""
    return [] if question.is_required else [("", gettext("Geen antwoord"))]


def _too_long(count: int) -> str:
    return gettext("Maak uw antwoord korter: hoogstens %(count)s tekens.") % {"count": count}


def _initial(answer: Answer) -> Any:
    if answer.question.kind in CHOICE_KINDS:
        picked = [row.choice.uuid.hex for row in answer.picked.all()]
        return picked if answer.question.kind == QuestionKind.SEVERAL_CHOICES else picked[0]
    if answer.number is not None:
        return answer.number
    return answer.date or answer.text
