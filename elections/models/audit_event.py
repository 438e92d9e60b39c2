"""The log of who did what to what, when. Rows are plain text, so that they outlive what they tell about."""

from django.db import models
from django.utils import timezone

from elections.enums import AuditResult


class AuditEvent(models.Model):
    """BIO2 8.15.01: action, object, result, origin, actor and time. Written by elections.audit.record only."""

    at = models.DateTimeField(default=timezone.now)
    action = models.CharField(max_length=60)
    actor = models.CharField(max_length=150)
    actor_id = models.CharField(max_length=40, blank=True)
    origin = models.CharField(max_length=60, blank=True)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    object_label = models.CharField(max_length=200, blank=True)
    result = models.PositiveSmallIntegerField(choices=AuditResult, default=AuditResult.OK)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("object_type", "object_id"), name="audit_by_object"),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.action}"
