"""The questions of the availability step: one form per page."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeVar

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections import normalise
from elections.actions.availability import MAX_CHOICES
from elections.enums import AvailabilityAnswer
from elections.models import DayPart, Position
from elections.queries.availability import DayAnswers
from tenants import signing
from tenants.forms import TidyField, accept_next_time

SEEN = "availability-seen"

T = TypeVar("T", DayPart, Position)


class SeenForm(forms.Form):
    """A form that carries, signed, what was stored when the page was made: two tabs cannot overwrite each other."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, stored: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = signing.dumps(stored, purpose=SEEN)

    def seen_value(self) -> Any:
        """What the member had on the screen; None when that cannot be told any more."""
        try:
            return signing.loads(self.cleaned_data["seen"], purpose=SEEN)
        except signing.BadSignature:
            return None

    def look_again(self) -> None:
        """After "changed elsewhere": keep what was typed, and accept it when it is saved once more."""
        accept_next_time(self, seen=self.fields["seen"].initial)


class DayForm(SeenForm):
    """Yes, if needed or no for every day part of one polling day."""

    def __init__(self, *args: Any, day: DayAnswers, **kwargs: Any) -> None:
        self.parts = {part.uuid.hex: part for part, _answer in day.parts}
        stored = {part.uuid.hex: answer or "" for part, answer in day.parts}
        super().__init__(*args, stored=stored, **kwargs)
        for part, answer in day.parts:
            self.fields[part.uuid.hex] = forms.ChoiceField(
                label=part_label(part),
                choices=answer_choices(),
                initial=answer,
                widget=forms.RadioSelect,
                error_messages={
                    "required": gettext("Kies een antwoord."),
                    "invalid_choice": gettext("Kies een antwoord."),
                },
            )

    def answers(self) -> dict[DayPart, AvailabilityAnswer]:
        return {part: AvailabilityAnswer(self.cleaned_data[key]) for key, part in self.parts.items()}

    def seen_answers(self) -> Mapping[DayPart, str] | None:
        seen = self.seen_value()
        return None if seen is None else {part: seen.get(key, "") for key, part in self.parts.items()}


def answer_choices() -> list[tuple[str, str]]:
    """The three answers as a member reads them."""
    return [
        (AvailabilityAnswer.YES, gettext("Ja, ik kan")),
        (AvailabilityAnswer.IF_NEEDED, gettext("Als het moet")),
        (AvailabilityAnswer.NO, gettext("Nee, ik kan niet")),
    ]


class RankedForm(SeenForm):
    """First, second and third choice out of a few things, none of them required.

    offered: what can be chosen. groups: the same as choices of a select. chosen: the order that is stored.
    """

    LABELS = (_("Eerste keuze"), _("Tweede keuze"), _("Derde keuze"))
    once = _("Dit hebt u al gekozen. Kies iets anders.")
    from_list = _("Kies iets uit de lijst.")

    def __init__(
        self, *args: Any, offered: Sequence[T], groups: list[Any], chosen: Sequence[T], **kwargs: Any
    ) -> None:
        self.things = {thing.uuid.hex: thing for thing in offered}
        super().__init__(*args, stored=[thing.uuid.hex for thing in chosen], **kwargs)
        choices = [("", gettext("Geen voorkeur")), *groups]
        for index in range(min(MAX_CHOICES, len(self.things))):
            self.fields[f"choice_{index + 1}"] = forms.ChoiceField(
                label=self.LABELS[index],
                choices=choices,
                required=False,
                initial=chosen[index].uuid.hex if index < len(chosen) else "",
                error_messages={"invalid_choice": str(self.from_list)},
            )

    def clean(self) -> dict[str, Any]:
        seen: set[str] = set()
        for name in [name for name in self.fields if name.startswith("choice_")]:
            value = self.cleaned_data.get(name)
            if value and value in seen:
                self.add_error(name, str(self.once))
            seen.add(value or "")
        return self.cleaned_data

    def chosen(self) -> list[Any]:
        """In order of choice; an empty choice in between is skipped."""
        keys = [self.cleaned_data[name] for name in self.fields if name.startswith("choice_")]
        return [self.things[key] for key in keys if key]

    def seen_things(self) -> list[Any] | None:
        seen = self.seen_value()
        return None if seen is None else [self.things[key] for key in seen if key in self.things]


class PositionForm(RankedForm):
    """The positions that a member likes to do."""

    once = _("Deze functie hebt u al gekozen. Kies een andere.")
    from_list = _("Kies een functie uit de lijst.")

    def __init__(
        self,
        *args: Any,
        qualified: list[Position],
        others: list[Position],
        chosen: list[Position],
        **kwargs: Any,
    ) -> None:
        offered = [*qualified, *others]
        super().__init__(*args, offered=offered, groups=_groups(qualified, others), chosen=chosen, **kwargs)


class DayPartForm(RankedForm):
    """When a member likes best to work, out of the day parts that they did not say no to."""

    once = _("Dit dagdeel hebt u al gekozen. Kies een ander.")
    from_list = _("Kies een dagdeel uit de lijst.")

    def __init__(self, *args: Any, possible: list[DayPart], chosen: list[DayPart], **kwargs: Any) -> None:
        groups: list[Any] = [
            (date_format(day.date, "l j F"), [(part.uuid.hex, part_label(part)) for part in parts])
            for day, parts in groupby(possible, key=lambda part: part.polling_day)
        ]
        super().__init__(*args, offered=possible, groups=groups, chosen=chosen, **kwargs)


def part_label(part: DayPart) -> str:
    """A day part as a member reads it, with its real end."""
    return f"{part.name}, {part.hours_in_full}"


def _groups(qualified: Iterable[Position], others: Iterable[Position]) -> list[Any]:
    """Choices for a select: in two groups when there are two kinds, otherwise plain."""
    mine = [(position.uuid.hex, position.name) for position in qualified]
    rest = [(position.uuid.hex, position.name) for position in others]
    if not mine or not rest:
        return mine or rest
    return [(gettext("Dit kunt u al doen"), mine), (gettext("Andere functies"), rest)]


class RemarkForm(SeenForm):
    """Anything else the member wants to say."""

    remark = forms.CharField(
        label=_("Uw opmerking"),
        help_text=_("Bijvoorbeeld: ik kan pas vanaf 8 uur. Schrijf niets op over uw gezondheid."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": _("Maak uw opmerking korter: hoogstens 1000 tekens.")},
    )

    def __init__(self, *args: Any, remark: str, **kwargs: Any) -> None:
        super().__init__(*args, stored=remark, **kwargs)
        self.fields["remark"].initial = remark


class CompanionForm(SeenForm):
    """With whom the member likes to work: a name as the member knows it."""

    name = TidyField(
        normalise.own_name,
        label=_("Naam"),
        help_text=_("De voornaam en de achternaam, bijvoorbeeld: Anna de Vries."),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _("Maak de naam korter: hoogstens 120 tekens.")},
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, stored=name, **kwargs)
        self.fields["name"].initial = name

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name and " " not in name:
            raise forms.ValidationError(_("Vul ook de achternaam in."))
        return name


class UnavailableForm(forms.Form):
    """Why a member cannot come at all."""

    reason = forms.CharField(
        label=_("Waarom kunt u deze keer niet?"),
        help_text=_(
            "Een paar woorden is genoeg, bijvoorbeeld: vakantie. Schrijf niets op over uw gezondheid."
        ),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Vul in waarom u deze keer niet kunt."),
            "max_length": _("Maak uw antwoord korter: hoogstens 300 tekens."),
        },
    )
