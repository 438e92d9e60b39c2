"""A new e-mail address counts only after the code that was mailed to it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.mail import retry_mail
from elections.errors import ActionError
from elections.models import AuditEvent, EmailConfirmation, Invitation, OutboxMail
from elections.notify import mails
from elections.queries.personal_data import recently_changed
from tests import factories

NEW = "nieuw@example.nl"
PAGE, RESEND, CANCEL = "/email-confirmation/", "/email-confirmation/resend/", "/email-confirmation/cancel/"


@pytest.fixture
def step(event: Any) -> Any:
    return factories.make_portal_step(event, "personal_data")


@pytest.fixture
def asked(as_member: Any, step: Any) -> EmailConfirmation:
    """A member who gave the password and a new address."""
    return ask(as_member)


def ask(client: Any, email: str = NEW) -> EmailConfirmation:
    response = client.post("/personal-data/email/", {"email": email, "password": factories.PASSWORD})
    assert response.headers["Location"] == PAGE
    newest = EmailConfirmation.objects.order_by("-pk").first()
    assert newest is not None
    return newest


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def email_of(member: Any) -> tuple[str, str]:
    member.refresh_from_db()
    member.user.refresh_from_db()
    return member.email, member.user.email


def test_address_changes_only_after_the_code(as_member: Any, member: Any, asked: Any) -> None:
    old = member.user.email
    mail = OutboxMail.objects.get(kind="email_confirmation")
    assert mail.to_email == NEW
    assert f"{asked.code[:3]} {asked.code[3:]}" in mails.compose(mail).body
    assert email_of(member) == (old, old)
    assert NEW in as_member.get("/personal-data/").content.decode()
    response = as_member.post(PAGE, {"code": f"{asked.code[:3]} {asked.code[3:]}"}, follow=True)
    assert "Uw e-mailadres is gewijzigd." in response.content.decode()
    assert email_of(member) == (NEW, NEW)
    told = OutboxMail.objects.filter(kind="email_changed").values_list("to_email", flat=True)
    assert set(told) == {old, NEW}
    assert recently_changed(member)
    assert AuditEvent.objects.filter(action="personal_data.email").count() == 1


def test_change_ends_links_but_not_the_own_session(as_member: Any, member: Any, asked: Any) -> None:
    factories.make_invitation(member.user, kind="password_reset")
    as_member.post(PAGE, {"code": asked.code})
    assert not Invitation.objects.open().exists()
    assert as_member.get("/personal-data/").status_code == 200


def test_log_in_of_a_colleague_keeps_its_address(
    member: Any, step: Any, client_for: Any, juinen: Any
) -> None:
    member.user.role = "planner"
    member.user.save()
    old = member.user.email
    client = client_for(juinen, member.user)
    client.post(PAGE, {"code": ask(client).code})
    assert email_of(member) == (NEW, old)


def test_five_tries_and_no_more(as_member: Any, member: Any, asked: Any) -> None:
    pages = [as_member.post(PAGE, {"code": wrong(asked.code)}) for _try in range(5)]
    assert "nog 4 keer" in pages[0].content.decode()
    assert pages[4].status_code == 410
    assert as_member.post(PAGE, {"code": asked.code}).status_code == 410
    as_member.post(RESEND)
    assert EmailConfirmation.objects.count() == 1
    assert NEW not in email_of(member)


def test_what_cannot_be_a_code_costs_no_try(as_member: Any, asked: Any) -> None:
    as_member.post(PAGE, {"code": "12345"})
    asked.refresh_from_db()
    assert asked.attempts == 0


def test_code_works_ten_minutes(as_member: Any, member: Any, asked: Any) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1), tick=False):
        page = as_member.post(PAGE, {"code": asked.code})
        assert (page.status_code, "verlopen" in page.content.decode()) == (410, True)
        with pytest.raises(mails.Obsolete):
            mails.compose(OutboxMail.objects.get(kind="email_confirmation"))
        as_member.post(RESEND)
        newest = EmailConfirmation.objects.order_by("-pk").first()
        assert newest is not None
        as_member.post(PAGE, {"code": newest.code})
        assert email_of(member) == (NEW, NEW)


def test_only_the_newest_code_works(as_member: Any, member: Any, asked: Any) -> None:
    other = ask(as_member, "later@example.nl")
    page = as_member.post(PAGE, {"code": asked.code})
    assert page.status_code == 200
    assert NEW not in email_of(member)
    as_member.post(PAGE, {"code": other.code})
    assert email_of(member) == ("later@example.nl", "later@example.nl")


def test_cancelled_code_is_worth_nothing(as_member: Any, member: Any, asked: Any) -> None:
    as_member.post(CANCEL)
    assert as_member.post(PAGE, {"code": asked.code}).headers["Location"] == "/personal-data/"
    assert NEW not in email_of(member)
    assert OutboxMail.objects.filter(kind="email_changed").count() == 0


def test_code_is_of_one_member_and_one_municipality(
    as_member: Any, asked: Any, client_for: Any, juinen: Any, zonneiland: Any
) -> None:
    other = factories.make_member()
    client = client_for(juinen, other.user)
    assert client.post(PAGE, {"code": asked.code}).headers["Location"] == "/personal-data/"
    code = asked.code
    with tenant_context(zonneiland):
        assert EmailConfirmation(uuid=asked.uuid).code != code


def test_codes_are_limited(as_member: Any, step: Any) -> None:
    for number in range(5):
        ask(as_member, f"adres{number}@example.nl")
    data = {"email": "zes@example.nl", "password": factories.PASSWORD}
    assert "te vaak een code" in as_member.post("/personal-data/email/", data).content.decode()
    assert EmailConfirmation.objects.count() == 5


def test_double_click_sends_one_mail(as_member: Any, asked: Any) -> None:
    as_member.post(RESEND)
    assert OutboxMail.objects.filter(kind="email_confirmation").count() == 1


def test_closed_step_keeps_the_address_and_the_try(
    as_member: Any, member: Any, asked: Any, step: Any
) -> None:
    step.is_on = False
    step.save()
    assert as_member.post(PAGE, {"code": asked.code}).status_code == 200
    asked.refresh_from_db()
    assert (asked.attempts, NEW in email_of(member)) == (0, False)


def test_address_of_now_needs_no_code(as_member: Any, member: Any, step: Any) -> None:
    data = {"email": member.email.upper(), "password": factories.PASSWORD}
    assert "nu al gebruikt" in as_member.post("/personal-data/email/", data).content.decode()


def test_address_of_another_member_is_not_told(as_member: Any, step: Any) -> None:
    """Otherwise anybody with a log-in could look who else is in the member file."""
    factories.make_member(email=NEW)
    bodies = []
    for email in (NEW, "niemand@example.nl"):
        ask(as_member, email)
        bodies.append(as_member.get(PAGE).content.decode().count("adres"))
    assert bodies[0] == bodies[1]


def test_team_cannot_send_the_code_to_another_address(asked: Any) -> None:
    mail = OutboxMail.objects.get(kind="email_confirmation")
    OutboxMail.objects.update(state="failed")
    with pytest.raises(ActionError):
        retry_mail(mail, by=factories.make_staff())


def test_simultaneous_right_codes_change_the_address_once(
    committed: None, juinen: Any, client_for: Any
) -> None:
    with tenant_context(juinen):
        factories.make_portal_step(factories.make_event(), "personal_data")
        member = factories.make_member()
        client = client_for(juinen, member.user)
        code = ask(client).code

        def send(_number: int) -> int:
            browser = client_for(juinen)
            browser.cookies = client.cookies.copy()
            try:
                return int(browser.post(PAGE, {"code": code}).status_code)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(send, range(8)))
        assert OutboxMail.objects.filter(kind="email_changed").count() == 2
        assert AuditEvent.objects.filter(action="personal_data.email").count() == 1
