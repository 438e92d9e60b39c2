"""The answers of members to their place: which places they saw, and the question to who cannot come."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections.actions.placement import MAX_REASON
from elections.models import Assignment
from elections.queries.placement import hours_text, seen_text, seen_versions
from tenants.forms import accept_next_time


class SeenForm(forms.Form):
    """Carries which places the page showed, and how: nobody says yes to what they did not see."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_seen(self) -> dict[UUID, int]:
        return seen_versions(self.cleaned_data["seen"])


class DeclineForm(SeenForm):
    """Why, and of a place with more than one time, which."""

    reason = forms.CharField(
        label=_("Waarom kunt u niet?"),
        help_text=_(
            "Een paar woorden is genoeg, bijvoorbeeld: vakantie. Schrijf niets op over uw gezondheid."
        ),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Vul in waarom u niet kunt."),
            "max_length": _("Maak uw antwoord korter: hoogstens 300 tekens."),
        },
    )

    def __init__(self, *args: Any, places: Sequence[Assignment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {place.uuid.hex: place for place in places}
        self.fields["seen"].initial = seen_text(places)
        if len(places) > 1:
            self.fields["places"] = forms.MultipleChoiceField(
                label=gettext("Wanneer kunt u niet?"),
                choices=[(key, _time(place)) for key, place in self.places.items()],
                initial=list(self.places),
                widget=forms.CheckboxSelectMultiple,
                error_messages={
                    "required": gettext("Kies minstens één tijd."),
                    "invalid_choice": gettext("Kies een tijd uit de lijst."),
                },
            )
            self.order_fields(["places", "reason"])

    def look_again(self) -> None:
        """After "changed in the meantime": keep what was typed, and accept it when it is sent once more."""
        accept_next_time(self, seen=self.fields["seen"].initial)

    def declined(self) -> list[Assignment]:
        """The places that the member cannot do."""
        if len(self.places) == 1:
            return list(self.places.values())
        return [self.places[key] for key in self.cleaned_data["places"]]


def _time(place: Assignment) -> str:
    day = date_format(place.shift.day_part.polling_day.date, "l j F")
    return f"{day}, {hours_text(place)} ({place.shift.day_part.name}, {place.shift.position.name})"
