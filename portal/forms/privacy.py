"""Forms about the member's own data: download them, or ask the team something about them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from elections.enums import PrivacyRequestKind


class DownloadForm(forms.Form):
    """The password once more, before everything is handed over."""

    password = forms.CharField(
        label=_("Uw wachtwoord"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        max_length=200,
        strip=False,
        error_messages={"required": _("Vul uw wachtwoord in.")},
    )


class PrivacyRequestForm(forms.Form):
    """What is wrong, or why the data should go; needed for a correction only."""

    text = forms.CharField(
        label=_("Toelichting"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Schrijf op wat er niet klopt.")},
    )

    def __init__(self, *args: Any, kind: PrivacyRequestKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = kind == PrivacyRequestKind.CORRECT
        if kind == PrivacyRequestKind.CORRECT:
            self.fields["text"].label = _("Wat klopt er niet?")
            self.fields["text"].help_text = _("Schrijf hier geen BSN of rekeningnummer.")
