"""Forms of trainings and their results."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.forms.event import DateInput
from elections.actions.training import TrainingFacts
from elections.enums import PositionKind
from elections.imports.reader import ACCEPT
from elections.models import Training
from elections.models.training import SCORE_LENGTH, SITE_LENGTH

MOST_MONTHS = 120


class TrainingForm(forms.Form):
    """What staff choose about a training."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=_("Naam"),
        max_length=100,
        help_text=_("Zo zien leden de training, bijvoorbeeld “Training stembureaulid”."),
    )
    site = forms.CharField(
        label=_("Adres van de training"),
        max_length=SITE_LENGTH,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=_("Begint met https://. Leden gaan hierheen met een eigen link."),
    )
    position_kinds = forms.MultipleChoiceField(
        label=_("Telt voor"),
        choices=PositionKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Niets gekozen betekent: voor elke functie die een training nodig heeft."),
    )
    valid_months = forms.IntegerField(
        label=_("Maanden geldig"),
        min_value=1,
        max_value=MOST_MONTHS,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Leeg betekent: altijd. Uitslagen die er al zijn, houden hun einddatum."),
    )
    is_on = forms.BooleanField(
        label=_("Leden kunnen deze training doen"),
        required=False,
        initial=True,
        help_text=_("Uit: de training verdwijnt uit het portaal. Uitslagen blijven tellen."),
    )

    @classmethod
    def of(cls, training: Training | None, data: Any) -> "TrainingForm":
        if training is None:
            return cls(data)
        return cls(data, initial={name: getattr(training, name) for name in cls.base_fields})

    @property
    def facts(self) -> TrainingFacts:
        """Only after `is_valid()`."""
        values = self.cleaned_data
        return TrainingFacts(
            name=values["name"],
            site=values["site"],
            position_kinds=tuple(values["position_kinds"]),
            valid_months=values["valid_months"],
            is_on=values["is_on"],
        )

    @property
    def version_shown(self) -> int:
        """The version that the page showed; 0, which no training has, when that was left out."""
        return self.cleaned_data["version"] or 0


class ResultForm(forms.Form):
    """How one member did a training."""

    training = forms.ModelChoiceField(
        label=_("Training"), queryset=Training.objects.none(), to_field_name="uuid", empty_label=_("Kies")
    )
    done_on = forms.DateField(
        label=_("Gedaan op"),
        widget=DateInput,
        error_messages={"required": _("Vul de datum van de training in.")},
    )
    passed = forms.ChoiceField(
        label=_("Uitslag"),
        choices=(("yes", _("gehaald")), ("no", _("niet gehaald"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies of het lid de training heeft gehaald.")},
    )
    score = forms.CharField(
        label=_("Score"), max_length=SCORE_LENGTH, required=False, help_text=_("Bijvoorbeeld 8,5 of 85%.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["training"].queryset = Training.objects.all()  # type: ignore[attr-defined]
        self.fields["done_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    @property
    def has_passed(self) -> bool:
        """Only after `is_valid()`."""
        return bool(self.cleaned_data["passed"] == "yes")


class ResultFileForm(forms.Form):
    """A file with results."""

    file = forms.FileField(
        label=_("Bestand"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        help_text=_("Een bestand van Excel (.xlsx) of LibreOffice (.ods), of een CSV-bestand (.csv)."),
        error_messages={"required": _("Kies een bestand.")},
    )
