"""A file that somebody uploaded, as news, documents and messages keep it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

FILE_NAME_LENGTH = 150
STORED_NAME_LENGTH = 300


class StoredFileModel(models.Model):
    """The bytes lie in the municipality's private storage under `file`, a name that says nothing.

    `media_type` is what the content is, not what the sender said; `digest` (SHA-256) proves that it did not change.
    """

    file = models.CharField(max_length=STORED_NAME_LENGTH)
    file_name = models.CharField(_("bestandsnaam"), max_length=FILE_NAME_LENGTH)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        abstract = True


def has_file() -> Q:
    """For a constraint: the row knows where its bytes are."""
    return ~Q(file="") & ~Q(file_name="") & Q(size__gt=0)
