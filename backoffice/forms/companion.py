"""Whom a member meant: one of the members shown, somebody by number, or nobody."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections.models import Member


class CompanionForm(forms.Form):
    """`member`: the button of a member on the page. `number`: typed. `nobody`: the button for that."""

    member = forms.UUIDField(required=False)
    nobody = forms.BooleanField(required=False)
    number = forms.IntegerField(
        label=_("Lidnummer van een ander lid"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("Een lidnummer bestaat uit cijfers.")},
    )
    query = forms.CharField(required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        self.companion: Member | None = None
        if self.errors or found.get("nobody"):
            return found
        members = Member.objects.active()
        if found.get("member"):
            self.companion = members.filter(uuid=found["member"]).first()
        elif found.get("number") is not None:
            self.companion = members.filter(number=found["number"]).first()
        if self.companion is None:
            raise forms.ValidationError(
                gettext("Er is geen actief lid met dit nummer. Kijk het lidnummer na.")
            )
        return found
