"""Invented venues: schools, halls and community centres around one point on the map."""

import random

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


def invented_venue(
    index: int, *, chance: random.Random, city: str, centre: tuple[float, float], is_island: bool
) -> tuple[Venue, StationKind]:
    """An unsaved venue within some four kilometres of `centre` (latitude, longitude), and the kind of station in it."""
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
        postcode=""
        if is_island
        else f"{chance.randint(1300, 1399)} {''.join(chance.choices('ABCDEGHJKL', k=2))}",
        city=city,
        latitude=round(centre[0] + chance.uniform(-0.035, 0.035), 6),
        longitude=round(centre[1] + chance.uniform(-0.05, 0.05), 6),
        accessibility={
            "Toegankelijk voor mensen met een lichamelijke beperking": "ja"
            if chance.random() < 0.81
            else "nee",
            **ACCESSIBILITY,
        },
    )
    return venue, kind
