"""One step of planning that can be undone as a whole: a move on the board, or a proposal taken over."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from elections.enums import PlanChangeKind
from elections.models.event import ElectionEvent
from elections.models.fields import PublicIdModel
from elections.models.user import User


class PlanChange(PublicIdModel):
    """`steps` are facts about assignments before and after, in the shape of `actions.plan_change`."""

    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="plan_changes")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # No names in words here: whoever is erased must not live on in a text. Pages make the sentence.
    kind = models.CharField(max_length=10, choices=PlanChangeKind)
    steps = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(
                fields=("event", "user", "-created_at"), name="plan_change_last", condition=Q(undone_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({len(self.steps)})"
