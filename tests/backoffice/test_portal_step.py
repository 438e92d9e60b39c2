"""The pages that open the portal."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.event import create_event
from elections.event_plan import proposed_plan
from elections.models import AuditEvent, Label
from tests import factories


@pytest.fixture
def staff(juinen, client_for):
    return client_for(juinen, factories.make_staff("communication"))


@pytest.fixture
def event():
    return create_event(proposed_plan(is_public_body=False), by=None)


# For everybody, and as the page showed it.
SEEN = {"audience-who": "everyone", "version": "1"}


def _url(name, *args):
    return reverse(f"backoffice:{name}", args=args, urlconf="config.urls_tenant")


def test_list_shows_what_a_member_sees(staff, event):
    page = staff.get(_url("portal-step-list")).content.decode()
    assert "Zet een onderdeel aan" in page

    event.portal_steps.filter(kind="availability").update(is_on=True, text="Graag voor 1 februari.")
    page = staff.get(_url("portal-step-list")).content.decode()
    assert "Graag voor 1 februari." in page
    assert "Nog niet begonnen" in page


def test_list_warns_when_members_see_another_event(staff, event):
    staff.post(_url("event-choose", event.uuid))
    factories.make_event()

    assert "Leden zien nu een andere verkiezingsronde" in staff.get(_url("portal-step-list")).content.decode()


def test_archived_event_keeps_its_steps(staff, event):
    staff.post(_url("event-choose", event.uuid))
    step = event.portal_steps.get(kind="letters")
    assert _url("portal-step-edit", step.uuid) in staff.get(_url("portal-step-list")).content.decode()
    event.archived_at = timezone.now()
    event.save()

    assert _url("portal-step-edit", step.uuid) not in staff.get(_url("portal-step-list")).content.decode()
    page = staff.post(_url("portal-step-edit", step.uuid), SEEN | {"is_on": "on"}).content.decode()
    assert "gearchiveerd" in page
    step.refresh_from_db()
    assert not step.is_on


def test_edit_sets_the_period_in_local_time(staff, event):
    step = event.portal_steps.get(kind="availability")
    data = SEEN | {
        "is_on": "on",
        "opens_on": "2027-01-04",
        "opens_time": "9:00",
        "closes_on": "2027-02-03",
        "text": "Hallo",
    }

    assert staff.post(_url("portal-step-edit", step.uuid), data).url == _url("portal-step-list")

    step.refresh_from_db()
    assert step.opens_at == datetime(2027, 1, 4, 8, tzinfo=UTC)
    assert step.closes_at == datetime(2027, 2, 3, 22, 59, tzinfo=UTC)  # the end of the day
    page = staff.get(_url("portal-step-edit", step.uuid)).content.decode()
    assert 'value="2027-01-04"' in page
    assert 'value="09:00"' in page


def test_edit_on_an_island_uses_its_time_zone(zonneiland, client_for):
    with tenant_context(zonneiland):
        event = create_event(proposed_plan(is_public_body=True), by=None)
        step = event.portal_steps.get(kind="letters")
        client = client_for(zonneiland, factories.make_staff("planner"))
        data = SEEN | {"is_on": "on", "opens_on": "2027-02-17"}
        client.post(_url("portal-step-edit", step.uuid), data)
        step.refresh_from_db()

    assert step.opens_at == datetime(2027, 2, 17, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"opens_on": "2027-02-03", "closes_on": "2027-02-01"}, "einddatum"),
        ({"opens_time": "9:00"}, "Vul bij de tijd ook de datum in"),
        ({"opens_on": "morgen"}, "geldige datum"),
        ({"opens_on": "2027-02-03", "opens_time": "25:00"}, "Vul een tijd in"),
        ({"text": "A" * 1001}, "1000"),
    ],
)
def test_edit_refuses_what_cannot_be(staff, event, data, message):
    step = event.portal_steps.get(kind="letters")
    response = staff.post(_url("portal-step-edit", step.uuid), SEEN | {"is_on": "on"} | data)

    assert message in response.content.decode()
    step.refresh_from_db()
    assert not step.is_on


def test_own_part_is_made_changed_and_taken_away(staff, event):
    data = SEEN | {"is_on": "on", "title": "Parkeren", "body": "Achter de school."}
    assert staff.post(_url("portal-step-create"), data).url == _url("portal-step-list")
    step = event.portal_steps.get(kind="own")
    assert (step.title, step.body, step.is_on) == ("Parkeren", "Achter de school.", True)
    page = staff.get(_url("portal-step-list")).content.decode()
    assert "Parkeren" in page

    staff.post(_url("portal-step-edit", step.uuid), data | {"title": "Parkeren op de dag"})
    step.refresh_from_db()
    assert step.title == "Parkeren op de dag"
    assert "Parkeren op de dag" in staff.get(_url("portal-step-delete", step.uuid)).content.decode()
    staff.post(_url("portal-step-delete", step.uuid), {"version": step.version})
    assert not event.portal_steps.filter(kind="own").exists()


def test_part_that_a_colleague_changed_is_not_saved_over(staff, event):
    step = event.portal_steps.get(kind="letters")
    staff.post(_url("portal-step-edit", step.uuid), SEEN | {"is_on": "on", "text": "Eerst"})
    page = staff.post(_url("portal-step-edit", step.uuid), SEEN | {"text": "Tweede"}).content.decode()
    assert "intussen gewijzigd" in page
    assert "Tweede" in page
    step.refresh_from_db()
    assert step.text == "Eerst"


def test_part_for_a_selection_says_for_whom_and_warns_when_that_is_nobody(staff, event):
    label = Label.objects.create(name="Engels")
    member = factories.make_member()
    member.labels.add(label)
    step = event.portal_steps.get(kind="letters")
    page = staff.get(_url("portal-step-edit", step.uuid)).content.decode()
    assert "audience-step_not_done" not in page
    data = SEEN | {"is_on": "on", "audience-who": "selection", "audience-labels": "Engels"}
    staff.post(_url("portal-step-edit", step.uuid), data)
    page = staff.get(_url("portal-step-list")).content.decode()
    assert "met kenmerk Engels" in page
    assert "(1 lid)" in page
    assert "Niemand ziet dit nu" not in page

    member.labels.clear()
    assert "Niemand ziet dit nu" in staff.get(_url("portal-step-list")).content.decode()


def test_buttons_change_the_order(staff, event):
    step = event.portal_steps.get(kind="availability")
    staff.post(_url("portal-step-move", step.uuid), {"up": "1"})
    assert event.portal_steps.first() == step
    staff.post(_url("portal-step-move", step.uuid), {"down": "1"})
    assert event.portal_steps.first() != step


def test_drag_puts_a_part_in_front_of_another_or_at_the_end(staff, event):
    kinds = list(event.portal_steps.exclude(kind__in=("documents", "inbox")).values_list("kind", flat=True))
    steps = {step.kind: step for step in event.portal_steps.all()}
    url = _url("portal-step-move", steps[kinds[3]].uuid)
    page = staff.post(url, {"in_front_of": str(steps[kinds[0]].uuid)}, follow=True).content.decode()
    assert "is verplaatst" in page
    order = [kinds[3], *kinds[:3], *kinds[4:]]
    assert _order(event) == order
    assert (
        "is verplaatst"
        not in staff.post(url, {"in_front_of": str(steps[kinds[0]].uuid)}, follow=True).content.decode()
    )
    staff.post(url, {"in_front_of": ""})
    assert _order(event) == [*order[1:], kinds[3]]


def test_drag_beside_what_is_not_there_moves_nothing(staff, event):
    before = _order(event)
    url = _url("portal-step-move", event.portal_steps.get(kind="letters").uuid)
    other = factories.make_portal_step(factories.make_event(), "letters")
    assert staff.post(url, {"in_front_of": str(other.uuid)}).status_code == 404
    assert staff.post(url, {"in_front_of": "geen uuid"}).status_code == 404
    staff.post(url, {"in_front_of": str(event.portal_steps.get(kind="inbox").uuid)})
    assert _order(event) == before


def _order(event):
    return list(event.portal_steps.exclude(kind__in=("documents", "inbox")).values_list("kind", flat=True))


def test_preview_shows_the_parts_of_one_member_and_no_personal_data(staff, event):
    member = factories.make_member(first_name="Noor", last_name="Bakker", data_checked_at=timezone.now())
    event.portal_steps.filter(kind__in=("personal_data", "letters")).update(is_on=True)
    page = staff.get(_url("portal-step-preview"), {"q": "Bakker"}).content.decode()
    assert str(member.uuid) in page

    response = staff.get(_url("portal-step-preview"), {"member": member.uuid})
    assert [task["title"] for task in response.context["tasks"]] == ["Uw gegevens", "Uw brieven"]
    assert "Wij missen nog" not in response.content.decode()
    assert AuditEvent.objects.filter(action="portal_step.preview").count() == 1
    assert staff.get(_url("portal-step-preview"), {"member": "niets"}).status_code == 404
