"""The pages of polling stations, and reading a file of them in."""

from datetime import time

import lxml.html
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_tenants.utils import tenant_context

from elections.accessibility import STEP_FREE
from elections.actions.event import create_event
from elections.actions.shift import make_shifts
from elections.clock import moment
from elections.event_plan import proposed_plan
from elections.models import ImportFile, Label, PollingStation
from tests import factories
from tests.elections.station_files import STATION, national_form, plain_csv


@pytest.fixture
def staff(juinen, client_for):
    return client_for(juinen, factories.make_staff("planner"))


@pytest.fixture
def event():
    return create_event(proposed_plan(is_public_body=False), by=None)


def _url(name, *args):
    return reverse(f"backoffice:{name}", args=args, urlconf="config.urls_tenant")


def _page(response):
    return response.content.decode()


def test_list_without_event_sends_to_the_events(staff):
    assert staff.get(_url("polling-station-list")).url == _url("event-list")


def test_list_without_stations_says_how_to_get_them(staff, event):
    page = _page(staff.get(_url("polling-station-list")))

    assert "Er zijn nog geen stembureaus" in page
    assert _url("polling-station-import") in page


def test_reader_sees_no_buttons_to_change(juinen, client_for, event):
    station = factories.make_polling_station(event)
    reader = client_for(juinen, factories.make_staff("reader"))

    assert _url("polling-station-import") not in _page(reader.get(_url("polling-station-list")))
    assert "Aanpassen" not in _page(reader.get(_url("polling-station-detail", station.uuid)))


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_the_same_queries_for_one_and_three(staff, event, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_polling_station(event)
    make_shifts(event, by=None)
    staff.get(_url("polling-station-list"))

    with django_assert_num_queries(7):
        staff.get(_url("polling-station-list"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=mobiel", {"Bus"}),
        ("step_free=ja", {"School"}),
        ("step_free=unknown", {"Bus"}),
        ("shifts=none", {"Bus"}),
        ("shifts=open", {"School"}),
        ("shifts=full", set()),
        ("q=scho", {"School"}),
        ("q=niets", set()),
        ("sort=-coverage&page=99", {"School", "Bus"}),
        ("kind=onzin&shifts=x&sort=x", {"School", "Bus"}),
    ],
)
def test_list_filters_and_survives_nonsense(staff, event, query, expected):
    factories.make_polling_station(
        event, name="School", venue=factories.make_venue(accessibility={STEP_FREE: "ja"})
    )
    make_shifts(event, by=None)
    factories.make_polling_station(event, name="Bus", kind="mobiel")

    page = _page(staff.get(f"{_url('polling-station-list')}?{query}"))

    assert {name for name in ("School", "Bus") if f">{name}</a>" in page} == expected


def test_detail_shows_hours_in_local_time_and_shifts(staff, event):
    url = _url("polling-station-create")
    data = {
        "station-number": "1",
        "station-name": "Stadhuis",
        "station-kind": "regulier",
        "station-is_counting_place": "on",
        "venue-name": "Stadhuis",
        "venue-postcode": "1234ab",
        "venue-latitude": "52,0775912",
        "venue-longitude": "4.3166395",
        "accessibility-answer0": "nee",
        f"hours-{event.polling_days.get(kind='voting').uuid}-opens": "7.30",
        f"hours-{event.polling_days.get(kind='voting').uuid}-closes": "21:00",
    }
    response = staff.post(url, data)
    make_shifts(event, by=None)

    station = PollingStation.objects.get()
    assert response.url == _url("polling-station-detail", station.uuid)
    assert station.venue.postcode == "1234 AB"
    assert station.venue.accessibility == {STEP_FREE: "nee"}
    page = _page(staff.get(response.url))
    assert "07.30–21.00" in page
    assert "0 van 3" in page
    assert "mlat=52.0775912" in page


def test_create_shows_errors_and_keeps_what_was_typed(staff, event):
    data = {
        "station-number": "0",
        "station-name": "Stadhuis",
        "station-kind": "x",
        "venue-bag_id": "123",
        "venue-latitude": "52",
    }
    response = staff.post(_url("polling-station-create"), data)

    page = _page(response)
    assert response.status_code == 200
    assert "Een BAG-nummer heeft 16 cijfers" in page
    assert "Vul beide coördinaten in, of geen." in page
    assert 'value="Stadhuis"' in page
    assert not PollingStation.objects.exists()


def test_edit_page_starts_with_what_is_there(staff, event):
    station = factories.make_polling_station(event, name="Oud", note="Let op")

    page = _page(staff.get(_url("polling-station-edit", station.uuid)))

    assert 'value="Oud"' in page
    assert "Let op" in page


def test_edit_says_that_another_station_uses_the_venue(staff, event):
    station = factories.make_polling_station(event)
    other = factories.make_polling_station(event, venue=station.venue, name="De buren")

    assert f"{other}" in _page(staff.get(_url("polling-station-edit", station.uuid)))


def test_delete_asks_first_and_refuses_with_people_in_it(staff, event):
    station = factories.make_polling_station(event)
    make_shifts(event, by=None)
    assert staff.get(_url("polling-station-delete", station.uuid)).status_code == 200
    factories.make_assignment(factories.make_member(), station.shifts.first())

    page = _page(staff.post(_url("polling-station-delete", station.uuid), follow=True))

    assert "Bij dit stembureau zijn mensen ingedeeld" in page
    assert PollingStation.objects.exists()


def _upload(staff, path):
    upload = SimpleUploadedFile(path.name, path.read_bytes())
    return staff.post(_url("polling-station-import"), {"file": upload}, follow=True)


def _confirm(staff, response):
    uuid = ImportFile.objects.latest("pk").uuid
    data = {"fingerprint": response.context["plan"].fingerprint}
    return staff.post(_url("polling-station-import-confirm", uuid), data, follow=True)


def test_import_of_the_national_form_from_upload_to_list(staff, event, tmp_path):
    response = _upload(staff, national_form(tmp_path / "form.xlsx", [STATION]))
    assert "1 stembureaus inlezen" in _page(response)
    assert not PollingStation.objects.exists()

    page = _page(_confirm(staff, response))

    assert "Ingelezen: 1 nieuwe en 0 gewijzigde stembureaus" in page
    assert ">Stadhuis</a>" in page


def test_import_confirmed_twice_is_read_in_once(staff, event, tmp_path):
    response = _upload(staff, national_form(tmp_path / "form.xlsx", [STATION]))
    _confirm(staff, response)

    assert "al ingelezen" in _page(_confirm(staff, response))
    assert PollingStation.objects.count() == 1
    uuid = ImportFile.objects.get().uuid
    assert staff.get(_url("polling-station-import-check", uuid)).url == _url("polling-station-list")


def test_import_of_a_list_of_several_municipalities_asks_which(staff, event, tmp_path):
    response = _upload(staff, plain_csv(tmp_path / "lijst.csv"))
    page = _page(response)
    assert "Juinen (3), Elders (2)" in page
    assert "2 stembureaus van een andere gemeente slaan wij over" in page
    assert "De tijden van 15 maart 2023 gelden op" in page

    url = response.redirect_chain[-1][0]
    response = staff.post(url, {"scope": "all", "day-2023-03-15": "none"}, follow=True)
    assert response.context["counts"]["new"] == 5
    _confirm(staff, response)

    assert PollingStation.objects.count() == 5
    assert not PollingStation.objects.filter(opening_hours__isnull=False).exists()


def test_import_with_faults_shows_place_and_field_and_cannot_be_confirmed(staff, event, tmp_path):
    wrong = {**STATION, "Nummer stembureau": 2, "Toilet": "<script>alert(1)</script>"}
    response = _upload(staff, national_form(tmp_path / "form.xlsx", [STATION, wrong]))

    page = _page(response)
    assert "Kolom G" in page
    assert "Toilet" in page
    assert "<script>alert" not in page
    assert "stembureaus inlezen</span>" not in page
    assert "niets ingelezen" in _page(_confirm(staff, response))
    assert not PollingStation.objects.exists()


def test_import_can_be_thrown_away(staff, event, tmp_path):
    _upload(staff, national_form(tmp_path / "form.xlsx", [STATION]))
    uuid = ImportFile.objects.get().uuid

    staff.post(_url("polling-station-import-cancel", uuid))

    page = _page(staff.get(_url("polling-station-import-check", uuid), follow=True))
    assert "niet meer" in page


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("stations.exe", b"MZ"),
        ("leeg.csv", b""),
        ("stations.xlsx", b"PK\x03\x04 kapot"),
        ("stations.xls", b"\xd0\xcf\x11\xe0"),
        ("stations.csv", b"Voornaam;Achternaam\nNoor;Bakker\n"),
        ("stations.csv", b"\x00\x01\x02\x03" * 50),
        ("stations.csv", b"Naam stembureau,Plaats\n" + b"A,B\n" * 20_002),
    ],
)
def test_import_of_a_hostile_or_wrong_file_is_a_clear_refusal(staff, event, name, content):
    upload = SimpleUploadedFile(name, content)
    response = staff.post(_url("polling-station-import"), {"file": upload})

    assert response.status_code == 200
    assert "Er gaat nog iets niet goed" in _page(response)
    assert not ImportFile.objects.exists()


def test_import_without_a_file_says_so(staff, event):
    assert "Er gaat nog iets niet goed" in _page(staff.post(_url("polling-station-import"), {}))


def test_member_file_is_no_station_file(staff, event):
    other = factories.make_import_file(kind="member_import", event=event)

    assert staff.get(_url("polling-station-import-check", other.uuid)).status_code == 404


def test_map_shows_the_same_as_the_table_with_state_in_words(staff, event):
    venue = factories.make_venue(latitude="52.5312345", longitude="5.4712345")
    station = factories.make_polling_station(event, number=7, venue=venue, name="<b>De Ark</b>")
    factories.make_polling_station(event, name="Zonder plek")
    make_shifts(event, by=None)
    response = staff.get(_url("polling-station-map"))

    page = lxml.html.fromstring(response.content)
    (point,) = page.xpath("//tr[@data-z-lat]")
    assert (point.get("data-z-lat")[:7], point.get("data-z-lon")[:7]) == ("52.5312", "5.47123")
    assert point.get("data-z-point") == "7 <b>De Ark</b>"
    assert (point.get("data-z-state"), point.get("data-z-words")) == ("empty", "Nog niemand: 0/13")
    assert point.get("data-z-url") == _url("polling-station-detail", station.uuid)
    assert "1 stembureau staat niet op de kaart" in _page(response)
    assert page.get_element_by_id("points").xpath("following::*[@data-z-map='points']")


def test_only_the_map_may_load_tiles_and_only_of_that_host(staff, event, settings):
    factories.make_polling_station(event)
    opened = staff.get(_url("polling-station-map")).headers["Content-Security-Policy"]
    assert "img-src 'self' https://service.pdok.nl;" in f"{opened};"
    assert "pdok" not in staff.get(_url("polling-station-list")).headers["Content-Security-Policy"]

    settings.MAP_TILES_URL = ""
    response = staff.get(_url("polling-station-map"))
    assert "img-src 'self';" in f"{response.headers['Content-Security-Policy']};"
    assert "data-z-tiles" not in _page(response)


def test_map_of_an_island_has_no_tiles_of_the_netherlands(zonneiland, client_for):
    with tenant_context(zonneiland):
        event = create_event(proposed_plan(is_public_body=True), by=None)
        venue = factories.make_venue(latitude="12.15", longitude="-68.27")
        factories.make_polling_station(event, venue=venue)
        response = client_for(zonneiland, factories.make_staff("planner")).get(_url("polling-station-map"))

    assert 'data-z-lat="12.15' in _page(response)
    assert "pdok" not in response.headers["Content-Security-Policy"] + _page(response)


def test_map_without_stations_says_what_to_do(staff, event):
    assert "Voeg eerst de stembureaus toe" in _page(staff.get(_url("polling-station-map")))
    factories.make_polling_station(event)
    assert "Geen stembureau gevonden" in _page(staff.get(_url("polling-station-map"), {"q": "onvindbaar"}))


@pytest.mark.parametrize("count", [1, 3])
def test_map_needs_the_same_queries_for_one_and_three(staff, event, count, django_assert_max_num_queries):
    for _ in range(count):
        venue = factories.make_venue(latitude="52.5", longitude="5.4")
        station = factories.make_polling_station(event, venue=venue)
        day = event.polling_days.get(kind="voting")
        station.opening_hours.create(polling_day=day, opens_at=day_start(day), closes_at=day_start(day, 21))
    staff.get(_url("polling-station-map"))

    with django_assert_max_num_queries(9):
        staff.get(_url("polling-station-map"))


def day_start(day, hour=7):
    return moment(day.date, time(hour))


def test_station_gets_wanted_labels_from_its_form(staff, event):
    sign, host = (Label.objects.create(name=name) for name in ("Gebarentaal", "Host"))
    station = factories.make_polling_station(event)
    station.wanted_labels.add(host)
    forms = staff.get(_url("polling-station-edit", station.uuid)).context["forms"]
    data = {
        field.html_name: field.value()
        for form in forms.parts
        for field in form
        if field.value() not in (None, False)
    }
    assert data["station-wanted_labels"] == [host.pk]

    staff.post(_url("polling-station-edit", station.uuid), data | {"station-wanted_labels": [sign.pk]})

    assert list(station.wanted_labels.all()) == [sign]
    assert "Gebarentaal" in _page(staff.get(_url("polling-station-detail", station.uuid)))
