"""The form for the texts of the letters."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.letter_texts import PLACEHOLDERS, unknown_placeholders
from elections.models import ElectionEvent, LetterTemplate

TEXTS = ("introduction", "duties", "closing")
LONGEST = 3000


def _text_field(label: str, help_text: str, rows: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class LetterTemplateForm(forms.Form):
    """Who decides and signs, and the municipality's own words."""

    decision_date = forms.DateField(
        label=gettext_lazy("Datum van het besluit"),
        help_text=gettext_lazy("De dag waarop het college de leden benoemt (Kieswet artikel E 4)."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Vul de datum van het besluit in.")},
    )
    signatory = forms.CharField(
        label=gettext_lazy("Ondertekenaar"),
        max_length=120,
        error_messages={"required": gettext_lazy("Vul in wie de brieven ondertekent.")},
    )
    signatory_title = forms.CharField(
        label=gettext_lazy("Functie van de ondertekenaar"), max_length=120, required=False
    )
    introduction = _text_field(
        gettext_lazy("Inleiding"), gettext_lazy("Staat onder het besluit, boven de diensten."), 4
    )
    duties = _text_field(
        gettext_lazy("Wat wij van u vragen"),
        gettext_lazy("Begin een regel met een streepje en een spatie voor een punt in een lijst."),
        8,
    )
    closing = _text_field(gettext_lazy("Afsluiting"), gettext_lazy("Staat boven de ondertekening."), 4)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in TEXTS:
            unknown = unknown_placeholders(values.get(name, ""))
            if unknown:
                self.add_error(
                    name,
                    _("Dit kan Zitting niet invullen: %(unknown)s. Kies uit: %(known)s.")
                    % {
                        "unknown": ", ".join(f"{{{word}}}" for word in unknown),
                        "known": ", ".join(f"{{{word}}}" for word in PLACEHOLDERS),
                    },
                )
        return values

    @classmethod
    def initial_of(cls, event: ElectionEvent, template: LetterTemplate) -> dict[str, Any]:
        """What the form shows at first."""
        texts = {name: getattr(template, name) for name in TEXTS}
        own = ("decision_date", "signatory", "signatory_title")
        return texts | {name: getattr(event, name) for name in own}

    def unsaved(self, event: ElectionEvent) -> tuple[ElectionEvent, LetterTemplate]:
        """The event and texts as they would be, for a preview; nothing is saved."""
        event.decision_date = self.cleaned_data["decision_date"]
        event.signatory = self.cleaned_data["signatory"]
        event.signatory_title = self.cleaned_data["signatory_title"]
        return event, LetterTemplate(event=event, **{name: self.cleaned_data[name] for name in TEXTS})
