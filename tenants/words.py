"""The words that differ between a municipality and a Caribbean public body.

Bonaire, Sint Eustatius and Saba are public bodies: they have a bestuurscollege where a municipality has a
college van burgemeester en wethouders (Kieswet, hoofdstuk Ya). Templates write `{{ municipality.words.college
}}`.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Words:
    """How one kind of municipality calls its bodies, buildings and numbers."""

    kind: Text
    the_kind: Text
    college: Text
    the_college: Text
    council: Text
    head: Text
    town_hall: Text
    central_board: Text
    person_number: Text
    person_number_short: Text
    currency: str
    """ISO 4217 code of the money that allowances are paid in."""


MUNICIPALITY_WORDS = Words(
    kind=_("gemeente"),
    the_kind=_("de gemeente"),
    college=_("college van burgemeester en wethouders"),
    the_college=_("het college van burgemeester en wethouders"),
    council=_("gemeenteraad"),
    head=_("burgemeester"),
    town_hall=_("gemeentehuis"),
    central_board=_("gemeentelijk stembureau"),
    person_number=_("burgerservicenummer (BSN)"),
    person_number_short=_("BSN"),
    currency="EUR",
)
PUBLIC_BODY_WORDS = Words(
    kind=_("openbaar lichaam"),
    the_kind=_("het openbaar lichaam"),
    college=_("bestuurscollege"),
    the_college=_("het bestuurscollege"),
    council=_("eilandsraad"),
    head=_("gezaghebber"),
    town_hall=_("bestuurskantoor"),
    central_board=_("stembureau voor het openbaar lichaam"),
    person_number=_("burgerservicenummer (BSN) of ID-nummer"),
    person_number_short=_("BSN of ID-nummer"),
    currency="USD",
)
