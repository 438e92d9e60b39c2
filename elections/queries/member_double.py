"""Members who are perhaps one person who is in the member file twice.

There is no index to look a number up by: the space of BSNs is so small that an index could be searched through. All
numbers are decrypted and compared instead, 10,000 in a fraction of a second. The answer is for staff only; told to a
member, or to whoever types numbers into the portal, it would say who is known here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from elections.enums import SecretKind
from elections.models import Member, MemberSecret, User
from elections.permissions import can
from elections.queries.confidentiality import RIGHT
from elections.same_person import compare, facts_of
from elections.secrets import members_with_number, sharing_a_number

# More of the same birth date or address is a fault of a file, not people to look at one by one.
_MOST_ALIKE: Final = 20
NUMBER, BIRTH, ADDRESS = (
    _("zelfde nummer"),
    _("zelfde geboortedatum en naam"),
    _("zelfde e-mailadres en naam"),
)


@dataclass(frozen=True)
class Double:
    """Two rows of the member file that may be one person, the oldest first, and why."""

    one: Member
    other: Member
    reasons: tuple[str | Promise, ...]


def same_number(member: Member) -> QuerySet[Member]:
    """Other members with the BSN or ID number of this one, by name; also those who are not active."""
    if not MemberSecret.objects.filter(member=member, kind=SecretKind.BSN).exists():
        return Member.objects.none()
    found = {key: number for number, key in members_with_number(SecretKind.BSN)}
    own = found.get(member.pk)
    doubles = [key for key, number in found.items() if key != member.pk and number == own]
    return Member.objects.filter(pk__in=doubles).by_name()


def possible_doubles(by: User) -> list[Double]:
    """Pairs of members who have a number, or a name with a birth date or e-mail address, in common; the surest first,
    then by name. A handful of queries, whatever the number of members.

    by: who will read it. An address that is hidden from them makes no pair.
    """
    members = {member.pk: member for member in Member.objects.present().by_name()}
    sees_all = can(by, RIGHT)
    reasons: dict[tuple[int, int], list[str | Promise]] = defaultdict(list)
    for group in sharing_a_number(SecretKind.BSN):
        for pair in combinations(sorted(members.keys() & set(group)), 2):
            reasons[pair].append(NUMBER)
    addresses = {
        key: member.email.lower() for key, member in members.items() if sees_all or not member.is_confidential
    }
    births = {key: member.birth_date for key, member in members.items()}
    for words, keys in ((BIRTH, births), (ADDRESS, addresses)):
        for pair in _alike(members, keys.items()):
            reasons[pair].append(words)
    found = [Double(members[one], members[other], tuple(why)) for (one, other), why in reasons.items()]
    return sorted(
        found, key=lambda double: (NUMBER not in double.reasons, double.one.sort_name, double.one.pk)
    )


def doubles_of(member: Member, by: User) -> list[Member]:
    """Those of `possible_doubles` who may be this member."""
    pairs = [double for double in possible_doubles(by) if member in (double.one, double.other)]
    return [double.other if double.one == member else double.one for double in pairs]


def _alike(members: dict[int, Member], keys: Iterable[tuple[int, Any]]) -> Iterator[tuple[int, int]]:
    """Pairs with the same key that is not empty, and with names that can be of one person."""
    groups: dict[Any, list[int]] = defaultdict(list)
    for pk, key in keys:
        if key:
            groups[key].append(pk)
    for group in groups.values():
        if not 1 < len(group) <= _MOST_ALIKE:
            continue
        facts = {pk: facts_of(members[pk]) for pk in group}
        for one, other in combinations(sorted(group), 2):
            if compare(facts[one], facts[other]):
                yield one, other
