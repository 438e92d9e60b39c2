"""A proposal of the optimiser: who could work where, why, and what could not be filled."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import ProposalState
from elections.models.event import ElectionEvent
from elections.models.fields import PublicIdModel
from elections.models.job import Job
from elections.models.member import Member
from elections.models.plan_change import PlanChange
from elections.models.shift import Shift
from elections.models.user import User


class Proposal(PublicIdModel):
    """One run of the optimiser. It changes nothing before the team takes it over."""

    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="proposals")
    number = models.PositiveIntegerField(_("nummer"))
    state = models.CharField(max_length=12, choices=ProposalState, default=ProposalState.WAITING)
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="proposal")
    # By name of the soft rule 0 (does not count) to 5, and the choices of this run.
    weights = models.JSONField(default=dict)
    keeps_present = models.BooleanField(_("laat iedereen die al is ingedeeld zitten"), default=True)
    seconds = models.PositiveSmallIntegerField(
        _("hoogstens zoveel seconden rekenen"), default=60, validators=[MaxValueValidator(240)]
    )
    method = models.CharField(max_length=10, blank=True)
    objective = models.FloatField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    # What people can count, of the proposal and of the plan at its start: queries.proposal_numbers.
    numbers = models.JSONField(default=dict)
    numbers_before = models.JSONField(default=dict)
    # The moment of the plan and the answers that it calculated with.
    loaded_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    taken_over_at = models.DateTimeField(null=True, blank=True)
    plan_change = models.OneToOneField(
        PlanChange, on_delete=models.SET_NULL, null=True, blank=True, related_name="proposal"
    )

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(fields=("event", "number"), name="proposal_number_unique"),
            models.CheckConstraint(condition=Q(seconds__range=(1, 240)), name="proposal_seconds_possible"),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.TAKEN_OVER) | Q(taken_over_at__isnull=False),
                name="proposal_taken_over_when",
            ),
        )

    def __str__(self) -> str:
        return str(_("Voorstel %(number)s") % {"number": self.number})

    @property
    def is_taken_over(self) -> bool:
        """Whether the plan was made of it, and that was not undone."""
        undone = self.plan_change is not None and self.plan_change.undone_at is not None
        return self.state == ProposalState.TAKEN_OVER and not undone


class ProposedPlacement(models.Model):
    """One member in one shift of a proposal; `parts` are the points by soft rule, which say why."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="placements")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="proposed_placements")
    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="proposed_placements")
    parts = models.JSONField(default=dict)
    # Was there already when the proposal was made, and stays.
    is_present = models.BooleanField(default=False)
    # Was there and would go: the proposal wants this place for somebody else, or this person elsewhere.
    leaves = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("proposal", "member", "shift"), name="proposed_placement_unique"),
            models.CheckConstraint(
                condition=Q(leaves=False) | Q(is_present=True), name="proposed_placement_leaves_from"
            ),
        )

    def __str__(self) -> str:
        return f"{self.member} · {self.shift}"


class UnfilledPlace(models.Model):
    """Places of one shift that a proposal could not fill: why not, as a code; `facts` hold the remedies."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="unfilled")
    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="+")
    count = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=30)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("proposal", "shift"), name="unfilled_place_unique"),
            models.CheckConstraint(condition=Q(count__gt=0), name="unfilled_place_some"),
        )

    def __str__(self) -> str:
        return f"{self.shift}: {self.count}"
