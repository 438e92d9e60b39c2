"""Changes that members ask for, on the pages of the team."""

import pytest
from django.urls import reverse
from django.utils import timezone

from elections.models import ApprovedSubject, Member, PersonalDataChange
from tests import factories

LIST = "/backoffice/personal-data-change/"


@pytest.fixture
def change():
    return factories.make_personal_data_change(
        factories.make_member(last_name="Bakker", phone="+31 6 12345678")
    )


def url(name, row):
    return reverse(f"backoffice:personal-data-change-{name}", args=[row.uuid])


def page(client, address):
    return client.get(address).content.decode()


def test_subjects_are_chosen_and_shown(planner):
    assert "Elke wijziging geldt nu meteen" in page(planner, LIST)
    assert planner.post(f"{LIST}subjects/", {"subjects": ["name", "phone"]}).url == LIST
    assert set(ApprovedSubject.objects.values_list("subject", flat=True)) == {"name", "phone"}
    assert "naam, telefoonnummer" in page(planner, LIST)
    assert planner.post(f"{LIST}subjects/", {"subjects": ["email"]}).status_code == 200
    planner.post(f"{LIST}subjects/", {})
    assert not ApprovedSubject.objects.exists()


def test_change_is_looked_at_and_taken_over(planner, change):
    assert "Bakker" in page(planner, LIST)
    shown = page(planner, url("detail", change))
    assert "+31 6 12345678" in shown
    assert "+31 6 87654321" in shown
    assert planner.post(url("approve", change), {"version": "1", "member_version": "1"}).url == LIST
    assert Member.objects.get(pk=change.member_id).phone == "+31 6 87654321"
    assert "Elke wijziging geldt nu meteen" in page(planner, LIST)
    assert "Bakker" in page(planner, f"{LIST}?state=approved")
    assert "Bakker" in page(planner, f"{LIST}?state=all")
    assert "+31 6 12345678" not in page(planner, url("detail", change))


def test_old_page_takes_nothing_over(planner, change):
    Member.objects.update(version=5)
    response = planner.post(url("approve", change), {"version": "1", "member_version": "1"}, follow=True)
    assert "intussen veranderd" in response.content.decode()
    assert planner.post(url("approve", change), {"version": "x"}).url == url("detail", change)
    assert Member.objects.get(pk=change.member_id).phone == "+31 6 12345678"


def test_refusal_asks_a_reason(planner, change):
    assert "Schrijf op waarom" in planner.post(url("refuse", change), {"reason": ""}).content.decode()
    assert planner.post(url("refuse", change), {"reason": "Dit nummer is van een ander."}).url == LIST
    assert "Dit nummer is van een ander." in page(planner, url("detail", change))
    again = planner.post(url("refuse", change), {"reason": "Nog eens."}, follow=True)
    assert "al beslist" in again.content.decode()


def test_contact_data_of_a_confidential_member_are_for_few(juinen, client_for, planner, change):
    Member.objects.update(confidential_since=timezone.now(), confidential_reason="dreiging")
    shown = page(planner, url("detail", change))
    assert "vertrouwelijk" in shown
    assert "87654321" not in shown
    for name in ("approve", "refuse"):
        sent = {"version": "1", "member_version": "1", "reason": "Nee."}
        assert planner.post(url(name, change), sent).status_code == 403
    administrator = client_for(juinen, factories.make_staff("administrator"))
    assert "87654321" in page(administrator, url("detail", change))
    assert PersonalDataChange.objects.get().state == "waiting"


def test_page_of_a_member_tells_what_waits(planner, change):
    detail = page(planner, reverse("backoffice:member-detail", args=[change.member.uuid]))
    assert "Dit lid wil iets wijzigen: telefoonnummer." in detail
    assert url("detail", change) in detail


def test_list_asks_as_much_for_three_as_for_one(planner, change, django_assert_max_num_queries):
    planner.get(LIST)
    with django_assert_max_num_queries(20) as first:
        planner.get(LIST)
    for _number in range(3):
        factories.make_personal_data_change(factories.make_member())
    with django_assert_max_num_queries(len(first)):
        planner.get(LIST)


def test_list_shows_what_it_was_and_what_it_becomes(juinen, client_for, planner, change):
    other = factories.make_member(initials="L.", first_name="Luca", last_name="Smit", infix="")
    wanted = {"initials": "L.", "first_name": "Luca", "infix": "van", "last_name": "Smit-Visser"}
    factories.make_personal_data_change(other, subject="name", values=wanted)
    shown = page(planner, LIST)
    for words in ("+31 6 12345678", "+31 6 87654321", "L. Smit (Luca)", "L. van Smit-Visser (Luca)"):
        assert words in shown
    Member.objects.update(confidential_since=timezone.now(), confidential_reason="dreiging")
    hidden = page(planner, LIST)
    assert "12345678" not in hidden
    assert "87654321" not in hidden
    assert "vertrouwelijk" in hidden
    assert "L. van Smit-Visser (Luca)" in hidden
    assert "87654321" in page(client_for(juinen, factories.make_staff("administrator")), LIST)
