"""Forms about lists of candidates: the file, which election, and who is whom."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from elections.documents.upload import most_megabytes
from elections.enums import ClashState
from elections.models import Election, ElectionEvent
from elections.queries.candidate import elections_with_lists


class ElectionForm(forms.Form):
    """Which election of the event."""

    election = forms.ModelChoiceField(
        label=_("Verkiezing"),
        queryset=Election.objects.none(),
        empty_label=None,
        error_messages={
            "required": _("Kies een verkiezing."),
            "invalid_choice": _("Kies een verkiezing uit de lijst."),
        },
    )

    def __init__(self, *args: Any, event: ElectionEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["election"].queryset = elections_with_lists(event)  # type: ignore[attr-defined]


class CandidateFileForm(ElectionForm):
    file = forms.FileField(
        label=_("Bestand met kandidatenlijsten"),
        help_text=format_lazy(
            _("Een bestand EML 230b (.eml.xml), hoogstens {limit} MB."), limit=most_megabytes()
        ),
        widget=forms.FileInput(attrs={"accept": ".xml"}),
        error_messages={
            "required": _("Kies een bestand."),
            "empty": _("Dit bestand is leeg. Controleer of u het goede bestand hebt gekozen."),
            "missing": _("Kies een bestand."),
            "max_length": _("De naam van dit bestand is te lang. Geef het een kortere naam."),
            "invalid": _("Het bestand is niet goed aangekomen. Probeer het opnieuw."),
        },
    )


class ClashForm(forms.Form):
    """What the team says about a member and a candidate. `query`: the list that somebody came from."""

    state = forms.ChoiceField(choices=ClashState.choices)
    query = forms.CharField(required=False, max_length=500)
