"""What members may choose on one polling day."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections.models import DayPart, PollingDay, Position, Venue
from elections.models.fields import NameKey

ALL, ONLY = "all", "only"


class PollingDayOfferForm(forms.Form):
    """Day parts to tick; positions and venues are all of them, or only the ones that are ticked."""

    day_parts = forms.ModelMultipleChoiceField(
        queryset=DayPart.objects.none(),
        to_field_name="uuid",
        required=False,
        label=_("Dagdelen waarvan leden zeggen of zij kunnen"),
        widget=forms.CheckboxSelectMultiple,
    )
    position_choice = forms.ChoiceField(
        label=_("Uit welke functies kiezen leden?"),
        choices=((ALL, _("Alle functies")), (ONLY, _("Alleen deze functies:"))),
        widget=forms.RadioSelect,
    )
    positions = forms.ModelMultipleChoiceField(
        queryset=Position.objects.none(),
        to_field_name="uuid",
        required=False,
        label=_("Functies"),
        widget=forms.CheckboxSelectMultiple,
    )
    venue_choice = forms.ChoiceField(
        label=_("Uit welke stemlokalen kiezen leden?"),
        choices=((ALL, _("Alle stemlokalen")), (ONLY, _("Alleen deze stemlokalen:"))),
        widget=forms.RadioSelect,
    )
    venues = forms.ModelMultipleChoiceField(
        queryset=Venue.objects.none(),
        to_field_name="uuid",
        required=False,
        label=_("Stemlokalen"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, day: PollingDay) -> None:
        positions, venues = list(day.offered_positions.all()), list(day.offered_venues.all())
        super().__init__(
            data,
            initial={
                "day_parts": [part.uuid for part in day.day_parts.filter(is_offered=True)],
                "position_choice": ONLY if positions else ALL,
                "positions": [position.uuid for position in positions],
                "venue_choice": ONLY if venues else ALL,
                "venues": [venue.uuid for venue in venues],
            },
        )
        for name, rows in (
            ("day_parts", day.day_parts.all()),
            ("positions", day.event.positions.all()),
            ("venues", _venues(day)),
        ):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["positions"].label_from_instance = lambda position: position.name  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for choice, name, message in (
            (
                "position_choice",
                "positions",
                gettext("Vink minstens één functie aan, of kies “Alle functies”."),
            ),
            (
                "venue_choice",
                "venues",
                gettext("Vink minstens één stemlokaal aan, of kies “Alle stemlokalen”."),
            ),
        ):
            if values.get(choice) == ONLY and not values.get(name) and name not in self.errors:
                self.add_error(name, message)
        return values

    @property
    def groups(self) -> list[tuple[BoundField, BoundField]]:
        """The question and the list that belongs to it, twice."""
        return [
            (self["position_choice"], self["positions"]),
            (self["venue_choice"], self["venues"]),
        ]

    @property
    def values(self) -> dict[str, Any]:
        """What the action wants. Only after `is_valid()`."""
        values = self.cleaned_data
        return {
            "day_parts": list(values["day_parts"]),
            "positions": list(values["positions"]) if values["position_choice"] == ONLY else None,
            "venues": list(values["venues"]) if values["venue_choice"] == ONLY else None,
        }


def _venues(day: PollingDay) -> Any:
    return Venue.objects.filter(polling_stations__event=day.event).distinct().order_by(NameKey("name"), "pk")
