"""Files made available to all members or to a selection."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.models.member import Member
from elections.models.publication import PublicationModel, publication_constraints
from elections.models.stored_file import StoredFileModel, has_file


class Document(PublicationModel, StoredFileModel):
    """The title is what members read; `category` groups the list, in the team's own words."""

    category = models.CharField(_("soort"), max_length=60, blank=True)
    description = models.CharField(_("uitleg"), max_length=300, blank=True)

    class Meta:
        ordering = ("category", "title", "pk")
        constraints = (
            *publication_constraints("document"),
            models.CheckConstraint(condition=has_file(), name="document_has_file"),
        )


class DocumentReading(models.Model):
    """Who opened a document, and when for the first time."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="readings")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="document_readings")
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("document", "member"), name="document_reading_once"),)

    def __str__(self) -> str:
        return f"{self.document} · {self.member}"
