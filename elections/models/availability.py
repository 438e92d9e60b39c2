"""What a member answers: availability for day parts, ranked preferences, and with whom they like to work."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import AvailabilityAnswer, PreferenceKind
from elections.models.event import DayPart, ElectionEvent, Position
from elections.models.member import Member
from elections.models.venue import Venue


class AvailabilityResponse(models.Model):
    """A member's whole answer for one event; `submitted_at` is empty while they are still busy."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="availability_responses")
    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="availability_responses")
    remark = models.TextField(_("opmerking"), max_length=1000, blank=True)
    unavailable_reason = models.CharField(_("reden dat u niet kunt"), max_length=300, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # The last time that the member changed any part of the answer: the team sees the newest first.
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("member", "event"), name="availability_response_unique"),
        )

    def __str__(self) -> str:
        return f"{self.member} · {self.event}"


class Availability(models.Model):
    """Yes, if needed or no, for one day part."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="availabilities")
    day_part = models.ForeignKey(DayPart, on_delete=models.CASCADE, related_name="availabilities")
    answer = models.CharField(_("antwoord"), max_length=10, choices=AvailabilityAnswer)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("member", "day_part"), name="availability_unique"),)

    def __str__(self) -> str:
        return f"{self.member} · {self.day_part}: {self.answer}"


class Preference(models.Model):
    """A ranked wish (1 is dearest) for a position, a day part or a venue."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="preferences")
    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=10, choices=PreferenceKind)
    position = models.ForeignKey(Position, on_delete=models.CASCADE, null=True, blank=True)
    day_part = models.ForeignKey(DayPart, on_delete=models.CASCADE, null=True, blank=True)
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, null=True, blank=True)
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("kind", "rank")
        constraints = (
            models.UniqueConstraint(
                fields=("member", "event", "kind", "rank"), name="preference_rank_unique"
            ),
            models.CheckConstraint(
                condition=Q(kind=PreferenceKind.POSITION, position__isnull=False, day_part=None, venue=None)
                | Q(kind=PreferenceKind.DAY_PART, position=None, day_part__isnull=False, venue=None)
                | Q(kind=PreferenceKind.VENUE, position=None, day_part=None, venue__isnull=False),
                name="preference_one_object",
            ),
        )

    def __str__(self) -> str:
        return f"{self.member} {self.rank}: {self.position or self.day_part or self.venue}"


class CompanionWish(models.Model):
    """The person a member likes to work with: a name as typed. `companion` is who the team says that is.

    `settled_at`: when somebody decided who it is, also when it is nobody in the member file; empty waits for the team.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="companion_wishes")
    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="companion_wishes")
    name = models.CharField(_("met wie u graag samenwerkt"), max_length=120)
    companion = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="wished_for"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("member", "event"), name="companion_wish_unique"),
            models.CheckConstraint(
                condition=Q(companion=None) | ~Q(companion=models.F("member")), name="companion_is_another"
            ),
        )

    def __str__(self) -> str:
        return f"{self.member} · {self.name}"
