"""Forms about places that members picked or were offered."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why somebody does not get a place; the member reads it."""

    reason = forms.CharField(
        label=_("Waarom?"),
        help_text=_("Het lid leest dit in het portaal. Schrijf niets op over anderen of over gezondheid."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Vul in waarom. Het lid leest dit."),
            "max_length": _("Maak de reden korter: hoogstens 300 tekens."),
        },
    )
