"""The member file: the people who staff polling stations. A member lives on between events."""

import re
from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Concat, Replace
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import ALSO_QUALIFIES_FOR, PositionKind
from elections.models.fields import PublicIdModel, SortKey
from elections.models.user import NAME_LENGTH, User

PHONE_SEARCH_DIGITS = (
    3  # fewer digits are part of far too many phone numbers: they are looked for as a word alone
)
POSTCODE = RegexValidator(r"^[1-9]\d{3} [A-Z]{2}$", _("Vul een postcode in als 1234 AB."))


class Label(models.Model):
    """A free tag on members, to select and filter by."""

    name = models.CharField(_("kenmerk"), max_length=60, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class MemberQuerySet(models.QuerySet["Member"]):
    def active(self) -> "MemberQuerySet":
        return self.filter(is_active=True)

    def present(self) -> "MemberQuerySet":
        """Without those whose data were erased: of them only an empty row is left, for the counts."""
        return self.filter(erased_at=None)

    def by_name(self) -> "MemberQuerySet":
        return self.order_by("sort_name", "number")

    def confidential(self) -> "MemberQuerySet":
        """Whose contact data are for few eyes today; see `is_confidential`."""
        return self.filter(confidential_today())

    def search(self, text: str, *, by_hidden: bool = False) -> "MemberQuerySet":
        """Members in whose name, number, e-mail address or phone number every word of `text` occurs.

        A phone number is found by any part of it, however that is written: "06 1234" and "345678" find
        "+31 6 12345678".

        by_hidden: look in the contact data of confidential members too: only for who may read them. Otherwise a
        search would tell bit by bit what the page hides.
        """
        found: MemberQuerySet = self
        text = text.replace("\x00", "")
        if not by_hidden:
            found = found.alias(open_text=SortKey(_joined(*_OPEN_NAMES)))
        digits = re.sub(r"[\s()+-]", "", text)
        bare = digits.lstrip("0")
        if bare.isdecimal() and len(digits) >= PHONE_SEARCH_DIGITS:
            by_phone = Q(bare_phone__contains=bare)
            if not by_hidden:
                by_phone &= ~confidential_today()
            return found.alias(bare_phone=bare_phone()).filter(by_phone | _has_word(text.strip(), by_hidden))
        for word in text.split():
            found = found.filter(_has_word(word, by_hidden))
        return found


def bare_phone() -> Replace:
    """The phone number without spaces, as the index `member_by_phone` holds it."""
    return Replace("phone", models.Value(" "), models.Value(""))


def _joined(*names: str) -> Concat:
    parts: list[models.Value | Cast] = []
    for name in names:
        parts += [Cast(name, models.TextField()), models.Value(" ")]
    return Concat(*parts, output_field=models.TextField())


_OPEN_NAMES = ("first_name", "initials", "infix", "last_name", "number")


def _has_word(word: str, by_hidden: bool) -> Q:
    key = SortKey(models.Value(word))
    anywhere = Q(search_text__contains=key)
    return anywhere if by_hidden else anywhere & (~confidential_today() | Q(open_text__contains=key))


def confidential_today(prefix: str = "") -> Q:
    """Condition on Member: marked as confidential, and not over. As `Member.is_confidential`, in the active zone.

    prefix: the way to the member from another row, such as "user__member__".
    """
    until, since = f"{prefix}confidential_until", f"{prefix}confidential_since"
    not_over = Q(**{until: None}) | Q(**{f"{until}__gte": timezone.localdate()})
    return Q(**{f"{since}__isnull": False}) & not_over


class Member(PublicIdModel):
    """A person in the member file. BSN and IBAN are not here but in MemberSecret."""

    number = models.PositiveIntegerField(_("lidnummer"), unique=True)
    user = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="member")

    initials = models.CharField(_("voorletters"), max_length=20, blank=True)
    first_name = models.CharField(_("voornaam"), max_length=60, blank=True)
    infix = models.CharField(_("tussenvoegsel"), max_length=20, blank=True)
    last_name = models.CharField(_("achternaam"), max_length=100)
    birth_date = models.DateField(_("geboortedatum"), null=True, blank=True)
    email = models.EmailField(_("e-mailadres"), blank=True)
    phone = models.CharField(_("telefoonnummer"), max_length=20, blank=True)

    street = models.CharField(_("straat"), max_length=100, blank=True)
    house_number = models.CharField(_("huisnummer"), max_length=20, blank=True)
    postcode = models.CharField(_("postcode"), max_length=7, blank=True)
    city = models.CharField(_("plaats"), max_length=80, blank=True)

    qualified_for = ArrayField(
        models.CharField(max_length=20, choices=PositionKind),
        verbose_name=_("kan werken als"),
        default=list,
        blank=True,
    )
    # How often before Zitting kept count; events in Zitting come on top (queries.experience).
    earlier_elections = models.PositiveSmallIntegerField(_("eerdere verkiezingen"), default=0)
    trained_on = models.DateField(_("training gedaan op"), null=True, blank=True)
    is_own_staff = models.BooleanField(_("werkt bij de gemeente"), default=False)
    labels = models.ManyToManyField(Label, verbose_name=_("kenmerken"), blank=True, related_name="members")
    remark = models.TextField(_("opmerking van het team"), max_length=2000, blank=True)
    is_active = models.BooleanField(_("actief"), default=True)
    data_checked_at = models.DateTimeField(_("gegevens nagekeken op"), null=True, blank=True)
    # When the account number, the e-mail address or the password by mail changed last: whoever pays looks twice then.
    sensitive_change_at = models.DateTimeField(_("gevoelige wijziging op"), null=True, blank=True)
    # Contact data for few eyes: elections.queries.confidentiality. Until the end of that day; without one, until a
    # colleague ends it.
    confidential_since = models.DateTimeField(_("vertrouwelijk sinds"), null=True, blank=True)
    confidential_until = models.DateField(_("vertrouwelijk tot en met"), null=True, blank=True)
    confidential_reason = models.CharField(
        _("reden van vertrouwelijkheid"), max_length=200, blank=True, default="", db_default=""
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    # Three moments from which retention terms count; elections.retention.
    deactivated_at = models.DateTimeField(_("niet actief sinds"), null=True, blank=True)
    last_worked_on = models.DateField(_("laatst gewerkt op"), null=True, blank=True)
    erased_at = models.DateTimeField(_("gewist op"), null=True, blank=True)

    sort_name = models.GeneratedField(
        expression=SortKey(_joined("last_name", "first_name", "initials")),
        output_field=models.TextField(),
        db_persist=True,
    )
    search_text = models.GeneratedField(
        expression=SortKey(
            _joined("first_name", "initials", "infix", "last_name", "email", "phone", "number")
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects: ClassVar[MemberQuerySet] = MemberQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = (
            models.Index(fields=("sort_name", "number"), name="member_by_name"),
            GinIndex(fields=("search_text",), opclasses=("gin_trgm_ops",), name="member_search"),
            GinIndex(OpClass(bare_phone(), name="gin_trgm_ops"), name="member_by_phone"),
        )
        constraints = (
            models.CheckConstraint(condition=~Q(last_name=""), name="member_last_name_filled"),
            models.CheckConstraint(
                condition=Q(qualified_for__contained_by=PositionKind.values),
                name="member_qualified_for_known",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(is_active=False, email="", phone="", birth_date=None),
                name="member_erased_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(confidential_since=None, confidential_until=None, confidential_reason="")
                | Q(confidential_since__isnull=False) & ~Q(confidential_reason=""),
                name="member_confidential_has_reason",
            ),
        )

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """As in a letter: "A.B. van der Berg"; the first name when there are no initials."""
        return " ".join(
            part for part in (self.initials or self.first_name, self.infix, self.last_name) if part
        )

    @property
    def informal_name(self) -> str:
        return " ".join(
            part for part in (self.first_name or self.initials, self.infix, self.last_name) if part
        )

    @property
    def account_name(self) -> str:
        """`informal_name`, as far as it fits in the name of an account."""
        return self.informal_name[:NAME_LENGTH]

    @property
    def list_name(self) -> str:
        """As in a sorted list: "Berg, Anna van der"."""
        rest = " ".join(part for part in (self.first_name or self.initials, self.infix) if part)
        return f"{self.last_name}, {rest}" if rest else self.last_name

    @property
    def can_work_as(self) -> set[str]:
        """Every kind of position this member may fill: the ones in `qualified_for` and what they include."""
        own = {PositionKind(kind) for kind in self.qualified_for}
        return own.union(*(ALSO_QUALIFIES_FOR.get(kind, ()) for kind in own))

    @property
    def is_confidential(self) -> bool:
        """Whether address, phone number and e-mail address are for few eyes today."""
        until = self.confidential_until
        return self.confidential_since is not None and (until is None or until >= timezone.localdate())

    @property
    def listed_phone(self) -> str:
        """The phone number as it may stand on paper and on lists; empty when it is confidential."""
        return "" if self.is_confidential else self.phone

    @property
    def address_line(self) -> str:
        return f"{self.street} {self.house_number}".strip()

    @property
    def city_line(self) -> str:
        return f"{self.postcode}  {self.city}".strip()

    def age_on(self, day: date) -> int | None:
        """Whole years on `day`; None without a birth date."""
        return None if self.birth_date is None else whole_years(self.birth_date, day)


def whole_years(birth_date: date, day: date) -> int:
    """Age on `day`: older on the birthday itself. Born on 29 February: older on 1 March."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
