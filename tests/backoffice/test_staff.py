"""The list of colleagues, and what an administrator does with it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from elections.models import (
    AuditEvent,
    Authenticator,
    Invitation,
    OutboxMail,
    RecoveryCode,
    SignIn,
    User,
    WorkAccount,
)
from elections.one_time_codes import new_recovery_codes
from elections.permissions import ALL_RIGHTS, IN_WORDS
from elections.sessions import CONFIRMED_KEY
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
    with django_assert_num_queries(9):
        desk.get(LIST)
    for _number in range(2):
        factories.make_staff("reader")
    with django_assert_num_queries(9):
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


# --- How colleagues log in ---


def test_list_shows_how_everybody_logs_in_and_how_many_codes_are_left(desk):
    with_app = factories.make_staff("planner", name="Piet Plan", last_login=timezone.now())
    factories.make_authenticator(with_app)
    new_recovery_codes(with_app)
    RecoveryCode.objects.filter(pk=RecoveryCode.objects.first().pk).update(used_at=timezone.now())
    SignIn.objects.create(user=with_app, method="recovery_code")
    at_work = factories.make_staff("reader", name="Wia Werk")
    WorkAccount.objects.create(user=at_work, name="werk", issuer="https://i.example", subject="s")
    factories.make_staff("reader", name="Lea Lees")
    body = desk.get(LIST).content.decode()
    for text in ("authenticator-app, 9 herstelcodes", "herstelcode<", "werkaccount", "nog niet ingesteld"):
        assert text in body


def test_administrator_helps_a_colleague_who_lost_the_phone(desk):
    colleague = factories.make_staff("planner", name="Piet Plan")
    factories.make_authenticator(colleague)
    page = f"{LIST}{colleague.uuid}/"
    assert f"{page}reset/" in desk.get(f"{page}edit/").content.decode()
    assert "wie u spreekt" in desk.get(f"{page}reset/").content.decode()
    assert desk.post(f"{page}reset/", {"lost": "x"}).status_code == 200
    response = desk.post(f"{page}reset/", {"lost": "app"}, follow=True)
    assert "Piet Plan krijgt een e-mail en kan opnieuw beginnen." in response.content.decode()
    assert not Authenticator.objects.filter(user=colleague).exists()
    assert OutboxMail.objects.get().kind == "factor_changed"


def test_who_lost_the_password_too_is_invited_again(desk):
    colleague = factories.make_staff("planner")
    factories.make_authenticator(colleague)
    desk.post(f"{LIST}{colleague.uuid}/reset/", {"lost": "all"})
    assert sorted(OutboxMail.objects.values_list("kind", flat=True)) == ["factor_changed", "staff_invitation"]
    colleague.refresh_from_db()
    assert not colleague.has_usable_password()


def test_own_app_needs_another_administrator(desk, boss):
    assert "/reset/" not in desk.get(f"{LIST}{boss.uuid}/edit/").content.decode()
    response = desk.post(f"{LIST}{boss.uuid}/reset/", {"lost": "app"})
    assert "alleen een andere beheerder" in response.content.decode()
    assert Authenticator.objects.filter(user=boss).exists()


def test_administrator_helps_a_member_from_the_member_page(desk):
    member = factories.make_member()
    factories.make_authenticator(member.user)
    page = f"/backoffice/member/{member.uuid}/"
    assert f"{page}reset/" in desk.get(page).content.decode()
    response = desk.post(f"{page}reset/", {"lost": "app"})
    assert response.headers["Location"] == page
    assert not Authenticator.objects.filter(user=member.user).exists()


def test_member_without_account_cannot_be_helped_to_log_in(desk):
    member = factories.make_member(with_user=False)
    assert desk.get(f"/backoffice/member/{member.uuid}/reset/").status_code == 404


@pytest.mark.parametrize("act", ["edit", "disable", "enable", "resend", "reset"])
def test_acts_on_the_access_of_others_need_a_fresh_proof(desk, act):
    colleague = factories.make_staff("planner")
    factories.make_authenticator(colleague)
    before = User.objects.filter(pk=colleague.pk).values().get()
    session = desk.session
    session[CONFIRMED_KEY] = timezone.now().timestamp() - 601
    session.save()
    values = {"lost": "all", "name": "x", "role": "administrator"}
    response = desk.post(f"{LIST}{colleague.uuid}/{act}/", values)
    assert response.headers["Location"].startswith("/confirm/")
    assert User.objects.filter(pk=colleague.pk).values().get() == before
    assert Authenticator.objects.filter(user=colleague).exists()


# --- Rights, and their review ---


def test_review_shows_everybody_and_is_kept_in_the_log(desk, boss):
    factories.make_staff("planner", name="Piet Plan")
    factories.make_staff("finance", name="Fia Geld")
    body = desk.get(f"{LIST}review/").content.decode()
    for text in ("Piet Plan", "Fia Geld", f"van {len(ALL_RIGHTS)}", "nog niet eerder nagekeken"):
        assert text in body
    response = desk.post(f"{LIST}review/", follow=True)
    assert "Ada Baas" in response.content.decode()
    event = AuditEvent.objects.get(action="staff.review")
    assert event.actor_id == str(boss.uuid)
    assert "planner: 1" in event.details["roles"]
    assert "Rechten voor het laatst nagekeken" in desk.get(LIST).content.decode()


def test_review_is_asked_for_every_three_months(desk, boss, client_for, juinen):
    asks = "Kijk de rechten van uw collega"
    factories.make_event()
    assert asks not in desk.get(LIST).content.decode()
    User.objects.update(created_at=timezone.now() - timedelta(days=92))
    assert asks in desk.get(LIST).content.decode()
    assert "/staff/review/" in desk.get("/backoffice/").content.decode()
    planner = client_for(juinen, factories.make_staff("planner"))
    assert "/staff/review/" not in planner.get("/backoffice/").content.decode()
    desk.post(f"{LIST}review/")
    assert asks not in desk.get(LIST).content.decode()
    assert "/staff/review/" not in desk.get("/backoffice/").content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=92)):
        later = client_for(juinen, boss)
        assert asks in later.get(LIST).content.decode()


def test_review_asks_the_same_number_of_queries_for_one_and_three(desk, django_assert_num_queries):
    desk.get(f"{LIST}review/")
    with django_assert_num_queries(7):
        desk.get(f"{LIST}review/")
    for _number in range(2):
        factories.make_staff("reader")
    with django_assert_num_queries(7):
        desk.get(f"{LIST}review/")


def test_matrix_has_every_right_once_and_in_words():
    rights = [right for _subject, words in IN_WORDS for right in words]
    assert sorted(rights) == sorted(ALL_RIGHTS)


def test_matrix_page_shows_what_a_reader_may_not(desk):
    body = desk.get(f"{LIST}rights/").content.decode()
    assert "Meelezer" in body
    assert "Leden uitnodigen voor het portaal" in body
