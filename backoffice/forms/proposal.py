"""Forms about proposals: what to reckon with, and which part to take over."""

import re
from dataclasses import fields
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.models import ElectionEvent, Proposal
from elections.planning.instance import Weights

HEAVINESS: Final = (
    ("0", gettext_lazy("telt niet")),
    ("1", gettext_lazy("een beetje")),
    ("3", gettext_lazy("normaal")),
    ("5", gettext_lazy("zwaar")),
)
# One plain sentence each, in the order in which the result shows them.
WISHES: Final = {
    "chairs_first": (
        gettext_lazy("Voorzitters eerst"),
        gettext_lazy("Als er te weinig mensen zijn, krijgt eerst elk stembureau een voorzitter."),
    ),
    "preferences": (
        gettext_lazy("Wat mensen zelf willen"),
        gettext_lazy("Een ‘ja’ gaat voor ‘als het moet’. Ook de gekozen functie, plek en tijd tellen mee."),
    ),
    "distance": (
        gettext_lazy("Dicht bij huis"),
        gettext_lazy("Mensen werken liever in hun eigen buurt."),
    ),
    "experience_mix": (
        gettext_lazy("Ervaring in elk team"),
        gettext_lazy("In elk team zit iemand die dit werk eerder deed, liefst twee."),
    ),
    "labels": (
        gettext_lazy("Gewenste kenmerken"),
        gettext_lazy("Vraagt een stembureau om een kenmerk, zoals gebarentaal? Dan komt daar zo iemand."),
    ),
    "together": (
        gettext_lazy("Samen werken"),
        gettext_lazy("Wie graag met iemand samenwerkt, komt in hetzelfde team."),
    ),
    "earlier_team": (
        gettext_lazy("Vertrouwde teams"),
        gettext_lazy("Mensen gaan terug naar het stemlokaal en het team van de vorige keer."),
    ),
    "spread": (
        gettext_lazy("Werk eerlijk verdelen"),
        gettext_lazy("Eerst krijgt iedereen één dienst, daarna pas iemand een tweede."),
    ),
}
DURATIONS: Final = (
    ("20", gettext_lazy("Kort: hoogstens 20 seconden")),
    ("60", gettext_lazy("Gewoon: hoogstens 1 minuut")),
    ("180", gettext_lazy("Lang: hoogstens 3 minuten, voor een grote gemeente")),
)
KEEP, FREE = "keep", "free"
PRESENT: Final = (
    (KEEP, gettext_lazy("Laat iedereen zitten en vul alleen de open plaatsen")),
    (FREE, gettext_lazy("Deel iedereen opnieuw in die nog niets van de plaats weet")),
)
_RANGE: Final = re.compile(r"(\d{1,9})(?:\s*-\s*(\d{1,9}))?")


class ProposalForm(forms.Form):
    """How heavy each wish weighs, and what happens to who is placed already."""

    present = forms.ChoiceField(
        label=gettext_lazy("Wie al is ingedeeld"),
        help_text=gettext_lazy(
            "Wie vaststaat, een plaats koos of kreeg aangeboden, of de plaats al kan zien, blijft altijd zitten."
        ),
        choices=PRESENT,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Kies wat er gebeurt met wie al is ingedeeld.")},
    )
    seconds = forms.ChoiceField(
        label=gettext_lazy("Hoelang mag Zitting zoeken?"),
        help_text=gettext_lazy("Is er eerder niets beters te vinden, dan stopt het vanzelf."),
        choices=DURATIONS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Kies hoelang Zitting mag zoeken.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, sentence) in WISHES.items():
            missing = _("Kies hoe zwaar ‘%(wish)s’ telt.") % {"wish": label}
            self.fields[name] = forms.ChoiceField(
                label=label,
                help_text=sentence,
                choices=HEAVINESS,
                widget=forms.RadioSelect,
                error_messages={"required": missing, "invalid_choice": missing},
            )

    @property
    def wishes(self) -> list[forms.BoundField]:
        """The fields of the wishes, in their order."""
        return [self[name] for name in WISHES]

    @property
    def weights(self) -> dict[str, int]:
        """What was chosen, by name of the soft rule."""
        return {name: int(self.cleaned_data[name]) for name in WISHES}

    @classmethod
    def initial_of(cls, proposal: Proposal | None) -> dict[str, str]:
        """What the form shows at first: all normal, or the choices of an earlier proposal."""
        chosen = {weight.name: 3 for weight in fields(Weights)}
        if proposal is None:
            return {"present": KEEP, "seconds": "60"} | {name: str(value) for name, value in chosen.items()}
        chosen |= {name: value for name, value in proposal.weights.items() if name in chosen}
        steps = [int(value) for value, _label in HEAVINESS]
        near = {name: str(min(steps, key=lambda step: abs(step - value))) for name, value in chosen.items()}
        longest = [int(value) for value, _label in DURATIONS]
        return {
            "present": KEEP if proposal.keeps_present else FREE,
            "seconds": str(min(longest, key=lambda each: abs(each - proposal.seconds))),
        } | near


class TakeOverForm(forms.Form):
    """Everything, or only some stations."""

    stations = forms.CharField(
        label=gettext_lazy("Alleen deze stembureaus"),
        help_text=gettext_lazy("Nummers, zoals 1-12, 15. Laat leeg om alles over te nemen."),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, event: ElectionEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event

    def clean_stations(self) -> str:
        """The text; the primary keys of the stations are in `chosen`, None for all of them."""
        text: str = self.cleaned_data["stations"].strip()
        self.chosen = self._chosen(text) if text else None
        return text

    def _chosen(self, text: str) -> set[int]:
        numbers = dict(self.event.polling_stations.values_list("number", "pk"))
        found: set[int] = set()
        for part in filter(None, (part.strip() for part in text.replace(";", ",").split(","))):
            match = _RANGE.fullmatch(part)
            if match is None:
                raise forms.ValidationError(
                    _("‘%(part)s’ is geen nummer. Typ bijvoorbeeld 1-12, 15.") % {"part": part}
                )
            first, last = int(match[1]), int(match[2] or match[1])
            stations = {pk for number, pk in numbers.items() if first <= number <= last}
            if not stations:
                raise forms.ValidationError(_("Er is geen stembureau met nummer %(part)s.") % {"part": part})
            found |= stations
        return found
