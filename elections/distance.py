"""How far a member lives from a venue, estimated without asking a map service.

Only the digits of a member's postcode are used: a home is taken to be where the venues with those digits are. That is
good to about a kilometre, so pages say "ongeveer".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import cos, hypot, radians
from statistics import fmean
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from elections.models import Venue

Point = tuple[float, float]  # metres on a flat grid

EARTH_RADIUS: Final = 6_371_000
_DIGITS: Final = (4, 3)  # of the postcode: the neighbourhood, else the town


def points(venues: Iterable[Venue]) -> dict[int, Point]:
    """Where the venues are on one flat grid in metres, by primary key; without those of which it is not known.

    The national grid (Rijksdriehoek) where most venues have it; elsewhere, such as on the islands, a grid made from
    the degrees, which is exact enough within one municipality.
    """
    rows = list(venues)
    national = [row for row in rows if row.rd_x is not None and row.rd_y is not None]
    worldly = [row for row in rows if row.latitude is not None and row.longitude is not None]
    if national and len(national) >= len(worldly):
        return {row.pk: (float(row.rd_x), float(row.rd_y)) for row in national}  # type: ignore[arg-type]
    if not worldly:
        return {}
    narrow = cos(radians(fmean(float(row.latitude) for row in worldly)))  # type: ignore[arg-type]
    return {
        row.pk: (
            EARTH_RADIUS * radians(float(row.longitude)) * narrow,  # type: ignore[arg-type]
            EARTH_RADIUS * radians(float(row.latitude)),  # type: ignore[arg-type]
        )
        for row in worldly
    }


def homes(postcodes: Mapping[int, str], venues: Iterable[Venue]) -> dict[int, Point]:
    """About where people live, by the key of `postcodes`, on the grid of `points(venues)`.

    postcodes: such as "1234 AB"; whoever has a postcode like none of the venues is left out.
    """
    rows = list(venues)
    known = points(rows)
    near: dict[str, list[Point]] = defaultdict(list)
    for row in rows:
        if row.pk in known:
            for digits in _DIGITS:
                near[row.postcode[:digits]].append(known[row.pk])
    centres = {
        start: (fmean(point[0] for point in found), fmean(point[1] for point in found))
        for start, found in near.items()
        if start.isdigit()
    }
    found = {}
    for key, postcode in postcodes.items():
        for digits in _DIGITS:
            if postcode[:digits] in centres:
                found[key] = centres[postcode[:digits]]
                break
    return found


def metres(one: Point, other: Point) -> float:
    """As the crow flies."""
    return hypot(one[0] - other[0], one[1] - other[1])


def words(distance: float) -> str:
    """As on the screen: "ongeveer 1,2 km"; nearer than half a kilometre there is no telling."""
    if distance < 500:
        return _("in de buurt")
    return _("ongeveer %(number)s km") % {"number": number_format(distance / 1000, decimal_pos=1)}
