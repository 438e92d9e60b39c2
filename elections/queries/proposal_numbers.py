"""What a plan is worth in numbers that people can count, whatever the weights: for one plan beside another."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.distance import metres
from elections.planning.instance import CHAIR, DEPUTY_CHAIR, RESERVE, YES, Instance, Person, Seat, Station
from tenants.numbers import grouped

Pair = tuple[int, int]
KILOMETRE: Final = 1000


@dataclass
class Count:
    """`value` of `total`."""

    value: int = 0
    total: int = 0

    def add(self, met: bool) -> None:
        """Count one more, that came true or not."""
        self.total += 1
        self.value += met


def _counts() -> dict[str, Count]:
    return {name: Count() for name in LABELS}


@dataclass
class Numbers:
    """The counts by name (see LABELS); `metres` is the mean distance of the places of which it is known."""

    counts: dict[str, Count] = field(default_factory=_counts)
    metres: int | None = None

    def as_json(self) -> dict[str, object]:
        """For a JSON column."""
        counts = {name: [count.value, count.total] for name, count in self.counts.items()}
        return {"counts": counts, "metres": self.metres}

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> "Numbers":
        """What `as_json` made; zeros for what it did not have."""
        numbers = cls(metres=stored.get("metres"))
        for name, (value, total) in stored.get("counts", {}).items():
            numbers.counts[name] = Count(value, total)
        return numbers


# The law first ("law" is of stations, and not measured here), then the soft rules in their order. Of those in
# LESS_IS_BETTER less is; those in NEITHER are only told.
LABELS: Final[dict[str, Promise]] = {
    "law": gettext_lazy("Stembureaus die aan de wet voldoen"),
    "filled": gettext_lazy("Gevulde plaatsen"),
    "chairs": gettext_lazy("Voorzitters"),
    "deputies": gettext_lazy("Plaatsvervangers"),
    "said_yes": gettext_lazy("Mensen die ja zeiden"),
    "position": gettext_lazy("Kreeg een functie van de eigen voorkeur"),
    "day_part": gettext_lazy("Kreeg een dagdeel van de eigen voorkeur"),
    "venue": gettext_lazy("Kreeg een stemlokaal van de eigen voorkeur"),
    "experienced": gettext_lazy("Teams met iemand met ervaring"),
    "labels": gettext_lazy("Gewenste kenmerken aanwezig"),
    "together": gettext_lazy("Werkt met de gewenste collega"),
    "earlier": gettext_lazy("Terug in het stemlokaal van de vorige keer"),
    "once": gettext_lazy("Mensen met één dienst"),
    "change": gettext_lazy("Wisselt halverwege de dag van stembureau"),
    "whole_day": gettext_lazy("Werkt een hele dag"),
}
LESS_IS_BETTER: Final = frozenset({"change"})
NEITHER: Final = frozenset({"whole_day"})
WHOLE_DAY: Final = 12 * 3600  # seconds; who works longer on one day


# What is counted in places; of everything else the share counts, as more is filled when there are more places.
_IN_PLACES: Final = ("law", "filled", "chairs", "deputies")
# A start with a smaller part of its places filled says nothing about wishes yet.
_LEAST_FILLED: Final = 0.2


def measure(instance: Instance, pairs: Iterable[Pair], *, places: int | None = None) -> Numbers:
    """Count what comes true when `pairs` (member, shift) is the plan. Pairs of unknown people or shifts are left out.

    places: how many places there are; those of the instance with its fixed ones when left out.
    """
    return _Measurer(instance, pairs, places).numbers


class _Measurer:
    def __init__(self, instance: Instance, pairs: Iterable[Pair], places: int | None) -> None:
        self.people = {person.id: person for person in instance.people}
        self.seats = {seat.id: seat for seat in instance.seats}
        self.stations = {station.id: station for station in instance.stations}
        self.pairs = sorted(
            (person, seat) for person, seat in set(pairs) if person in self.people and seat in self.seats
        )
        self.numbers = Numbers()
        self.counts = self.numbers.counts
        self.teams: dict[Pair, set[int]] = defaultdict(set)
        self._count_places(instance, places)
        known = [each for pair in self.pairs if (each := self._count_one(*pair)) is not None]
        self.numbers.metres = round(sum(known) / len(known)) if known else None
        self._count_teams()
        self._count_people()
        self._count_days(instance.rules.travel)

    def _count_places(self, instance: Instance, places: int | None) -> None:
        taken = dict.fromkeys(self.seats, 0)
        for _person, seat in instance.fixed:
            taken[seat] += 1
        room = {seat.id: seat.places + taken[seat.id] for seat in instance.seats}
        self.counts["filled"] = Count(len(self.pairs), sum(room.values()) if places is None else places)
        for name, kind in (("chairs", CHAIR), ("deputies", DEPUTY_CHAIR)):
            these = {seat.id for seat in instance.seats if seat.kind == kind}
            self.counts[name] = Count(
                sum(seat in these for _person, seat in self.pairs), sum(room[seat] for seat in these)
            )

    def _count_one(self, person_id: int, seat_id: int) -> float | None:
        """Add the wishes of one person at one place; the metres to it when they are known."""
        person, seat = self.people[person_id], self.seats[seat_id]
        station = self.stations[seat.station_id]
        self.counts["said_yes"].add(person.answers.get(seat.day_part_id) == YES)
        for name, wishes, wanted in (
            ("position", person.position_wishes, seat.position_id),
            ("day_part", person.day_part_wishes, seat.day_part_id),
            ("venue", person.venue_wishes, station.venue_id),
        ):
            if wishes:
                self.counts[name].add(wanted in wishes)
        if person.earlier_venues:
            self.counts["earlier"].add(station.venue_id in person.earlier_venues)
        if seat.kind != RESERVE:
            self.teams[seat.station_id, seat.day_part_id].add(person_id)
        return _from_home(person, station)

    def _count_teams(self) -> None:
        for team in self.teams.values():
            self.counts["experienced"].add(any(self.people[person].experienced for person in team))
            for person in team:
                if self.people[person].companions:
                    self.counts["together"].add(bool(self.people[person].companions & team))
        wanted = [(seat.station_id, seat.day_part_id) for seat in self.seats.values() if seat.kind != RESERVE]
        for station, part in sorted(set(wanted)):
            present = [self.people[person].labels for person in self.teams[station, part]]
            for label in self.stations[station].labels:
                self.counts["labels"].add(any(label in labels for labels in present))

    def _count_people(self) -> None:
        times: dict[int, int] = defaultdict(int)
        for person, _seat in self.pairs:
            times[person] += 1
        for each in times.values():
            self.counts["once"].add(each == 1)

    def _count_days(self, travel: int) -> None:
        """Of those who go on at once: who has to go to another station. Of all people: who works all day."""
        work: dict[int, list[Seat]] = defaultdict(list)
        for person, seat in self.pairs:
            work[person].append(self.seats[seat])
        for seats in work.values():
            adjoining = [
                (one, other) for one in seats for other in seats if 0 <= other.start - one.end < travel
            ]
            if adjoining:
                self.counts["change"].add(any(one.station_id != other.station_id for one, other in adjoining))
            hours: dict[int, int] = defaultdict(int)
            for one in seats:
                hours[one.day] += one.end - one.start
            self.counts["whole_day"].add(max(hours.values()) > WHOLE_DAY)


def _from_home(person: Person, station: Station) -> float | None:
    """From home to the station as the crow flies; None when either is not known."""
    if person.x is None or person.y is None or station.x is None or station.y is None:
        return None
    return metres((person.x, person.y), (station.x, station.y))


@dataclass(frozen=True)
class Line:
    """One row of a comparison, in words. `tone`: ok is better, error is worse, neutral is the same, and empty when
    there is nothing to compare yet."""

    label: str
    before: Count | None
    after: Count | None
    before_text: str
    after_text: str
    difference: str
    tone: str


def lines(before: Numbers, after: Numbers) -> list[Line]:
    """Both plans beside each other; what nobody asked for in either of them is left out."""
    found = []
    start = before.counts["filled"]
    comparable = start.value >= _LEAST_FILLED * start.total
    for name, label in LABELS.items():
        if name == "experienced" and (before.metres is not None or after.metres is not None):
            found.append(_distance_line(before.metres, after.metres, comparable))
        one, other = before.counts[name], after.counts[name]
        if one.total or other.total:
            found.append(
                _count_line(str(label), one, other)
                if name in _IN_PLACES
                else _share_line(name, str(label), one, other, comparable)
            )
    return found


def _count_line(label: str, one: Count, other: Count) -> Line:
    better = other.value - one.value
    sign = "+" if better > 0 else "-"
    difference = f"{sign}{grouped(abs(better))}" if better else "0"
    return Line(label, one, other, _of(one), _of(other), difference, _tone(better))


def _share_line(name: str, label: str, one: Count, other: Count, comparable: bool) -> Line:
    texts = (_share(one), _share(other))
    if not comparable:
        return Line(label, None, None, *texts, _not_yet(), "")
    if not (one.total and other.total):
        return Line(label, None, None, *texts, "–", "")
    shares = [round(100 * count.value / count.total) for count in (one, other)]
    more = shares[1] - shares[0]
    difference = f"{_percent(shares[0])} → {_percent(shares[1])}" if more else "0"
    tone = "" if name in NEITHER else _tone(-more if name in LESS_IS_BETTER else more)
    return Line(label, None, None, *texts, difference, tone)


def _distance_line(one: int | None, other: int | None, comparable: bool) -> Line:
    difference, better = "–", 0
    if one is not None and other is not None:
        better = one - other
        sign = "+" if other > one else "-" if other < one else ""
        difference = f"{sign}{kilometres(abs(other - one))}"
    label = _("Gemiddelde afstand van huis, ongeveer")
    if not comparable:
        return Line(label, None, None, kilometres(one), kilometres(other), _not_yet(), "")
    return Line(label, None, None, kilometres(one), kilometres(other), difference, _tone(better))


def kilometres(distance: float | None) -> str:
    """As on the screen: "1,2 km"; a dash when not known."""
    return "–" if distance is None else f"{number_format(distance / KILOMETRE, decimal_pos=1)} km"


def _of(count: Count) -> str:
    if not count.total:
        return "–"
    return _("%(value)s van %(total)s") % {"value": grouped(count.value), "total": grouped(count.total)}


def _share(count: Count) -> str:
    return f"{_percent(round(100 * count.value / count.total))} ({_of(count)})" if count.total else "–"


def _percent(share: int) -> str:
    return f"{share}\N{NO-BREAK SPACE}%"


def _not_yet() -> str:
    return _("nog niet te vergelijken")


def _tone(better: float) -> str:
    return "ok" if better > 0 else "error" if better < 0 else "neutral"
