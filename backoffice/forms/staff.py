"""Forms about the colleagues of the election team."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from elections.enums import StaffRole

ROLE_HELP = _(
    "Beheerder: alles, ook collega's. Planner: alles behalve beheer en controle. Communicatie: uitnodigingen en "
    "brieven. Financiën: bekijken en uitbetalen. Meelezer: alleen bekijken."
)


class StaffForm(forms.Form):
    name = forms.CharField(
        label=_("Naam"), max_length=150, error_messages={"required": _("Vul de naam van uw collega in.")}
    )
    role = forms.ChoiceField(
        label=_("Rol"),
        choices=StaffRole.choices,
        widget=forms.RadioSelect,
        help_text=ROLE_HELP,
        error_messages={"required": _("Kies een rol.")},
    )


class StaffInviteForm(StaffForm):
    email = forms.EmailField(
        label=_("E-mailadres"),
        help_text=_(
            "Uw collega logt in met dit adres. Gebruik een persoonlijk adres, geen adres van een afdeling."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Vul het e-mailadres van uw collega in."),
            "invalid": _("Vul een e-mailadres in zoals naam@voorbeeld.nl."),
        },
    )
    field_order = ("name", "email", "role")


class ResetForm(forms.Form):
    """What somebody lost who cannot log in any more."""

    APP, ALL = "app", "all"
    lost = forms.ChoiceField(
        label=_("Wat is kwijt?"),
        choices=[
            (APP, _("De telefoon of de app, en de herstelcodes")),
            (ALL, _("Ook het wachtwoord: stuur een nieuwe uitnodiging")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies wat er kwijt is.")},
    )

    def __init__(self, *args: Any, uses_app: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not uses_app:
            self.fields["lost"].choices = self.fields["lost"].choices[1:]
            self.initial["lost"] = self.ALL
