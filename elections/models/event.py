"""An election event: everything that a municipality prepares together."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from elections.clock import ends_on, length_words, moment, period_words
from elections.enums import ClashPolicy, ElectionCategory, PollingDayKind, PositionKind
from elections.models.fields import PublicIdModel


class ElectionEvent(PublicIdModel):
    """For instance "Provinciale Staten en waterschappen 2027"."""

    name = models.CharField(_("naam"), max_length=120)
    decision_date = models.DateField(_("datum van het benoemingsbesluit"), null=True, blank=True)
    signatory = models.CharField(_("ondertekenaar van de brieven"), max_length=120, blank=True)
    signatory_title = models.CharField(_("functie van de ondertekenaar"), max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)
    # Where "earlier teams" and "worked here before" come from.
    previous = models.ForeignKey(
        "self",
        verbose_name=_("vorige ronde"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    # Rules of the municipality for this event; elections.eligibility applies them.
    minimum_rest_hours = models.PositiveSmallIntegerField(
        _("uren rust tussen twee zittingsdagen"),
        default=11,
        help_text=_("Arbeidstijdenwet artikel 5:3: 11 uur achter elkaar per 24 uur."),
    )
    maximum_hours_per_day = models.PositiveSmallIntegerField(
        _("hoogstens uren werk per zittingsdag"), null=True, blank=True
    )
    maximum_inexperienced = models.PositiveSmallIntegerField(
        _("hoogstens nieuwe mensen per stembureau en dagdeel"), null=True, blank=True
    )
    clash_policy = models.CharField(
        _("kandidaten op een lijst"), max_length=10, choices=ClashPolicy, default=ClashPolicy.WARN
    )
    trained_since = models.DateField(_("training telt vanaf"), null=True, blank=True)
    requires_training = models.BooleanField(_("alleen indelen na de training"), default=False)
    # People may have their place before the training, but get their appointment after it.
    final_after_training = models.BooleanField(_("definitief na de training"), default=False)

    # How members answer to their place, and what happens when they cannot come.
    asks_answer = models.BooleanField(_("vraag leden of zij komen"), default=True)
    answer_days = models.PositiveSmallIntegerField(_("dagen om te antwoorden"), default=7)
    offers_next = models.BooleanField(_("bied een vrije plaats vanzelf aan de volgende aan"), default=False)
    offer_hours = models.PositiveSmallIntegerField(_("uren om op een aanbod te antwoorden"), default=48)
    shows_team_mates = models.BooleanField(_("laat leden zien met wie zij werken"), default=False)
    # Another promise than the one above, which is about names: only after asking the chairs.
    shares_chair_phone = models.BooleanField(
        _("zet het telefoonnummer van de voorzitter in de brieven van het team"), default=False
    )

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(fields=("name",), name="event_name_unique"),
            models.CheckConstraint(
                condition=Q(
                    answer_days__range=(1, 90), offer_hours__range=(1, 336), minimum_rest_hours__lte=24
                ),
                name="event_terms_possible",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Election(models.Model):
    """One vote within an event. Kieswet art. E 3(2): the board for PS also serves the water board."""

    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="elections")
    category = models.CharField(_("soort"), max_length=2, choices=ElectionCategory)
    name = models.CharField(_("naam"), max_length=120)
    # The list of candidates that was read last: when it was made, and when the team read it.
    candidates_as_of = models.DateTimeField(null=True, blank=True)
    candidates_read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("category", "name")
        constraints = (models.UniqueConstraint(fields=("event", "category", "name"), name="election_unique"),)

    def __str__(self) -> str:
        return self.name


class PollingDay(PublicIdModel):
    """A day on which people work, as a local date of the municipality."""

    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="polling_days")
    date = models.DateField(_("datum"))
    kind = models.CharField(
        _("soort dag"), max_length=20, choices=PollingDayKind, default=PollingDayKind.VOTING
    )
    elections = models.ManyToManyField(Election, verbose_name=_("verkiezingen"), related_name="polling_days")
    # What members may choose on this day; nothing chosen here means everything.
    offered_positions: models.ManyToManyField = models.ManyToManyField(
        "Position", verbose_name=_("functies waaruit leden kiezen"), blank=True, related_name="+"
    )
    offered_venues: models.ManyToManyField = models.ManyToManyField(
        "Venue", verbose_name=_("stemlokalen waaruit leden kiezen"), blank=True, related_name="+"
    )

    class Meta:
        ordering = ("date", "kind")
        constraints = (models.UniqueConstraint(fields=("event", "date", "kind"), name="polling_day_unique"),)

    def __str__(self) -> str:
        return f"{date_format(self.date, 'l j F Y')} ({self.get_kind_display()})"


class DayPart(PublicIdModel):
    """A named stretch of a polling day, in local times; an end not after the start lies on the next day."""

    polling_day = models.ForeignKey(PollingDay, on_delete=models.CASCADE, related_name="day_parts")
    name = models.CharField(_("naam"), max_length=60)
    start = models.TimeField(_("van"))
    end = models.TimeField(_("tot"))
    is_offered = models.BooleanField(_("leden mogen dit dagdeel kiezen"), default=True)

    class Meta:
        ordering = ("polling_day__date", "start", "end")
        constraints = (models.UniqueConstraint(fields=("polling_day", "name"), name="day_part_unique"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.hours})"

    @property
    def hours(self) -> str:
        """As on the screen: "07.00-14.00 uur"."""
        return f"{self.start:%H.%M}–{self.end:%H.%M} uur"

    @property
    def hours_in_full(self) -> str:
        """With the real end: "22.00 tot 03.30 uur de volgende dag". Needs the polling day; in the active time zone."""
        return period_words(self.starts_at, self.ends_at)

    @property
    def length(self) -> str:
        """How long it takes, with what is special about its end: "5 uur: de klok gaat vooruit"."""
        return length_words(self.polling_day.date, self.start, self.end)

    @property
    def starts_at(self) -> datetime:
        """The start as a moment, in the active time zone (the municipality's)."""
        return moment(self.polling_day.date, self.start)

    @property
    def ends_at(self) -> datetime:
        """The end as a moment; on the next day when the part passes midnight."""
        return moment(ends_on(self.polling_day.date, self.start, self.end), self.end)


class Position(PublicIdModel):
    """What somebody does at a polling station in this event, with what it asks and pays."""

    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="positions")
    kind = models.CharField(_("soort"), max_length=20, choices=PositionKind)
    name = models.CharField(_("naam"), max_length=60)
    rank = models.PositiveSmallIntegerField(_("volgorde"), default=10)
    minimum_age = models.PositiveSmallIntegerField(
        _("minimumleeftijd"), default=18, help_text=_("Kieswet artikel E 4: 18 jaar op de dag van stemming.")
    )
    needs_training = models.BooleanField(_("training nodig"), default=True)
    allowance_cents = models.PositiveIntegerField(_("vergoeding in centen"), default=0)

    class Meta:
        ordering = ("rank", "name")
        constraints = (
            models.UniqueConstraint(fields=("event", "name"), name="position_unique"),
            models.CheckConstraint(
                condition=Q(minimum_age__gte=18) | Q(kind=PositionKind.COUNTER), name="position_minimum_age"
            ),
        )

    def __str__(self) -> str:
        return self.name
