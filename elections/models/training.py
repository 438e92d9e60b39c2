"""Trainings, who began one, and how it went."""

import calendar
import uuid
from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import PositionKind, TrainingSource
from elections.models.fields import PublicIdModel
from elections.models.member import Member

SITE_LENGTH = 500
SCORE_LENGTH = 20
MONTHS_PER_YEAR = 12


class TrainingQuerySet(models.QuerySet["Training"]):
    def switched_on(self) -> "TrainingQuerySet":
        return self.filter(is_on=True)

    def for_kinds(self, kinds: set[str]) -> "TrainingQuerySet":
        """Those that count for one of these kinds of position."""
        return self.filter(Q(position_kinds=[]) | Q(position_kinds__overlap=sorted(kinds)))


class Training(PublicIdModel):
    """A training at the site of somebody else. It counts for `position_kinds`; empty: for every position.

    `key_version` is part of the key that signs links to the site; `key_seen_at` tells that somebody read this key.
    """

    name = models.CharField(_("naam"), max_length=100, unique=True)
    site = models.URLField(
        _("adres van de training"), max_length=SITE_LENGTH, validators=[URLValidator(schemes=["https"])]
    )
    position_kinds = ArrayField(
        models.CharField(max_length=20, choices=PositionKind),
        verbose_name=_("telt voor"),
        default=list,
        blank=True,
    )
    valid_months = models.PositiveSmallIntegerField(_("maanden geldig"), null=True, blank=True)
    is_on = models.BooleanField(_("aan"), default=True)
    key_version = models.PositiveIntegerField(default=1)
    key_seen_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[TrainingQuerySet] = TrainingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=Q(site__startswith="https://"), name="training_site_is_https"),
            models.CheckConstraint(
                condition=Q(position_kinds__contained_by=PositionKind.values), name="training_kinds_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_months=None) | Q(valid_months__range=(1, 120)),
                name="training_months_possible",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def last_valid_day(self, done_on: date) -> date | None:
        """The last day on which a result of `done_on` counts; None when it always does.

        The same day so many months later, or the last day of a month that is too short.
        """
        if self.valid_months is None:
            return None
        years, month = divmod(done_on.month - 1 + self.valid_months, MONTHS_PER_YEAR)
        year, month = done_on.year + years, month + 1
        return date(year, month, min(done_on.day, calendar.monthrange(year, month)[1]))


class TrainingStart(models.Model):
    """A member who went to the training from the portal. `reference` is all that its site learns about them."""

    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="starts")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="training_starts")
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    started_at = models.DateTimeField(_("begonnen op"), default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("training", "member"), name="training_start_unique"),)

    def __str__(self) -> str:
        return f"{self.training} · {self.member}"


class TrainingResultQuerySet(models.QuerySet["TrainingResult"]):
    def passed(self) -> "TrainingResultQuerySet":
        return self.filter(passed=True)

    def valid_on(self, day: date) -> "TrainingResultQuerySet":
        """Passed, and not expired on `day`."""
        return self.passed().filter(Q(expires_on=None) | Q(expires_on__gte=day))


class TrainingResult(PublicIdModel):
    """How one member did one training on one day. `expires_on` is the last day on which it counts; None: for ever."""

    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="results")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="training_results")
    done_on = models.DateField(_("gedaan op"))
    passed = models.BooleanField(_("gehaald"))
    score = models.CharField(_("score"), max_length=SCORE_LENGTH, blank=True)
    expires_on = models.DateField(_("geldig tot en met"), null=True, blank=True)
    source = models.CharField(_("bron"), max_length=10, choices=TrainingSource)
    noted_by = models.CharField(_("genoteerd door"), max_length=150)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[TrainingResultQuerySet] = TrainingResultQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-done_on", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("training", "member", "done_on"), name="training_result_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gt=F("done_on")),
                name="training_result_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.training} · {self.member} · {self.done_on:%d-%m-%Y}"

    @property
    def is_expired(self) -> bool:
        """Passed once, and over now, by the calendar of the municipality."""
        return self.passed and self.expires_on is not None and self.expires_on < timezone.localdate()
