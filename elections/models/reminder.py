"""The rungs of a reminder ladder: when members who are not done with a part of the portal hear so."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.models.fields import PublicIdModel
from elections.models.portal_step import PortalStep


class Reminder(PublicIdModel):
    """One mail to whoever is not done: at `send_at`, once. `sent_at` and `recipients` are filled when it went.

    days_before: counts from the moment at which the step closes; `send_at` moves along with that.
    is_missed: its moment came while the step was not open, so that nobody was mailed.
    """

    step = models.ForeignKey(PortalStep, on_delete=models.CASCADE, related_name="reminders")
    send_at = models.DateTimeField(_("versturen op"))
    days_before = models.PositiveSmallIntegerField(_("dagen voor sluiting"), null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    is_missed = models.BooleanField(default=False)
    recipients = models.PositiveIntegerField(null=True, blank=True)
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("send_at",)
        constraints = (
            models.UniqueConstraint(fields=("step", "send_at"), name="reminder_moment_unique"),
            models.CheckConstraint(
                condition=Q(sent_at=None, recipients=None)
                | Q(sent_at__isnull=False, recipients__isnull=False),
                name="reminder_sent_to_whom",
            ),
            models.CheckConstraint(
                condition=Q(is_missed=False) | Q(recipients=0), name="reminder_missed_reached_nobody"
            ),
        )

    def __str__(self) -> str:
        return f"{self.step} · {timezone.localtime(self.send_at):%d-%m-%Y %H.%M}"
