"""Assignment: a member in a shift, from proposed to published; and what changed for the member after that."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils import timezone

from elections.enums import (
    ACTIVE_ASSIGNMENT_STATES,
    AssignmentSource,
    AssignmentState,
    PlacementChangeKind,
)
from elections.models.event import ElectionEvent
from elections.models.fields import PublicIdModel
from elections.models.member import Member
from elections.models.shift import Shift
from elections.models.user import User

ACTIVE = Q(state__in=ACTIVE_ASSIGNMENT_STATES)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def active(self) -> "AssignmentQuerySet":
        return self.filter(ACTIVE)

    def of_event(self, event: ElectionEvent) -> "AssignmentQuerySet":
        return self.filter(shift__polling_station__event=event)

    def visible_to_member(self) -> "AssignmentQuerySet":
        """What members see: published places, and those taken back of which the members were not told yet."""
        told = Q(state__in=(AssignmentState.PUBLISHED, AssignmentState.CANCELLED))
        return self.filter(told, published_at__isnull=False, retracted_at=None)


class Assignment(PublicIdModel):
    """`period` repeats the shift's, so that the database itself refuses two places at one time."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="assignments")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="assignments")
    state = models.CharField(max_length=10, choices=AssignmentState, default=AssignmentState.CONFIRMED)
    period = DateTimeRangeField()
    source = models.CharField(max_length=12, choices=AssignmentSource, default=AssignmentSource.STAFF)
    assigned_at = models.DateTimeField(default=timezone.now)
    assigned_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Raised by every change: whoever moves what they saw a minute ago hears that a colleague was first.
    version = models.PositiveIntegerField(default=1)
    is_locked = models.BooleanField(default=False)  # a proposal leaves it where it is
    # Why it ended, in the words of the member or the team.
    end_reason = models.CharField(max_length=300, blank=True)

    published_at = models.DateTimeField(null=True, blank=True)
    # When the member was told that a published place is no longer theirs.
    retracted_at = models.DateTimeField(null=True, blank=True)
    # The published place for which this one comes in its stead.
    replaces = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # The member's own answer: an offer or a published place must be answered before `answer_due_at`.
    answer_due_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AssignmentQuerySet] = AssignmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("member", "shift"), condition=ACTIVE, name="assignment_once_per_shift"
            ),
            ExclusionConstraint(
                name="assignment_no_overlap",
                expressions=(("period", RangeOperators.OVERLAPS), ("member", RangeOperators.EQUAL)),
                condition=ACTIVE,
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None) | Q(accepted_at=None), name="assignment_one_answer"
            ),
            models.CheckConstraint(
                condition=~Q(state=AssignmentState.PROPOSED) | Q(answer_due_at__isnull=False),
                name="assignment_offer_has_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(state=AssignmentState.PUBLISHED) & Q(retracted_at=None)
                | Q(published_at__isnull=False),
                name="assignment_published_when",
            ),
            models.CheckConstraint(
                condition=Q(state=AssignmentState.DECLINED, declined_at__isnull=False)
                | ~Q(state=AssignmentState.DECLINED) & Q(declined_at=None),
                name="assignment_declined_when",
            ),
        )
        indexes = (
            models.Index(
                fields=("answer_due_at",),
                name="assignment_open_offer",
                condition=Q(state=AssignmentState.PROPOSED),
            ),
        )

    def __str__(self) -> str:
        return f"{self.member} · {self.shift}"


class PlacementChange(PublicIdModel):
    """What became different for a member after publishing. `before` and `after` hold words as shown then."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="placement_changes")
    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="placement_changes")
    assignment = models.ForeignKey(Assignment, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=PlacementChangeKind)
    # Keys: station, address, position, day, time, arrival; empty where there is nothing (any more).
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        indexes = (
            models.Index(
                fields=("member", "event"), name="placement_change_unseen", condition=Q(seen_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.member} · {self.get_kind_display()}"
