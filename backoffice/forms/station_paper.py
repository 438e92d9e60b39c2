"""Which papers to make, for which polling stations, in what kind of file."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections.enums import StationPaperKind
from elections.models import ElectionEvent, PollingStation

ALL, ONLY = "all", "only"
PDF, ZIP = "pdf", "zip"


class StationPaperForm(forms.Form):
    """Every field has a first choice, so that one press of the button makes the dossiers of all stations."""

    paper = forms.ChoiceField(
        label=_("Welk papier?"),
        choices=(
            (StationPaperKind.DOSSIER, _("stembureaumappen: adres, tijden, mensen en een checklist")),
            (StationPaperKind.BADGES, _("naamkaartjes: acht op een vel, om uit te knippen")),
            (StationPaperKind.PRESENCE_LIST, _("presentielijsten: per dagdeel, om te ondertekenen")),
            (StationPaperKind.CONTACT_SHEET, _("contactlijsten: wie wanneer werkt, met telefoonnummers")),
        ),
        widget=forms.RadioSelect,
        initial=StationPaperKind.DOSSIER,
    )
    choice = forms.ChoiceField(
        label=_("Voor welke stembureaus?"),
        choices=((ALL, _("alle stembureaus")), (ONLY, _("alleen deze stembureaus:"))),
        widget=forms.RadioSelect,
        initial=ALL,
    )
    stations = forms.ModelMultipleChoiceField(
        queryset=PollingStation.objects.none(),
        to_field_name="uuid",
        required=False,
        label=_("Stembureaus"),
        widget=forms.CheckboxSelectMultiple,
    )
    file_format = forms.ChoiceField(
        label=_("In wat voor bestand?"),
        choices=(
            (PDF, _("één PDF, om in één keer te printen")),
            (ZIP, _("een ZIP-bestand met voor elk stembureau een PDF")),
        ),
        widget=forms.RadioSelect,
        initial=PDF,
    )
    with_phones = forms.BooleanField(
        label=_("Zet de telefoonnummers van de mensen in de stembureaumap"),
        help_text=_(
            "De map ligt op het stembureau. Zet er alleen nummers in als de voorzitter die nodig heeft."
        ),
        required=False,
    )

    def __init__(self, data: Any, *, event: ElectionEvent) -> None:
        super().__init__(data)
        self.fields["stations"].queryset = event.polling_stations.order_by("number")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("choice") == ONLY and not values.get("stations") and "stations" not in self.errors:
            self.add_error(
                "stations", gettext("Vink minstens één stembureau aan, of kies “alle stembureaus”.")
            )
        return values

    @property
    def values(self) -> dict[str, Any]:
        """What the action wants. Only after `is_valid()`."""
        values = self.cleaned_data
        return {
            "kind": StationPaperKind(values["paper"]),
            "stations": values["stations"] if values["choice"] == ONLY else None,
            "as_zip": values["file_format"] == ZIP,
            "with_phones": values["with_phones"],
        }
