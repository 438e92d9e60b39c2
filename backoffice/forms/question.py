"""The form of one question of a survey. Which fields it has follows from the kind of the question."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections import normalise
from elections.actions.question import FEWEST_CHOICES, MOST_CHOICES, Wording
from elections.enums import CHOICE_KINDS, SINGLE_CHOICE_KINDS, QuestionKind
from elections.models import Choice, Question, Survey
from elections.models.survey import LARGEST_NUMBER
from tenants.forms import TidyField

_CHOICE = "choice_"
CHOICE_LENGTH = 200


class KindForm(forms.Form):
    """Which kind of question to add."""

    kind = forms.ChoiceField(label=_("Soort vraag"), choices=QuestionKind.choices)


class QuestionForm(forms.Form):
    """row: the question that is changed; None for a new one of `kind`.

    An existing choice has a field of its own, so that a corrected word stays the same choice; emptying it removes it.
    New choices are typed one on a line.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = TidyField(
        normalise.line,
        label=_("Vraag"),
        max_length=300,
        error_messages={"required": _("Schrijf de vraag op.")},
    )
    help = TidyField(
        normalise.line,
        label=_("Uitleg bij de vraag"),
        max_length=300,
        required=False,
        help_text=_("Staat klein onder de vraag."),
    )
    added = forms.CharField(
        label=_("Antwoorden om uit te kiezen"),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        max_length=5000,
        help_text=_("Zet elk antwoord op een eigen regel."),
    )
    low_label = TidyField(normalise.line, label=_("Wat betekent 1?"), max_length=60, required=False)
    high_label = TidyField(normalise.line, label=_("Wat betekent 5?"), max_length=60, required=False)
    least = forms.IntegerField(
        label=_("Laagste getal"), required=False, min_value=-LARGEST_NUMBER, max_value=LARGEST_NUMBER
    )
    most = forms.IntegerField(
        label=_("Hoogste getal"), required=False, min_value=-LARGEST_NUMBER, max_value=LARGEST_NUMBER
    )
    is_required = forms.BooleanField(
        label=_("Leden moeten deze vraag beantwoorden"), required=False, initial=True
    )
    shown_if_choice = forms.ModelChoiceField(
        queryset=Choice.objects.none(),
        to_field_name="uuid",
        label=_("Wanneer tonen?"),
        required=False,
        empty_label=_("Altijd"),
        help_text=_(
            "Kies een antwoord op een eerdere vraag. Dan zien alleen leden die dat kozen deze vraag."
        ),
    )

    def __init__(
        self, data: Any = None, *, survey: Survey, kind: QuestionKind, row: Question | None = None
    ) -> None:
        super().__init__(data, initial=_initial(row, survey))
        self.rows: list[Choice] = list(row.choices.order_by("rank")) if row else []
        possible = Choice.objects.filter(question__survey=survey, question__kind__in=SINGLE_CHOICE_KINDS)
        if row:
            possible = possible.filter(question__rank__lt=row.rank)
        condition: Any = self.fields["shown_if_choice"]
        condition.queryset = possible.select_related("question").order_by("question__rank", "rank")
        condition.label_from_instance = _condition_words
        if not condition.queryset.exists():
            del self.fields["shown_if_choice"]
        self._keep_fields_of(kind)

    def _keep_fields_of(self, kind: QuestionKind) -> None:
        has_choices = kind in CHOICE_KINDS and kind != QuestionKind.YES_NO
        if not has_choices:
            del self.fields["added"]
        if kind != QuestionKind.SCALE:
            del self.fields["low_label"], self.fields["high_label"]
        if kind != QuestionKind.NUMBER:
            del self.fields["least"], self.fields["most"]
        if has_choices and not self.rows:
            self.fields["added"].required = True
            self.fields["added"].error_messages["required"] = gettext(
                "Geef %(least)s tot %(most)s antwoorden om uit te kiezen."
            ) % {"least": FEWEST_CHOICES, "most": MOST_CHOICES}
        if has_choices and self.rows:
            self.fields["added"].label = gettext("Meer antwoorden")
            for number, choice in enumerate(self.rows, start=1):
                self.fields[f"{_CHOICE}{choice.pk}"] = TidyField(
                    normalise.line,
                    label=gettext("Antwoord %(number)s") % {"number": number},
                    max_length=CHOICE_LENGTH,
                    required=False,
                    initial=choice.text,
                )
            names = [name for name in self.fields if name.startswith(_CHOICE)]
            self.order_fields(["version", "text", "help", *names])

    def clean_added(self) -> tuple[str, ...]:
        lines = tuple(
            line for line in (normalise.line(raw) for raw in self.cleaned_data["added"].splitlines()) if line
        )
        if any(len(line) > CHOICE_LENGTH for line in lines):
            raise forms.ValidationError(
                gettext("Maak elk antwoord korter: hoogstens %(count)s tekens.") % {"count": CHOICE_LENGTH}
            )
        return lines

    @property
    def wording(self) -> Wording:
        """What the actions want. Only after `is_valid()`."""
        found = self.cleaned_data
        names = ("text", "help", "is_required", "low_label", "high_label", "least", "most", "added")
        texts = tuple(
            (choice.pk, found[f"{_CHOICE}{choice.pk}"])
            for choice in self.rows
            if f"{_CHOICE}{choice.pk}" in found
        )
        return Wording(
            **{name: found[name] for name in names if name in found},
            shown_if_choice=found.get("shown_if_choice"),
            choices=texts,
        )

    @property
    def version_shown(self) -> int:
        """The version of the survey that the page showed. Only after `is_valid()`."""
        return self.cleaned_data["version"] or 0


def _initial(row: Question | None, survey: Survey) -> dict[str, Any]:
    if row is None:
        return {"version": survey.version}
    names = ("text", "help", "is_required", "low_label", "high_label", "least", "most")
    condition = row.shown_if_choice and row.shown_if_choice.uuid
    return {name: getattr(row, name) for name in names} | {
        "version": survey.version,
        "shown_if_choice": condition,
    }


def _condition_words(choice: Choice) -> str:
    return f"{choice.question.rank}. {choice.question.text}: {choice.words}"
