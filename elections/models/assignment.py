"""Assignment: a member in a shift, from proposed to published."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils import timezone

from elections.enums import ACTIVE_ASSIGNMENT_STATES, AssignmentState
from elections.models.event import ElectionEvent
from elections.models.fields import PublicIdModel
from elections.models.member import Member
from elections.models.shift import Shift

ACTIVE = Q(state__in=ACTIVE_ASSIGNMENT_STATES)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def active(self) -> "AssignmentQuerySet":
        return self.filter(ACTIVE)

    def of_event(self, event: ElectionEvent) -> "AssignmentQuerySet":
        return self.filter(shift__polling_station__event=event)

    def visible_to_member(self) -> "AssignmentQuerySet":
        return self.filter(state=AssignmentState.PUBLISHED)


class Assignment(PublicIdModel):
    """`period` repeats the shift's, so that the database itself refuses two places at one time."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="assignments")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="assignments")
    state = models.CharField(max_length=10, choices=AssignmentState, default=AssignmentState.CONFIRMED)
    period = DateTimeRangeField()
    assigned_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)

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
        )

    def __str__(self) -> str:
        return f"{self.member} · {self.shift}"
