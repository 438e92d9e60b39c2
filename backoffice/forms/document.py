"""The form of a document."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.forms.announcement import AnnouncementForm
from elections import normalise
from elections.actions.document import About
from elections.documents.upload import ACCEPT, most_megabytes
from elections.models import Document
from tenants.forms import TidyField


class DocumentForm(AnnouncementForm):
    """A file with its title and group, and when. A new file is only asked for when there is none yet."""

    file = forms.FileField(
        label=_("Bestand"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=format_lazy(
            _("PDF, Word, Excel, LibreOffice, afbeelding of tekst. Hoogstens {limit} MB."),
            limit=most_megabytes(),
        ),
        error_messages={"required": _("Kies een bestand."), "empty": _("Dit bestand is leeg.")},
    )
    category = TidyField(
        normalise.line,
        label=_("Soort"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "categories"}),
        help_text=_("Documenten van één soort staan bij elkaar. Bijvoorbeeld: instructies."),
    )
    description = TidyField(
        normalise.line,
        label=_("Uitleg"),
        max_length=300,
        required=False,
        help_text=_("Eén of twee zinnen: wat is het, en waarvoor?"),
    )
    field_order = ("version", "title", "file", "category", "description")

    def __init__(self, *args: Any, row: Document | None = None, **kwargs: Any) -> None:
        initial = {"category": row.category, "description": row.description} if row else {}
        super().__init__(*args, row=row, initial=initial, **kwargs)
        if row:
            field = self.fields["file"]
            field.required = False
            field.label = _("Ander bestand")
            field.help_text = _(
                "Alleen als u het bestand vervangt. Het document is dan voor iedereen weer nieuw, en leden "
                "krijgen er opnieuw een e-mail over als u daarvoor koos."
            )

    @property
    def about(self) -> About:
        """What the actions want beside the posting. Only after `is_valid()`."""
        return About(self.cleaned_data["category"], self.cleaned_data["description"])
