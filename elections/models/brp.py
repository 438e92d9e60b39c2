"""The population register (BRP): the municipality's connection to it, and what it said about members."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import BrpFindingKind, BrpFindingState, BrpOutcome, BrpSubject
from elections.models.fields import PublicIdModel
from elections.models.member import Member

# As long as the log keeps it (AuditEvent.purpose); gateways keep 242 (GEMMA Verwerkingenlogging). The signs are those
# that an HTTP header can hold without being rewritten on the way.
LOG_LENGTH = 200
PLAIN = RegexValidator(
    r"^[ -~]*$", _("Gebruik alleen gewone letters, cijfers en leestekens, zonder accenten.")
)
OIN = RegexValidator(r"^(\d{20})?$", _("Een OIN heeft twintig cijfers."))


class BrpConnection(PublicIdModel):
    """How this municipality asks the BRP (Haal Centraal BRP Personen API 2), and what it may ask.

    Address, key and certificates are set by the system administrator (`manage.py brp`); purpose and subjects follow
    from the municipality's own decision of authorisation and are set by its administrators. Off until both are there.
    """

    url = models.URLField(_("adres van de API"), max_length=300)
    oin = models.CharField(_("OIN"), max_length=20, blank=True, validators=[OIN])
    # Files on the server, for a gateway with a private root or one that asks for a client certificate (PKIoverheid).
    ca_file = models.CharField(max_length=300, blank=True)
    certificate_file = models.CharField(max_length=300, blank=True)
    purpose = models.CharField(_("doelbinding"), max_length=LOG_LENGTH, blank=True, validators=[PLAIN])
    processing = models.CharField(_("verwerking"), max_length=LOG_LENGTH, blank=True, validators=[PLAIN])
    subjects = ArrayField(
        models.CharField(max_length=20, choices=BrpSubject),
        verbose_name=_("wat u mag opvragen"),
        default=list,
        blank=True,
    )
    is_active = models.BooleanField(_("actief"), default=False)
    # After too many failures in a row nothing is asked until `paused_until` (elections.brp.answered, .failed).
    failures = models.PositiveSmallIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)
    only_one = models.BooleanField(default=True, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("only_one",), name="brp_connection_one"),
            models.CheckConstraint(condition=Q(only_one=True), name="brp_connection_only_true"),
            models.CheckConstraint(
                condition=Q(subjects__contained_by=BrpSubject.values), name="brp_connection_subjects_known"
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | ~Q(purpose="") & Q(subjects__len__gt=0),
                name="brp_connection_active_has_purpose",
            ),
        )

    def __str__(self) -> str:
        return self.url

    @property
    def is_paused(self) -> bool:
        return self.paused_until is not None and self.paused_until > timezone.now()


class BrpCheck(models.Model):
    """When a member was last looked up in the BRP, and what came of it."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="brp_check")
    checked_at = models.DateTimeField(_("gecontroleerd op"), default=timezone.now)
    outcome = models.CharField(_("uitkomst"), max_length=10, choices=BrpOutcome)

    class Meta:
        indexes = (models.Index(fields=("checked_at",), name="brp_check_by_moment"),)

    def __str__(self) -> str:
        return f"{self.member_id} {self.outcome}"


class BrpFindingQuerySet(models.QuerySet["BrpFinding"]):
    def waiting(self) -> "BrpFindingQuerySet":
        """Those that nobody decided on yet."""
        return self.filter(state=BrpFindingState.OPEN)


class BrpFinding(PublicIdModel):
    """A difference between the BRP and the member file, until a colleague decides; at most one of a kind is open.

    An address is kept as long as the finding is open, and only its digest after that: so that the same news is not
    told twice, and nobody keeps an address that nobody uses.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="brp_findings")
    kind = models.CharField(_("wat"), max_length=20, choices=BrpFindingKind)
    state = models.CharField(_("stand"), max_length=10, choices=BrpFindingState, default=BrpFindingState.OPEN)
    street = models.CharField(_("straat"), max_length=100, blank=True)
    house_number = models.CharField(_("huisnummer"), max_length=20, blank=True)
    postcode = models.CharField(_("postcode"), max_length=7, blank=True)
    city = models.CharField(_("plaats"), max_length=80, blank=True)
    # In the register's own words, such as "12 maart 2026" or "maart 2026": a day may be unknown there.
    since = models.CharField(_("sinds"), max_length=20, blank=True)
    is_investigated = models.BooleanField(_("in onderzoek"), default=False)
    fingerprint = models.CharField(max_length=64)
    found_at = models.DateTimeField(_("gevonden op"), default=timezone.now)
    settled_at = models.DateTimeField(_("besloten op"), null=True, blank=True)
    settled_by = models.CharField(_("besloten door"), max_length=150, blank=True)

    objects: ClassVar[BrpFindingQuerySet] = BrpFindingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("member", "kind"),
                condition=Q(state=BrpFindingState.OPEN),
                name="brp_finding_one_open_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(state=BrpFindingState.OPEN, settled_at=None)
                | ~Q(state=BrpFindingState.OPEN) & Q(settled_at__isnull=False),
                name="brp_finding_settled_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(kind=BrpFindingKind.ADDRESS, state=BrpFindingState.OPEN)
                | Q(street="", house_number="", postcode="", city=""),
                name="brp_finding_address_only_while_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.member_id}"

    @property
    def asks_first(self) -> bool:
        """Whether accepting it is asked about once more: it takes somebody out of use, or shows what was hidden."""
        return self.kind in (BrpFindingKind.DECEASED, BrpFindingKind.SECRECY_ENDED)

    @property
    def address_line(self) -> str:
        return f"{self.street} {self.house_number}".strip()

    @property
    def city_line(self) -> str:
        return f"{self.postcode}  {self.city}".strip()

    def settle(self, state: BrpFindingState, *, by: str, at: datetime) -> None:
        """End the finding and forget the address, without saving; part of elections.actions.brp_finding."""
        self.state, self.settled_by, self.settled_at = state, by, at
        self.street = self.house_number = self.postcode = self.city = ""
