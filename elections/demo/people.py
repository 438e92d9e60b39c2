"""Invented people with test numbers: BSNs in the 9999 range and IBANs of a bank that does not exist."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from faker import Faker
from stdnum import iban
from stdnum.nl import bsn

from elections.demo.places import Neighbourhood
from elections.enums import PositionKind
from elections.models import Member

INFIXES = ("van der", "van den", "van de", "van", "de", "den", "ter", "ten", "der")
QUALIFIED_FOR = {
    PositionKind.CHAIR: [PositionKind.CHAIR, PositionKind.DEPUTY_CHAIR, PositionKind.MEMBER],
    PositionKind.MEMBER: [PositionKind.MEMBER],
    PositionKind.COUNTER: [PositionKind.COUNTER],
    PositionKind.RESERVE: [PositionKind.RESERVE, PositionKind.MEMBER, PositionKind.COUNTER],
}


def invented_members(
    counts: dict[PositionKind, int],
    *,
    seed: int,
    city: str,
    areas: list[Neighbourhood],
    is_island: bool,
    today: date,
) -> list[Member]:
    """Unsaved members: `counts` people per main position, numbered from 1001, in a stable random order.

    Most worked before and did the training in the year before `today`; all live in one of the neighbourhoods.
    """
    chance = random.Random(seed)  # noqa: S311 - invented data, nothing secret
    fake = Faker("nl_NL")
    fake.seed_instance(seed)
    kinds = [kind for kind, count in counts.items() for _n in range(count)]
    chance.shuffle(kinds)
    members = [_member(1001 + n, kind, chance, fake, city, is_island) for n, kind in enumerate(kinds)]
    for member in members:
        member.postcode = "" if is_island else chance.choice(areas).postcode(chance)
        member.earlier_elections = 0 if chance.random() < 0.25 else chance.randint(1, 8)
        if chance.random() < 0.8:
            member.trained_on = today - timedelta(days=chance.randint(10, 300))
    return members


def _member(
    number: int, kind: PositionKind, chance: random.Random, fake: Faker, city: str, is_island: bool
) -> Member:
    first_name = fake.first_name()
    infix, last_name = split_infix(fake.last_name())
    return Member(
        number=number,
        initials=f"{first_name[0].upper()}.",
        first_name=first_name,
        infix=infix,
        last_name=last_name,
        birth_date=date(2027, 3, 17) - timedelta(days=chance.randint(19 * 365, 78 * 365)),
        email=f"lid{number}@voorbeeld.example",
        phone=f"+599 7{chance.randint(10, 99)} {chance.randint(1000, 9999)}"
        if is_island
        else f"+31 6 {chance.randint(10_000_000, 99_999_999)}",
        street=fake.street_name(),
        house_number=str(chance.randint(1, 240)),
        city=city,
        qualified_for=QUALIFIED_FOR[kind],
        is_own_staff=chance.random() < 0.19,
    )


def split_infix(last_name: str) -> tuple[str, str]:
    """("van der", "Berg") from "van der Berg"."""
    for infix in INFIXES:
        if last_name.startswith(f"{infix} "):
            return infix, last_name.removeprefix(f"{infix} ")
    return "", last_name


def test_bsns() -> Iterator[str]:
    """BSNs from the range that the registry keeps for tests (9999xxxxx), all passing the eleven-test."""
    return (str(number) for number in range(999_900_001, 999_999_999) if bsn.is_valid(str(number)))


def test_iban(account: int) -> str:
    """A Dutch IBAN of the bank "TEST", which does not exist, with right check digits."""
    body = f"TEST{account:010d}"
    return f"NL{iban.calc_check_digits(f'NL00{body}')}{body}"
