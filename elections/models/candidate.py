"""Candidates on the lists of an election, and members who may be one of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from elections.enums import ClashState
from elections.models.event import Election
from elections.models.fields import PublicIdModel
from elections.models.member import Member
from elections.models.user import User


class Candidate(models.Model):
    """One candidate of an EML_NL 230b list: public data, kept as long as the event."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="candidates")
    list_number = models.PositiveSmallIntegerField(_("lijst"))
    list_name = models.CharField(_("naam van de lijst"), max_length=200, blank=True)
    number = models.PositiveSmallIntegerField(_("nummer op de lijst"))
    initials = models.CharField(_("voorletters"), max_length=30, blank=True)
    first_name = models.CharField(_("roepnaam"), max_length=100, blank=True)
    infix = models.CharField(_("tussenvoegsel"), max_length=30, blank=True)
    last_name = models.CharField(_("achternaam"), max_length=200)
    city = models.CharField(_("woonplaats"), max_length=100, blank=True)

    class Meta:
        ordering = ("election", "list_number", "number")
        constraints = (
            models.UniqueConstraint(fields=("election", "list_number", "number"), name="candidate_unique"),
        )

    def __str__(self) -> str:
        name = self.initials or self.first_name
        return " ".join(part for part in (name, self.infix, self.last_name) if part)


class CandidateClash(PublicIdModel):
    """A member with the name of a candidate. The team says whether it is the same person."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="clashes")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="clashes")
    state = models.CharField(max_length=5, choices=ClashState, default=ClashState.OPEN)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("member", "candidate"), name="candidate_clash_unique"),
            models.CheckConstraint(
                condition=Q(state=ClashState.OPEN, decided_at=None)
                | ~Q(state=ClashState.OPEN) & Q(decided_at__isnull=False),
                name="candidate_clash_decided_when",
            ),
        )

    def __str__(self) -> str:
        return f"{self.member} · {self.candidate}"
