"""Changing one's own password."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.login import MAX_PASSWORD, NewPasswordForm


class PasswordChangeForm(NewPasswordForm):
    """The password of now, and the new one twice."""

    current = forms.CharField(
        label=_("Uw wachtwoord van nu"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Vul uw wachtwoord van nu in.")},
    )
    field_order = ("username", "current", "password", "repeated")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)
