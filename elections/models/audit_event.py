"""The log of who did what to what, when. Rows are plain text, so that they outlive what they tell about."""

import uuid
from datetime import timedelta
from typing import Final

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils import timezone

from elections.enums import AuditResult

# Columns that say something about people. They can be blanked; `actor_id` and `object_id` stay: they are random
# numbers, which say nothing once the account or member they belong to is gone.
PERSONAL_COLUMNS: Final = ("actor", "origin", "object_label", "details", "purpose")
FIXED_COLUMNS: Final = (
    "id",
    "uuid",
    "at",
    "action",
    "actor_id",
    "object_type",
    "object_id",
    "result",
    "request_id",
)
# No event that is younger can be forgotten, whatever asks for it (BIO2 8.18.02: half a year).
MINIMUM_TERM: Final = timedelta(days=180)


class AuditEvent(models.Model):
    """BIO2 8.15.01: action, object, result, origin, actor and time. Written by elections.audit.record only.

    Rows are never changed: triggers and the rights of the database role refuse it. Personal data in them can be
    blanked, by a function of the database that leaves the seals intact.
    """

    uuid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
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
    purpose = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=32, blank=True)
    blanked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("object_type", "object_id"), name="audit_by_object"),
            models.Index(fields=("actor_id", "-id"), name="audit_by_actor"),
            models.Index(fields=("action", "-id"), name="audit_by_action"),
            models.Index(fields=("at",), name="audit_by_moment"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.action}"


class AuditSeal(models.Model):
    """A link of the hash chain: a digest over the rows that it seals and over the seal before it.

    Its number is its key: a column that no digest covers could be changed unseen.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    count = models.PositiveIntegerField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number}"


class AuditSealedRow(models.Model):
    """The digest of one event as it was sealed. No reference to the event: a row that is gone must be missed.

    `personal_digest` covers the columns that say something about people, with a salt of its own; the salt goes when
    those columns are blanked, so that nobody can try values against the digest.
    """

    event = models.PositiveBigIntegerField(primary_key=True)
    seal = models.ForeignKey(AuditSeal, on_delete=models.PROTECT, related_name="rows")
    salt = models.BinaryField(null=True)
    personal_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.event}"
