"""What the invented population register of the demo knows: its own members, a few of them otherwise than we do.

The people are written down when the municipality is made, from the test numbers that they were given then: nothing here
reads a stored number.
"""

import json
from pathlib import Path
from typing import Final

from django.conf import settings

from elections.actions.brp_connection import authorise, set_connection
from elections.demo.brp_stand_in import KEY, Person, abroad, address, died
from elections.demo.people import test_bsns
from elections.enums import BrpSubject, SecretKind
from elections.models import BrpConnection, Member

PURPOSE: Final = "BRPACT-Benoemen leden stembureau"
FILE: Final = "brp-people.json"


def people_file() -> Path:
    """Where the stand-in of the demo reads who there is."""
    return Path(settings.VAR_DIR) / FILE


def introduce_members() -> None:
    """Tell the register who the members of the municipality at work are; right after they were made, and only then."""
    members = Member.objects.filter(secrets__kind=SecretKind.BSN).order_by("pk")
    people = {
        number: {"burgerservicenummer": number} | _told(place, member)
        for place, (member, number) in enumerate(zip(members, test_bsns(), strict=False))
    }
    people_file().write_text(json.dumps(people, ensure_ascii=False))


def connect_register(url: str) -> None:
    """Connect the municipality at work to the stand-in, at the address that it has this time."""
    if not url or not people_file().exists():
        return
    known = BrpConnection.objects.first()
    if known and known.url == url:
        return
    set_connection(url=url, key=KEY)
    if known is None:
        authorise(
            purpose=PURPOSE,
            processing="Zitting@Ledenbestand",
            subjects=BrpSubject.values,
            is_active=True,
            by=None,
        )


def _told(place: int, member: Member) -> Person:
    """One moved, one died, one left the country, one keeps data secret; the others are where we think."""
    home: Person = {
        "verblijfplaats": address(
            member.street, int(member.house_number), member.postcode, member.city, since="1 mei 2020"
        )
    }
    return {
        3: {"verblijfplaats": address("Kerkstraat", 7, "1234 AB", member.city, since="1 mei 2026")},
        7: died("12 maart 2026"),
        11: home | {"geheimhoudingPersoonsgegevens": True},
        15: {"verblijfplaats": abroad(since="2 januari 2026")},
    }.get(place, home)
