"""How long data are kept, and what members ask about their own data (AVG art. 15-17)."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import PrivacyRequestKind, PrivacyRequestState, RetentionKind
from elections.models.fields import PublicIdModel
from elections.models.member import Member


class RetentionTerm(models.Model):
    """How many days one kind of data is kept. Without a row the default of elections.retention holds."""

    kind = models.CharField(_("gegevens"), max_length=30, choices=RetentionKind, unique=True)
    days = models.PositiveIntegerField(_("dagen"), validators=[MinValueValidator(1)])

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=RetentionKind.values), name="retention_term_kind_known"
            ),
            models.CheckConstraint(condition=models.Q(days__gte=1), name="retention_term_at_least_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.days}"


class PrivacyRequest(PublicIdModel):
    """A member asks the team to erase or correct their data. The answer is a sentence for the member."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="privacy_requests")
    kind = models.CharField(_("vraag"), max_length=20, choices=PrivacyRequestKind)
    state = models.CharField(
        _("stand"), max_length=10, choices=PrivacyRequestState, default=PrivacyRequestState.OPEN
    )
    text = models.TextField(_("toelichting"), max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(_("antwoord"), max_length=2000, blank=True)
    answered_by = models.CharField(max_length=150, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("member", "kind"),
                condition=models.Q(state=PrivacyRequestState.OPEN),
                name="privacy_request_one_open_per_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.member_id}"
