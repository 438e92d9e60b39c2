"""What members declare or agree to, with the very text that they read and when they answered (AVG art. 7(1))."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.models.fields import PublicIdModel
from elections.models.member import Member


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def asked(self) -> "DeclarationQuerySet":
        """Those that members are asked for now."""
        return self.filter(is_active=True)


class Declaration(PublicIdModel):
    """Something that members confirm. `is_required`: a member can only confirm it; the others may be answered with no.

    `edition`: the newest text. Whoever answered an older one is asked again.
    """

    title = models.CharField(_("titel"), max_length=80)
    why = models.CharField(_("waarom u dit vraagt"), max_length=300)
    is_required = models.BooleanField(_("verplicht"), default=True)
    edition = models.PositiveIntegerField(default=1)
    rank = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("in gebruik"), default=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[DeclarationQuerySet] = DeclarationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("rank", "pk")
        constraints = (
            models.UniqueConstraint(Lower("title"), name="declaration_title_once"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(why=""), name="declaration_title_and_why_filled"
            ),
        )

    def __str__(self) -> str:
        return self.title


class DeclarationText(models.Model):
    """One edition of the text. Never changed once it is there: a database trigger refuses it."""

    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="texts")
    edition = models.PositiveIntegerField()
    text = models.TextField(_("tekst"), max_length=2000)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-edition",)
        constraints = (
            models.UniqueConstraint(fields=("declaration", "edition"), name="declaration_text_once"),
            models.CheckConstraint(condition=~Q(text=""), name="declaration_text_filled"),
        )

    def __str__(self) -> str:
        return f"{self.declaration} {self.edition}"


class DeclarationConsent(models.Model):
    """What one member answered to one edition, and when they last did."""

    text = models.ForeignKey(DeclarationText, on_delete=models.CASCADE, related_name="consents")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="declaration_consents")
    agreed = models.BooleanField()
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("member", "text"), name="declaration_consent_once"),)

    def __str__(self) -> str:
        return f"{self.text} · {self.member}"
