"""Which letters go into one file, and for what."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections.enums import JobKind
from elections.models import ElectionEvent, PollingStation
from elections.queries.letter_bundle import LetterGroup


class LetterBundleForm(forms.Form):
    """Whose letters, from which stations, and what the file is for."""

    group = forms.ChoiceField(
        label=_("Welke brieven?"),
        choices=LetterGroup,
        widget=forms.RadioSelect,
        initial=LetterGroup.EVERYBODY,
    )
    stations = forms.ModelMultipleChoiceField(
        queryset=PollingStation.objects.none(),
        to_field_name="uuid",
        required=False,
        label=_("Stembureaus"),
        help_text=_("Alleen als u hierboven voor stembureaus kiest."),
        widget=forms.CheckboxSelectMultiple,
    )
    kind = forms.ChoiceField(
        label=_("Wat wilt u?"),
        choices=(
            (JobKind.LETTER_PRINT, _("één PDF om te printen, op volgorde van postcode")),
            (JobKind.LETTER_ZIP, _("een ZIP-bestand om te bewaren, met elke brief apart")),
        ),
        widget=forms.RadioSelect,
        initial=JobKind.LETTER_PRINT,
    )
    duplex = forms.BooleanField(
        label=_("Ik print dubbelzijdig: begin elke brief op een nieuw vel"), required=False, initial=True
    )

    def __init__(self, data: Any, *, event: ElectionEvent) -> None:
        super().__init__(data)
        self.fields["stations"].queryset = event.polling_stations.order_by("number")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        chosen = values.get("group") == LetterGroup.STATIONS
        if chosen and not values.get("stations") and "stations" not in self.errors:
            self.add_error("stations", gettext("Vink minstens één stembureau aan."))
        return values
