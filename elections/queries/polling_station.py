"""Polling stations with what the list and the detail page tell about them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Count,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Sum,
    TextChoices,
    TextField,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext_lazy as _

from elections.accessibility import STEP_FREE
from elections.models import Assignment, DayPart, ElectionEvent, OpeningHours, PollingStation, Shift
from elections.models.fields import NameKey, SortKey
from elections.queries.shift import ACTIVE_COUNT


def stations_of(event: ElectionEvent) -> QuerySet[PollingStation]:
    """The stations of an event with their venue, and as extra fields:

    places, taken: of all their shifts together. step_free: "ja", "nee" or None (Kieswet art. J 4). name_key: to sort
    by. One query.
    """
    shifts = Shift.objects.filter(polling_station=OuterRef("pk")).order_by().values("polling_station")
    active = Assignment.objects.active().filter(shift__polling_station=OuterRef("pk"))
    people = active.order_by().values("shift__polling_station")
    return (
        PollingStation.objects.filter(event=event)
        .select_related("venue")
        .annotate(
            places=_number(shifts.annotate(total=Sum("places")).values("total")),
            taken=_number(people.annotate(total=Count("pk")).values("total")),
            name_key=NameKey("name"),
            step_free=KeyTextTransform(STEP_FREE, F("venue__accessibility")),
        )
    )


class Staffing(TextChoices):
    """How far the places of a station are filled; each has a colour, a shape and these words on the map."""

    NONE = "none", _("geen diensten")
    EMPTY = "empty", _("nog niemand")
    PARTLY = "partly", _("nog plaatsen vrij")
    FULL = "full", _("alle plaatsen bezet")


@dataclass(frozen=True)
class StationPoint:
    """A station as a point on the map."""

    station: PollingStation
    places: int
    taken: int

    @property
    def has_place(self) -> bool:
        venue = self.station.venue
        return venue.latitude is not None and venue.longitude is not None

    @property
    def staffing(self) -> Staffing:
        if not self.places:
            return Staffing.NONE
        if not self.taken:
            return Staffing.EMPTY
        return Staffing.FULL if self.taken >= self.places else Staffing.PARTLY


def station_points(stations: QuerySet[PollingStation]) -> list[StationPoint]:
    """The stations (as `stations_of` gives them) as points. Two queries: opening hours come along."""
    hours = Prefetch("opening_hours", queryset=OpeningHours.objects.select_related("polling_day"))
    return [
        StationPoint(station, station.places, station.taken)  # type: ignore[attr-defined]
        for station in stations.prefetch_related(hours)
    ]


def search_stations(stations: QuerySet[PollingStation], text: str) -> QuerySet[PollingStation]:
    """Stations in whose number, name or address every word of `text` occurs, whatever accents and capitals."""
    words = text.replace("\x00", "").split()
    if not words:
        return stations
    parts: list[Any] = []
    for name in ("number", "name", "venue__name", "venue__street", "venue__postcode", "venue__city"):
        parts += [Cast(name, TextField()), Value(" ")]
    stations = stations.alias(searched=SortKey(Concat(*parts, output_field=TextField())))
    for word in words:
        stations = stations.filter(searched__contains=SortKey(Value(word)))
    return stations


@dataclass(frozen=True)
class DayPartShifts:
    """The shifts of one station in one day part; each shift has `taken`, its number of people."""

    day_part: DayPart
    shifts: list[Shift]

    @property
    def places(self) -> int:
        return sum(shift.places for shift in self.shifts)

    @property
    def taken(self) -> int:
        return sum(shift.taken for shift in self.shifts)  # type: ignore[attr-defined]


def shifts_by_day_part(station: PollingStation) -> list[DayPartShifts]:
    """The shifts of a station in the order of the day. One query."""
    shifts = (
        Shift.objects.filter(polling_station=station)
        .select_related("day_part__polling_day", "position")
        .annotate(taken=ACTIVE_COUNT)
        .order_by("period", "day_part__name", "position__rank")
    )
    found: dict[DayPart, list[Shift]] = {}
    for shift in shifts:
        found.setdefault(shift.day_part, []).append(shift)
    return [DayPartShifts(part, of_part) for part, of_part in found.items()]


def _number(query: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(query, output_field=IntegerField()), 0)
