"""Changes of their own data that members ask for and the team looks at first."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import DataChangeState, DataSubject
from elections.models.fields import PublicIdModel
from elections.models.member import Member


class ApprovedSubject(models.Model):
    """A subject of which the team wants to see each change first; without a row a change counts at once."""

    subject = models.CharField(_("gegeven"), max_length=20, choices=DataSubject, unique=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(subject__in=DataSubject.values), name="approved_subject_known"
            ),
        )

    def __str__(self) -> str:
        return str(DataSubject(self.subject).label)


class PersonalDataChange(PublicIdModel):
    """What one member wants to change. `values`: by name of the field of Member; a date as in ISO 8601.

    A member who changes their mind while it waits changes this row: there is one that waits for each subject.
    `reason`: why not, a sentence for the member.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="data_changes")
    subject = models.CharField(_("gegeven"), max_length=20, choices=DataSubject)
    values = models.JSONField()
    state = models.CharField(
        _("stand"), max_length=10, choices=DataChangeState, default=DataChangeState.WAITING
    )
    asked_at = models.DateTimeField(_("gevraagd op"), default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(_("reden"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("member", "subject"),
                condition=Q(state=DataChangeState.WAITING),
                name="personal_data_change_one_waits",
            ),
            models.CheckConstraint(
                condition=Q(state=DataChangeState.WAITING, decided_at=None)
                | (~Q(state=DataChangeState.WAITING) & Q(decided_at__isnull=False)),
                name="personal_data_change_decided_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state=DataChangeState.REFUSED) | ~Q(reason=""),
                name="personal_data_change_refused_has_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{DataSubject(self.subject).label} · {self.member}"
