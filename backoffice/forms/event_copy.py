"""The page that makes a new event from an earlier one."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from backoffice.forms.event import DateInput
from elections.enums import EventPart

WORDS: dict[EventPart, Any] = {
    EventPart.DAYS: ngettext_lazy("%(n)s dag", "%(n)s dagen", "n"),
    EventPart.POSITIONS: ngettext_lazy("%(n)s functie", "%(n)s functies", "n"),
    EventPart.TEMPLATE: ngettext_lazy("%(n)s regel", "%(n)s regels", "n"),
    EventPart.STATIONS: ngettext_lazy("%(n)s stembureau", "%(n)s stembureaus", "n"),
    EventPart.HOURS: ngettext_lazy("%(n)s keer een open- en sluittijd", "%(n)s open- en sluittijden", "n"),
    EventPart.STEP_TEXTS: ngettext_lazy("%(n)s tekst", "%(n)s teksten", "n"),
}


def count_words(part: EventPart, count: int) -> str:
    """How much there is: "12 stembureaus"; empty for what is one thing."""
    return WORDS[part] % {"n": count} if part in WORDS else ""


def part_words(part: EventPart, count: int) -> str:
    """The part with how much there is: "Stembureaus en stemlokalen (12 stembureaus)"."""
    words = count_words(part, count)
    return f"{capfirst(part.label)} ({words})" if words else capfirst(part.label)


class EventCopyForm(forms.Form):
    name = forms.CharField(label=_("Naam van de nieuwe verkiezingsronde"), max_length=120)
    polling_date = forms.DateField(
        label=_("Dag van de stemming"),
        widget=DateInput,
        help_text=_("De andere dagen schuiven mee. Ze houden dezelfde afstand tot deze dag."),
    )
    parts = forms.MultipleChoiceField(
        label=_("Wat neemt u mee?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Indelingen, antwoorden van leden en brieven gaan nooit mee."),
    )

    def __init__(self, data: Any, *, counts: dict[EventPart, int]) -> None:
        there = [part for part in EventPart if counts[part]]
        super().__init__(data, initial={"parts": there})
        choices: list[tuple[str, str | Promise]] = [(part, part_words(part, counts[part])) for part in there]
        self.fields["parts"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[EventPart]:
        """What to take along. Only after `is_valid()`."""
        return [EventPart(part) for part in self.cleaned_data["parts"]]
