"""A small city for the tests of proposals: two stations, a morning and an evening."""

from datetime import time
from types import SimpleNamespace

from elections.actions.proposal import request_proposal, run_proposal
from elections.models import Assignment
from tests import factories


def make_city():
    """Two stations, a morning and an evening, a chair and two members each; nobody can come yet."""
    event = factories.make_event(minimum_rest_hours=0)
    day = factories.make_polling_day(event)
    parts = [
        factories.make_day_part(day),
        factories.make_day_part(day, start=time(14), end=time(21)),
    ]
    chair = factories.make_position(event, kind="chair", rank=1, needs_training=False)
    member = factories.make_position(event, rank=3, needs_training=False)
    stations = [factories.make_polling_station(event) for _number in range(2)]
    shifts = [
        factories.make_shift(station, part, position, places=places)
        for station in stations
        for part in parts
        for position, places in ((chair, 1), (member, 2))
    ]
    return SimpleNamespace(
        event=event, parts=parts, chair=chair, member=member, stations=stations, shifts=shifts
    )


def make_people(city, count, *, parts=None, answer="yes", **values):
    """Members who answered all day parts, or only `parts`."""
    made = []
    for _number in range(count):
        member = factories.make_member(with_user=False, **values)
        for part in city.parts if parts is None else parts:
            factories.make_availability(member, part, answer=answer)
        made.append(member)
    return made


def ask(city, by=None, *, keeps_present=True, weights=None, seconds=5):
    """A proposal that waits for its task."""
    return request_proposal(
        city.event, weights=weights or {}, keeps_present=keeps_present, seconds=seconds, by=by
    )


def make_proposal(city, **options):
    """A proposal that is ready."""
    proposal = ask(city, **options)
    run_proposal(proposal.job)
    proposal.refresh_from_db()
    assert proposal.state == "ready"
    return proposal


def pairs_of(rows):
    """(member, shift) of the rows."""
    return set(rows.values_list("member_id", "shift_id"))


def plan_of_now(city):
    """(member, shift) of the places of now."""
    return pairs_of(Assignment.objects.of_event(city.event).active())
