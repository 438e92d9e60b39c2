"""Forms of the import of members: the file, what is in its columns, and what to do with possible doubles."""

from typing import Any, Final

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections.documents.upload import most_megabytes
from elections.imports.member_columns import Mapping, column_choices
from elections.imports.member_plan import DoubleChoice, DoubleChoices, PlannedRow
from elections.imports.reader import ACCEPT
from tenants.forms import accept_next_time

SINGLE_CHOICES: Final = 100
"""So many possible doubles can be chosen one by one; for more there is only the choice for all."""


class MemberFileForm(forms.Form):
    file = forms.FileField(
        label=_("Bestand met leden"),
        help_text=format_lazy(
            _(
                "Een bestand van Excel (.xlsx) of LibreOffice (.ods), of CSV. Hoogstens 20.000 rijen en {limit} MB."
            ),
            limit=most_megabytes(),
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={
            "required": _("Kies een bestand."),
            "empty": _("Dit bestand is leeg. Controleer of u het goede bestand hebt gekozen."),
            "missing": _("Kies een bestand."),
            "max_length": _("De naam van dit bestand is te lang. Geef het een kortere naam."),
            "invalid": _("Het bestand is niet goed aangekomen. Probeer het opnieuw."),
        },
    )


class ColumnsForm(forms.Form):
    """One choice for every column of the file."""

    def __init__(self, headers: list[str], mapping: dict[str, str], data: Any = None) -> None:
        super().__init__(data)
        choices = [("", gettext("Niet inlezen")), *column_choices().items()]
        for index, header in enumerate(headers):
            self.fields[_name(index)] = forms.ChoiceField(
                label=header, choices=choices, required=False, initial=mapping.get(str(index), "")
            )

    @property
    def mapping(self) -> Mapping:
        """What was chosen, without the columns that are not read."""
        return {
            index: self.cleaned_data[_name(index)]
            for index in range(len(self.fields))
            if self.cleaned_data.get(_name(index))
        }


class DoublesForm(forms.Form):
    """What to do with people who may be in the member file already, for all and for single ones."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    doubles = forms.ChoiceField(
        label=_("Wat doen wij met mogelijk dubbele leden?"),
        choices=DoubleChoice.choices,
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, doubles: list[PlannedRow], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not doubles:
            del self.fields["doubles"]
        self.rows = [planned.row.number for planned in doubles[:SINGLE_CHOICES]]
        for planned in doubles[:SINGLE_CHOICES]:
            self.fields[_row(planned.row.number)] = forms.ChoiceField(
                label=gettext("Keuze voor rij %(row)s") % {"row": planned.row.number},
                choices=[("", gettext("Zoals hierboven gekozen")), *DoubleChoice.choices],
                required=False,
            )

    def look_again(self, seen: str) -> None:
        """After "changed in the meantime": the page that is shown now is the one that counts."""
        accept_next_time(self, seen=seen)

    @property
    def choices(self) -> DoubleChoices:
        """What was chosen; the default is to leave possible doubles alone."""
        rows = {row: choice for row in self.rows if (choice := self.cleaned_data.get(_row(row)))}
        return DoubleChoices(self.cleaned_data.get("doubles") or DoubleChoice.SKIP, rows)


class UndoForm(forms.Form):
    """That an import is to be undone; `seen` is the plan that was on the screen."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def look_again(self, seen: str) -> None:
        """As that of DoublesForm."""
        accept_next_time(self, seen=seen)


def _name(index: int) -> str:
    return f"column_{index}"


def _row(number: int) -> str:
    return f"row_{number}"
