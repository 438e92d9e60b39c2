"""Whom members mean when they write with whom they like to work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from elections import normalise
from elections.models import CompanionWish, ElectionEvent, Member

MAX_LIKELY: Final = 3
LIKELY: Final = 0.6
"""From here on two names look enough alike to ask about; 1 is the same."""


@dataclass(frozen=True)
class WishWithLikely:
    """A wish that waits, with the members who may be meant, likeliest first."""

    wish: CompanionWish
    likely: list[Member]


def waiting_wishes(event: ElectionEvent) -> QuerySet[CompanionWish]:
    """The wishes of active members of which nobody decided yet whom they mean, oldest first."""
    wishes = CompanionWish.objects.filter(event=event, settled_at=None, member__is_active=True)
    return wishes.select_related("member").order_by("pk")


def all_wishes(event: ElectionEvent) -> QuerySet[CompanionWish]:
    """All wishes of active members: those that wait first, then by the name of who wishes."""
    wishes = CompanionWish.objects.filter(event=event, member__is_active=True)
    waits_first = Case(When(settled_at=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    return wishes.select_related("member", "companion").order_by(
        waits_first, "member__sort_name", "member__number"
    )


def with_likely(wishes: Sequence[CompanionWish]) -> list[WishWithLikely]:
    """Put beside each of a page of wishes the members who may be meant. One query for the page."""
    words = {word for wish in wishes if wish.settled_at is None for word in _search_words(wish.name)}
    found: list[Member] = []
    if words:
        # The index on search_text answers this: a word that looks like it, so that a typing error is found too.
        alike = reduce(or_, (Q(search_text__trigram_word_similar=word) for word in words))
        found = list(Member.objects.active().filter(alike).by_name())
    return [WishWithLikely(wish, _likely(wish, found)) for wish in wishes]


def same_name(name: str, *, but: Member) -> list[Member]:
    """Active members whose full name is `name`, accents and capitals aside; without `but`. One query."""
    words = plain_name(name).split()
    if not words:
        return []
    members = Member.objects.active().exclude(pk=but.pk)
    for word in words:
        members = members.filter(search_text__contains=word)
    return [member for member in members if plain_name(name) in _names_of(member)]


def plain_name(name: str) -> str:
    """A name to compare: small letters without accents, points and commas, single spaces."""
    words = normalise.without_accents(name).casefold().replace(".", " ").replace(",", " ").split()
    return " ".join(words)


def is_own_name(name: str, member: Member) -> bool:
    """Whether somebody typed their own name."""
    return plain_name(name) in _names_of(member)


def unlinked_wishes_for(member: Member) -> list[int]:
    """Primary keys of the wishes that name this person and that nobody linked, however they were written: initials or
    one of them, the last name in front, without the infix. A last name alone is nobody's. One query."""
    given = [first for first in (member.first_name, member.initials) if first]
    given += [first[0] for first in given]
    family = [f"{member.infix} {member.last_name}", member.last_name]
    written = {_words(f"{first} {last}") for first in given for last in family}
    wishes = CompanionWish.objects.filter(companion=None).values_list("pk", "name")
    return [key for key, name in wishes.iterator() if _words(name) in written]


def _words(name: str) -> tuple[str, ...]:
    return tuple(sorted(plain_name(name).split()))


def _names_of(member: Member) -> set[str]:
    """The ways in which somebody would write this full name; a last name alone is none of them."""
    rest = " ".join(part for part in (member.infix, member.last_name) if part)
    return {plain_name(f"{first} {rest}") for first in (member.first_name, member.initials) if first}


def _search_words(name: str) -> Iterable[str]:
    """The words of the last name that are worth looking for."""
    plain = normalise.last_name(plain_name(name)).last_name
    words = [word for word in plain.split() if word not in normalise.INFIX_WORDS]
    return words[-1:]


def _likely(wish: CompanionWish, found: Iterable[Member]) -> list[Member]:
    if wish.settled_at is not None:
        return []
    wanted = plain_name(wish.name)
    scored = [
        (max(SequenceMatcher(None, wanted, name).ratio() for name in names), member)
        for member in found
        if member.pk != wish.member_id and (names := _names_of(member) | {plain_name(member.last_name)})
    ]
    best = sorted((pair for pair in scored if pair[0] >= LIKELY), key=lambda pair: -pair[0])
    return [member for _score, member in best[:MAX_LIKELY]]
