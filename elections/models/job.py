"""Long work that staff can see, leave and come back to."""

from django.db import models
from django.utils import timezone

from elections.enums import JobKind, JobState
from elections.models.event import ElectionEvent
from elections.models.fields import PublicIdModel


class Job(PublicIdModel):
    """Progress is `done` of `total`. `errors` is a list of sentences for staff, never with personal secrets."""

    kind = models.CharField(max_length=20, choices=JobKind)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    event = models.ForeignKey(
        ElectionEvent, on_delete=models.CASCADE, null=True, blank=True, related_name="jobs"
    )
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    parameters = models.JSONField(default=dict, blank=True)
    errors = models.JSONField(default=list, blank=True)
    result = models.CharField(max_length=300, blank=True)
    # What the job made, in the municipality's private storage: who may do this kind of work may download it.
    file = models.CharField(max_length=300, blank=True)
    file_name = models.CharField(max_length=150, blank=True)
    started_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.uuid}"

    @property
    def percent(self) -> int:
        if self.state == JobState.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def is_finished(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
