"""The list of colleagues, and what an administrator does with it."""

import pytest

from elections.models import Invitation, OutboxMail, User
from tests import factories

LIST = "/backoffice/staff/"


@pytest.fixture
def boss():
    return factories.make_staff("administrator", name="Ada Baas")


@pytest.fixture
def desk(client_for, juinen, boss):
    return client_for(juinen, boss)


def test_list_shows_everybody_with_role_and_access(desk):
    factories.make_staff("planner", name="Piet Plan", username="piet@juinen.example")
    factories.make_staff("reader", name="Lea Lees", is_active=False)
    body = desk.get(LIST).content.decode()
    texts = (
        "Ada Baas",
        "Piet Plan",
        "piet@juinen.example",
        "planner",
        "Heeft toegang",
        "Geen toegang",
        "nog niet",
    )
    assert [text for text in texts if text not in body] == []


def test_list_asks_the_same_number_of_queries_for_one_and_three(desk, django_assert_num_queries):
    desk.get(LIST)
    with django_assert_num_queries(6):
        desk.get(LIST)
    for _number in range(2):
        factories.make_staff("reader")
    with django_assert_num_queries(6):
        desk.get(LIST)


def test_invite_mails_the_colleague(desk):
    values = {"name": "Bo", "email": "Bo@juinen.example", "role": "planner"}
    response = desk.post(f"{LIST}invite/", values, follow=True)
    assert "Bo krijgt een uitnodiging." in response.content.decode()
    assert User.objects.get(username="bo@juinen.example").role == "planner"
    assert OutboxMail.objects.get().kind == "staff_invitation"


def test_invite_explains_what_is_wrong(desk, boss):
    body = desk.post(f"{LIST}invite/", {"name": "", "email": "geen adres", "role": ""}).content.decode()
    for text in ("Vul de naam", "naam@voorbeeld.nl", "Kies een rol"):
        assert text in body
    values = {"name": "Bo", "email": boss.username, "role": "planner"}
    User.objects.filter(pk=boss.pk).update(username="baas@juinen.example")
    values["email"] = "baas@juinen.example"
    assert "Er is al een collega" in desk.post(f"{LIST}invite/", values).content.decode()


def test_role_changes_at_once(desk, client_for, juinen):
    colleague = factories.make_staff("administrator")
    other = client_for(juinen, colleague)
    assert other.get(LIST).status_code == 200
    desk.post(f"{LIST}{colleague.uuid}/edit/", {"name": "Nieuw", "role": "reader"})
    assert other.get(LIST).status_code == 403


def test_disable_ends_the_sessions_of_the_colleague_at_once_and_for_good(desk, client_for, juinen):
    colleague = factories.make_staff("administrator")
    other = client_for(juinen, colleague)
    assert other.get(LIST).status_code == 200
    response = desk.post(f"{LIST}{colleague.uuid}/disable/", follow=True)
    assert "heeft geen toegang meer" in response.content.decode()
    assert other.get(LIST).headers["Location"].startswith("/login/")
    desk.post(f"{LIST}{colleague.uuid}/enable/")
    assert other.get(LIST).headers["Location"].startswith("/login/")


def test_own_page_has_no_button_to_lock_yourself_out(desk, boss):
    body = desk.get(f"{LIST}{boss.uuid}/edit/").content.decode()
    assert "Dit bent u zelf" in body
    assert "/disable/" not in body
    assert "U kunt uzelf" in desk.post(f"{LIST}{boss.uuid}/disable/", follow=True).content.decode()


def test_invitation_is_sent_again_and_withdrawn(desk):
    desk.post(f"{LIST}invite/", {"name": "Bo", "email": "bo@juinen.example", "role": "planner"})
    page = f"{LIST}{User.objects.get(username='bo@juinen.example').uuid}/"
    assert "nog geen wachtwoord gekozen" in desk.get(f"{page}edit/").content.decode()
    desk.post(f"{page}resend/")
    assert OutboxMail.objects.count() == 2
    desk.post(f"{page}withdraw/")
    assert not Invitation.objects.open().exists()
    assert (
        "Er is geen uitnodiging die nog werkt." in desk.post(f"{page}withdraw/", follow=True).content.decode()
    )


def test_member_without_role_is_no_colleague(desk):
    assert desk.get(f"{LIST}{factories.make_member().user.uuid}/edit/").status_code == 404
