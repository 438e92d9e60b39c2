"""The questions before the list of free places, and what the address of the list keeps of the answers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.models import DayPart, Position
from elections.queries.reservation import FreePlaces, Place
from portal.shift_words import pay_words

ANY: Final = "any"
QUESTIONS: Final = ("part", "position")

Choice = TypeVar("Choice", DayPart, Position)


class Wishes:
    """What a member asked for so far, as it stands in the address."""

    def __init__(self, asked: Mapping[str, str], free: FreePlaces) -> None:
        self._free = free
        self.answers = {name: asked[name] for name in QUESTIONS if name in asked}
        self.part = _picked(self.answers.get("part"), [part for part, _count in free.day_parts()])
        self.position = _picked(self.answers.get("position"), [one for one, _count in free.positions()])

    @property
    def question(self) -> str:
        """The first question without an answer that has more than one; empty when the list can be shown."""
        choices = {"part": self._free.day_parts(), "position": self._free.positions(self.part)}
        return next((name for name in QUESTIONS if name not in self.answers and len(choices[name]) > 1), "")

    def tasks(self) -> list[dict[str, str]]:
        """The answers to `question` for components/task_list.html, each with how many places it leaves."""
        name = self.question
        if name == "part":
            found = [(part.uuid, _part_words(part), count) for part, count in self._free.day_parts()]
        else:
            found = [(one.uuid, one.name, count) for one, count in self._free.positions(self.part)]
        total = sum(count for _uuid, _title, count in found)
        answers = [
            *((str(uuid), title, count) for uuid, title, count in found),
            (ANY, _("Maakt niet uit"), total),
        ]
        return [
            {
                "title": title,
                "hint": free_words(count),
                "status": "todo",
                "url": address("portal:reservation-search", self.answers | {name: value}),
            }
            for value, title, count in answers
        ]


def address(name: str, query: Mapping[str, str]) -> str:
    """The address of a page with what was asked for so far."""
    return f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)


def free_words(count: int) -> str:
    """For instance "12 plaatsen vrij"."""
    return ngettext("%(count)s plaats vrij", "%(count)s plaatsen vrij", count) % {"count": count}


def moments(parts: Iterable[DayPart]) -> str:
    """For instance "ochtend op woensdag 17 maart en avond op woensdag 17 maart"; empty for none."""
    words = [
        _("%(part)s op %(day)s")
        % {"part": part.name.lower(), "day": date_format(part.polling_day.date, "l j F")}
        for part in parts
    ]
    return get_text_list(words, _("en"))


def cards(places: Iterable[Place]) -> list[dict[str, object]]:
    """Places with their words, for templates/portal/reservation/_places.html."""
    return [
        {
            "place": place,
            "hours": place.shift.hours_in_full,
            "pay": pay_words(place.shift),
            "free": free_words(place.free) if place.free > 0 else "",
        }
        for place in places
    ]


def _picked(wanted: str | None, choices: Sequence[Choice]) -> Choice | None:
    """Which of `choices` the address names; none for "it does not matter", and for what is no longer there."""
    return next((choice for choice in choices if str(choice.uuid) == wanted), None)


def _part_words(part: DayPart) -> str:
    day = date_format(part.polling_day.date, "l j F")
    return _("%(day)s: %(part)s, %(hours)s") % {
        "day": day,
        "part": part.name.lower(),
        "hours": part.hours_in_full,
    }
