"""Invented venues: schools, halls and community centres around one point on the map."""

import math
import random
from dataclasses import dataclass

from elections.enums import StationKind
from elections.models import Venue

KINDS = (
    ("Basisschool", "onderwijsfunctie"),
    ("Buurthuis", "bijeenkomstfunctie"),
    ("Sporthal", "sportfunctie"),
    ("Wijkcentrum", "bijeenkomstfunctie"),
    ("Bibliotheek", "bijeenkomstfunctie"),
    ("Dorpshuis", "bijeenkomstfunctie"),
    ("Zorgcentrum", "gezondheidszorgfunctie"),
    ("Kerkzaal", "bijeenkomstfunctie"),
)
NAMES = (
    "De Regenboog", "De Vlinder", "Het Anker", "De Linde", "De Molenhoek", "De Wissel", "Zonnehof", "De Driesprong",
    "Het Baken", "De Horizon", "De Kastanje", "Waterrand", "De Schakel", "Het Kompas", "De Ark", "Veldzicht",
    "De Boomgaard", "Het Palet", "De Klimop", "Meerzicht", "De Brug", "De Vuurtoren", "Het Talent", "De Werf",
)  # fmt: skip
STREETS = (
    "Dorpsstraat", "Kerkweg", "Molenlaan", "Schoolstraat", "Stationsweg", "Lindelaan", "Havenkade", "Ringdijk",
    "Parklaan", "Beukenweg", "Zeestraat", "Marktplein", "Nieuwstraat", "Eikenlaan", "Waterweg", "Esdoornhof",
)  # fmt: skip
ACCESSIBILITY = {"Toegankelijke ov-halte": "ja", "Toilet": "ja, toegankelijk toilet", "Host": "nee"}


LETTERS = "ABCDEGHJKLNPRSTVWXZ"
SPREAD = (0.035, 0.05)  # degrees of latitude and longitude from the centre: some four kilometres


@dataclass(frozen=True)
class Neighbourhood:
    """The four digits of a postcode, and the middle of it as latitude and longitude."""

    digits: int
    middle: tuple[float, float]

    def postcode(self, chance: random.Random) -> str:
        """A postcode in this neighbourhood, such as "1304 KL"."""
        return f"{self.digits} {''.join(chance.choices(LETTERS, k=2))}"


def neighbourhoods(stations: int, centre: tuple[float, float]) -> list[Neighbourhood]:
    """A grid of neighbourhoods around `centre`, one for each four stations."""
    side = max(2, math.ceil(math.sqrt(stations / 4)))
    steps = [2 * (step + 0.5) / side - 1 for step in range(side)]
    return [
        Neighbourhood(
            1301 + row * side + column, (centre[0] + north * SPREAD[0], centre[1] + east * SPREAD[1])
        )
        for row, north in enumerate(steps)
        for column, east in enumerate(steps)
    ]


def invented_venue(
    index: int, *, chance: random.Random, city: str, areas: list[Neighbourhood], is_island: bool
) -> tuple[Venue, StationKind]:
    """An unsaved venue in one of the neighbourhoods, with its postcode, and the kind of station in it."""
    area = areas[index % len(areas)]
    reach = [part / math.sqrt(len(areas)) for part in SPREAD]
    sort, purpose = KINDS[index % len(KINDS)]
    name = f"{sort} {NAMES[(index * 7 + index // len(NAMES)) % len(NAMES)]}"
    kind = StationKind.SPECIAL if sort == "Zorgcentrum" else StationKind.REGULAR
    if index % 40 == 39:
        name, kind, purpose = f"Stembus {index // 40 + 1}", StationKind.MOBILE, ""
    venue = Venue(
        name=name,
        purpose=purpose,
        bag_id="0" * 16 if is_island else f"0999200000{index:06d}",
        street=STREETS[(index * 5) % len(STREETS)],
        house_number=str(chance.randint(1, 180)),
        postcode="" if is_island else area.postcode(chance),
        city=city,
        latitude=round(area.middle[0] + chance.uniform(-reach[0], reach[0]), 6),
        longitude=round(area.middle[1] + chance.uniform(-reach[1], reach[1]), 6),
        accessibility={
            "Toegankelijk voor mensen met een lichamelijke beperking": "ja"
            if chance.random() < 0.81
            else "nee",
            **ACCESSIBILITY,
        },
    )
    return venue, kind
