"""Polling station: the numbered board that sits in a venue during one event."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from elections.enums import StationKind
from elections.models.event import ElectionEvent, PollingDay
from elections.models.fields import PublicIdModel
from elections.models.member import Label
from elections.models.venue import Venue


class PollingStation(PublicIdModel):
    """A board with a number, a kind and opening hours per polling day."""

    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="polling_stations")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="polling_stations")
    number = models.PositiveIntegerField(_("nummer"))
    name = models.CharField(_("naam"), max_length=200)
    kind = models.CharField(_("soort"), max_length=20, choices=StationKind, default=StationKind.REGULAR)
    is_counting_place = models.BooleanField(_("hier wordt ook geteld"), default=True)
    expected_voters = models.PositiveIntegerField(_("verwachte kiezers"), null=True, blank=True)
    contact = models.CharField(_("contactgegevens"), max_length=500, blank=True)
    website = models.URLField(_("verkiezingswebsite"), max_length=500, blank=True)
    note = models.TextField(_("overige informatie"), max_length=2000, blank=True)
    # For instance sign language: the planning tries to place somebody with each of these labels in every day part.
    wanted_labels = models.ManyToManyField(
        Label, verbose_name=_("gewenste kenmerken"), blank=True, related_name="polling_stations"
    )

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("event", "number"), name="polling_station_number_unique"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class OpeningHours(models.Model):
    """When a polling station is open on one polling day. Kieswet art. J 1: 7.30 to 21.00, special ones differ."""

    polling_station = models.ForeignKey(
        PollingStation, on_delete=models.CASCADE, related_name="opening_hours"
    )
    polling_day = models.ForeignKey(PollingDay, on_delete=models.CASCADE, related_name="opening_hours")
    opens_at = models.DateTimeField(_("open vanaf"))
    closes_at = models.DateTimeField(_("open tot"))

    class Meta:
        ordering = ("opens_at",)
        constraints = (
            models.UniqueConstraint(fields=("polling_station", "polling_day"), name="opening_hours_unique"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="opening_hours_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.opens_at} - {self.closes_at}"
