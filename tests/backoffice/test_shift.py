"""The pages of shifts and of the shift template."""

import pytest
from django.urls import reverse
from django.utils import timezone

from elections.actions.event import create_event
from elections.actions.shift import make_shifts
from elections.event_plan import proposed_plan
from elections.models import AuditEvent, Shift, WaitlistEntry
from tests import factories


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


def _template(response):
    return {field.html_name: field.value() or "" for field in response.context["form"]}


def _shift(part="Ochtend", kind="member"):
    return Shift.objects.get(day_part__name=part, position__kind=kind)


def test_list_without_stations_and_without_shifts_says_what_to_do(staff, event):
    assert "Voeg eerst de stembureaus toe" in _page(staff.get(_url("shift-list")))

    factories.make_polling_station(event)
    page = _page(staff.get(_url("shift-list")))
    assert "Er zijn nog geen diensten" in page
    assert _url("shift-template") in page


def test_list_shows_people_of_places_per_day_part(staff, event):
    factories.make_polling_station(event)
    make_shifts(event, by=None)
    factories.make_assignment(factories.make_member(), _shift())

    page = _page(staff.get(_url("shift-list")))

    assert "1 van 5" in page
    assert "0 van 3" in page
    assert "1 van 6" in page  # all board members of both parts, in the totals


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_the_same_queries_for_one_and_three(staff, event, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_polling_station(event)
    make_shifts(event, by=None)
    staff.get(_url("shift-list"))

    with django_assert_num_queries(12):
        staff.get(_url("shift-list"))


def test_template_leads_to_a_preview_and_then_to_shifts(staff, event):
    factories.make_polling_station(event)
    data = _template(staff.get(_url("shift-template")))
    part = event.polling_days.first().day_parts.get(name="Tellen")
    counter = event.positions.get(kind="counter")
    data[f"places-regulier-0-{part.uuid}-{counter.uuid}"] = "4"

    response = staff.post(_url("shift-template"), data)
    assert response.url == _url("shift-make")
    page = _page(staff.get(response.url))
    assert "14 plaatsen" in page
    assert not Shift.objects.exists()

    page = _page(staff.post(_url("shift-make"), follow=True))
    assert "7 diensten zijn bijgewerkt" in page
    assert _shift("Tellen", "counter").places == 4
    assert "Alle diensten zijn al zoals het sjabloon vraagt" in _page(staff.get(_url("shift-make")))


@pytest.mark.parametrize(
    ("number", "message"), [("51", "50"), ("-1", "0"), ("veel", "getal"), ("1", "minstens drie")]
)
def test_template_refuses_odd_numbers(staff, event, number, message):
    data = dict.fromkeys(_template(staff.get(_url("shift-template"))), "")
    part = event.polling_days.first().day_parts.get(name="Ochtend")
    data[f"places-regulier-0-{part.uuid}-{event.positions.get(kind='chair').uuid}"] = number

    response = staff.post(_url("shift-template"), data)

    assert response.status_code == 200
    assert message in _page(response)
    assert event.template_lines.count() > 0


def test_make_tells_which_shifts_are_held_back(staff, event):
    factories.make_polling_station(event)
    make_shifts(event, by=None)
    for _ in range(3):
        factories.make_assignment(factories.make_member(), _shift())
    event.template_lines.filter(position__kind="member").update(places=2)

    assert "3 personen" in _page(staff.get(_url("shift-make")))


def test_edit_changes_places_and_release_lets_go(staff, event):
    factories.make_polling_station(event)
    make_shifts(event, by=None)
    shift = _shift()

    staff.post(_url("shift-edit", shift.uuid), {"places": "5"})
    shift.refresh_from_db()
    assert (shift.places, shift.is_adjusted) == (5, True)
    assert "Weer het sjabloon volgen" in _page(staff.get(_url("shift-edit", shift.uuid)))

    staff.post(_url("shift-release", shift.uuid))
    shift.refresh_from_db()
    assert not shift.is_adjusted


def test_edit_refuses_fewer_places_than_people(staff, event):
    factories.make_polling_station(event)
    make_shifts(event, by=None)
    for _ in range(2):
        factories.make_assignment(factories.make_member(), _shift())

    page = _page(staff.post(_url("shift-edit", _shift().uuid), {"places": "1"}))

    assert "al 2 mensen" in page
    assert "Dienst verwijderen" not in page


def test_delete_removes_an_empty_shift_by_post_only(staff, event):
    factories.make_polling_station(event)
    make_shifts(event, by=None)
    url = _url("shift-delete", _shift().uuid)

    assert staff.get(url).status_code == 405
    staff.post(url)
    assert not Shift.objects.filter(day_part__name="Ochtend", position__kind="member").exists()


def test_template_gets_and_loses_a_band_without_losing_what_was_typed(staff, event):
    factories.make_polling_station(event, expected_voters=1500)
    part = event.polling_days.first().day_parts.get(name="Ochtend")
    member = event.positions.get(kind="member")
    cell = f"places-regulier-%s-{part.uuid}-{member.uuid}"
    data = _template(staff.get(_url("shift-template"))) | {cell % 0: "4"}

    more = staff.post(_url("shift-template"), data | {"add_band": "regulier", "places-new-regulier": "1.200"})
    assert "Vanaf 1200 kiezers" in _page(more)
    assert "Er gaat nog iets niet goed" not in _page(more)
    sent = _template(more)
    assert (sent[cell % 0], sent[cell % 1200]) == ("4", "4")
    assert not event.template_lines.filter(from_voters=1200).exists()

    less = staff.post(_url("shift-template"), sent | {"remove_band": "regulier-1200"})
    assert cell % 1200 not in _template(less)

    staff.post(_url("shift-template"), sent | {cell % 1200: "7"})
    staff.post(_url("shift-make"))
    assert _shift().places == 7


@pytest.mark.parametrize(
    ("asked", "message"),
    [("", "Vul een getal in"), ("veel", "Vul een getal in"), ("1200", "Deze groep is er al")],
)
def test_template_says_what_is_wrong_with_a_new_band(staff, event, asked, message):
    data = _template(staff.get(_url("shift-template"))) | {"places-bands-regulier": "0,1200"}
    page = _page(
        staff.post(_url("shift-template"), data | {"add_band": "regulier", "places-new-regulier": asked})
    )

    assert message in page
    assert "<title>Fout: " in page


@pytest.mark.parametrize("button", [{"add_band": "x"}, {"remove_band": "x"}, {"remove_band": "regulier-0"}])
@pytest.mark.parametrize("bands", ["", "x,-1,²", "9999999", ",".join(map(str, range(40)))])
def test_template_with_odd_bands_is_no_server_error(staff, event, button, bands):
    data = {"places-bands-regulier": bands} | button
    assert staff.post(_url("shift-template"), data).status_code == 200


def test_template_is_not_saved_while_a_new_band_waits(staff, event):
    data = _template(staff.get(_url("shift-template"))) | {"places-new-regulier": "1200"}

    assert "Kies “Groep toevoegen”" in _page(staff.post(_url("shift-template"), data))


def test_archived_event_is_told_in_a_sentence(staff, event):
    station = factories.make_polling_station(event)
    make_shifts(event, by=None)
    shift = station.shifts.first()
    event.archived_at = timezone.now()
    event.save()
    session = staff.session
    session["event"] = str(event.uuid)
    session.save()
    for url in (_url("shift-make"), _url("shift-release", shift.uuid), _url("shift-delete", shift.uuid)):
        assert "gearchiveerd" in _page(staff.post(url, follow=True))


def test_how_many_wait_is_told_before_a_shift_goes_and_is_in_the_log(staff, event):
    station = factories.make_polling_station(event)
    make_shifts(event, by=None)
    shift, other = station.shifts.all()[:2]
    member = factories.make_member()
    for each in (shift, other):
        factories.make_waitlist_entry(member, each)
    factories.make_waitlist_entry(factories.make_member(), shift)
    assert "Er wachten 2 leden" in _page(staff.get(_url("shift-edit", shift.uuid)))
    assert "Er wachten 2 leden" in _page(staff.get(_url("polling-station-delete", station.uuid)))
    event.template_lines.all().delete()
    assert "Er wachten 2 leden" in _page(staff.get(_url("shift-make")))
    staff.post(_url("shift-delete", shift.uuid))
    assert AuditEvent.objects.get(action="shift.remove").details["waiting"] == 2
    make_shifts(event, by=None)
    assert AuditEvent.objects.filter(action="shift.make").first().details["waiting"] == 1
    assert not WaitlistEntry.objects.exists()
