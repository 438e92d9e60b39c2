"""Signing up: the public form, what people sent with it, and what came from another municipality."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import ApplicationState, RefusalReason
from elections.models.fields import PublicIdModel, SortKey
from elections.models.member import Member, whole_years
from tenants import signing

PURPOSE: Final = "application"
# How long somebody has to answer the mail. After that the application is deleted, unseen by the team.
CONFIRM_WITHIN: Final = timedelta(days=3)
# Applications that the team still has to do with.
WAITING: Final = (ApplicationState.OPEN, ApplicationState.KEPT)
DECIDED: Final = (ApplicationState.ACCEPTED, ApplicationState.REFUSED, ApplicationState.TRANSFERRED)


class SignUp(models.Model):
    """Whether the public form is open, and what it says. One row; without it the form is closed."""

    is_open = models.BooleanField(_("aanmelden is open"), default=False)
    text = models.TextField(_("tekst boven het formulier"), max_length=2000, blank=True)
    closed_text = models.TextField(_("tekst als aanmelden dicht is"), max_length=1000, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="sign_up_one_row"),)

    def __str__(self) -> str:
        return str(_("aanmelden"))


class ApplicationQuerySet(models.QuerySet["Application"]):
    def unconfirmed(self) -> "ApplicationQuerySet":
        return self.filter(state=ApplicationState.UNCONFIRMED)

    def confirmed(self) -> "ApplicationQuerySet":
        """What the team may see: whoever sent the others did not prove that the address is theirs."""
        return self.exclude(state=ApplicationState.UNCONFIRMED)

    def waiting(self) -> "ApplicationQuerySet":
        return self.filter(state__in=WAITING)

    def search(self, text: str) -> "ApplicationQuerySet":
        """Those in whose name, e-mail address or phone number every word of `text` occurs."""
        found = self
        for word in text.replace("\x00", "").split():
            found = found.filter(search_text__contains=SortKey(models.Value(word)))
        return found

    def by_token(self, token: str) -> "Application | None":
        """The application that a link was made for; None for a token that we did not make here."""
        try:
            uuid = signing.unsign(token, purpose=PURPOSE)
        except signing.BadSignature:
            return None
        return self.filter(uuid=uuid).first()


class Application(PublicIdModel):
    """Somebody who wants to help. Not a member: the team accepts, refuses, keeps or passes on the application."""

    state = models.CharField(
        _("stand"), max_length=12, choices=ApplicationState, default=ApplicationState.UNCONFIRMED
    )
    first_name = models.CharField(_("voornaam"), max_length=60)
    infix = models.CharField(_("tussenvoegsel"), max_length=20, blank=True)
    last_name = models.CharField(_("achternaam"), max_length=100)
    birth_date = models.DateField(_("geboortedatum"))
    email = models.EmailField(_("e-mailadres"))
    phone = models.CharField(_("telefoonnummer"), max_length=20)
    city = models.CharField(_("woonplaats"), max_length=80)
    has_experience = models.BooleanField(_("werkte eerder op een stembureau"), default=False)
    remark = models.TextField(_("toelichting"), max_length=1000, blank=True)
    may_keep = models.BooleanField(_("mag bewaard worden voor later"), default=False)
    # The random number in the form that was sent: a double click sends one application.
    form_key = models.CharField(max_length=64, blank=True)

    created_at = models.DateTimeField(_("aangemeld op"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("bevestigd op"), null=True, blank=True)
    decided_at = models.DateTimeField(_("besloten op"), null=True, blank=True)
    decided_by = models.CharField(_("besloten door"), max_length=150, blank=True)
    refusal = models.CharField(_("reden"), max_length=12, choices=RefusalReason, blank=True)
    member = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="applications"
    )

    # Where the application may go, the words to which the person said yes, and the file that was made of it.
    target_code = models.CharField(max_length=6, blank=True)
    target_name = models.CharField(_("andere gemeente"), max_length=100, blank=True)
    transfer_asked_at = models.DateTimeField(_("gevraagd op"), null=True, blank=True)
    transfer_agreed_at = models.DateTimeField(_("toestemming op"), null=True, blank=True)
    transfer_words = models.TextField(_("toestemming"), blank=True)
    package_id = models.UUIDField(null=True, blank=True, unique=True)
    package_expires_at = models.DateTimeField(null=True, blank=True)
    # The municipality that passed this application on to us.
    origin_name = models.CharField(_("doorgegeven door"), max_length=100, blank=True)

    search_text = models.GeneratedField(
        expression=SortKey(
            models.functions.Concat(
                *(
                    part
                    for name in ("first_name", "infix", "last_name", "email", "phone")
                    for part in (models.functions.Cast(name, models.TextField()), models.Value(" "))
                ),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    # None are asked; the comparison with members (elections.same_person) reads them.
    initials = ""

    objects: ClassVar[ApplicationQuerySet] = ApplicationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = (models.Index(fields=("state", "-created_at"), name="application_by_state"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=ApplicationState.values), name="application_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(first_name="") & ~Q(last_name=""), name="application_name_filled"
            ),
            models.CheckConstraint(
                condition=Q(state=ApplicationState.UNCONFIRMED, confirmed_at=None)
                | ~Q(state=ApplicationState.UNCONFIRMED) & Q(confirmed_at__isnull=False),
                name="application_confirmed_when_seen",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(ApplicationState.UNCONFIRMED, ApplicationState.OPEN), decided_at=None)
                | ~Q(state__in=(ApplicationState.UNCONFIRMED, ApplicationState.OPEN))
                & Q(decided_at__isnull=False),
                name="application_decided_when_done",
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.KEPT) | Q(may_keep=True),
                name="application_kept_with_consent",
            ),
            models.CheckConstraint(
                condition=Q(package_id=None) | Q(transfer_agreed_at__isnull=False) & ~Q(transfer_words=""),
                name="application_package_with_consent",
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.TRANSFERRED) | Q(package_id__isnull=False),
                name="application_transferred_in_package",
            ),
            models.UniqueConstraint(
                "form_key",
                Lower("email"),
                condition=~Q(form_key=""),
                name="application_once_per_form_and_address",
            ),
        )

    def __str__(self) -> str:
        """For the log: no name, so that nothing of it is left there when the application is deleted."""
        return str(_("aanmelding %(number)s") % {"number": self.pk})

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.infix, self.last_name) if part)

    @property
    def age(self) -> int:
        """In whole years today, in the time zone of the municipality."""
        return whole_years(self.birth_date, timezone.localdate())

    @property
    def token(self) -> str:
        """What stands in the links that are mailed to this person; worth nothing at another municipality."""
        return signing.sign(self.uuid.hex, purpose=PURPOSE)

    @property
    def confirm_before(self) -> datetime:
        """Until when the link in the first mail works."""
        return self.created_at + CONFIRM_WITHIN

    @property
    def may_be_passed_on(self) -> bool:
        """Whether the person said yes to the municipality that was asked for."""
        return bool(self.target_code and self.transfer_agreed_at)


class TransferReceipt(models.Model):
    """A package of another municipality that was read in: a package counts once, also when its application is gone."""

    package_id = models.UUIDField(unique=True)
    source_code = models.CharField(max_length=6)
    received_at = models.DateTimeField(default=timezone.now)
    # After this the package is refused for its age, and the row may go.
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source_code} {self.received_at:%Y-%m-%d}"
