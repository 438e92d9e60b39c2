"""The public sign-up form: it takes people, stops programs, and tells nobody who is known here."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.login_limits import (
    SIGN_UP_MAILBOX_TIERS,
    SIGN_UP_NETWORK_TIERS,
    SIGN_UP_TIERS,
    mailbox_of,
)
from elections.actions.sign_up import update_sign_up
from elections.enums import AttemptKind
from elections.models import Application, LoginAttempt, Member, OutboxMail, SignUp
from elections.notify import mails
from portal.forms.sign_up import TRAP
from tests import factories

URL, SENT = "/sign-up/", "/sign-up/sent/"
PERSON = {
    "first_name": "Noor",
    "infix": "van",
    "last_name": "Dijk",
    "birth_date": "27-3-1984",
    "city": "Juinen",
    "email": "noor@voorbeeld.example",
    "phone": "06 12345678",
    "has_experience": "yes",
    "remark": "Graag in de ochtend.",
    "may_keep": "on",
}


@pytest.fixture(autouse=True)
def setting() -> Any:
    return SignUp.objects.create(pk=1, is_open=True, text="Kom erbij!\n\nWij zoeken <b>mensen</b>.")


def opened(client: Any) -> str:
    """The signed moment in the page."""
    found = re.search(r'name="opened" value="([^"]+)"', client.get(URL).content.decode())
    assert found
    return found[1]


def send(client: Any, *, after: float = 10, origin: str = "192.0.2.7", **values: Any) -> Any:
    """Open the page, fill it in as a person would, and send it `after` so many seconds."""
    token = opened(client)
    with time_machine.travel(timezone.now() + timedelta(seconds=after)):
        return client.post(URL, PERSON | {"opened": token} | values, REMOTE_ADDR=origin)


def test_page_shows_its_own_text_as_text(client: Any) -> None:
    page = client.get(URL).content.decode()
    assert "Kom erbij!" in page
    assert "&lt;b&gt;mensen&lt;/b&gt;" in page
    assert "28 dagen na het besluit" in page


def test_closed_page_says_so_and_takes_nothing(client: Any, setting: Any) -> None:
    token = opened(client)
    setting.is_open, setting.closed_text = False, "Vanaf januari weer."
    setting.save()
    page = client.get(URL).content.decode()
    assert "Vanaf januari weer." in page
    assert "<form" not in page.split("<main")[1].split("</main>")[0]
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        assert "Vanaf januari weer." in client.post(URL, PERSON | {"opened": token}).content.decode()
    assert not Application.objects.exists()
    setting.delete()
    assert "U kunt zich op dit moment niet aanmelden" in client.get(URL).content.decode()


def test_login_page_leads_to_the_form_while_it_is_open(client: Any, setting: Any) -> None:
    assert URL in client.get("/login/").content.decode()
    setting.is_open = False
    setting.save()
    assert URL not in client.get("/login/").content.decode()


def test_sent_form_waits_for_its_mail_to_be_answered(client: Any, client_for: Any, juinen: Any) -> None:
    assert send(client).headers["Location"] == SENT
    application = Application.objects.get()
    assert (application.state, application.has_experience, application.may_keep) == (
        "unconfirmed",
        True,
        True,
    )
    assert (application.full_name, application.phone) == ("Noor van Dijk", "+31 6 12345678")
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.to_email) == ("application_confirm", "noor@voorbeeld.example")
    link = re.search(r"https://[^/]+(/application/\S+)", mails.compose(mail).body)
    assert link
    other = client_for(juinen)
    assert "Bevestig uw aanmelding" in other.get(link[1]).content.decode()
    application.refresh_from_db()
    assert application.state == "unconfirmed"
    page = other.post(f"{link[1]}confirm/", follow=True).content.decode()
    assert "Uw aanmelding is bevestigd." in page
    application.refresh_from_db()
    assert application.state == "open"
    assert not Member.objects.exists()


def test_required_fields_and_mistakes_are_told(client: Any) -> None:
    page = send(
        client, first_name="", birth_date="1-1-2015", email="noor", has_experience=""
    ).content.decode()
    assert "Vul uw voornaam in." in page
    assert "als u 17 jaar of ouder bent" in page
    assert "Kies ja of nee." in page
    assert 'value="Dijk"' in page
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"first_name": "http://evil.example"},
        {"last_name": "<script>alert(1)</script>"},
        {"remark": "Kijk op https://evil.example"},
        {"remark": "Kijk op WWW.evil.example"},
        {"remark": "<a href=x>klik</a>"},
        {"remark": "Mijn BSN is 111222333"},
        {"remark": "x" * 1001},
        {"email": "noor@voorbeeld.example\r\nBcc: boef@evil.example"},
        {"email": "noor@voorbeeld.example,boef@evil.example"},
    ],
)
def test_text_that_carries_something_is_refused(client: Any, values: dict[str, str]) -> None:
    response = send(client, **values)
    assert response.status_code == 200
    assert "111222333" not in response.content.decode()
    assert not Application.objects.exists()
    assert not OutboxMail.objects.exists()


def test_trap_takes_nothing_and_looks_like_success(client: Any) -> None:
    page = client.get(URL).content.decode()
    assert f'name="{TRAP}" tabindex="-1"' in page
    assert send(client, **{TRAP: "x"}).headers["Location"] == SENT
    assert not Application.objects.exists()
    assert not LoginAttempt.objects.exists()


def test_form_sent_too_quickly_is_asked_for_once_more(client: Any) -> None:
    response = send(client, after=1)
    assert "heel snel" in response.content.decode()
    assert not Application.objects.exists()
    token = re.search(r'name="opened" value="([^"]+)"', response.content.decode())
    assert token
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        assert client.post(URL, PERSON | {"opened": token[1]}).headers["Location"] == SENT


@pytest.mark.parametrize("token", ["", "x", "a:b:c"])
def test_form_without_a_genuine_moment_gets_a_new_one(client: Any, token: str) -> None:
    page = client.post(URL, PERSON | {"opened": token}).content.decode()
    assert "stond te lang open" in page
    assert 'value="Noor"' in page
    assert not Application.objects.exists()
    new = re.search(r'name="opened" value="([^"]+)"', page)
    assert new
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        assert client.post(URL, PERSON | {"opened": new[1]}).headers["Location"] == SENT


def test_moment_of_another_municipality_or_of_yesterday_does_not_count(
    client: Any, client_for: Any, zonneiland: Any
) -> None:
    with tenant_context(zonneiland):
        SignUp.objects.create(pk=1, is_open=True)
    away = opened(client_for(zonneiland))
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        assert client.post(URL, PERSON | {"opened": away}).status_code == 200
    assert send(client, after=13 * 3600).status_code == 200
    assert not Application.objects.exists()


def test_double_click_counts_once_and_a_corrected_address_counts(client: Any) -> None:
    token = opened(client)
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        for email in ("noor@voorbeeld.example", "NOOR@voorbeeld.example", "noor.dijk@voorbeeld.example"):
            response = client.post(URL, PERSON | {"opened": token, "email": email})
            assert response.headers["Location"] == SENT
    assert Application.objects.count() == OutboxMail.objects.count() == 2


def test_mailbox_gets_a_few_mails_and_the_answer_stays_the_same(client: Any) -> None:
    """Whoever fills somebody's mailbox does not see that it stopped; nor do other spellings help."""
    most = SIGN_UP_MAILBOX_TIERS[0].limit
    for number in range(most + 3):
        email = f"no.or+{number}@gmail.com" if number % 2 else "noor@gmail.com"
        assert send(client, email=email, origin=f"192.0.2.{number}").headers["Location"] == SENT
    assert OutboxMail.objects.count() == most
    send(client, email="ander@voorbeeld.example")
    assert OutboxMail.objects.count() == most + 1


def test_one_network_is_stopped_and_others_are_not(client: Any) -> None:
    for number in range(SIGN_UP_NETWORK_TIERS[0].limit):
        response = send(client, email=f"iemand{number}@voorbeeld.example", origin=f"2001:db8::{number + 1:x}")
        assert response.headers["Location"] == SENT
    mailed = OutboxMail.objects.count()
    refused = send(client, email="nog@voorbeeld.example", origin="2001:db8::ffff")
    assert (refused.status_code, OutboxMail.objects.count()) == (429, mailed)
    assert send(client, email="nog@voorbeeld.example", origin="192.0.2.8").headers["Location"] == SENT


def test_many_networks_together_are_stopped(client: Any) -> None:
    tier = SIGN_UP_TIERS[0]
    LoginAttempt.objects.bulk_create(
        LoginAttempt(kind=AttemptKind.SIGN_UP, origin=f"10.0.{n // 256}.{n % 256}") for n in range(tier.limit)
    )
    assert send(client).status_code == 429
    LoginAttempt.objects.update(at=timezone.now() - tier.window)
    assert send(client).headers["Location"] == SENT


@pytest.mark.parametrize(
    ("email", "mailbox"),
    [
        ("Noor@Voorbeeld.example", "noor@voorbeeld.example"),
        ("noor+x@voorbeeld.example", "noor@voorbeeld.example"),
        ("no.or@voorbeeld.example", "no.or@voorbeeld.example"),
        ("n.o.o.r+x@googlemail.com", "noor@gmail.com"),
    ],
)
def test_spellings_of_one_mailbox(email: str, mailbox: str) -> None:
    assert mailbox_of(email) == mailbox


def test_limit_tells_no_address_in_the_database(client: Any) -> None:
    send(client)
    attempt = LoginAttempt.objects.get()
    assert "noor" not in f"{attempt.username_digest}{attempt.origin}{attempt.browser_digest}"


def test_answer_is_the_same_for_member_applicant_and_stranger(client: Any) -> None:
    factories.make_member(email="lid@voorbeeld.example", user=factories.make_user())
    factories.make_application(email="bekend@voorbeeld.example")
    answers = set()
    for number, name in enumerate(("lid", "bekend", "vreemd")):
        response = send(client, email=f"{name}@voorbeeld.example", origin=f"192.0.2.{number}")
        answers.add((response.status_code, response.headers["Location"], response.content))
    assert len(answers) == 1
    subjects = {mails.compose(mail).subject for mail in OutboxMail.objects.all()}
    assert (len(subjects), OutboxMail.objects.count()) == (1, 3)


def test_setting_is_opened_closed_and_logged() -> None:
    colleague = factories.make_staff("planner")
    saved = update_sign_up(is_open=False, text="a", closed_text="b", by=colleague)
    assert (SignUp.objects.get(), saved.is_open) == (saved, False)
