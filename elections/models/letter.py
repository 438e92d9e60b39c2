"""Appointment and the letter that tells it. Kieswet art. E 4: the college appoints, for each election anew."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import LetterState
from elections.models.event import ElectionEvent
from elections.models.fields import PublicIdModel
from elections.models.member import Member


class LetterEdition(PublicIdModel):
    """The municipality's own words in the letters of an event, as saved once; the newest one is in use.

    A trigger refuses every change: of each letter can be told which words it was made with.
    """

    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="letter_editions")
    version = models.PositiveIntegerField(_("versie"))
    blocks = models.JSONField(_("teksten"), default=list)  # rows of elections.letter_texts.LetterBlock
    restored_from = models.PositiveIntegerField(_("teruggezet van versie"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-version",)
        constraints = (
            models.UniqueConstraint(fields=("event", "version"), name="letter_edition_version_unique"),
            models.CheckConstraint(condition=Q(version__gte=1), name="letter_edition_version_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.event} v{self.version}"


class AppointmentLetterQuerySet(models.QuerySet["AppointmentLetter"]):
    def visible_to_member(self) -> "AppointmentLetterQuerySet":
        return self.filter(state=LetterState.PUBLISHED)

    def once_told(self) -> "AppointmentLetterQuerySet":
        """Letters that the member could read at some time, also those that were taken away since."""
        return self.filter(publications__gt=0)


class AppointmentLetter(PublicIdModel):
    """One member's letter in one event. `content_digest` tells whether what it says is still true.

    facts: what `file` says, and published_facts what the member was told last; asdict of LetterFacts.
    changes: what the last publication told anew, as elections.letter_changes.changes_between gives it.
    """

    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="letters")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="letters")
    number = models.PositiveIntegerField(_("briefnummer"))
    state = models.CharField(max_length=10, choices=LetterState, default=LetterState.WAITING)
    job = models.ForeignKey(
        "elections.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="letters"
    )
    content_digest = models.CharField(max_length=64, blank=True)
    # Empty until the letter is made. RESTRICT, not PROTECT: an event takes both along when it goes.
    edition = models.ForeignKey(
        LetterEdition, on_delete=models.RESTRICT, null=True, blank=True, related_name="letters"
    )
    facts = models.JSONField(default=dict, blank=True)
    published_facts = models.JSONField(default=dict, blank=True)
    changes = models.JSONField(default=list, blank=True)
    publications = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=300, blank=True)  # name in the municipality's private storage
    made_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    first_read_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    objects: ClassVar[AppointmentLetterQuerySet] = AppointmentLetterQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("event", "member"), name="letter_one_per_member"),
            models.UniqueConstraint(fields=("event", "number"), name="letter_number_unique"),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The number as printed, e.g. "2026-0012": the year in which the event was made, and `number`."""
        return f"{self.event.created_at.year}-{self.number:04d}"

    @property
    def is_first(self) -> bool:
        """Whether the member was never told anything by this letter."""
        return self.publications == 0
