"""Municipalities and their addresses: the only tables in the public schema."""

import hashlib
import zoneinfo
from functools import cached_property

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from tenants.colours import validate_hex_colour
from tenants.words import MUNICIPALITY_WORDS, PUBLIC_BODY_WORDS, Words

DEFAULT_ACCENT = "#154273"
DOMAIN_PATTERN = r"^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$"


class MunicipalityKind(models.TextChoices):
    MUNICIPALITY = "municipality", _("gemeente")
    PUBLIC_BODY = "public_body", _("openbaar lichaam")


class Corners(models.TextChoices):
    SQUARE = "square", _("recht")
    SOFT = "soft", _("een beetje rond")
    ROUND = "round", _("rond")


class AccessibilityStatus(models.TextChoices):
    """The statuses of the Dutch statement (Besluit digitale toegankelijkheid overheid), and the honest default."""

    UNKNOWN = "unknown", _("nog niet onderzocht")
    FULL = "full", _("voldoet volledig (status A)")
    PARTIAL = "partial", _("voldoet gedeeltelijk (status B)")
    FIRST_STEPS = "first_steps", _("eerste maatregelen genomen (status C)")
    NOT = "not", _("voldoet niet (status D)")


CHECKED_STATUSES = (AccessibilityStatus.FULL, AccessibilityStatus.PARTIAL)
"""Statuses that ask a whole and recent check."""


class MunicipalityStatus(models.TextChoices):
    ACTIVE = "active", _("actief")
    SUSPENDED = "suspended", _("geblokkeerd")


def validate_time_zone(value: str) -> None:
    """Accept only names of the IANA time zone database, such as Europe/Amsterdam.

    Raises:
        ValidationError: for a name that does not exist.
    """
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("De tijdzone “%(value)s” bestaat niet."), params={"value": value}, code="time_zone"
        )


class MunicipalityQuerySet(models.QuerySet["Municipality"]):
    def active(self) -> "MunicipalityQuerySet":
        """Municipalities whose pages are open and whose tasks run."""
        return self.filter(status=MunicipalityStatus.ACTIVE)


class Municipality(TenantMixin):
    """A tenant: one municipality or public body, with a PostgreSQL schema of its own.

    Rows are made by `tenants.provisioning.create_municipality`, never by `save()` alone: a row without a
    schema would break every migration. The schema name is the code in lower case and never changes.
    """

    auto_create_schema = False
    auto_drop_schema = False

    code = models.CharField(
        _("code"),
        max_length=6,
        unique=True,
        validators=[RegexValidator(r"^GM\d{4}$", _("De code is GM met vier cijfers, bijvoorbeeld GM0363."))],
        help_text=_("De CBS-code: GM met vier cijfers."),
    )
    name = models.CharField(_("naam"), max_length=80, help_text=_("Zonder “Gemeente” ervoor."))
    kind = models.CharField(
        _("soort"), max_length=20, choices=MunicipalityKind.choices, default=MunicipalityKind.MUNICIPALITY
    )
    status = models.CharField(
        _("status"), max_length=20, choices=MunicipalityStatus.choices, default=MunicipalityStatus.ACTIVE
    )
    time_zone = models.CharField(
        _("tijdzone"), max_length=40, default="Europe/Amsterdam", validators=[validate_time_zone]
    )
    email = models.EmailField(_("e-mailadres van het team verkiezingen"), blank=True)
    phone = models.CharField(_("telefoonnummer van het team verkiezingen"), max_length=20, blank=True)
    from_name = models.CharField(
        _("afzender van e-mails"), max_length=80, blank=True, help_text=_("Leeg: de naam van de gemeente.")
    )
    accent = models.CharField(
        _("huisstijlkleur"), max_length=7, default=DEFAULT_ACCENT, validators=[validate_hex_colour]
    )
    head = models.CharField(
        _("kleur van de kop"),
        max_length=7,
        blank=True,
        validators=[validate_hex_colour],
        help_text=_("Leeg: de huisstijlkleur."),
    )
    corners = models.CharField(_("hoeken"), max_length=10, choices=Corners.choices, default=Corners.SOFT)
    opening_hours = models.CharField(
        _("openingstijden van het team verkiezingen"), max_length=200, blank=True
    )
    logo_version = models.CharField(max_length=16, blank=True, editable=False)
    background_version = models.CharField(max_length=16, blank=True, editable=False)
    tokens_version = models.CharField(max_length=16, blank=True, editable=False)
    suspended_at = models.DateTimeField(_("geblokkeerd sinds"), null=True, editable=False)
    delete_from = models.DateField(
        _("te verwijderen vanaf"),
        null=True,
        editable=False,
        help_text=_("De eerste dag waarop alles van deze gemeente mag worden verwijderd."),
    )
    key_share = models.PositiveSmallIntegerField(null=True, unique=True, editable=False)
    """Number of the share in the master key file that its data keys need; see elections.master_keys."""
    backed_up_at = models.DateTimeField(null=True, editable=False)
    """When its newest backup was made (`elections.actions.backup`); that its file is still there nobody knows here."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("gemeente")
        verbose_name_plural = _("gemeenten")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^GM[0-9]{4}$"),
                name="municipality_code_is_gm_and_four_digits",
            ),
            models.CheckConstraint(
                condition=models.Q(schema_name=Lower("code")), name="municipality_schema_name_is_code"
            ),
            models.CheckConstraint(
                condition=models.Q(accent__regex=r"^#[0-9a-fA-F]{6}$"), name="municipality_accent_is_hex"
            ),
            models.CheckConstraint(
                condition=models.Q(head__regex=r"^(#[0-9a-fA-F]{6})?$"), name="municipality_head_is_hex"
            ),
            models.CheckConstraint(
                condition=models.Q(corners__in=Corners.values), name="municipality_corners_known"
            ),
            models.CheckConstraint(
                condition=models.Q(delete_from=None)
                | models.Q(status=MunicipalityStatus.SUSPENDED, suspended_at__isnull=False),
                name="municipality_suspended_before_deleting",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The full name, such as “Gemeente Juinen” or “Openbaar lichaam Zonneiland”."""
        return f"{self.get_kind_display().capitalize()} {self.name}"

    @property
    def name_in_text(self) -> str:
        """The full name inside a sentence, such as “de gemeente Juinen” or “het openbaar lichaam Zonneiland”."""
        return f"{self.words.the_kind} {self.name}"

    @property
    def is_active(self) -> bool:
        return self.status == MunicipalityStatus.ACTIVE

    @property
    def is_public_body(self) -> bool:
        return self.kind == MunicipalityKind.PUBLIC_BODY

    @property
    def words(self) -> Words:
        """What this kind of municipality calls its bodies, buildings and numbers."""
        return PUBLIC_BODY_WORDS if self.is_public_body else MUNICIPALITY_WORDS

    @property
    def tz(self) -> zoneinfo.ZoneInfo:
        """The time zone in which its pages, letters and mails show times."""
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def sender_name(self) -> str:
        """The name that recipients see as the sender of its e-mails."""
        return self.from_name or self.display_name

    @property
    def head_colour(self) -> str:
        """The colour of the head of pages and mails; text on it is `tenants.colours.text_on` it."""
        return self.head or self.accent

    @property
    def style_version(self) -> str:
        """Changes with everything that is in its style sheet, for the address of that sheet."""
        parts = (self.accent, self.head, self.corners, self.tokens_version)
        return hashlib.sha256("|".join(parts).lower().encode()).hexdigest()[:12]

    @cached_property
    def primary_domain(self) -> str:
        """The one host name that links are made from.

        Raises:
            Domain.DoesNotExist: when there is none, which provisioning excludes.
        """
        return self.domains.get(is_primary=True).domain


class Domain(DomainMixin):
    """A host name of a municipality. Names that are not primary redirect to the one that is."""

    domain = models.CharField(
        _("webadres"),
        max_length=253,
        unique=True,
        validators=[
            RegexValidator(DOMAIN_PATTERN, _("Vul een webadres in zonder https:// en zonder hoofdletters."))
        ],
    )

    class Meta:
        verbose_name = _("webadres")
        verbose_name_plural = _("webadressen")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"],
                condition=models.Q(is_primary=True),
                name="domain_one_primary_per_municipality",
            ),
            models.CheckConstraint(condition=models.Q(domain=Lower("domain")), name="domain_is_lower_case"),
        ]


class Logo(models.Model):
    """The logo of a municipality: a small PNG that `tenants.house_style` made from the upload."""

    municipality = models.OneToOneField(Municipality, models.CASCADE, primary_key=True, related_name="logo")
    png = models.BinaryField(max_length=200_000)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("logo")

    def __str__(self) -> str:
        return f"{self.municipality} {self.width} × {self.height}"


class HouseStyle(models.Model):
    """What few municipalities have and no page needs at once: design tokens and the picture of the portal."""

    municipality = models.OneToOneField(Municipality, models.CASCADE, primary_key=True, related_name="style")
    tokens = models.JSONField(_("design tokens"), default=dict, blank=True)
    """Name to value, as `tenants.design_tokens` accepted them."""
    tokens_file = models.CharField(max_length=100, blank=True)
    background = models.BinaryField(max_length=300_000, null=True)
    """A JPEG that `tenants.pictures` drew."""

    class Meta:
        verbose_name = _("huisstijl")

    def __str__(self) -> str:
        return str(self.municipality)


class AccessibilityStatement(models.Model):
    """What a municipality says about the accessibility of its portal. Without a row: not examined yet."""

    municipality = models.OneToOneField(
        Municipality, models.CASCADE, primary_key=True, related_name="accessibility_statement"
    )
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=AccessibilityStatus.choices,
        default=AccessibilityStatus.UNKNOWN,
    )
    checked_on = models.DateField(_("datum van het onderzoek"), null=True, blank=True)
    problems = models.TextField(_("bekende problemen"), max_length=3000, blank=True)
    own_words = models.TextField(_("eigen toelichting"), max_length=2000, blank=True)
    register_url = models.URLField(_("link naar het register"), max_length=300, blank=True)
    updated_on = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = _("toegankelijkheidsverklaring")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(status__in=AccessibilityStatus.values),
                name="accessibility_statement_status_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=CHECKED_STATUSES) | models.Q(checked_on__isnull=False),
                name="accessibility_statement_claim_is_checked",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=AccessibilityStatus.FULL) | models.Q(problems=""),
                name="accessibility_statement_full_without_problems",
            ),
            models.CheckConstraint(
                condition=models.Q(register_url="") | models.Q(register_url__startswith="https://"),
                name="accessibility_statement_register_is_https",
            ),
        )

    def __str__(self) -> str:
        return f"{self.municipality}: {self.get_status_display()}"


class FormerMunicipality(models.Model):
    """What stays of a municipality that is deleted: that it was here, and when and by whom everything went.

    Made when deleting begins; without `deleted_at` it was interrupted, and has to be finished.
    """

    code = models.CharField(_("code"), max_length=6)
    name = models.CharField(_("naam"), max_length=80)
    since = models.DateTimeField()
    suspended_at = models.DateTimeField()
    key_shares = models.JSONField(default=list)
    """Numbers of the shares that were taken out of the master key file."""
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=100)
    """The account at the operating system that ran the command."""
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["code", "begun_at"]
        verbose_name = _("vroegere gemeente")
        verbose_name_plural = _("vroegere gemeenten")
        constraints = (
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(deleted_at=None),
                name="former_municipality_one_unfinished_per_code",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class SchemaDump(models.Model):
    """The SQL text of an empty, fully migrated tenant schema (`tenants.provisioning` keeps the newest)."""

    fingerprint = models.CharField(max_length=64, primary_key=True)
    sql = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("lege gemeente")

    def __str__(self) -> str:
        return self.fingerprint
