"""Changes on the planning board: what they answer, who was first, and taking them back."""

import lxml.html
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from elections.actions.assignment import move_assignment, unassign
from elections.actions.plan_change import record_change, step
from elections.enums import PlanChangeKind
from elections.models import Assignment, AuditEvent
from tests import factories

HTMX = {"HX-Request": "true", "HX-Current-URL": "https://juinen.localhost/backoffice/board/"}


@pytest.fixture
def colleague():
    return factories.make_staff("planner", name="Pim Planning")


@pytest.fixture
def shifts(event, morning, chair):
    """Three stations with a shift of two places each."""
    stations = [factories.make_polling_station(event) for _each in range(3)]
    return [factories.make_shift(station, morning, chair, places=2) for station in stations]


def _seat(shift, **values):
    return factories.make_assignment(factories.make_member(**values), shift)


def _url(name, thing=None):
    return reverse(f"backoffice:assignment-{name}", kwargs={"uuid": thing.uuid} if thing else None)


def _post(client, name, thing=None, **form):
    return client.post(_url(name, thing), form, headers=HTMX)


class _Answer:
    """What stands in the answer to a change."""

    def __init__(self, response):
        page = lxml.html.fromstring(f"<div>{response.content.decode()}</div>")
        self.status = response.status_code
        (message,) = page.find_class("z-said__message")
        self.text = message.text_content()
        self.focus = message.get("data-done")
        self.rows = {int(row.get("data-row")) for row in page.xpath("//*[@data-row]")}
        self.figures = [int(figure.text) for figure in page.xpath("//*[@id='board-summary']//strong")]
        self.undo = page.xpath("//*[@id='board-undo']//*[@name='change']")


def test_placing_answers_with_the_row_the_figures_and_the_way_back(planner, shifts):
    member = factories.make_member(first_name="Sanne", last_name="Vos")
    answer = _Answer(_post(planner, "candidates", shifts[0], member=member.uuid))
    assert "Sanne Vos is ingedeeld als voorzitter" in answer.text
    assert "Ongedaan maken" in answer.text
    assert answer.rows == {shifts[0].polling_station.number}
    assert answer.figures[:2] == [6, 5]
    assert answer.focus == f"p-{member.assignments.get().uuid}"
    assert answer.undo


def test_move_answers_with_both_rows_and_no_other(planner, shifts):
    seat = _seat(shifts[0])
    answer = _Answer(_post(planner, "move", seat, shift=shifts[1].uuid, version=seat.version))
    assert answer.status == 200
    assert answer.rows == {shift.polling_station.number for shift in shifts[:2]}
    assert seat.member.assignments.get().shift == shifts[1]


def test_move_answers_with_the_other_station_of_the_member_too(planner, event, shifts):
    """Rest and hours may have become wrong or right there."""
    next_day = factories.make_day_part(
        factories.make_polling_day(event, date=factories.DAY.replace(day=18)), name="Tellen"
    )
    seat = _seat(shifts[0])
    far = factories.make_shift(shifts[2].polling_station, next_day, shifts[2].position)
    factories.make_assignment(seat.member, far)
    answer = _Answer(_post(planner, "move", seat, shift=shifts[1].uuid))
    assert answer.rows == {shift.polling_station.number for shift in shifts}


def test_move_tells_what_is_doubtful_and_does_it(planner, event, shifts, morning):
    event.maximum_hours_per_day = 10
    event.save()
    evening = factories.make_day_part(morning.polling_day, name="Avond", start=morning.end, end=morning.start)
    late = factories.make_shift(shifts[1].polling_station, evening, shifts[1].position)
    other = factories.make_shift(
        shifts[2].polling_station,
        factories.make_day_part(
            factories.make_polling_day(event, date=factories.DAY.replace(day=20)), name="Later"
        ),
        shifts[2].position,
    )
    member = factories.make_member()
    factories.make_assignment(member, shifts[0])
    seat = factories.make_assignment(member, other)
    answer = _Answer(_post(planner, "move", seat, shift=late.uuid))
    assert answer.status == 200
    assert "Werkt dan meer dan 10 uur" in answer.text
    assert member.assignments.filter(shift=late).exists()


def test_refusal_says_why_and_changes_nothing(planner, shifts):
    seat = _seat(shifts[0])
    for _each in range(2):
        _seat(shifts[1])
    answer = _Answer(_post(planner, "move", seat, shift=shifts[1].uuid))
    assert answer.status == 422
    assert "Deze dienst is vol" in answer.text
    assert answer.focus == ""
    assert seat.member.assignments.get().shift == shifts[0]


def test_colleague_was_first_says_who_and_when(planner, colleague, shifts):
    seat = _seat(shifts[0], first_name="Sanne", last_name="Vos")
    shown = seat.version
    move_assignment(seat, shifts[1], by=colleague)
    answer = _Answer(_post(planner, "move", seat, shift=shifts[2].uuid, version=shown))
    assert answer.status == 409
    assert "Pim Planning heeft" in answer.text
    assert "verplaatst naar" in answer.text
    assert " uur" in answer.text
    assert shifts[1].polling_station.number in answer.rows
    assert seat.member.assignments.get().shift == shifts[1]


@pytest.mark.parametrize("name", ["remove", "lock"])
def test_version_is_looked_at_by_every_act(planner, colleague, shifts, name):
    seat = _seat(shifts[0])
    shown = seat.version
    move_assignment(seat, shifts[1], by=colleague)
    assert _post(planner, name, seat, version=shown, locked="on").status_code == 409
    kept = seat.member.assignments.get()
    assert (kept.shift, kept.is_locked) == (shifts[1], False)


def test_place_that_a_colleague_freed_says_who(planner, colleague, shifts):
    seat = _seat(shifts[0], first_name="Sanne", last_name="Vos")
    unassign(seat, by=colleague)
    for response in (
        planner.get(_url("detail", seat), headers=HTMX),
        _post(planner, "move", seat, shift=shifts[1].uuid, version=1),
    ):
        answer = _Answer(response)
        assert answer.status == 409
        assert "Deze plaats is er niet meer" in answer.text
        assert "Pim Planning heeft" in answer.text
    assert planner.get(_url("detail", seat)).url.startswith(_url("list"))


def test_place_that_never_was_is_not_found(planner, shifts):
    nothing = Assignment(uuid="00000000-0000-0000-0000-000000000000")
    assert planner.get(_url("detail", nothing), headers=HTMX).status_code == 404


def test_swap_asks_first_and_then_changes_both(planner, shifts):
    one, other = _seat(shifts[0], last_name="Een"), _seat(shifts[1], last_name="Twee")
    asked = planner.get(_url("swap", one), {"other": str(other.uuid)}, headers=HTMX).content.decode()
    assert "Wissel deze twee" in asked
    assert one.member.assignments.get().shift == shifts[0]
    form = {"other": other.uuid, "version": one.version, "other_version": other.version}
    answer = _Answer(_post(planner, "swap", one, **form))
    assert "Noor Een en Noor Twee zijn gewisseld" in answer.text
    assert one.member.assignments.get().shift == shifts[1]
    assert other.member.assignments.get().shift == shifts[0]


def test_swap_looks_at_the_version_of_the_other_too(planner, colleague, shifts):
    one, other = _seat(shifts[0]), _seat(shifts[1])
    form = {"other": other.uuid, "version": one.version, "other_version": other.version}
    move_assignment(other, shifts[2], by=colleague)
    assert _post(planner, "swap", one, **form).status_code == 409
    assert one.member.assignments.get().shift == shifts[0]


def test_swap_offers_people_whose_place_fits_nearest_first(planner, event, shifts, morning):
    counter = factories.make_position(event, kind="counter", name="Teller")
    tally = factories.make_shift(shifts[0].polling_station, morning, counter)
    one = _seat(shifts[0], qualified_for=["chair"])
    _seat(shifts[1], last_name="Ver")
    _seat(shifts[2], last_name="Onbevoegd", qualified_for=["counter"])
    evening = factories.make_day_part(morning.polling_day, name="Avond", start=morning.end, end=morning.start)
    near = factories.make_shift(shifts[0].polling_station, evening, shifts[0].position)
    _seat(near, last_name="Dichtbij")
    _seat(tally, last_name="Tellend")
    text = planner.get(_url("swap", one)).content.decode()
    assert text.index("Dichtbij") < text.index("Ver<")
    assert "Tellend" not in text
    assert "Onbevoegd" not in text
    assert "Dichtbij" not in planner.get(_url("swap", one), {"q": "ver"}).content.decode()


def test_swap_with_somebody_of_another_event_is_not_found(planner, shifts):
    event = factories.make_event()
    day_part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(
        factories.make_polling_station(event), day_part, factories.make_position(event, kind="chair")
    )
    answer = _post(planner, "swap", _seat(shifts[0]), other=_seat(shift).uuid)
    assert answer.status_code == 404
    assert _post(planner, "move", _seat(shifts[1]), shift=shift.uuid).status_code == 404


def test_lock_and_unlock(planner, shifts):
    seat = _seat(shifts[0])
    answer = _Answer(_post(planner, "lock", seat, locked="on", version=seat.version))
    assert "is vastgezet" in answer.text
    seat.refresh_from_db()
    assert seat.is_locked
    assert "Maak los" in planner.get(_url("detail", seat), headers=HTMX).content.decode()
    _post(planner, "lock", seat, locked="", version=seat.version)
    seat.refresh_from_db()
    assert not seat.is_locked


def test_undo_takes_back_one_change_after_the_other(planner, shifts):
    seat = _seat(shifts[0])
    first = _Answer(_post(planner, "move", seat, shift=shifts[1].uuid))
    second = _Answer(_post(planner, "move", seat, shift=shifts[2].uuid))
    assert first.undo[0].value != second.undo[0].value
    back = _Answer(_post(planner, "undo", change=second.undo[0].value))
    assert "Ongedaan gemaakt" in back.text
    assert back.rows == {shifts[1].polling_station.number, shifts[2].polling_station.number}
    assert back.undo[0].value == first.undo[0].value
    last = _Answer(_post(planner, "undo", change=first.undo[0].value))
    assert seat.member.assignments.get().shift == shifts[0]
    assert not last.undo


def test_undo_offers_no_older_change_beside_its_message(planner, shifts):
    """The focus goes to whoever moved back."""
    seat = _seat(shifts[0])
    _post(planner, "move", seat, shift=shifts[1].uuid)
    moved = _Answer(_post(planner, "move", seat.member.assignments.get(), shift=shifts[2].uuid))
    response = _post(planner, "undo", change=moved.undo[0].value)
    message = response.content.decode().partition("<template")[0]
    assert "Ongedaan gemaakt" in message
    assert "assignment/undo" not in message
    assert _Answer(response).undo, "the older change keeps its own button, with what it was"
    assert _Answer(response).focus == f"p-{seat.member.assignments.get().uuid}"


def _many(event, morning, chair, user, count):
    """One change that filled this many places."""
    shift = factories.make_shift(factories.make_polling_station(event), morning, chair, places=count)
    seats = [_seat(shift) for _each in range(count)]
    return record_change(event, PlanChangeKind.TAKE_OVER, [step(None, seat) for seat in seats], by=user)


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_undo_of_many_places_asks_first(juinen, client_for, event, morning, chair, headers):
    user = factories.make_staff("planner")
    client = client_for(juinen, user)
    change = _many(event, morning, chair, user, 11)
    asked = client.post(_url("undo"), {"change": change.uuid}, headers=headers)
    assert asked.status_code == 200
    assert "11 plaatsen leegmaken?" in asked.content.decode()
    assert Assignment.objects.active().count() == 11
    client.post(_url("undo"), {"change": change.uuid, "sure": "yes"}, headers=headers)
    assert not Assignment.objects.active().exists()


def test_undo_of_ten_places_does_not_ask(juinen, client_for, event, morning, chair):
    user = factories.make_staff("planner")
    change = _many(event, morning, chair, user, 10)
    client_for(juinen, user).post(_url("undo"), {"change": change.uuid})
    assert not Assignment.objects.active().exists()


def test_undo_is_refused_when_a_colleague_went_on(planner, colleague, shifts):
    seat = _seat(shifts[0])
    moved = _Answer(_post(planner, "move", seat, shift=shifts[1].uuid))
    move_assignment(Assignment.objects.get(member=seat.member), shifts[2], by=colleague)
    answer = _Answer(_post(planner, "undo", change=moved.undo[0].value))
    assert answer.status == 409
    assert "Pim Planning" in answer.text
    assert seat.member.assignments.get().shift == shifts[2]


def test_undo_of_somebody_else_is_not_found(planner, juinen, client_for, colleague, shifts):
    moved = _Answer(_post(planner, "move", _seat(shifts[0]), shift=shifts[1].uuid))
    other = client_for(juinen, colleague)
    assert _post(other, "undo", change=moved.undo[0].value).status_code == 404
    assert "board-undo" in other.get(_url("list")).content.decode()
    assert "data-undo-button" not in other.get(_url("list")).content.decode()


def test_answer_knows_the_filter_of_the_board(planner, shifts):
    """The figures above a filtered board stay those of the filter."""
    seat = _seat(shifts[0])
    number = shifts[0].polling_station.number
    headers = HTMX | {"HX-Current-URL": f"{HTMX['HX-Current-URL']}?q={number}"}
    answer = _Answer(planner.post(_url("move", seat), {"shift": shifts[1].uuid}, headers=headers))
    assert answer.figures[0] == 2


def test_move_needs_the_same_queries_for_any_number_of_stations(planner, event, shifts, morning, chair):
    counts = []
    for more in (0, 5):
        for _each in range(more):
            shift = factories.make_shift(factories.make_polling_station(event), morning, chair, places=2)
            _seat(shift)
        planner.get(reverse("backoffice:board"), {"q": ""})  # the figures are known now
        seat = _seat(shifts[0])
        with CaptureQueriesContext(connection) as queries:
            _post(planner, "move", seat, shift=shifts[1].uuid, version=seat.version)
        counts.append(len(queries))
        Assignment.objects.filter(member=seat.member).delete()
    assert counts[0] == counts[1]


def test_detail_shows_how_to_reach_somebody_and_is_logged(planner, shifts):
    seat = _seat(shifts[0], phone="+31 6 12345678")
    text = planner.get(_url("detail", seat), headers=HTMX).content.decode()
    assert 'href="tel:+31612345678"' in text
    assert "<html" not in text
    assert AuditEvent.objects.filter(action="assignment.detail", object_id=str(seat.uuid)).exists()


def test_pages_work_without_a_script(planner, shifts):
    """The same addresses, whole pages, and back to the station."""
    seat, other = _seat(shifts[0]), _seat(shifts[1])
    for name in ("detail", "move", "swap", "remove"):
        assert "<html" in planner.get(_url(name, seat)).content.decode()
    to_station = reverse("backoffice:assignment-station", kwargs={"uuid": shifts[1].polling_station.uuid})
    answer = planner.post(_url("swap", seat), {"other": str(other.uuid)})
    assert answer.url == to_station
    assert "zijn gewisseld" in planner.get(to_station).content.decode()
    assert "Ongedaan maken" in planner.get(_url("list")).content.decode()


def test_reader_changes_nothing(juinen, client_for, shifts):
    seat = _seat(shifts[0])
    reader = client_for(juinen, factories.make_staff("reader"))
    for name in ("move", "swap", "lock", "remove"):
        assert _post(reader, name, seat, shift=shifts[1].uuid).status_code == 403
    assert _post(reader, "undo").status_code == 403
