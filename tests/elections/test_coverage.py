"""The law at every moment: a chair, three board members, nobody under 18."""

from datetime import date, time, timedelta

import pytest

from elections import clock, models
from elections.models import Assignment, Candidate, CandidateClash, PollingStation
from elections.queries.coverage import coverage
from tests import factories


class Bureau:
    """One polling station on one voting day, to fill in few words."""

    def __init__(self, **day):
        self.event = factories.make_event()
        self.day = factories.make_polling_day(self.event, **day)
        self.station = factories.make_polling_station(self.event)
        self.positions = {
            kind: factories.make_position(self.event, kind=kind, name=kind, rank=rank)
            for rank, kind in enumerate(("chair", "deputy_chair", "member", "counter", "reserve"))
        }
        self.parts = {}
        self.shifts = {}

    def shift(self, kind, start=7, end=14, *, people=0, places=None):
        key = (start, end)
        if key not in self.parts:
            self.parts[key] = factories.make_day_part(
                self.day, start=time(start), end=time(end), name=f"{key}"
            )
        shift = factories.make_shift(
            self.station, self.parts[key], self.positions[kind], places=people if places is None else places
        )
        for _number in range(people):
            factories.make_assignment(factories.make_member(), shift)
        return shift

    def warnings(self):
        (station,) = coverage(self.event).stations
        return {(warning.code, warning.text) for warning in station.warnings}

    def codes(self):
        return {code for code, _text in self.warnings()}


def test_coverage_is_content_with_a_chair_and_two_members():
    bureau = Bureau()
    bureau.shift("chair", people=1)
    bureau.shift("member", people=2)
    assert bureau.warnings() == set()


def test_coverage_warns_without_a_chair():
    bureau = Bureau()
    bureau.shift("chair", places=1)
    bureau.shift("member", people=3)
    assert ("no_chair", "Geen voorzitter") in bureau.warnings()
    assert ("open_places", "1 plaats open") in bureau.warnings()


def test_coverage_lets_the_deputy_replace_the_chair():
    bureau = Bureau()
    bureau.shift("deputy_chair", people=1)
    bureau.shift("member", people=2)
    assert bureau.warnings() == set()


def test_coverage_warns_with_fewer_than_three_board_members():
    bureau = Bureau()
    bureau.shift("chair", people=1)
    bureau.shift("member", people=1)
    assert bureau.warnings() == {("too_few", "Maar 2 leden aanwezig")}


def test_coverage_does_not_count_counters_and_reserves_as_board():
    bureau = Bureau()
    bureau.shift("chair", people=1)
    bureau.shift("counter", people=2)
    bureau.shift("reserve", people=2)
    assert bureau.codes() == {"too_few"}


def test_coverage_looks_at_every_moment():
    bureau = Bureau()
    bureau.shift("chair", 7, 21, people=1)
    bureau.shift("member", 7, 12, people=1)
    bureau.shift("member", 7, 14, people=1)
    assert ("too_few", "Maar 1 lid aanwezig vanaf 14.00 uur") in bureau.warnings()


def test_coverage_counts_whoever_works_in_another_part_at_that_moment():
    bureau = Bureau()
    bureau.shift("chair", 7, 21, people=1)
    bureau.shift("member", 7, 14, people=2)
    bureau.shift("member", 14, 21, people=2)
    assert bureau.warnings() == set()


def test_coverage_asks_no_board_on_a_counting_day():
    bureau = Bureau(kind="counting")
    bureau.shift("member", people=1)
    assert bureau.warnings() == set()


def test_coverage_warns_for_who_is_under_age_on_the_polling_day():
    bureau = Bureau()
    bureau.shift("chair", people=1)
    bureau.shift("member", people=1)
    young = factories.make_member(birth_date=date(2009, 3, 18), first_name="Jip", last_name="Jong")
    factories.make_assignment(young, bureau.shift("deputy_chair", places=1))
    assert bureau.warnings() == {("under_age", "Jip Jong is 17 jaar")}


def test_coverage_forgets_who_was_taken_out():
    bureau = Bureau()
    shift = bureau.shift("chair", places=1)
    bureau.shift("member", people=2)
    factories.make_assignment(factories.make_member(), shift, state="cancelled")
    assert bureau.codes() == {"no_chair", "too_few", "open_places"}


def test_coverage_says_that_a_station_has_no_shifts():
    bureau = Bureau()
    assert bureau.codes() == {"no_shifts"}


@pytest.mark.parametrize("stations", [1, 4])
def test_coverage_needs_six_queries_for_any_number_of_stations(stations, django_assert_num_queries):
    bureau = Bureau()
    bureau.shift("chair", people=1)
    for _number in range(stations - 1):
        station = factories.make_polling_station(bureau.event)
        shift = factories.make_shift(station, bureau.parts[(7, 14)], bureau.positions["member"])
        factories.make_assignment(factories.make_member(), shift)
    with django_assert_num_queries(6):
        assert len(coverage(bureau.event).stations) == stations


def test_coverage_names_the_second_and_third_member_by_rank_and_name():
    bureau = Bureau()
    bureau.shift("chair", people=1)
    deputy = bureau.shift("deputy_chair", people=1)
    members = bureau.shift("member", places=2)
    for name in ("Zwart", "Aalders"):
        factories.make_assignment(factories.make_member(last_name=name), members)
    (station,) = coverage(bureau.event).stations
    turns = {
        taken.turn_words: taken.assignment.member.last_name
        for shift in station.own_parts[0].shifts
        for taken in shift.taken
        if taken.turn
    }
    assert turns == {"tweede lid": deputy.assignments.get().member.last_name, "derde lid": "Aalders"}


def test_coverage_warns_without_the_deputy_who_was_planned():
    bureau = Bureau()
    bureau.shift("chair", people=1)
    bureau.shift("member", people=2)
    bureau.shift("deputy_chair", places=1)
    assert bureau.codes() == {"no_deputy", "open_places"}


def test_coverage_warns_above_seven_members():
    bureau = Bureau()
    bureau.shift("chair", people=1)
    bureau.shift("member", people=6)
    assert bureau.warnings() == set()
    bureau.shift("member", 7, 15, people=1)
    assert ("too_many", "Meer dan 7 leden aanwezig (8)") in bureau.warnings()


def test_coverage_warns_about_too_little_rest_and_long_days():
    bureau = Bureau()
    bureau.event.maximum_hours_per_day = 10
    bureau.event.save()
    shifts = [bureau.shift("counter", 7, 14, places=1), bureau.shift("counter", 14, 22, places=1)]
    member = factories.make_member(last_name="Moe")
    for shift in shifts:
        factories.make_assignment(member, shift)
    other_day = factories.make_polling_day(bureau.event, date=date(2027, 3, 18), kind="counting")
    early = factories.make_day_part(other_day, start=time(8), end=time(12))
    factories.make_assignment(
        member, factories.make_shift(bureau.station, early, bureau.positions["counter"], places=1)
    )
    assert bureau.warnings() == {
        ("hours", "Noor Moe werkt meer dan 10 uur op deze dag"),
        ("rest", "Noor Moe heeft minder dan 11 uur rust"),
    }


def test_coverage_warns_about_who_must_arrive_elsewhere_before_the_end():
    bureau = Bureau()
    member = factories.make_member(last_name="Haast")
    factories.make_assignment(member, bureau.shift("counter", 7, 14, places=1))
    far = factories.make_polling_station(bureau.event)
    part = factories.make_day_part(bureau.day, start=time(14), end=time(21))
    shift = factories.make_shift(far, part, bureau.positions["counter"], places=1)
    factories.make_assignment(member, shift)
    warnings = [
        (station.station.pk, warning.text)
        for station in coverage(bureau.event).stations
        for warning in station.warnings
    ]
    assert warnings == [(bureau.station.pk, "Noor Haast moet dan al op een andere plek aankomen")]


@pytest.mark.parametrize(
    ("minutes", "text"), [(5, "Noor Toch zei later nee"), (-5, "Noor Toch zei nee op dit dagdeel")]
)
def test_coverage_tells_a_no_after_the_assignment_from_one_before(minutes, text):
    bureau = Bureau()
    shift = bureau.shift("counter", places=1)
    member = factories.make_member(last_name="Toch")
    assignment = factories.make_assignment(member, shift)
    factories.make_availability(member, shift.day_part, answer="no")
    member.availability_responses.create(
        event=bureau.event, changed_at=assignment.assigned_at + timedelta(minutes=minutes)
    )
    assert bureau.warnings() == {("said_no", text)}


@pytest.mark.parametrize(
    ("policy", "codes"), [("block", {"candidate"}), ("warn", {"candidate"}), ("allow", set())]
)
def test_coverage_warns_about_candidates_as_the_policy_says(policy, codes):
    bureau = Bureau()
    bureau.event.clash_policy = policy
    bureau.event.save()
    bureau.shift("counter", people=1)
    candidate = Candidate.objects.create(
        election=factories.make_election(bureau.event), list_number=1, number=1, last_name="Bakker"
    )
    CandidateClash.objects.create(member=Assignment.objects.get().member, candidate=candidate)
    assert bureau.codes() == codes


def test_coverage_of_some_stations_knows_the_work_at_the_others():
    bureau = Bureau()
    bureau.event.maximum_hours_per_day = 8
    bureau.event.save()
    member = factories.make_member()
    factories.make_assignment(member, bureau.shift("counter", 7, 14, places=1))
    here, bureau.station = bureau.station, factories.make_polling_station(bureau.event)
    factories.make_assignment(member, bureau.shift("counter", 15, 21, places=1))
    (station,) = coverage(bureau.event, stations=PollingStation.objects.filter(pk=here.pk)).stations
    assert [warning.code for warning in station.warnings] == ["hours"]


def _open(bureau, opens, closes, day=None):
    day = day or bureau.day
    moments = [clock.moment(day.date, at) for at in (opens, closes)]
    models.OpeningHours.objects.create(
        polling_station=bureau.station, polling_day=day, opens_at=moments[0], closes_at=moments[1]
    )


def _unplanned(bureau):
    return [text.partition(" (")[0] for code, text in bureau.warnings() if code == "open_without_board"]


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        (time(8), time(21), []),
        (time(7, 30), time(21), ["Open van 07.30 tot 08.00 uur zonder dienst"]),
        (time(8), time(21, 30), ["Open van 21.00 tot 21.30 uur zonder dienst"]),
        (time(6), time(7), ["Open van 06.00 tot 07.00 uur zonder dienst"]),
        (time(22), time(23), ["Open van 22.00 tot 23.00 uur zonder dienst"]),
    ],
)
def test_coverage_warns_when_a_station_is_open_outside_its_shifts(opens, closes, said):
    bureau = Bureau()
    bureau.shift("member", 8, 14)
    bureau.shift("member", 13, 21)
    _open(bureau, opens, closes)
    assert _unplanned(bureau) == said


def test_coverage_warns_between_two_shifts_at_the_part_before():
    bureau = Bureau()
    bureau.shift("chair", 7, 14, people=1)
    bureau.shift("counter", 14, 15)
    bureau.shift("chair", 15, 21, people=1)
    _open(bureau, time(7, 30), time(21))
    assert _unplanned(bureau) == ["Open van 14.00 tot 15.00 uur zonder dienst"]
    (station,) = coverage(bureau.event).stations
    told = [part.day_part.name for part in station.own_parts for one in part.warnings if "zonder" in one.text]
    assert told == ["(14, 15)"]
    assert station.breaks_law


def test_coverage_warns_about_a_whole_day_without_shifts():
    bureau = Bureau()
    bureau.shift("chair", people=1)
    early = factories.make_polling_day(bureau.event, date=bureau.day.date - timedelta(days=1))
    _open(bureau, time(10), time(16), early)
    assert _unplanned(bureau) == ["Open van 10.00 tot 16.00 uur zonder dienst"]


def test_coverage_asks_no_board_when_votes_are_counted():
    bureau = Bureau()
    bureau.shift("chair", people=1)
    counting = factories.make_polling_day(
        bureau.event, date=bureau.day.date + timedelta(days=1), kind="counting"
    )
    _open(bureau, time(10), time(16), counting)
    assert _unplanned(bureau) == []


def test_coverage_looks_at_work_in_another_event():
    bureau, other = Bureau(), Bureau(date=factories.DAY + timedelta(days=1))
    (tired,) = bureau.shift("chair", 14, 21, people=1).assignments.all()
    early = other.shift("chair", 6, 14, places=1)
    assert "rest" not in bureau.codes()
    factories.make_assignment(tired.member, early)
    assert "rest" in bureau.codes()
    assert "rest" in other.codes()
