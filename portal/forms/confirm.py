"""The form with which somebody who is logged in proves once more who they are."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.login import MAX_PASSWORD


class PasswordConfirmForm(forms.Form):
    password = forms.CharField(
        label=_("Uw wachtwoord"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Vul uw wachtwoord in.")},
    )
