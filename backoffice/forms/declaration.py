"""The form of a declaration that members confirm."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from elections import normalise
from elections.actions.declaration import DeclarationWording
from elections.models import Declaration
from tenants.forms import TidyField


class DeclarationEditForm(forms.Form):
    """row: the declaration that is changed, with its newest text; None for a new one."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = TidyField(
        normalise.line,
        label=_("Titel"),
        help_text=_("Kort, bijvoorbeeld: Geen kandidaat."),
        max_length=80,
        error_messages={"required": _("Geef de verklaring een titel.")},
    )
    text = forms.CharField(
        label=_("Wat verklaart het lid?"),
        help_text=_("Schrijf in de ik-vorm: Ik sta niet op een kandidatenlijst."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Schrijf op wat het lid verklaart.")},
    )
    why = TidyField(
        normalise.line,
        label=_("Waarom vraagt u dit?"),
        help_text=_("Leden lezen dit bij de verklaring."),
        max_length=300,
        error_messages={"required": _("Schrijf op waarom u dit vraagt.")},
    )
    is_required = forms.BooleanField(
        label=_("Leden moeten dit verklaren"),
        help_text=_("Haal het vinkje weg als leden ook nee mogen zeggen, zoals bij toestemming."),
        required=False,
        initial=True,
    )
    is_active = forms.BooleanField(
        label=_("In gebruik"),
        help_text=_("Haal het vinkje weg om dit niet meer te vragen. De antwoorden blijven bewaard."),
        required=False,
        initial=True,
    )

    def __init__(self, data: Any = None, *, row: Declaration | None = None, text: str = "") -> None:
        super().__init__(data, initial=_initial(row, text) if row else None)
        if row is None:
            del self.fields["is_active"]
        else:
            self.fields["text"].help_text = _(
                "Verandert u deze tekst? Dan vragen wij iedereen opnieuw. De oude tekst blijft bewaard."
            )

    def clean_text(self) -> str:
        """With one kind of line end, so that the same text sent again is no new edition."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").replace("\r", "\n").strip()

    @property
    def wording(self) -> DeclarationWording:
        """What the actions want. Only after `is_valid()`."""
        return DeclarationWording(
            **{name: value for name, value in self.cleaned_data.items() if name != "version"}
        )

    @property
    def version_shown(self) -> int:
        """The version that the page showed. Only after `is_valid()`."""
        return self.cleaned_data["version"] or 0


def _initial(row: Declaration, text: str) -> dict[str, Any]:
    names = ("version", "title", "why", "is_required", "is_active")
    return {name: getattr(row, name) for name in names} | {"text": text}
