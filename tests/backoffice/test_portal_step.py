"""The pages that open the portal."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.event import create_event
from elections.event_plan import proposed_plan
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
