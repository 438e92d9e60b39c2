"""Which letters go into one file for the printer or the archive, in which order, and which stay out."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from elections.enums import LetterState
from elections.models import AppointmentLetter, Assignment, ElectionEvent, Member, PollingStation
from elections.queries.letter import check_letters
from elections.queries.letter_facts import APPOINTED
from elections.queries.member import Access, with_access

CAN_LOG_IN = Q(user__is_active=True, access__in=(Access.ACCEPTED, Access.LOGGED_IN))


class LetterGroup(TextChoices):
    """Whose letters."""

    EVERYBODY = "everybody", _("van iedereen")
    WITHOUT_LOGIN = "without_login", _("alleen van leden die niet kunnen inloggen")
    STATIONS = "stations", _("alleen van leden van deze stembureaus:")


class LeftOut(TextChoices):
    """Why a letter is not in the file; the word is the sentence for one, `sentences` for more."""

    NOT_MADE = "not_made"
    OUTDATED = "outdated"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    NO_SHIFT = "no_shift"


_SENTENCES = {
    LeftOut.NOT_MADE: ngettext_lazy(
        "%(n)s brief is nog niet gemaakt", "%(n)s brieven zijn nog niet gemaakt", "n"
    ),
    LeftOut.OUTDATED: ngettext_lazy("%(n)s brief klopt niet meer", "%(n)s brieven kloppen niet meer", "n"),
    LeftOut.FAILED: ngettext_lazy("%(n)s brief is mislukt", "%(n)s brieven zijn mislukt", "n"),
    LeftOut.WITHDRAWN: ngettext_lazy("%(n)s brief is ingetrokken", "%(n)s brieven zijn ingetrokken", "n"),
    LeftOut.NO_SHIFT: ngettext_lazy(
        "%(n)s brief is van een lid zonder dienst", "%(n)s brieven zijn van leden zonder dienst", "n"
    ),
}


@dataclass(frozen=True)
class LetterBundle:
    """The letters in post order, and how many stay out for which reason (LeftOut)."""

    letters: list[AppointmentLetter] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def without_address(self) -> int:
        """How many letters have no address for the window of the envelope."""
        return sum(not _has_address(letter.member) for letter in self.letters)

    @property
    def reasons(self) -> list[str]:
        """Sentences about the letters that stay out."""
        return left_out_words(self.left_out)


def left_out_words(counts: dict[str, int]) -> list[str]:
    """For each reason a sentence without a full stop: "2 brieven kloppen niet meer"."""
    return [str(_SENTENCES[reason] % {"n": counts[reason]}) for reason in LeftOut if counts.get(reason)]


def letter_bundle(
    event: ElectionEvent,
    group: str = LetterGroup.EVERYBODY,
    stations: Iterable[PollingStation] = (),
) -> LetterBundle:
    """The letters of the group that are made or published and still true, in post order.

    Post order is by postcode, then street and house number as the postman walks; without an address last.
    The number of queries does not grow with the event.
    """
    check = check_letters(event)
    mine = _members(event, group, stations)
    untrue = {letter.pk for letter in check.to_make}
    orphaned = {letter.pk for letter in check.orphaned}
    found, left_out = [], Counter[str]()
    letters = AppointmentLetter.objects.filter(event=event, member__in=mine).select_related("event", "member")
    for letter in letters:
        reason = _reason(letter, untrue, orphaned)
        if reason:
            left_out[reason] += 1
        else:
            found.append(letter)
    left_out[LeftOut.NOT_MADE] += mine.filter(pk__in=check.missing).count()
    found.sort(key=lambda letter: (_post_order(letter.member), letter.number))
    return LetterBundle(found, +left_out)


def letters_still_true(event: ElectionEvent, wanted: Collection[tuple[int, str]]) -> list[AppointmentLetter]:
    """Of these letters (primary key, content digest) those that still say the same, in the order given."""
    rows = AppointmentLetter.objects.filter(
        event=event,
        state__in=(LetterState.MADE, LetterState.PUBLISHED),
        pk__in=[pk for pk, _digest in wanted],
    ).select_related("event", "member")
    by_pk = {letter.pk: letter for letter in rows}
    return [by_pk[pk] for pk, digest in wanted if pk in by_pk and by_pk[pk].content_digest == digest]


def _members(event: ElectionEvent, group: str, stations: Iterable[PollingStation]) -> QuerySet[Any]:
    members = with_access(Member.objects.all())
    if group == LetterGroup.WITHOUT_LOGIN:
        return members.exclude(CAN_LOG_IN)
    if group == LetterGroup.STATIONS:
        places = Assignment.objects.of_event(event).filter(
            state__in=APPOINTED, shift__polling_station__in=list(stations)
        )
        return members.filter(pk__in=places.values("member"))
    return members


def _reason(letter: AppointmentLetter, untrue: set[int], orphaned: set[int]) -> str:
    if letter.state == LetterState.WITHDRAWN:
        return LeftOut.WITHDRAWN
    if letter.state == LetterState.FAILED:
        return LeftOut.FAILED
    if letter.pk in orphaned:
        return LeftOut.NO_SHIFT
    if letter.state == LetterState.WAITING or not letter.file:
        return LeftOut.NOT_MADE
    return LeftOut.OUTDATED if letter.pk in untrue else ""


def _has_address(member: Member) -> bool:
    """As its letter has it: the letter of a confidential member is made without an address."""
    return bool(member.address_line and member.city_line) and not member.is_confidential


def _post_order(member: Member) -> tuple[Any, ...]:
    if not _has_address(member):
        return (True, member.sort_name)
    number = re.match(r"\d+", member.house_number)
    return (
        False,
        not member.postcode,  # the islands have none: by place and street, behind who has one
        member.postcode.replace(" ", "").upper(),
        member.city.casefold(),
        member.street.casefold(),
        int(number[0]) if number else 0,
        member.house_number.casefold(),
        member.sort_name,
    )
