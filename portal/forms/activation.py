"""Forms for the way in by printed letter."""

from django import forms
from django.utils.translation import gettext_lazy as _

from elections.models.codes import LETTER_LENGTH


class ActivationForm(forms.Form):
    """What stands in the letter."""

    username = forms.CharField(
        label=_("Gebruikersnaam"),
        max_length=150,
        help_text=_("Deze staat in de brief."),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Vul de gebruikersnaam uit de brief in.")},
    )
    code = forms.CharField(
        label=_("Code uit de brief"),
        max_length=40,
        help_text=_("Zestien letters. Spaties en kleine letters mogen."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={
            "required": _("Vul de code uit de brief in."),
            "max_length": _("De code heeft zestien letters."),
        },
    )

    def clean_code(self) -> str:
        """Letters only. What cannot be a code does not use up a try."""
        code = "".join(
            sign for sign in self.cleaned_data["code"].upper() if not sign.isspace() and sign not in "-–."
        )
        if len(code) != LETTER_LENGTH or not (code.isascii() and code.isalpha()):
            raise forms.ValidationError(_("De code heeft zestien letters. Kijk nog eens in de brief."))
        return code


class OwnEmailForm(forms.Form):
    """The address that log-in codes will go to."""

    email = forms.EmailField(
        label=_("Uw e-mailadres"),
        help_text=_("Gebruik een adres dat alleen van u is. Wie meeleest, kan uw inlogcodes zien."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Vul uw e-mailadres in."),
            "invalid": _("Vul een e-mailadres in zoals naam@voorbeeld.nl."),
        },
    )
