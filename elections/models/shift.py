"""Shift: polling station x day part x position, with a number of places; and the template that makes them."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from elections.clock import period_words
from elections.enums import StationKind
from elections.models.event import DayPart, ElectionEvent, Position
from elections.models.fields import PublicIdModel
from elections.models.polling_station import PollingStation

# Everybody is there a quarter of an hour before the shift: pages and letters tell this arrival time.
ARRIVAL_MARGIN = timedelta(minutes=15)


class ShiftTemplateLine(models.Model):
    """How many places a station of one kind gets for a position in a day part."""

    event = models.ForeignKey(ElectionEvent, on_delete=models.CASCADE, related_name="template_lines")
    station_kind = models.CharField(_("soort stembureau"), max_length=20, choices=StationKind)
    # A station takes the lines with the highest number that its expected voters reach.
    from_voters = models.PositiveIntegerField(_("vanaf verwachte kiezers"), default=0)
    day_part = models.ForeignKey(DayPart, on_delete=models.CASCADE, related_name="template_lines")
    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="template_lines")
    places = models.PositiveSmallIntegerField(_("plaatsen"))

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("station_kind", "from_voters", "day_part", "position"), name="template_line_unique"
            ),
        )

    def __str__(self) -> str:
        return f"{self.station_kind} {self.day_part} {self.position}: {self.places}"


class Shift(PublicIdModel):
    """Work for `places` people. `period` is the moment it starts to the moment it ends, [start, end)."""

    polling_station = models.ForeignKey(PollingStation, on_delete=models.CASCADE, related_name="shifts")
    day_part = models.ForeignKey(DayPart, on_delete=models.PROTECT, related_name="shifts")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="shifts")
    places = models.PositiveSmallIntegerField(_("plaatsen"))
    period = DateTimeRangeField(_("tijd"))
    # Set by whoever changes the places of this one shift: making shifts from the template then leaves it alone.
    is_adjusted = models.BooleanField(_("met de hand aangepast"), default=False)

    class Meta:
        ordering = ("polling_station__number", "period", "position__rank")
        constraints = (
            models.UniqueConstraint(fields=("polling_station", "day_part", "position"), name="shift_unique"),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="shift_period_bounded",
            ),
        )

    def __str__(self) -> str:
        return f"{self.polling_station} · {self.day_part} · {self.position}"

    @property
    def hours_in_full(self) -> str:
        """With the real end: "22.00 tot 03.30 uur de volgende dag"; in the active time zone."""
        return period_words(self.period.lower, self.period.upper)

    @property
    def arrives_at(self) -> datetime:
        """When the people of this shift are expected, as a moment."""
        return self.period.lower - ARRIVAL_MARGIN
