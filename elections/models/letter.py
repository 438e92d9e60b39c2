"""Appointment and the letter that tells it. Kieswet art. E 4: the college appoints, for each election anew."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import LetterState
from elections.models.event import ElectionEvent
from elections.models.fields import PublicIdModel
from elections.models.member import Member


class LetterTemplate(models.Model):
    """The municipality's own words in the letters of one event; the fixed parts stand in the PDF template."""

    event = models.OneToOneField(ElectionEvent, on_delete=models.CASCADE, related_name="letter_template")
    introduction = models.TextField(_("inleiding"), max_length=3000, blank=True)
    duties = models.TextField(_("wat wij van u vragen"), max_length=3000, blank=True)
    closing = models.TextField(_("afsluiting"), max_length=3000, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.event} v{self.version}"


class AppointmentLetterQuerySet(models.QuerySet["AppointmentLetter"]):
    def visible_to_member(self) -> "AppointmentLetterQuerySet":
        return self.filter(state=LetterState.PUBLISHED)


class AppointmentLetter(PublicIdModel):
    """One member's letter in one event. `content_digest` tells whether what it says is still true."""

    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="letters")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="letters")
    number = models.PositiveIntegerField(_("briefnummer"))
    state = models.CharField(max_length=10, choices=LetterState, default=LetterState.WAITING)
    job = models.ForeignKey(
        "elections.Job", on_delete=models.SET_NULL, null=True, blank=True, related_name="letters"
    )
    content_digest = models.CharField(max_length=64, blank=True)
    template_version = models.PositiveIntegerField(default=1)
    file = models.CharField(max_length=300, blank=True)  # name in the municipality's private storage
    made_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    first_read_at = models.DateTimeField(null=True, blank=True)
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
