"""From a file of polling stations to the stations of an event: all of it, or nothing."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.event import create_event
from elections.actions.import_file import upload_import_file
from elections.actions.polling_day import add_polling_day
from elections.actions.station_import import choose_for_import, confirm_station_import, import_stations
from elections.enums import JobKind, PollingDayKind
from elections.errors import ActionError
from elections.event_plan import VOTING_DAY_PARTS, PollingDayPlan, proposed_plan
from elections.imports.station_file import read_stations
from elections.imports.station_plan import ALL, OWN, StationChoices, default_choices, plan_stations
from elections.models import AuditEvent, PollingStation, Venue
from tests import factories
from tests.elections.station_files import (
    PLAIN_COLUMNS,
    PLAIN_ROWS,
    STATION,
    STEP_FREE,
    national_form,
    plain_csv,
)


@pytest.fixture
def event():
    return create_event(proposed_plan(is_public_body=False), by=None)


@pytest.fixture
def file(tmp_path):
    path = plain_csv(tmp_path / "lijst.csv")
    return read_stations(path, path.name)


def _form(tmp_path, *stations):
    path = national_form(tmp_path / "form.xlsx", stations)
    return read_stations(path, path.name)


def _everything(file, event):
    return StationChoices(ALL, default_choices(file, event).days)


def _states(file, event):
    return [planned.state for planned in plan_stations(file, event, _everything(file, event)).planned]


def test_plain_table_comes_back_without_a_lost_field(event, file):
    import_stations(file, event, _everything(file, event), by=None)

    stations = PollingStation.objects.select_related("venue").order_by("number")
    for station, row in zip(stations, PLAIN_ROWS, strict=True):
        told, venue, hours = (
            dict(zip(PLAIN_COLUMNS, row, strict=True)),
            station.venue,
            station.opening_hours.get(),
        )
        stored = {
            "Naam stembureau": station.name,
            "Type stembureau": station.kind,
            "Gebruiksdoel van het gebouw": venue.purpose,
            "Straatnaam": venue.street,
            "Huisnummer": venue.house_number,
            "Huisletter": venue.house_letter,
            "Postcode": venue.postcode.replace(" ", ""),
            "Plaats": venue.city,
            "Extra adresaanduiding": venue.address_note,
            STEP_FREE: venue.accessibility[STEP_FREE],
        }
        assert stored == {name: told[name].strip() for name in stored}
        numbers = {"X": venue.rd_x, "Y": venue.rd_y, "Latitude": venue.latitude, "Longitude": venue.longitude}
        assert numbers == {name: Decimal(told[name]) for name in numbers}
        times = {"Openingstijd": hours.opens_at, "Sluitingstijd": hours.closes_at}
        for name, moment in times.items():
            assert timezone.localtime(moment).isoformat()[:19] == "2027-03-17" + told[name][10:]


def test_file_without_numbers_is_numbered_in_its_order_after_what_is_there(event, file):
    factories.make_polling_station(event, number=7)

    import_stations(file, event, _everything(file, event), by=None)

    assert list(PollingStation.objects.values_list("number", flat=True)) == [7, 8, 9, 10, 11, 12]


def test_second_time_changes_nothing(event, file):
    import_stations(file, event, _everything(file, event), by=None)

    assert _states(file, event) == ["unchanged"] * 5


def test_changed_line_says_what_changes(event, tmp_path):
    first = _form(tmp_path, STATION)
    import_stations(first, event, _everything(first, event), by=None)
    second = _form(
        tmp_path, {**STATION, "Host": "nee", "X": None, "Y": None, "Sluitingstijd": "2027-03-17T20:00:00"}
    )

    (planned,) = plan_stations(second, event, _everything(second, event)).planned
    assert [(change.field, change.before, change.after) for change in planned.changes] == [
        ("Host", "ja", "nee"),
        ("Sluitingstijd", "17 maart 2027, 21.00", "17 maart 2027, 20.00"),
    ]

    import_stations(second, event, _everything(second, event), by=None)
    venue = Venue.objects.get()
    assert venue.accessibility["Host"] == "nee"
    assert venue.rd_x == 81611  # an empty cell leaves what is there


def test_two_stations_share_a_venue_when_the_file_says_the_same_of_it(event, tmp_path):
    other = {**STATION, "Nummer stembureau": 518}
    file = _form(tmp_path, STATION, other)
    import_stations(file, event, _everything(file, event), by=None)

    assert Venue.objects.count() == 1

    differs = _form(tmp_path, STATION, {**other, "Prikkelarm": "ja"})
    import_stations(differs, event, _everything(differs, event), by=None)

    calm = {
        s.number: s.venue.accessibility["Prikkelarm"] for s in PollingStation.objects.select_related("venue")
    }
    assert calm == {517: "nee", 518: "ja"}
    assert _states(differs, event) == ["unchanged", "unchanged"]


def test_station_outside_the_file_keeps_its_venue(event, tmp_path):
    both = _form(tmp_path, STATION, {**STATION, "Nummer stembureau": 518})
    import_stations(both, event, _everything(both, event), by=None)
    one = _form(tmp_path, {**STATION, "Host": "nee"})
    import_stations(one, event, _everything(one, event), by=None)

    hosts = {s.number: s.venue.accessibility["Host"] for s in PollingStation.objects.select_related("venue")}
    assert hosts == {517: "nee", 518: "ja"}


def test_venue_of_an_earlier_event_is_used_again(event, file):
    earlier = factories.make_event()
    factories.make_polling_day(earlier)
    import_stations(file, earlier, _everything(file, earlier), by=None)
    import_stations(file, event, _everything(file, event), by=None)

    assert Venue.objects.count() == 5
    assert PollingStation.objects.count() == 10


def test_fault_means_that_nothing_is_read_in(event, tmp_path):
    file = _form(tmp_path, STATION, {**STATION, "Nummer stembureau": 2, "Host": "x"})

    with pytest.raises(ActionError, match="niets ingelezen"):
        import_stations(file, event, _everything(file, event), by=None)

    assert not PollingStation.objects.exists()


def test_only_our_own_stations_are_proposed(event, file):
    choices = default_choices(file, event)
    plan = plan_stations(file, event, choices)

    assert choices.scope == OWN
    assert (len(plan.planned), plan.left_out) == (3, 2)
    assert plan.municipalities == [("GM0001", "Juinen", 3), ("GM0344", "Elders", 2)]


def test_file_of_others_asks_what_is_meant(event, zonneiland, tmp_path):
    path = plain_csv(tmp_path / "lijst.csv")
    with tenant_context(zonneiland):
        island = create_event(proposed_plan(is_public_body=True), by=None)
        file = read_stations(path, path.name)
        choices = default_choices(file, island)

        assert plan_stations(file, island, choices).needs_scope
        with pytest.raises(ActionError, match="Kies eerst"):
            import_stations(file, island, choices, by=None)


def test_strange_date_goes_to_the_only_voting_day(event, file):
    plan = plan_stations(file, event, default_choices(file, event))

    assert plan.other_dates == [date(2023, 3, 15)]
    assert {planned.day.date for planned in plan.planned} == {date(2027, 3, 17)}


def test_strange_date_goes_nowhere_when_there_are_two_voting_days(event, file):
    early = PollingDayPlan(date(2027, 3, 16), PollingDayKind.EARLY_VOTING, VOTING_DAY_PARTS)
    add_polling_day(event, early, by=None)

    assert default_choices(file, event).days == {"2023-03-15": ""}


def test_hours_are_in_the_time_zone_of_the_municipality(zonneiland, tmp_path):
    path = national_form(tmp_path / "form.xlsx", [STATION])
    with tenant_context(zonneiland):
        island = create_event(proposed_plan(is_public_body=True), by=None)
        file = read_stations(path, path.name)
        import_stations(file, island, _everything(file, island), by=None)
        hours = PollingStation.objects.get().opening_hours.get()

    assert hours.opens_at.isoformat() == "2027-03-17T11:30:00+00:00"


def test_number_that_two_municipalities_use_is_a_fault_when_both_are_read_in(event, tmp_path):
    path = plain_csv(
        tmp_path / "lijst.csv",
        ("Nummer stembureau", "Naam stembureau", "CBS gemeentecode"),
        [("1", "Stadhuis", "GM0001"), ("1", "Raadhuis", "GM0344")],
    )
    file = read_stations(path, path.name)

    assert plan_stations(file, event, StationChoices(OWN)).faults == []
    (fault,) = plan_stations(file, event, StationChoices(ALL)).faults
    assert fault.message == "Nummer 1 staat ook in rij 2."


def test_very_long_opening_is_a_fault(event, tmp_path):
    file = _form(tmp_path, {**STATION, "Sluitingstijd": "2027-04-17T21:00:00"})

    (fault,) = plan_stations(file, event, _everything(file, event)).faults
    assert fault.field == "Sluitingstijd"


def _upload(event, tmp_path, *stations):
    path = national_form(tmp_path / "form.xlsx", stations)
    upload = SimpleUploadedFile("../form.xlsx", path.read_bytes())
    import_file, file = upload_import_file(
        JobKind.STATION_IMPORT, upload, by=factories.make_staff(), event=event, read=read_stations
    )
    choices = _everything(file, event)
    choose_for_import(import_file, choices)
    return import_file, plan_stations(file, event, choices).fingerprint


def test_confirm_twice_reads_in_once(event, tmp_path):
    import_file, fingerprint = _upload(event, tmp_path, STATION)

    assert confirm_station_import(import_file, event, fingerprint=fingerprint, by=None) is not None
    assert confirm_station_import(import_file, event, fingerprint=fingerprint, by=None) is None

    assert PollingStation.objects.count() == 1
    assert AuditEvent.objects.filter(action="polling_station.import").count() == 1


def test_confirm_refuses_when_a_station_changed_since_the_look(event, tmp_path):
    import_file, fingerprint = _upload(event, tmp_path, STATION)
    factories.make_polling_station(event, number=517)

    with pytest.raises(ActionError, match="intussen veranderd"):
        confirm_station_import(import_file, event, fingerprint=fingerprint, by=None)


def test_confirm_refuses_a_file_that_changed_in_the_storage(event, tmp_path, settings, juinen):
    import_file, fingerprint = _upload(event, tmp_path, STATION)
    (tmp_path / "media" / juinen.schema_name / import_file.file).write_bytes(b"iets anders")

    with pytest.raises(ActionError, match="veranderd na het uploaden"):
        confirm_station_import(import_file, event, fingerprint=fingerprint, by=None)

    assert not PollingStation.objects.exists()
