"""What a municipality asks of its members besides what every municipality asks: its own questions, and the answers."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Lower
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import OwnFieldKind
from elections.models.fields import PublicIdModel
from elections.models.member import Member

CHOICE_LENGTH = 100
ANSWER_LENGTH = 500
YES, NO = "yes", "no"


class OwnFieldQuerySet(models.QuerySet["OwnField"]):
    def active(self) -> "OwnFieldQuerySet":
        return self.filter(is_active=True)

    def asked(self) -> "OwnFieldQuerySet":
        """Those that members see and answer in the portal."""
        return self.filter(is_active=True, in_portal=True)


class OwnField(PublicIdModel):
    """One question.

    why: the reason for asking, which members read beside it (AVG art. 13). is_sensitive: the answers can tell of
    somebody's health or faith (AVG art. 9), and so are read by few.
    """

    name = models.CharField(gettext_lazy("vraag"), max_length=80)
    help = models.CharField(gettext_lazy("uitleg"), max_length=300, blank=True)
    why = models.CharField(gettext_lazy("waarom u dit vraagt"), max_length=300)
    kind = models.CharField(gettext_lazy("soort"), max_length=10, choices=OwnFieldKind)
    choices = ArrayField(
        models.CharField(max_length=CHOICE_LENGTH),
        verbose_name=gettext_lazy("antwoorden om uit te kiezen"),
        default=list,
        blank=True,
    )
    in_portal = models.BooleanField(gettext_lazy("leden vullen dit zelf in"), default=True)
    is_required = models.BooleanField(gettext_lazy("verplicht"), default=False)
    is_sensitive = models.BooleanField(gettext_lazy("gevoelig"), default=True, db_default=True)
    for_catering = models.BooleanField(gettext_lazy("op de cateringlijst"), default=False)
    rank = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(gettext_lazy("in gebruik"), default=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[OwnFieldQuerySet] = OwnFieldQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("rank", "pk")
        constraints = (
            models.UniqueConstraint(Lower("name"), name="own_field_name_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(why=""), name="own_field_name_and_why_filled"),
            models.CheckConstraint(
                condition=(Q(kind=OwnFieldKind.CHOICE) & ~Q(choices=[]))
                | (~Q(kind=OwnFieldKind.CHOICE) & Q(choices=[])),
                name="own_field_choices_fit_kind",
            ),
            models.CheckConstraint(
                condition=Q(is_required=False) | Q(in_portal=True), name="own_field_required_is_asked"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def options(self) -> list[tuple[str, str]]:
        """What can be chosen, each as it is stored and as it is read; nothing for a text."""
        if self.kind == OwnFieldKind.YES_NO:
            return [(YES, _("Ja")), (NO, _("Nee"))]
        return [(choice, choice) for choice in self.choices]

    def words(self, text: str) -> str:
        """A stored answer as people read it."""
        return dict(self.options).get(text, text)


class OwnFieldValue(models.Model):
    """The answer of one member. `text`: free text, one of the choices, or YES or NO; without an answer no row."""

    field = models.ForeignKey(OwnField, on_delete=models.CASCADE, related_name="values")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="own_values")
    text = models.CharField(max_length=ANSWER_LENGTH)
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("member", "field"), name="own_field_value_once"),
            models.CheckConstraint(
                condition=~Q(text="") & Q(LessThanOrEqual(Length("text"), ANSWER_LENGTH)),
                name="own_field_value_filled",
            ),
        )
        indexes = (models.Index(fields=("field", "text"), name="own_field_value_by_text"),)

    def __str__(self) -> str:
        return f"{self.field} · {self.member}"

    @property
    def words(self) -> str:
        """The answer as people read it."""
        return self.field.words(self.text)
