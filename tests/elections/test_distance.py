"""Where people live, estimated from the digits of their postcode."""

import pytest

from elections.distance import homes, metres, points, words
from elections.models import Venue


def venue(pk, postcode="", **values):
    return Venue(pk=pk, postcode=postcode, **values)


def test_points_are_on_the_national_grid_where_the_venues_are():
    found = points([venue(1, rd_x=100_000, rd_y=400_000), venue(2, latitude=52, longitude=5), venue(3)])
    assert found == {1: (100_000, 400_000)}


def test_points_on_an_island_come_from_the_degrees():
    found = points([venue(1, latitude=12.15, longitude=-68.27), venue(2, latitude=12.15, longitude=-68.26)])
    assert metres(found[1], found[2]) == pytest.approx(1087, abs=5)


def test_homes_are_where_the_venues_with_the_same_digits_are():
    venues = [
        venue(1, "1234 AB", rd_x=0, rd_y=0),
        venue(2, "1234 CD", rd_x=2_000, rd_y=0),
        venue(3, "1239 AA", rd_x=10_000, rd_y=0),
        venue(4, "", rd_x=90_000, rd_y=0),
    ]
    found = homes({1: "1234 ZZ", 2: "1230 ZZ", 3: "9999 ZZ", 4: ""}, venues)
    assert found == {1: (1_000, 0), 2: (4_000, 0)}


def test_nothing_is_known_without_places_on_the_map():
    assert homes({1: "1234 AB"}, [venue(1, "1234 AB")]) == {}


@pytest.mark.parametrize(
    ("far", "text"),
    [(0, "in de buurt"), (499, "in de buurt"), (1_234, "ongeveer 1,2 km"), (12_000, "ongeveer 12,0 km")],
)
def test_words_say_about(far, text):
    assert words(far) == text
