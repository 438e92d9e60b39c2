"""How many people eat where: for the caterer, without a single name.

What people may not or will not eat can tell of their health or faith (AVG art. 9). The caterer has to know how many
meals of each kind go to which polling station, and not for whom.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections.enums import OwnFieldKind
from elections.models import Assignment, ElectionEvent, OwnField, OwnFieldValue, PollingDay
from elections.models.own_field import NO
from elections.queries.letter_facts import APPOINTED

# Said no to: known, and nothing to cook for.
NOTHING: Final = ""


@dataclass
class Meals:
    """The people of one polling station in one day part; `wishes`: by question, how many gave which answer."""

    number: int
    station: str
    address: str
    part: str
    hours: str
    members: set[int] = field(default_factory=set)
    wishes: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def people(self) -> int:
        """How many come."""
        return len(self.members)

    def wish_words(self, question: OwnField) -> str:
        """For instance "2 × vegetarisch, 1 × geen antwoord"; empty when everybody said no."""
        return _in_words(self.wishes[question.pk], self.people)


@dataclass(frozen=True)
class CateringList:
    """Everything the caterer gets for one day, in the order of the stations."""

    day: PollingDay
    questions: list[OwnField]
    rows: list[Meals]
    wishes: dict[int, Counter[str]]

    @property
    def people(self) -> int:
        """How many different people come that day."""
        return len(set().union(*(row.members for row in self.rows)))

    @property
    def totals(self) -> list[tuple[str, str]]:
        """Of each question its name, and how many people of that day want what."""
        totals = [(each.name, _in_words(self.wishes[each.pk], self.people)) for each in self.questions]
        return [(name, words) for name, words in totals if words]

    @property
    def headings(self) -> list[str]:
        """The first row of the table and of the file."""
        first = [_("Nummer"), _("Stembureau"), _("Adres"), _("Dagdeel"), _("Uren"), _("Mensen")]
        return first + [question.name for question in self.questions]

    def cells(self) -> list[list[str]]:
        """The other rows."""
        return [
            [
                *(str(row.number), row.station, row.address, row.part, row.hours, str(row.people)),
                *(row.wish_words(question) for question in self.questions),
            ]
            for row in self.rows
        ]

    @property
    def title(self) -> str:
        """The day in words, as the name of the sheet."""
        return date_format(self.day.date, "j F Y")


def catering_list(event: ElectionEvent, day: PollingDay) -> CateringList:
    """Who has a place on `day` of `event`, counted for each station and day part. Three queries.

    Places that are not published yet count; offers do not. The wishes are the answers to the own questions marked for
    catering, and how many people did not answer; of a question with yes or no only the yes is told.
    """
    questions = list(OwnField.objects.active().filter(for_catering=True))
    places = (
        Assignment.objects.filter(
            state__in=APPOINTED, shift__polling_station__event=event, shift__day_part__polling_day=day
        )
        .select_related("shift__polling_station__venue", "shift__day_part__polling_day")
        .order_by("shift__polling_station__number", "shift__day_part__start", "shift__day_part__end", "pk")
    )
    rows: dict[tuple[int, int], Meals] = {}
    at: dict[int, list[Meals]] = {}
    for place in places:
        shift = place.shift
        key = (shift.polling_station_id, shift.day_part_id)
        row = rows[key] if key in rows else rows.setdefault(key, _row(place))
        if place.member_id not in row.members:
            row.members.add(place.member_id)
            at.setdefault(place.member_id, []).append(row)
    wishes: dict[int, Counter[str]] = defaultdict(Counter)
    answers = OwnFieldValue.objects.filter(field__in=questions, member__in=list(at)).select_related("field")
    for answer in answers if questions else ():
        is_no = answer.text == NO and answer.field.kind == OwnFieldKind.YES_NO
        words = NOTHING if is_no else answer.words
        wishes[answer.field_id][words] += 1
        for row in at[answer.member_id]:
            row.wishes[answer.field_id][words] += 1
    return CateringList(day, questions, list(rows.values()), wishes)


def _row(place: Assignment) -> Meals:
    station, part = place.shift.polling_station, place.shift.day_part
    venue = station.venue
    name = "" if venue.name == station.name else venue.name  # it stands in the column before
    address = ", ".join(filter(None, (name, venue.address_line, venue.city_line.replace("  ", " "))))
    return Meals(station.number, station.name, address, part.name, part.hours_in_full)


def _in_words(answers: Counter[str], people: int) -> str:
    told = [f"{count} × {answer}" for answer, count in sorted(answers.items()) if answer != NOTHING]
    silent = people - answers.total()
    return ", ".join([*told, *([_("%(count)s × geen antwoord") % {"count": silent}] if silent else [])])
