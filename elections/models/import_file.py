"""A spreadsheet that staff uploaded, on its way into the member file or the polling stations."""

from django.db import models
from django.utils import timezone

from elections.enums import ImportState, JobKind
from elections.models.event import ElectionEvent
from elections.models.fields import PublicIdModel


class ImportFile(PublicIdModel):
    """The file lies in private storage until it is read in or thrown away; `digest` proves it did not change."""

    kind = models.CharField(max_length=20, choices=JobKind)
    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, null=True, blank=True)
    original_name = models.CharField(max_length=200)
    file = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict, blank=True)
    options = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    uploaded_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(default=timezone.now)
    imported_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.original_name
