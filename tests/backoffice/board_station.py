"""A polling station as the board shows it, with people in its one shift."""

from tests import factories


def make_station(event, day_part, position, *, people=0, places=1, **values):
    """The station and its shift. `values` are of the station."""
    station = factories.make_polling_station(event, **values)
    shift = factories.make_shift(station, day_part, position, places=places)
    for _number in range(people):
        factories.make_assignment(factories.make_member(), shift)
    return station, shift
