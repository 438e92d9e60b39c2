"""What a colleague hears from a member on the telephone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from elections.actions.placement import MAX_REASON
from tenants.forms import accept_next_time

COMES, DECLINES = "yes", "no"


class PlacementAnswerForm(forms.Form):
    """Yes, or no with the reason; and which version of the place the page showed."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=_("Wat zei dit lid?"),
        choices=((COMES, _("Ja, ik kom")), (DECLINES, _("Nee, ik kan toch niet"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies ja of nee."), "invalid_choice": _("Kies ja of nee.")},
    )
    reason = forms.CharField(
        label=_("Waarom niet?"),
        help_text=_("Alleen bij nee. Een paar woorden is genoeg. Schrijf niets op over gezondheid."),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Maak de reden korter: hoogstens 300 tekens.")},
    )

    def clean_version(self) -> int:
        """Without a version it is that of no page."""
        return self.cleaned_data["version"] or 0

    def look_again(self, version: int) -> None:
        """After "changed in the meantime": keep what was typed, and accept it when it is sent once more."""
        accept_next_time(self, version=version)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("answer") == DECLINES and not self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", _("Vul in waarom dit lid niet kan."))
        return self.cleaned_data
