"""The catering list: how many people eat where, and no names."""

import csv
import io
from datetime import time

import pytest
from django.urls import reverse

from elections.enums import OwnFieldKind
from elections.models import AuditEvent, OwnField, OwnFieldValue
from elections.queries.catering import catering_list
from tests import factories
from tests.backoffice.pages import text_of

CATERING = reverse("backoffice:catering")


@pytest.fixture
def day(event):
    return factories.make_polling_day(event)


@pytest.fixture
def place(event, day):
    """Gives somebody a place: at station `number`, in the day part that begins at `start`."""
    position, stations, parts, shifts = factories.make_position(event), {}, {}, {}

    def give(member, number=1, start=7, **values):
        if number not in stations:
            stations[number] = factories.make_polling_station(event, number=number, name=f"Bureau {number}")
        if start not in parts:
            parts[start] = factories.make_day_part(
                day, name=f"Deel {start}", start=time(start), end=time(start + 7)
            )
        if (number, start) not in shifts:
            shifts[number, start] = factories.make_shift(stations[number], parts[start], position)
        return factories.make_assignment(member, shifts[number, start], **{"state": "confirmed"} | values)

    return give


@pytest.fixture
def diet():
    return OwnField.objects.create(
        name="Dieetwens", why="Voor het eten.", kind=OwnFieldKind.TEXT, for_catering=True
    )


def test_people_are_counted_for_each_station_and_part_with_what_they_eat(event, day, place, diet):
    early_and_late, other, elsewhere, offered = (
        factories.make_member(with_user=False) for _number in range(4)
    )
    place(early_and_late), place(early_and_late, start=14), place(other), place(elsewhere, number=2)
    place(offered, state="proposed")
    OwnField.objects.create(name="Maat hesje", why="Voor de hesjes.", kind=OwnFieldKind.TEXT)
    for member in (early_and_late, other):
        OwnFieldValue.objects.create(field=diet, member=member, text="vegetarisch")
    found = catering_list(event, day)
    assert [(row.number, row.part, row.people, row.wish_words(diet)) for row in found.rows] == [
        (1, "Deel 7", 2, "2 × vegetarisch"),
        (1, "Deel 14", 1, "1 × vegetarisch"),
        (2, "Deel 7", 1, "1 × geen antwoord"),
    ]
    assert found.people == 3
    assert found.totals == [("Dieetwens", "2 × vegetarisch, 1 × geen antwoord")]
    assert found.headings[-2:] == ["Mensen", "Dieetwens"]


def test_address_does_not_repeat_the_name_of_the_station(event, day, place):
    station = place(factories.make_member(with_user=False)).shift.polling_station
    assert catering_list(event, day).rows[0].address.startswith(f"{station.venue.name}, ")
    station.venue.name = station.name
    station.venue.save()
    assert station.name not in catering_list(event, day).rows[0].address


def test_of_yes_or_no_the_yes_is_told_and_who_said_nothing(event, day, place):
    question = OwnField.objects.create(
        name="Eet u mee?", why="Voor het eten.", kind=OwnFieldKind.YES_NO, for_catering=True
    )
    for answer in ("yes", "no", ""):
        member = factories.make_member(with_user=False)
        place(member)
        if answer:
            OwnFieldValue.objects.create(field=question, member=member, text=answer)
    assert [row.wish_words(question) for row in catering_list(event, day).rows] == [
        "1 × Ja, 1 × geen antwoord"
    ]


def test_page_and_files_hold_no_name(planner, day, place, diet):
    member = factories.make_member(with_user=False, last_name="Bakkersma")
    place(member)
    OwnFieldValue.objects.create(field=diet, member=member, text="=1+1")
    page = text_of(planner.get(CATERING))
    assert "Bureau 1" in page
    assert page.count("1 × =1+1") == 2  # of the day, and of the station
    assert "Bakkersma" not in page
    export = reverse("backoffice:catering-export", args=[day.uuid])
    for file_format in ("xlsx", "ods"):
        answer = planner.get(export, {"format": file_format})
        assert answer.headers["Content-Disposition"].endswith(f'.{file_format}"')
        assert b"".join(answer.streaming_content).startswith(b"PK")
    assert planner.get(export, {"format": "Jan"}).headers["Content-Disposition"].endswith('.xlsx"')
    assert not AuditEvent.objects.filter(action="catering.export", details__format="Jan").exists()
    text = planner.get(export, {"format": "csv"}).content.decode()
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert rows[1][0] == "1"
    assert rows[1][-2:] == ["1", "1 × =1+1"]
    assert "Bakkersma" not in text
    assert AuditEvent.objects.filter(action="catering.export").count() == 4


def test_empty_states_say_what_to_do(planner, day):
    assert "Er is nog niemand ingedeeld" in text_of(planner.get(CATERING))
    assert text_of(planner.get(CATERING, {"day": "geen-dag"}))


def test_without_a_question_for_catering_it_says_how_to_ask(planner, place):
    place(factories.make_member(with_user=False))
    assert "Maak daarvoor een eigen vraag" in text_of(planner.get(CATERING))


def test_day_of_another_event_is_not_found(planner, event):
    archived = factories.make_polling_day(factories.make_event(name="Vorige keer"))
    planner.post(reverse("backoffice:event-choose", args=[event.uuid]))
    assert planner.get(reverse("backoffice:catering-export", args=[archived.uuid])).status_code == 404


def test_more_people_take_no_more_queries(event, day, place, diet, django_assert_num_queries):
    place(factories.make_member(with_user=False))
    with django_assert_num_queries(3):
        catering_list(event, day)
    for number in (2, 3):
        place(factories.make_member(with_user=False), number=number)
    with django_assert_num_queries(3):
        catering_list(event, day)
