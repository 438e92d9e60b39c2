"""What the team is asked before something happens with many members; each form carries the sealed selection."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.forms.conversation import GroupMessageForm
from backoffice.forms.member import SealedForm
from elections.enums import LabelSheet
from elections.exports.sheet import CSV, ODS, XLSX


class SelectionMessageForm(GroupMessageForm):
    """A message to a selection. `selection`: see backoffice/selection.py."""

    selection = SealedForm.base_fields["selection"]

    def __init__(self, *args: Any, sealed: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["selection"].initial = sealed
        del self.fields["version"]


class AddressLabelForm(SealedForm):
    sheet = forms.ChoiceField(
        label=_("Op welk vel?"),
        choices=LabelSheet.choices,
        widget=forms.RadioSelect,
        initial=LabelSheet.TWENTY_FOUR.value,
        help_text=_("De maat staat op de verpakking. Print op 100 %, niet passend op het papier."),
    )


class ExportForm(SealedForm):
    file_format = forms.ChoiceField(
        label=_("In wat voor bestand?"),
        choices=((XLSX, _("Excel (.xlsx)")), (ODS, _("LibreOffice (.ods)")), (CSV, _("CSV (.csv)"))),
        widget=forms.RadioSelect,
        initial=XLSX,
    )
