"""The pages of election events, their days and positions."""

from datetime import date, time

import lxml.html
import pytest
from django.urls import reverse
from django_tenants.utils import tenant_context

from backoffice.access import EVENT_SESSION_KEY
from elections.actions.event import archive_event, create_event
from elections.event_plan import proposed_plan
from elections.models import ElectionEvent, PollingDay
from tests import factories


@pytest.fixture
def staff(juinen, client_for):
    return client_for(juinen, factories.make_staff("planner"))


@pytest.fixture
def event():
    return create_event(proposed_plan(is_public_body=False), by=None)


def _url(name, *args):
    return reverse(f"backoffice:{name}", args=args, urlconf="config.urls_tenant")


def _posted(response):
    """What a browser would send back: every field of the page's forms as it was filled in."""
    data = {}
    for part in _parts(response):
        forms = [part.management_form, *part.forms] if hasattr(part, "forms") else [part]
        for form in forms:
            for field in form:
                value = field.value()
                if value is False or value is None:
                    continue
                data[field.html_name] = (
                    "on" if value is True else field.field.widget.format_value(value) or ""
                )
    return data


def _parts(response):
    context = response.context
    if "plan_form" in context:
        return context["plan_form"].parts
    return [context[name] for name in ("form", "rows") if context.get(name)]


def test_list_without_events_says_how_to_begin(staff):
    response = staff.get(_url("event-list"))

    assert "Er is nog geen verkiezingsronde" in response.content.decode()
    assert _url("event-create") in response.content.decode()


def test_create_page_as_it_is_makes_the_event_of_march_2027(staff):
    response = staff.post(_url("event-create"), _posted(staff.get(_url("event-create"))))

    event = ElectionEvent.objects.get()
    assert response.url == _url("event-detail", event.uuid)
    assert event.name == "Provinciale Staten en waterschappen 2027"
    assert [(day.date, day.day_parts.count()) for day in event.polling_days.all()] == [
        (date(2027, 3, 17), 3),
        (date(2027, 3, 18), 1),
    ]
    assert event.positions.count() == 5
    assert staff.session[EVENT_SESSION_KEY] == str(event.uuid)


def test_create_page_of_a_public_body_proposes_the_island_council(zonneiland, client_for):

    with tenant_context(zonneiland):
        client = client_for(zonneiland, factories.make_staff("planner"))
        page = client.get(_url("event-create")).content.decode()

    assert "Eilandsraad en kiescollege 2027" in page
    assert "in USD" in page


def test_create_without_counting_day_makes_one_day(staff):
    data = _posted(staff.get(_url("event-create"))) | {"days": "0,1"}
    less = staff.post(_url("event-create"), data | {"remove_day": "1"})
    assert less.context["plan_form"].day_keys == "0"

    staff.post(_url("event-create"), data | {"days": "0"})
    assert PollingDay.objects.get().kind == "voting"


def test_create_adds_a_day_with_the_day_parts_of_another_as_they_were_typed(staff):
    data = _posted(staff.get(_url("event-create"))) | {"days": "0,1", "day-0-parts-0-name": "Vroeg"}
    more = staff.post(_url("event-create"), data | {"copy_day": "0"})

    form = more.context["plan_form"]
    assert form.day_keys == "0,2,1"
    assert "Er gaat nog iets niet goed" not in more.content.decode()
    staff.post(_url("event-create"), _posted(more) | {"days": form.day_keys})
    days = [
        (day.date, day.kind, [part.name for part in day.day_parts.all()]) for day in PollingDay.objects.all()
    ]
    parts = ["Vroeg", "Middag en avond", "Tellen"]
    assert days == [
        (date(2027, 3, 16), "early_voting", parts),
        (date(2027, 3, 17), "voting", parts),
        (date(2027, 3, 18), "counting", ["Centraal tellen"]),
    ]


@pytest.mark.parametrize("days", ["", "0", "7,8", "x,0,,-1", "9999999", "0,0"])
def test_create_with_odd_keys_of_days_is_no_server_error(staff, days):
    data = _posted(staff.get(_url("event-create"))) | {"days": days}
    for button in ({}, {"copy_day": "7"}, {"copy_day": "0"}, {"remove_day": "0"}):
        assert staff.post(_url("event-create"), data | button).status_code in (200, 302)


def test_create_refuses_a_time_that_the_clock_skips(staff):
    data = _posted(staff.get(_url("event-create"))) | {"days": "0"}
    data |= {"day-0-date": "2027-03-27", "day-0-parts-2-end": "02:30"}
    page = staff.post(_url("event-create"), data).content.decode()

    assert "De klok gaat vooruit op 28 maart 2027: 02.30 uur bestaat dan niet" in page
    assert not ElectionEvent.objects.exists()


def test_create_leaves_out_empty_lines_and_lines_that_are_ticked(staff):
    page = staff.get(_url("event-create"))
    data = _posted(page) | {"elections-1-DELETE": "on", "add_row": "elections"}
    more = staff.post(_url("event-create"), data)
    assert more.context["plan_form"].elections.total_form_count() == 3
    assert "Er gaat nog iets niet goed" not in more.content.decode()

    data |= {"elections-TOTAL_FORMS": "3", "elections-2-category": "WS", "elections-2-name": ""}
    del data["add_row"]
    staff.post(_url("event-create"), data)

    assert [str(election) for election in ElectionEvent.objects.get().elections.all()] == [
        "Provinciale Staten"
    ]


def test_create_shows_errors_with_the_field_they_belong_to(staff):
    data = _posted(staff.get(_url("event-create")))
    data |= {"day-0-date": "", "day-0-parts-0-start": "25:00", "positions-0-allowance": "veel"}
    response = staff.post(_url("event-create"), data)

    page = response.content.decode()
    assert response.status_code == 200
    assert "Vul een tijd in als 07:00." in page
    assert 'href="#id_day-0-date"' in page
    assert 'href="#id_positions-0-allowance"' in page
    assert "<title>Fout: " in page
    assert not ElectionEvent.objects.exists()


def test_create_shows_the_rule_that_an_action_refuses(staff, event):
    response = staff.post(_url("event-create"), _posted(staff.get(_url("event-create"))))

    assert "Er is al een verkiezingsronde met deze naam" in response.content.decode()


def test_create_with_nothing_sent_is_no_server_error(staff):
    assert staff.post(_url("event-create"), {"x": "y"}).status_code == 200


def test_detail_links_to_the_next_step(staff, event):
    page = staff.get(_url("event-detail", event.uuid)).content.decode()

    assert "Woensdag 17 maart 2027".lower() in page.lower()
    assert "€ 204,00" in page.replace("\xa0", " ")
    assert _url("polling-station-list") in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_the_same_queries_for_one_and_three(staff, count, django_assert_num_queries):
    for _ in range(count):
        day = factories.make_polling_day(factories.make_event())
        day.elections.add(factories.make_election(day.event))
    staff.get(_url("event-list"))

    with django_assert_num_queries(9):
        staff.get(_url("event-list"))


def test_edit_changes_facts_and_elections(staff, event):
    url = _url("event-edit", event.uuid)
    data = _posted(staff.get(url)) | {
        "signatory": "J. Jansen",
        "decision_date": "2027-02-02",
        "elections-0-DELETE": "on",
    }
    staff.post(url, data)

    event.refresh_from_db()
    assert (event.signatory, event.decision_date) == ("J. Jansen", date(2027, 2, 2))
    assert event.elections.count() == 1


def test_choose_sets_the_event_of_this_colleague_only(staff, event, juinen, client_for):
    newer = factories.make_event()
    staff.post(_url("event-choose", event.uuid))

    assert staff.session[EVENT_SESSION_KEY] == str(event.uuid)
    other = client_for(juinen, factories.make_staff("planner"))
    assert other.get(_url("event-list")).context["chosen"] == newer


def test_archive_asks_first_and_restore_brings_back(staff, event):
    assert staff.get(_url("event-archive", event.uuid)).status_code == 200
    event.refresh_from_db()
    assert event.archived_at is None

    staff.post(_url("event-archive", event.uuid))
    event.refresh_from_db()
    assert event.archived_at is not None

    archive_event(event, by=None)
    staff.post(_url("event-restore", event.uuid))
    event.refresh_from_db()
    assert event.archived_at is None


def test_polling_day_page_changes_and_adds_day_parts(staff, event):
    day = event.polling_days.get(kind="counting")
    url = _url("polling-day-edit", day.uuid)
    data = _posted(staff.get(url)) | {
        "parts-TOTAL_FORMS": "2",
        "parts-0-end": "16.30",
        "parts-1-name": "Avond",
        "parts-1-start": "18:00",
        "parts-1-end": "0:30",
    }
    staff.post(url, data)

    assert [(part.name, part.start, part.end) for part in day.day_parts.all()] == [
        ("Centraal tellen", time(9), time(16, 30)),
        ("Avond", time(18), time(0, 30)),
    ]


def test_polling_day_can_be_added_and_removed(staff, event):
    url = _url("polling-day-create", event.uuid)
    staff.post(url, _posted(staff.get(url)) | {"date": "2027-03-19"})
    day = event.polling_days.get(date="2027-03-19")

    assert staff.get(_url("polling-day-delete", day.uuid)).status_code == 200
    staff.post(_url("polling-day-delete", day.uuid))
    assert not event.polling_days.filter(pk=day.pk).exists()


def test_polling_day_with_answers_stays_and_says_why(staff, event):
    day = event.polling_days.get(kind="counting")
    factories.make_availability(factories.make_member(), day.day_parts.get())

    page = staff.post(_url("polling-day-delete", day.uuid), follow=True).content.decode()

    assert "gaven al door" in page
    assert event.polling_days.filter(pk=day.pk).exists()


def test_position_page_changes_allowance_and_adds_a_position(staff, event):
    url = _url("position-edit", event.uuid)
    data = _posted(staff.get(url)) | {
        "positions-TOTAL_FORMS": "6",
        "positions-3-allowance": "52,50",
        "positions-5-name": "Teller dag 2",
        "positions-5-kind": "counter",
        "positions-5-allowance": "100",
        "positions-5-minimum_age": "18",
    }
    staff.post(url, data)

    allowances = dict(event.positions.values_list("name", "allowance_cents"))
    assert (allowances["Teller"], allowances["Teller dag 2"]) == (5250, 10000)


def test_rules_page_changes_rules_and_the_event_tells_them(staff, event):
    data = _posted(staff.get(_url("event-rules", event.uuid)))
    data |= {"maximum_inexperienced": "1", "requires_training": "on", "trained_since": "2027-01-01"}
    page = staff.post(_url("event-rules", event.uuid), data, follow=True).content.decode()

    event.refresh_from_db()
    assert (event.maximum_inexperienced, event.maximum_hours_per_day, event.asks_answer) == (1, None, True)
    assert "hoogstens 1 per stembureau en dagdeel" in page
    assert "nodig voor een plaats, vanaf 1 januari 2027" in page


def test_rules_page_shows_what_is_out_of_bounds_at_its_field(staff, event):
    data = _posted(staff.get(_url("event-rules", event.uuid))) | {"answer_days": "91", "clash_policy": "x"}
    page = staff.post(_url("event-rules", event.uuid), data).content.decode()

    assert 'href="#id_answer_days"' in page
    assert 'href="#id_clash_policy_0"' in page


def _copy_data(client, event, **changes):
    data = _posted(client.get(_url("event-copy", event.uuid)))
    return data | {"name": "Gemeenteraad 2030", "polling_date": "2030-03-20"} | changes


def test_copy_shows_first_and_makes_after_the_question(staff, event):
    factories.make_polling_station(event)
    parts = ["days", "positions", "template", "stations"]
    preview = staff.post(_url("event-copy", event.uuid), _copy_data(staff, event, parts=parts))

    page = preview.content.decode()
    assert "donderdag 21 maart 2030" in page
    assert "1 stembureau" in page
    assert "Dit gaat niet mee: regels voor de planning" in page
    assert ElectionEvent.objects.count() == 1

    sent = {
        field.attrib["name"]: field.attrib["value"]
        for field in _hidden(page)
        if field.attrib["name"] != "parts"
    }
    made = staff.post(_url("event-copy", event.uuid), sent | {"parts": parts, "confirm": "1"})
    new = ElectionEvent.objects.get(name="Gemeenteraad 2030")
    assert made.url == _url("event-detail", new.uuid)
    assert (new.previous, new.polling_stations.count(), new.elections.count()) == (event, 1, 2)
    assert staff.session[EVENT_SESSION_KEY] == str(new.uuid)
    assert event.name in staff.get(made.url).content.decode()


def _hidden(page):
    return [
        field
        for field in lxml.html.fromstring(page).xpath("//main//input[@type='hidden']")
        if field.get("value")
    ]


def test_copy_goes_back_to_the_choices_with_what_was_filled_in(staff, event):
    page = staff.post(_url("event-copy", event.uuid), _copy_data(staff, event, change="1")).content.decode()

    assert 'value="Gemeenteraad 2030"' in page
    assert "Er gaat nog iets niet goed" not in page


def test_copy_shows_what_is_refused_before_anything_is_made(staff, event):
    data = _copy_data(staff, event, parts=["template"], name=event.name)
    assert (
        "Er is al een verkiezingsronde met deze naam"
        in staff.post(_url("event-copy", event.uuid), data).content.decode()
    )
    page = staff.post(_url("event-copy", event.uuid), data | {"name": "Nieuw"}).content.decode()
    assert "Neem dan ook" in page
    assert ElectionEvent.objects.count() == 1


def test_new_event_offers_to_copy_the_newest(staff, event):
    assert _url("event-copy", event.uuid) in staff.get(_url("event-create")).content.decode()
