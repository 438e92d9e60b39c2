"""The planning board: what it shows, what it fetches, and what filters do."""

from datetime import time, timedelta
from time import time as time_now

import lxml.html
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from elections.models import AuditEvent, Label, PlanChange
from elections.queries.board import Scope, _signs, columns, outlines, rows, rows_of
from elections.queries.coverage import kind_of_work
from tests import factories
from tests.backoffice.board_station import make_station
from tests.backoffice.pages import url


def _figures(client, **query):
    page = lxml.html.fromstring(client.get(url("board"), query or {"q": ""}).content)
    return [int(figure.text.replace(".", "")) for figure in page.xpath("//*[@id='board-summary']//strong")]


def _numbers(response):
    """The stations that stand on the board itself, by number."""
    page = lxml.html.fromstring(f"<div>{response.content.decode()}</div>")
    return [int(row.get("data-row")) for row in page.xpath("//*[@data-row]")]


def test_board_tells_a_new_municipality_what_comes_first(planner, event):
    assert "Er zijn nog geen stembureaus" in planner.get(url("board")).content.decode()


def test_board_shows_people_open_places_and_gaps_in_words(planner, event, morning, chair):
    _station_made, shift = make_station(event, morning, chair, places=2)
    member = factories.make_member(first_name="Sanne", last_name="Jansen")
    factories.make_assignment(member, shift, is_locked=True, state="published")
    text = planner.get(url("board")).content.decode()
    assert "Sanne Jansen" in text
    assert "vastgezet" in text
    assert "1 van 2" in text
    assert "Maar 1 lid aanwezig" in text
    assert text.count(f'href="{url("assignment-candidates", shift)}"') == 1


@pytest.mark.parametrize(
    ("values", "sign"),
    [
        ({"state": "published"}, "gepubliceerd"),
        ({"state": "proposed"}, "aangeboden"),
        ({"state": "reserved", "source": "reservation"}, "wacht op het team"),
        ({"source": "reservation"}, "zelf gekozen"),
        ({"is_locked": True}, "vastgezet"),
    ],
)
def test_board_tells_each_sign_in_words(planner, event, morning, chair, values, sign):
    _station_made, shift = make_station(event, morning, chair)
    seat = factories.make_assignment(factories.make_member(), shift, **values)
    page = lxml.html.fromstring(planner.get(url("board")).content)
    assert sign in page.get_element_by_id(f"p-{seat.uuid}").text_content()


def test_reader_sees_people_and_no_controls(juinen, client_for, event, morning, chair):
    _station_made, shift = make_station(event, morning, chair, people=1, places=2)
    reader = client_for(juinen, factories.make_staff("reader"))
    text = reader.get(url("board")).content.decode()
    assert "Noor Bakker" in text
    assert url("assignment-candidates", shift) not in text
    assert "data-may-edit" not in text
    detail = reader.get(url("assignment-detail", shift.assignments.get())).content.decode()
    assert "Verplaats naar" not in detail
    assert "Zet vast" not in detail


def test_figures_count_and_filter(planner, event, morning, chair):
    make_station(event, morning, chair, people=3, places=3, name="Vol")
    make_station(event, morning, chair, people=1, places=3, name="Half")
    assert _figures(planner)[:3] == [6, 2, 1]
    assert len(_numbers(planner.get(url("board"), {"gaps": "open"}))) == 1
    assert "Half" in planner.get(url("board"), {"gaps": "law"}).content.decode()
    assert len(_numbers(planner.get(url("board"), {"gaps": "", "q": ""}))) == 2


def test_figures_follow_every_change(planner, event, morning, chair):
    """They are kept in the cache; a change of the plan makes them new, whoever makes it."""
    _made, shift = make_station(event, morning, chair, people=2, places=3)
    assert _figures(planner)[1:3] == [1, 1]
    third = factories.make_assignment(factories.make_member(), shift)
    assert _figures(planner)[1:3] == [0, 0]
    third.delete()
    assert _figures(planner)[1:3] == [1, 1]
    shift.places = 5
    shift.save()
    assert _figures(planner)[1:3] == [3, 1]


def test_figures_of_one_municipality_are_never_those_of_another(worlds, juinen, zonneiland, client_for):
    """Events have the same key in both, and share one cache."""
    here = client_for(juinen, worlds["gm0001"].staff["planner"])
    there = client_for(zonneiland, worlds["gm9009"].staff["planner"])
    places = _figures(here)[0]
    worlds["gm0001"].shift.places += 4
    worlds["gm0001"].shift.save()
    assert _figures(here)[0] == places + 4
    assert _figures(there)[0] == places


def test_filter_looks_at_one_day_part_or_position(planner, event, morning, chair):
    evening = factories.make_day_part(morning.polling_day, name="Avond", start=time(14), end=time(21))
    counter = factories.make_position(event, kind="counter", name="Teller")
    station, _shift = make_station(event, morning, chair, places=1, name="Twee dagdelen")
    factories.make_shift(station, evening, counter, places=4)
    make_station(event, morning, chair, places=1, name="Alleen ochtend")
    assert _figures(planner, part=str(evening.uuid))[:2] == [4, 4]
    text = planner.get(url("board"), {"position": str(counter.uuid)}).content.decode()
    assert "Twee dagdelen" in text
    assert "Alleen ochtend" not in text


def test_filter_on_kind_label_and_words(planner, event, morning, chair):
    mobile, _shift = make_station(event, morning, chair, kind="mobiel", name="Bus")
    signs, _shift = make_station(event, morning, chair, name="Gebaren")
    signs.wanted_labels.add(Label.objects.create(name="gebarentaal"))
    label = signs.wanted_labels.get()
    assert _numbers(planner.get(url("board"), {"kind": "mobiel"})) == [mobile.number]
    assert _numbers(planner.get(url("board"), {"label": str(label.pk)})) == [signs.number]
    assert _numbers(planner.get(url("board"), {"q": "gebar"})) == [signs.number]


@pytest.mark.parametrize(
    "query",
    [{"part": "x"}, {"position": "x"}, {"label": "x"}, {"page": "x"}, {"q": "\x00"}, {"person": "\x00"}],
)
def test_odd_filter_is_no_error(planner, event, morning, chair, query):
    make_station(event, morning, chair)
    assert planner.get(url("board"), query).status_code == 200
    assert planner.get(url("board-block"), query | {"numbers": "1.x.²." + "9" * 50}).status_code == 200


def test_person_search_marks_where_somebody_sits(planner, event, morning, chair):
    here, shift = make_station(event, morning, chair, name="De Kuip", places=2)
    make_station(event, morning, chair, people=1, name="De Brug")
    seat = factories.make_assignment(factories.make_member(first_name="Sanne", last_name="Vos"), shift)
    factories.make_assignment(factories.make_member(), shift)
    response = planner.get(url("board"), {"person": "sanne vos"})
    page = lxml.html.fromstring(response.content)
    assert _numbers(response) == [here.number]
    assert [mark.text for mark in page.xpath("//*[@id='board']//mark")] == ["Sanne Vos"]
    assert page.xpath(f"//a[@href='#p-{seat.uuid}']")
    nobody = planner.get(url("board"), {"person": "niemand"}).content.decode()
    assert "Niemand met “niemand” is in deze ronde ingedeeld" in nobody


def test_filter_stays_until_the_page_itself_wipes_it(planner, event, morning, chair):
    make_station(event, morning, chair)
    planner.get(url("board"), {"gaps": "law"}, headers={"sec-fetch-site": "same-origin"})
    assert planner.get(url("board")).url == f"{url('board')}?gaps=law"
    assert planner.get(url("assignment-list")).url == f"{url('assignment-list')}?gaps=law"
    wiped = planner.get(url("board"), headers={"referer": f"https://juinen.localhost{url('board')}?gaps=law"})
    assert wiped.status_code == 200
    assert planner.get(url("board")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "is_kept"),
    [
        ({}, False),
        ({"referer": "https://elders.example/"}, False),
        ({"referer": "https://juinen.localhost/backoffice/", "sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"referer": "https://juinen.localhost/backoffice/"}, True),
        ({"sec-fetch-site": "same-origin"}, True),
    ],
)
def test_link_from_elsewhere_does_not_replace_the_filter(planner, event, morning, chair, headers, is_kept):
    make_station(event, morning, chair)
    planner.get(url("board"), {"q": "eigen"}, headers={"sec-fetch-site": "same-origin"})
    planner.get(url("board"), {"q": "vreemd"}, headers=headers)
    assert planner.get(url("board")).url == f"{url('board')}?q={'vreemd' if is_kept else 'eigen'}"


def test_whom_somebody_looked_for_is_not_kept_but_is_in_the_log(planner, event, morning, chair):
    make_station(event, morning, chair, people=1, name="De Kuip")
    asked = {"gaps": "", "person": "zuster 111222333"}
    for name in ("board", "assignment-list"):
        planner.get(url(name), asked, headers={"sec-fetch-site": "same-origin"})
        assert "zuster" not in str(dict(planner.session.items()))
    seen = AuditEvent.objects.filter(action="board.search")
    assert seen.count() == 2
    assert [each.details["count"] for each in seen] == [0, 0]
    assert "zuster" in str(seen[0].details["filter"])
    assert "111222333" not in str(seen[0].details["filter"])
    planner.get(url("board"), {"gaps": "law"})
    assert seen.count() == 2


def test_board_and_list_lead_to_each_other_with_the_filter(planner, event, morning, chair):
    make_station(event, morning, chair)
    board = planner.get(url("board"), {"gaps": "law"}).content.decode()
    listed = planner.get(url("assignment-list"), {"gaps": "law"}).content.decode()
    assert f'href="{url("assignment-list")}?gaps=law"' in board
    assert f'href="{url("board")}?gaps=law"' in listed


def test_board_shows_twenty_stations_and_leaves_room_for_the_others(planner, event, morning, chair):
    made = [make_station(event, morning, chair)[0].number for _number in range(23)]
    response = planner.get(url("board"))
    assert _numbers(response) == made[:20]
    page = lxml.html.fromstring(response.content)
    (away,) = page.xpath("//*[@role='rowgroup'][@data-block]")
    assert away.get("hx-get").endswith("numbers=" + ".".join(str(number) for number in made[20:]))
    assert int(away.get("data-height")) == 3 * 3  # a head, a place and the edge, three times
    assert page.xpath("//*[@data-board-pages]//a[@rel='next']")
    assert _numbers(planner.get(url("board"), {"page": "2"})) == made[20:]
    assert _numbers(planner.get(away.get("hx-get"))) == made[20:]


def test_block_gives_no_more_than_two_blocks(planner, event, morning, chair):
    made = [make_station(event, morning, chair)[0].number for _number in range(45)]
    asked = ".".join(str(number) for number in made)
    assert len(_numbers(planner.get(url("board-block"), {"numbers": asked}))) == 40


@pytest.mark.parametrize("name", ["board", "board-block", "board-changes", "board-print"])
def test_pages_need_the_same_queries_for_any_number(planner, event, morning, chair, name):
    counts, made = [], []
    for stations in (1, 2):
        made += [make_station(event, morning, chair, people=1, places=2)[0] for _each in range(stations)]
        query = {"numbers": ".".join(str(station.number) for station in made), "q": ""}
        planner.get(url("board"), query)  # the figures are known now
        with CaptureQueriesContext(connection) as queries:
            planner.get(url(name), query)
        counts.append(len(queries))
    assert len(made) == 3
    assert counts[0] == counts[1]


def test_changes_tell_what_is_not_as_shown(planner, event, morning, chair):
    station, shift = make_station(event, morning, chair, places=2)
    other, _shift = make_station(event, morning, chair)
    page = lxml.html.fromstring(planner.get(url("board"), {"q": ""}).content)
    shown = {row.get("data-row"): row.get("data-token") for row in page.xpath("//*[@data-row]")}
    token = page.get_element_by_id("board").get("data-token")
    assert planner.get(url("board-changes"), {"token": token}).status_code == 204
    factories.make_assignment(factories.make_member(), shift)
    answer = planner.get(url("board-changes"), {"token": token}).json()
    assert answer["token"] != token
    assert answer["stations"][str(other.number)] == shown[str(other.number)]
    assert answer["stations"][str(station.number)] != shown[str(station.number)]


def test_asking_what_changed_is_no_sign_of_life(planner, event, morning, chair):
    """A board that stands open does not keep somebody logged in."""
    make_station(event, morning, chair)
    session = planner.session
    session["_seen_for_test"] = True
    session.save()
    before = dict(planner.session.items())
    planner.get(url("board-changes"), {"token": "x"})
    assert dict(planner.session.items()) == before


def test_objections_tell_where_somebody_may_not_or_would_not_go(planner, event, morning, chair):
    event.minimum_rest_hours = 11
    event.save()
    evening = factories.make_day_part(morning.polling_day, name="Avond", start=time(14), end=time(21))
    counter = factories.make_position(event, kind="counter", name="Teller")
    _made, shift = make_station(event, morning, chair)
    member = factories.make_member(qualified_for=["chair"])
    seat = factories.make_assignment(member, shift)
    factories.make_availability(member, evening, answer="no")
    station = factories.make_polling_station(event)
    no = factories.make_shift(station, morning, counter)
    doubt = factories.make_shift(station, evening, chair)
    found = planner.get(url("board-objections", seat)).json()
    page = lxml.html.fromstring(planner.get(url("board"), {"q": ""}).content)
    kind = {work.get("data-shift"): work.get("data-kind") for work in page.xpath("//*[@data-kind]")}
    assert "Kan niet werken als teller" in found[kind[str(no.uuid)]]["no"]
    assert found[kind[str(doubt.uuid)]] == {"no": "", "doubts": "Zei nee op dit dagdeel."}
    assert kind[str(shift.uuid)] not in found


def test_board_escapes_hostile_names(planner, event, morning, chair):
    _made, shift = make_station(event, morning, chair, name="<script>alert(1)</script>", places=2)
    factories.make_assignment(factories.make_member(last_name='"><img src=x>'), shift)
    for name in ("board", "board-print"):
        text = planner.get(url(name)).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_old_signs_are_looked_at_again(planner, event, morning, chair, monkeypatch):
    """A birth date that is corrected changes no place; the figures know it within minutes."""
    _made, shift = make_station(event, morning, chair, people=3, places=3)
    assert _figures(planner)[2] == 0
    member = shift.assignments.first().member
    member.birth_date = factories.DAY - timedelta(days=16 * 365)
    member.save()
    monkeypatch.setattr("elections.queries.board.SIGN_SECONDS", -1)
    assert _figures(planner)[2] == 1


class _ForgetfulCache:
    """A cache that gives what it has once and then loses it, as when memory runs short between two looks."""

    def __init__(self, kept):
        self.answers = [kept]

    def get(self, _key):
        return self.answers.pop() if self.answers else None

    def set(self, *_args, **_options):
        """Keep nothing."""


def test_board_bears_a_cache_that_loses_what_it_had(event, morning, chair, monkeypatch):
    same, _shift = make_station(event, morning, chair)
    changed, shift = make_station(event, morning, chair)
    before = outlines(event, event.polling_stations.all())
    kept = [(outline.pk, outline.token, time_now(), {f"{morning.pk}": 5}, {}) for outline in before]
    shift.places += 1
    shift.save()
    monkeypatch.setattr("elections.queries.board.cache", _ForgetfulCache(kept))
    after = {outline.pk: outline.law for outline in outlines(event, event.polling_stations.all())}
    assert 0 < after[changed.pk] < 5
    assert after[same.pk] == 5


def test_board_bears_a_station_that_goes_while_it_is_read(event, morning, chair):
    station, _shift = make_station(event, morning, chair)
    signs, _read = _signs(event, {station.pk: "now", station.pk + 1: "gone"})
    assert set(signs) == {station.pk}


@pytest.mark.parametrize("only", ["", "chair"])
def test_first_look_shows_the_rows_of_the_next(event, morning, chair, only, django_assert_max_num_queries):
    """The first reads every station to see what is wrong there, and shows what it read."""
    scope = Scope(position=chair if only else None)
    for people in (2, 0, 1):
        make_station(event, morning, chair, people=people, places=2)
    stations = event.polling_stations.all()
    parts = columns(event)
    first = outlines(event, stations, scope)
    with django_assert_max_num_queries(7 if only else 0):
        at_first = rows_of(event, first, parts, scope)
    next_time = outlines(event, stations, scope)
    assert not any(outline.coverage for outline in next_time)
    assert at_first == rows_of(event, next_time, parts, scope)
    assert at_first == rows(event, [outline.number for outline in first], parts, scope)


def test_board_names_the_kind_of_work_as_the_objections_do(planner, event, morning, chair):
    _made, shift = make_station(event, morning, chair)
    page = lxml.html.fromstring(planner.get(url("board"), {"q": ""}).content)
    (work,) = page.xpath("//*[@data-shift]")
    assert work.get("data-kind") == kind_of_work(shift)


def test_board_does_not_read_the_steps_of_a_proposal(juinen, client_for, event, morning, chair):
    """Those of a whole city are megabytes; the button only tells how many places it was."""
    user = factories.make_staff("planner")
    make_station(event, morning, chair)
    steps = [{"before": None, "after": {"member": "m", "shift": "s"}}] * 7
    PlanChange.objects.create(event=event, user=user, kind="take_over", steps=steps)
    client = client_for(juinen, user)
    with CaptureQueriesContext(connection) as queries:
        text = client.get(url("board"), {"q": ""}).content.decode()
    assert "Voorstel overgenomen: 7 plaatsen" in text
    read = [one["sql"] for one in queries if '"elections_planchange"."steps"' in one["sql"]]
    assert all("jsonb_array_length" in sql for sql in read)
