"""The papers of polling stations: what they say, for whom, and that any PDF reader can read them out."""

import io
from dataclasses import replace
from datetime import time, timedelta

import pikepdf
import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context
from pypdf import PdfReader

from elections.documents.station_paper import render_station_paper, station_file_name
from elections.enums import StationPaperKind
from elections.models import OpeningHours
from elections.queries.station_paper import Badge, station_papers
from tests import factories

KINDS = list(StationPaperKind)
LONG = "Woord " * 2000


@pytest.fixture
def station():
    """A station with a morning: a chair, two members of which one place is empty, and a counter in the evening."""
    event = factories.make_event(name="Provinciale Staten 2027")
    day = factories.make_polling_day(event)
    venue = factories.make_venue(name="De Brink", latitude="52.1", longitude="4.5")
    station = factories.make_polling_station(event, number=12, name="De Brink", venue=venue)
    morning = factories.make_day_part(day, name="Ochtend")
    evening = factories.make_day_part(day, name="Tellen", start=time(20, 45), end=time(23, 59))
    OpeningHours.objects.create(
        polling_station=station,
        polling_day=day,
        opens_at=morning.starts_at + timedelta(minutes=30),
        closes_at=morning.starts_at + timedelta(hours=14),
    )
    for kind, name, rank, part, places in (
        ("chair", "Voorzitter", 1, morning, 1),
        ("member", "Stembureaulid", 3, morning, 3),
        ("counter", "Teller", 9, evening, 1),
    ):
        position = factories.make_position(event, kind=kind, name=name, rank=rank)
        factories.make_shift(station, part, position, places=places)
    return station


def _shift(station, name):
    return station.shifts.get(position__name=name)


def _place(station, position, state="confirmed", **member):
    made = factories.make_member(**{"initials": "A.", "phone": "+31 6 11112222"} | member)
    return factories.make_assignment(made, _shift(station, position), state=state)


def _text(content):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def _render(kind, station, **options):
    (paper,) = station_papers([station], **options)
    return render_station_paper(kind, paper)


@pytest.mark.parametrize("kind", KINDS)
def test_paper_is_tagged_titled_and_dutch(station, kind):
    _place(station, "Voorzitter")
    with pikepdf.open(io.BytesIO(_render(kind, station))) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "nl"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert "12 De Brink" in metadata["dc:title"]


def _tags(content):
    with pikepdf.open(io.BytesIO(content)) as document:
        return {
            str(thing.S)
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and "/S" in thing
        }


@pytest.mark.parametrize("kind", [StationPaperKind.DOSSIER, StationPaperKind.PRESENCE_LIST])
def test_paper_has_tables_with_headers(station, kind):
    _place(station, "Voorzitter")
    assert {"/Table", "/TR", "/TH", "/TD", "/H1", "/H2"} <= _tags(_render(kind, station))


def test_dossier_says_where_when_who_and_what_is_open(station):
    _place(station, "Voorzitter", last_name="Jansen")
    _place(station, "Stembureaulid", last_name="Pieters")
    text = _text(_render(StationPaperKind.DOSSIER, station))
    assert "12 De Brink" in text
    assert "Dorpsstraat 1 1234 AB Juinen" in text
    assert "openstreetmap.org" in text
    assert "07.30 tot 21.00 uur" in text
    assert "A. Jansen Voorzitter" in text
    assert text.count("Nog open") == 3
    assert "0123 456 789" in text
    assert "Checklist voor de voorzitter" in text


def test_dossier_names_who_replaces_the_chair(station):
    for name in ("Jansen", "Bakker", "Visser"):
        _place(station, "Voorzitter" if name == "Jansen" else "Stembureaulid", last_name=name)
    (paper,) = station_papers([station])
    turns = {seat.name: seat.turn for part in paper.parts for seat in part.people}
    assert turns == {"A. Jansen": "", "A. Bakker": "tweede lid", "A. Visser": "derde lid"}


def test_dossier_holds_no_phone_number_unless_asked(station):
    _place(station, "Voorzitter")
    (paper,) = station_papers([station])
    assert {seat.phone for part in paper.parts for seat in part.seats} == {""}
    assert "11112222" not in _text(_render(StationPaperKind.DOSSIER, station))
    assert "11112222" in _text(_render(StationPaperKind.DOSSIER, station, with_phones=True))


@pytest.mark.parametrize("kind", [StationPaperKind.BADGES, StationPaperKind.PRESENCE_LIST])
def test_other_papers_never_hold_a_phone_number(station, kind):
    _place(station, "Voorzitter")
    assert "11112222" not in _text(_render(kind, station, with_phones=True))


@pytest.mark.parametrize("state", ["proposed", "reserved", "declined", "cancelled", "absent"])
def test_papers_name_only_whom_the_team_placed(station, state):
    """Whoever picked or was offered a place is not sure to come."""
    _place(station, "Voorzitter", state, last_name="Onzeker")
    _place(station, "Stembureaulid", "published", last_name="Zeker")
    for kind in KINDS:
        text = _text(_render(kind, station))
        assert "Onzeker" not in text
        assert "Zeker" in text


def test_presence_list_has_a_sheet_for_each_day_part(station):
    _place(station, "Voorzitter", last_name="Jansen")
    _place(station, "Teller", last_name="Telman")
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(_render(KINDS[2], station))).pages]
    assert len(pages) == 2
    assert "Jansen" in pages[0]
    assert "Telman" in pages[1]
    for text in pages:
        assert "Handtekening" in text
        assert "Vervangingen" in text
        assert "N 10-1" in text


@pytest.mark.parametrize(("members", "sheets"), [(4, 1), (7, 2)])
def test_chair_signs_on_the_sheet_of_the_replacements(station, members, sheets):
    station.shifts.exclude(position__kind="chair").delete()
    _place(station, "Voorzitter")
    morning = _shift(station, "Voorzitter").day_part
    position = factories.make_position(station.event, kind="member", name="Lid", rank=4)
    shift = factories.make_shift(station, morning, position, places=members + 1)
    for number in range(members):
        factories.make_assignment(factories.make_member(last_name=f"Lid{number}"), shift)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(_render(KINDS[2], station))).pages]
    assert len(pages) == sheets
    assert "Naam van de voorzitter" in pages[-1]
    assert "Vervangingen" in pages[-1]


def test_badges_have_one_for_each_person_and_position(station):
    chair = _place(station, "Voorzitter", first_name="Noor", last_name="Jansen")
    second = factories.make_day_part(
        _shift(station, "Voorzitter").day_part.polling_day, name="Middag", start=time(14), end=time(20)
    )
    shift = factories.make_shift(station, second, _shift(station, "Voorzitter").position)
    factories.make_assignment(chair.member, shift)
    factories.make_assignment(chair.member, _shift(station, "Teller"))
    (paper,) = station_papers([station])
    assert [(badge.name, badge.position) for badge in paper.badges] == [
        ("Noor Jansen", "Voorzitter"),
        ("Noor Jansen", "Teller"),
    ]


@pytest.mark.parametrize(("people", "sheets"), [(8, 1), (9, 2), (17, 3)])
def test_badges_stand_eight_on_a_sheet(station, people, sheets):
    shift = _shift(station, "Stembureaulid")
    shift.places = people
    shift.save()
    for number in range(people):
        _place(station, "Stembureaulid", last_name=f"Achternaam{number}")
    pages = PdfReader(io.BytesIO(_render(StationPaperKind.BADGES, station))).pages
    assert len(pages) == sheets
    assert pages[0].extract_text().count("Achternaam") == 8


@pytest.mark.parametrize("kind", KINDS)
def test_very_long_names_do_not_break_a_page(station, kind):
    """Two thousand words, longer than the database keeps."""
    _place(station, "Voorzitter", last_name="Langenaam")
    _place(station, "Stembureaulid", last_name="Jansen")
    (paper,) = station_papers([station])
    part = paper.parts[0]
    seats = (replace(part.seats[0], name=LONG, position=LONG), *part.seats[1:])
    hostile = replace(
        paper,
        name=LONG,
        venue=LONG,
        event=LONG,
        note=LONG,
        parts=(replace(part, name=LONG, seats=seats), *paper.parts[1:]),
        badges=(Badge(LONG, LONG), Badge("x" * 5000, "y" * 5000), *paper.badges),
    )
    content = render_station_paper(kind, hostile)
    assert len(PdfReader(io.BytesIO(content)).pages) <= 4
    assert "Jansen" in _text(content)


@pytest.mark.parametrize("kind", KINDS)
def test_station_without_shifts_has_papers_that_say_so(kind):
    station = factories.make_polling_station(factories.make_event())
    assert "nog" in _text(_render(kind, station))


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_stay_text(station, kind):
    _place(station, "Voorzitter", last_name='<img src="file:///etc/passwd">')
    assert "<img" in _text(_render(kind, station)) or kind == StationPaperKind.BADGES


@pytest.mark.parametrize("stations", [1, 3])
def test_papers_need_the_same_queries_for_any_number(stations, django_assert_num_queries):
    event = factories.make_event()
    day_part = factories.make_day_part(factories.make_polling_day(event))
    position = factories.make_position(event)
    for _number in range(stations):
        shift = factories.make_shift(factories.make_polling_station(event), day_part, position)
        factories.make_assignment(factories.make_member(), shift)
    with django_assert_num_queries(5):
        papers = station_papers(event.polling_stations.all())
    assert len(papers) == stations


def test_file_name_is_of_the_station_and_safe(station):
    station.name = '../../Café "De Ton" ' + "x" * 180
    station.save()
    (paper,) = station_papers([station])
    name = station_file_name(StationPaperKind.DOSSIER, paper)
    assert name.startswith("stembureaumap-012-cafe-de-ton-x")
    assert len(name) < 100


def test_papers_of_an_island_are_in_its_own_time(zonneiland):
    with tenant_context(zonneiland), timezone.override(zonneiland.tz):
        event = factories.make_event()
        shift = factories.make_shift(
            factories.make_polling_station(event),
            factories.make_day_part(factories.make_polling_day(event)),
            factories.make_position(event),
        )
        with timezone.override("UTC"):
            (paper,) = station_papers([shift.polling_station])
        text = _text(render_station_paper(StationPaperKind.DOSSIER, paper))
    assert paper.parts[0].hours == "07.00 tot 14.00 uur"
    assert "bestuurskantoor" in text
