"""The form that asks what wins when two rows of the member file become one."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.models import Member
from elections.queries.member_merge import BOTH, GONE, KEEP, Difference
from tenants.forms import accept_next_time

PREFIX: Final = "wins"


class MergeForm(forms.Form):
    """A choice for each difference, and the number of the row that goes, typed over: there is no way back."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=30)
    typed = forms.CharField(
        label=gettext_lazy("Typ het lidnummer over van het lid dat verdwijnt"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Vul het lidnummer in.")},
    )

    def __init__(
        self, data: Any = None, *, keep: Member, gone: Member, differences: list[Difference]
    ) -> None:
        self.shown = f"{keep.version}.{gone.version}"
        super().__init__(data, initial={"seen": self.shown})
        self.gone = gone
        self.keys: dict[str, str] = {}
        for number, each in enumerate(differences):
            name = f"{PREFIX}-{number}"
            self.keys[name] = each.key
            choices = [(KEEP, each.keep), (GONE, each.gone)]
            if each.may_both:
                choices.append((BOTH, _("Allebei")))
            self.fields[name] = forms.ChoiceField(
                label=each.label,
                choices=choices,
                widget=forms.RadioSelect,
                initial=each.default,
                error_messages={"required": _("Kies wat u wilt houden.")},
            )
        self.order_fields(["seen", *self.keys, "typed"])
        self.fields["typed"].help_text = _("Dat is %(number)s.") % {"number": gone.number}

    def clean_typed(self) -> str:
        number: str = self.cleaned_data["typed"].strip()
        if number != str(self.gone.number):
            raise forms.ValidationError(_("Dit is niet het lidnummer van het lid dat verdwijnt."))
        return number

    @property
    def choices(self) -> dict[str, str]:
        """What wins, by Difference.key."""
        return {key: self.cleaned_data[name] for name, key in self.keys.items()}

    @property
    def versions(self) -> tuple[int, int]:
        """The versions of both rows as the page showed them; what cannot be read was not on the page."""
        parts = [int(part) if part.isdecimal() else 0 for part in self.cleaned_data["seen"].split(".")]
        return (parts[0], parts[1]) if len(parts) == 2 else (0, 0)

    def look_again(self) -> None:
        """After "changed elsewhere": what is shown now is what the next press is about."""
        accept_next_time(self, seen=self.shown)
