"""Forms of the municipality's own questions: the question itself, and the answers of one member."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections import normalise
from elections.actions.own_field import FEWEST_CHOICES, MOST_CHOICES, OwnQuestion
from elections.enums import OwnFieldKind
from elections.errors import ActionError
from elections.models import Member, OwnField
from elections.models.own_field import ANSWER_LENGTH, CHOICE_LENGTH
from elections.own_answer import checked
from elections.queries.own_field import OwnAnswer
from tenants.forms import TidyField, accept_next_time

_CHOICE = "choice_"
_BOXES_AND_TEXTS = (
    "name",
    "help",
    "why",
    "in_portal",
    "is_required",
    "is_sensitive",
    "for_catering",
    "is_active",
)


class OwnFieldKindForm(forms.Form):
    """Which kind of question to make."""

    kind = forms.ChoiceField(label=_("Soort vraag"), choices=OwnFieldKind.choices)


class OwnFieldForm(forms.Form):
    """row: the question that is changed; None for a new one of `kind`.

    An existing choice has a field of its own, so that a corrected word stays the same choice; emptying it removes it.
    New choices are typed one on a line.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = TidyField(
        normalise.line,
        label=_("Vraag"),
        help_text=_("Kort, bijvoorbeeld: Dieetwensen."),
        max_length=80,
        error_messages={"required": _("Schrijf de vraag op.")},
    )
    help = TidyField(
        normalise.line,
        label=_("Uitleg bij de vraag"),
        help_text=_("Staat klein onder de vraag."),
        max_length=300,
        required=False,
    )
    why = TidyField(
        normalise.line,
        label=_("Waarom vraagt u dit?"),
        help_text=_("Leden lezen dit bij de vraag. De privacywet (AVG) vraagt een reden bij elk gegeven."),
        max_length=300,
        error_messages={"required": _("Schrijf op waarom u dit vraagt.")},
    )
    added = forms.CharField(
        label=_("Antwoorden om uit te kiezen"),
        help_text=_("Zet elk antwoord op een eigen regel."),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        max_length=5000,
    )
    in_portal = forms.BooleanField(
        label=_("Leden vullen dit zelf in"),
        help_text=_("Anders ziet en vult alleen het team dit in."),
        required=False,
        initial=True,
    )
    is_required = forms.BooleanField(
        label=_("Leden moeten dit invullen"),
        help_text=_("Zonder antwoord is het onderdeel “Uw gegevens” niet klaar."),
        required=False,
    )
    is_sensitive = forms.BooleanField(
        label=_("Gevoelig"),
        help_text=_(
            "De antwoorden zeggen iets over gezondheid of geloof, zoals een dieet. "
            "Alleen beheerders en planners zien ze."
        ),
        required=False,
        initial=True,
    )
    for_catering = forms.BooleanField(label=_("Zet de antwoorden op de cateringlijst"), required=False)
    is_active = forms.BooleanField(
        label=_("In gebruik"),
        help_text=_("Haal het vinkje weg om de vraag niet meer te stellen. De antwoorden blijven bewaard."),
        required=False,
        initial=True,
    )

    def __init__(self, data: Any = None, *, kind: OwnFieldKind, row: OwnField | None = None) -> None:
        super().__init__(data, initial=_initial(row) if row else None)
        self.row_choices: list[str] = list(row.choices) if row else []
        if row is None:
            del self.fields["is_active"]
        if kind != OwnFieldKind.CHOICE:
            del self.fields["added"]
            return
        if not self.row_choices:
            self.fields["added"].required = True
            self.fields["added"].error_messages["required"] = gettext(
                "Geef %(least)s tot %(most)s antwoorden om uit te kiezen."
            ) % {"least": FEWEST_CHOICES, "most": MOST_CHOICES}
            return
        self.fields["added"].label = gettext("Meer antwoorden")
        for number, choice in enumerate(self.row_choices, start=1):
            self.fields[f"{_CHOICE}{number}"] = TidyField(
                normalise.line,
                label=gettext("Antwoord %(number)s") % {"number": number},
                max_length=CHOICE_LENGTH,
                required=False,
                initial=choice,
            )
        names = [name for name in self.fields if name.startswith(_CHOICE)]
        self.order_fields(["version", "name", "help", "why", *names])

    def clean_added(self) -> tuple[str, ...]:
        """The new choices, one for each filled line."""
        lines = tuple(filter(None, map(normalise.line, self.cleaned_data["added"].splitlines())))
        if any(len(line) > CHOICE_LENGTH for line in lines):
            raise forms.ValidationError(
                gettext("Maak elk antwoord korter: hoogstens %(count)s tekens.") % {"count": CHOICE_LENGTH}
            )
        return lines

    @property
    def question(self) -> OwnQuestion:
        """What the actions want. Only after `is_valid()`."""
        names = (*_BOXES_AND_TEXTS, "added")
        found = self.cleaned_data
        choices = tuple(found[f"{_CHOICE}{number}"] for number in range(1, len(self.row_choices) + 1))
        return OwnQuestion(**{name: found[name] for name in names if name in found}, choices=choices)

    @property
    def version_shown(self) -> int:
        """The version of the question that the page showed. Only after `is_valid()`."""
        return self.cleaned_data["version"] or 0


class OwnAnswersForm(forms.Form):
    """The answers of one member to all questions in use, for the team: a field "answer_<uuid>" for each."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, member: Member, answers: list[OwnAnswer]) -> None:
        super().__init__(data, initial={"version": member.version})
        self.member = member
        self.questions = {f"answer_{answer.field.uuid}": answer.field for answer in answers}
        for answer in answers:
            self.fields[f"answer_{answer.field.uuid}"] = _answer_field(answer)

    def clean(self) -> dict[str, Any]:
        for name, question in self.questions.items():
            try:
                self.cleaned_data[name] = checked(question, self.cleaned_data.get(name, ""))
            except ActionError as problem:
                self.add_error(name, problem.message)
        return self.cleaned_data

    @property
    def answers(self) -> dict[OwnField, str]:
        """What the action wants. Only after `is_valid()`."""
        return {question: self.cleaned_data[name] for name, question in self.questions.items()}

    def look_again(self) -> None:
        """After "changed elsewhere": keep what was typed, and accept it when it is saved once more."""
        accept_next_time(self, version=self.member.version)


def _answer_field(answer: OwnAnswer) -> forms.Field:
    field = answer.field
    options: dict[str, Any] = {
        "label": field.name,
        "help_text": field.help,
        "required": False,
        "initial": answer.text,
    }
    if field.options:
        return forms.ChoiceField(choices=[("", gettext("Niet ingevuld")), *field.options], **options)
    return TidyField(normalise.line, max_length=ANSWER_LENGTH, **options)


def _initial(row: OwnField) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("version", *_BOXES_AND_TEXTS)}
