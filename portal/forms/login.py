"""Forms at the front door: log-in, code, new password, and the two things people forget."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from elections.models import User
from elections.one_time_codes import RECOVERY_LENGTH
from elections.passwords import least_length

MAX_PASSWORD = 128


class LoginForm(forms.Form):
    """User name and password; spaces around the name do not matter, in the password they do."""

    username = forms.CharField(
        label=_("Gebruikersnaam"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Vul uw gebruikersnaam in.")},
    )
    password = forms.CharField(
        label=_("Wachtwoord"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Vul uw wachtwoord in.")},
    )


class CodeForm(forms.Form):
    """The six digits of the mail, with or without spaces."""

    code = forms.CharField(
        label=_("Code uit de e-mail"),
        max_length=20,
        help_text=_("Zes cijfers, bijvoorbeeld 123 456."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={
            "required": _("Vul de code uit de e-mail in."),
            "max_length": _("De code heeft zes cijfers."),
        },
    )

    look_again = _("De code heeft zes cijfers. Kijk nog eens in de e-mail.")

    def clean_code(self) -> str:
        """Digits only. What cannot be a code does not use up a try."""
        digits = "".join(
            sign for sign in self.cleaned_data["code"] if not sign.isspace() and sign not in "-–."
        )
        if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
            raise forms.ValidationError(self.look_again)
        return digits


class AppCodeForm(CodeForm):
    """The six digits that the authenticator app shows."""

    code = forms.CharField(
        label=_("Code uit uw authenticator-app"),
        max_length=20,
        help_text=_("Zes cijfers, bijvoorbeeld 123 456."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={
            "required": _("Vul de code uit uw authenticator-app in."),
            "max_length": _("De code heeft zes cijfers."),
        },
    )
    look_again = _("De code heeft zes cijfers. Kijk nog eens in de app.")


class RecoveryCodeForm(forms.Form):
    """One of the ten codes on paper, with or without dashes, in capitals or not."""

    code = forms.CharField(
        label=_("Herstelcode"),
        max_length=40,
        help_text=_("Twaalf letters en cijfers, bijvoorbeeld 7KQ2-M9XP-4TRB."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={
            "required": _("Vul een herstelcode in."),
            "max_length": _("Een herstelcode heeft twaalf letters en cijfers."),
        },
    )

    def clean_code(self) -> str:
        """Letters and digits only. What cannot be a code does not use up a try."""
        code = "".join(
            sign for sign in self.cleaned_data["code"].upper() if sign.isascii() and sign.isalnum()
        )
        if len(code) != RECOVERY_LENGTH:
            raise forms.ValidationError(_("Een herstelcode heeft twaalf letters en cijfers."))
        return code


class PasswordForgottenForm(forms.Form):
    username = forms.CharField(
        label=_("Gebruikersnaam"),
        max_length=150,
        help_text=_("Werkt u bij de gemeente? Dan is dit uw e-mailadres."),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Vul uw gebruikersnaam in.")},
    )


class UsernameForgottenForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mailadres"),
        help_text=_("Het adres waarop u e-mail van ons krijgt."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Vul uw e-mailadres in."),
            "invalid": _("Vul een e-mailadres in zoals naam@voorbeeld.nl."),
        },
    )


class NewPasswordForm(forms.Form):
    """A password twice. `user` is who it is for: the rules differ for members and colleagues."""

    # Password managers file the new password under this name.
    username = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Nieuw wachtwoord"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={
            "required": _("Vul een wachtwoord in."),
            "max_length": _("Het wachtwoord is te lang. Gebruik hoogstens 128 tekens."),
        },
    )
    repeated = forms.CharField(
        label=_("Herhaal het wachtwoord"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Vul het wachtwoord nog een keer in.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, initial={"username": user.username}, **kwargs)
        self.user = user
        self.fields["password"].help_text = _(
            "Minstens %(least)s tekens. Een zin van een paar woorden is makkelijk te onthouden en moeilijk te raden."
        ) % {"least": least_length(user)}

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password" in cleaned and "repeated" in cleaned and cleaned["password"] != cleaned["repeated"]:
            self.add_error("repeated", _("De wachtwoorden zijn niet gelijk. Vul ze nog een keer in."))
        return cleaned
