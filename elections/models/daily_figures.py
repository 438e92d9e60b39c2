"""The figures of an event as they were on one day, for the trend against the event before."""

from django.db import models
from django.utils import timezone

from elections.models.event import ElectionEvent


class DailyFigures(models.Model):
    """`figures` are whole numbers by name (elections.queries.daily_figures.FIGURES): counts, nothing about anybody.

    day: the local date of the municipality on which they were counted.
    """

    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="daily_figures")
    day = models.DateField()
    figures = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("event", "day")
        constraints = (models.UniqueConstraint(fields=("event", "day"), name="daily_figures_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.event} · {self.day}"
