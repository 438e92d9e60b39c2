"""The table of documents and its filter."""

import django_tables2 as tables
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from backoffice.tables.announcement import AnnouncementFilter, AnnouncementTable
from elections.documents.upload import kind_words
from elections.models import Document


class DocumentFilter(AnnouncementFilter):
    """As all announcements."""

    class Meta:
        model = Document
        fields = ("q", "state")


class DocumentTable(AnnouncementTable):
    """With the group of a document, and what its file is."""

    category = tables.Column(verbose_name=_("Soort"), default="–")
    size = tables.Column(verbose_name=_("Bestand"), attrs={"td": {"class": "z-num"}})
    read_count = tables.Column(verbose_name=_("Geopend door"), attrs={"td": {"class": "z-num"}})

    detail = "backoffice:document-detail"
    caption = _("Documenten")

    class Meta:
        sequence = ("title", "category", "size", "...")

    def render_size(self, record: Document) -> str:
        return f"{kind_words(record.file_name)}, {filesizeformat(record.size)}"
