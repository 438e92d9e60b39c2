"""Logging in with the work account, against a certified provider that runs as a process of its own."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
import time_machine
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.work_account import ATTEMPTS_PER_ORIGIN
from elections.actions.work_account_provider import set_provider, switch_off_provider
from elections.enums import SignInMethod
from elections.models import AuditEvent, Invitation, SignIn, User, WorkAccount, WorkAccountAttempt
from tests import factories
from tests.identity.servers import SECRET, Browser, certified_provider

START = "/work-account/start/"
CALLBACK = "/work-account/callback/"
PAGE = "/work-account/"
PROBLEM = "/work-account/problem/"
BACKOFFICE = "/backoffice/"
MFA = "pwd mfa"


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    with certified_provider() as address:
        yield address


def connect(issuer: str, client_id: str = "juinen", **values: Any) -> Any:
    return set_provider(
        issuer=issuer,
        client_id=client_id,
        secret=SECRET.format(client_id=client_id),
        name="Juinen ID",
        **values,
    )


@pytest.fixture
def provider(issuer: str) -> Any:
    return connect(issuer)


@pytest.fixture
def colleague(provider: Any) -> Any:
    """A colleague whose work account is known to the provider as "anna"."""
    return linked("anna", provider.issuer, email="anna@juinen.example")


def linked(subject: str, issuer: str, **values: Any) -> Any:
    user = factories.make_staff("planner", **values)
    WorkAccount.objects.create(user=user, name="werkaccount", issuer=issuer, subject=subject)
    return user


def start(client: Any, purpose: str = "log-in", **posted: str) -> str:
    """Press the button; where it sends the browser."""
    response = client.post(START, {"purpose": purpose, **posted})
    assert response.status_code == 302, response.content.decode()
    return response.headers["Location"]


def come_back(client: Any, address: str) -> Any:
    """The browser follows the provider's redirect to us."""
    parts = urlsplit(address)
    assert (
        f"{parts.scheme}://{parts.netloc}{parts.path}"
        == f"https://{client.municipality.primary_domain}{CALLBACK}"
    )
    return explained(client, client.get(f"{parts.path}?{parts.query}"))


def explained(client: Any, response: Any) -> Any:
    """The page that tells what went wrong, when the browser is sent to it."""
    return client.get(PROBLEM) if response.headers.get("Location") == PROBLEM else response


def log_in(client: Any, account: str = "anna", amr: str = MFA, **posted: str) -> Any:
    return come_back(client, Browser().log_in(start(client, **posted), account=account, amr=amr))


def refusals() -> list[str]:
    return [
        event.details["reason"].removeprefix("work account: ")
        for event in AuditEvent.objects.filter(action="login.refuse").order_by("pk")
    ]


def is_in(client: Any) -> bool:
    return client.get(BACKOFFICE).status_code == 200


def changed(address: str, **values: str) -> str:
    parts = urlsplit(address)
    return parts._replace(query=urlencode(dict(parse_qsl(parts.query)) | values)).geturl()


# Logging in


def test_colleague_logs_in(client, colleague):
    response = log_in(client)
    assert response.headers["Location"] == BACKOFFICE
    assert is_in(client)
    assert SignIn.objects.get().method == SignInMethod.WORK_ACCOUNT
    assert AuditEvent.objects.filter(action="login.finish").get().actor_id == str(colleague.uuid)


def test_log_in_goes_on_to_the_page_that_was_asked(client, colleague):
    assert log_in(client, next="/backoffice/member/").headers["Location"] == "/backoffice/member/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_log_in_goes_on_to_no_other_site(client, colleague, elsewhere):
    assert log_in(client, next=elsewhere).headers["Location"] == BACKOFFICE


def test_log_in_asks_for_code_with_pkce_state_and_nonce_and_nothing_else(client, provider):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(start(client)).query).items()}
    assert asked.pop("code_challenge_method") == "S256"
    assert min(len(asked.pop(name)) for name in ("state", "nonce", "code_challenge")) >= 43
    assert asked == {
        "response_type": "code",
        "client_id": "juinen",
        "redirect_uri": f"https://juinen.localhost{CALLBACK}",
        "scope": "openid",
    }


def test_session_key_changes(client, colleague):
    address = start(client)
    before = client.session.session_key
    come_back(client, Browser().log_in(address, account="anna", amr=MFA))
    assert client.session.session_key != before


def test_two_tabs_of_one_browser_both_work(client, colleague):
    first, second = start(client), start(client)
    assert parse_qs(urlsplit(first).query)["state"] != parse_qs(urlsplit(second).query)["state"]
    back = Browser().log_in(first, account="anna", amr=MFA)
    assert come_back(client, back).headers["Location"] == BACKOFFICE


# Who does not come in


def test_stranger_is_told_what_to_do_and_gets_no_account(client, provider):
    users = User.objects.count()
    response = log_in(client, "niemand")
    assert response.status_code == 400
    assert "We kennen dit werkaccount niet" in response.content.decode()
    assert (User.objects.count(), WorkAccount.objects.count()) == (users, 0)
    assert refusals() == ["unknown"]
    assert not is_in(client)


def test_same_email_address_is_not_the_same_person(client, colleague):
    back = Browser().log_in(start(client), account="andere-anna", amr=MFA, email=colleague.email)
    assert come_back(client, back).status_code == 400
    assert refusals() == ["unknown"]


def test_same_subject_of_another_issuer_is_not_the_same_person(client, provider):
    linked("anna", "https://elders.example")
    log_in(client)
    assert refusals() == ["unknown"]


def test_colleague_without_access_stays_out(client, colleague):
    colleague.is_active = False
    colleague.save()
    response = log_in(client)
    assert "U hebt geen toegang" in response.content.decode()
    assert refusals() == ["disabled"]
    assert not is_in(client)


def test_former_colleague_stays_out(client, colleague):
    colleague.role = ""
    colleague.save()
    log_in(client)
    assert refusals() == ["disabled"]


@pytest.mark.parametrize("amr", ["", "pwd", "mfax pwd"])
def test_second_factor_is_needed(client, colleague, amr):
    response = log_in(client, amr=amr)
    assert "De tweede stap ontbreekt" in response.content.decode()
    assert refusals() == ["mfa"]


def test_second_factor_is_not_needed_where_the_municipality_says_so(client, colleague, issuer):
    connect(issuer, requires_mfa=False)
    assert log_in(client, amr="pwd").headers["Location"] == BACKOFFICE


def test_authentication_context_proves_the_second_factor(client, colleague, issuer):
    """Entra ID v2.0: the policy behind "c1" asks for it, and `acrs` says that the policy was followed."""
    connect(issuer, authentication_context="c1")
    address = start(client)
    assert '"acrs": {"essential": true, "value": "c1"}' in parse_qs(urlsplit(address).query)["claims"][0]
    come_back(client, Browser().log_in(address, account="anna", amr=MFA, acrs="c2"))
    assert refusals() == ["mfa"]
    back = Browser().log_in(start(client), account="anna", acrs="c1 c2")
    assert come_back(client, back).headers["Location"] == BACKOFFICE


def test_cancelling_is_explained(client, provider):
    back = Browser().log_in(start(client), cancel="ja")
    response = come_back(client, back)
    assert "U bent gestopt met inloggen" in response.content.decode()
    assert refusals() == ["cancelled"]


def test_text_of_the_provider_is_not_on_the_page(client, provider):
    back = changed(
        Browser().log_in(start(client), cancel="ja"), error="<b>fout</b>", error_description="Bel 0900"
    )
    body = come_back(client, back).content.decode()
    assert "fout</b>" not in body
    assert "Bel" not in body


def test_problem_page_without_a_problem_goes_to_log_in(client):
    assert client.get(PROBLEM).headers["Location"] == "/login/"


# The way back


def test_returned_address_works_once(client, client_for, juinen, colleague):
    address = start(client)
    browser_cookies = client.cookies.copy()
    back = Browser().log_in(address, account="anna", amr=MFA)
    assert come_back(client, back).headers["Location"] == BACKOFFICE
    again = client_for(juinen)
    again.cookies = browser_cookies
    assert come_back(again, back).status_code == 410
    assert come_back(client, back).status_code == 410
    assert not is_in(again)


def test_wrong_or_missing_state_is_refused(client, colleague):
    back = Browser().log_in(start(client), account="anna", amr=MFA)
    assert come_back(client, changed(back, state="x" * 43)).status_code == 410
    for path in (CALLBACK, f"{CALLBACK}?code=x"):
        assert explained(client, client.get(path)).status_code == 410
    assert not is_in(client)


def test_address_of_another_browser_is_refused(client, client_for, juinen, colleague):
    """An attacker who logs in and gives the way back to a victim does not get the victim into their account."""
    back = Browser().log_in(start(client), account="anna", amr=MFA)
    victim = client_for(juinen)
    start(victim)
    assert come_back(victim, back).status_code == 410
    assert not is_in(victim)


def test_code_of_another_browser_is_refused(client, client_for, juinen, colleague):
    """A stolen code in one's own trip: the provider asks for the PKCE verifier of the trip that it was made for."""
    thief = client_for(juinen)
    stolen = dict(parse_qsl(urlsplit(Browser().log_in(start(client), account="anna", amr=MFA)).query))["code"]
    back = Browser().log_in(start(thief), account="niemand", amr=MFA)
    response = come_back(thief, changed(back, code=stolen))
    assert response.status_code == 400
    assert refusals() == ["token"]
    assert not is_in(thief)


def test_trip_ends_after_ten_minutes(client, colleague):
    back = Browser().log_in(start(client), account="anna", amr=MFA)
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1), tick=False):
        assert come_back(client, back).status_code == 410
    assert not is_in(client)


def test_answer_that_names_another_issuer_is_refused(client, colleague):
    back = Browser().log_in(start(client), account="anna", amr=MFA)
    assert come_back(client, changed(back, iss="https://elders.example")).status_code == 400
    assert refusals() == ["token"]


def test_answer_must_name_its_issuer_when_the_provider_says_it_does(client, colleague):
    parts = urlsplit(Browser().log_in(start(client), account="anna", amr=MFA))
    left = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name != "iss"])
    assert come_back(client, parts._replace(query=left).geturl()).status_code == 400


def test_old_trips_are_forgotten(client, provider):
    start(client)
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        start(client)
    assert WorkAccountAttempt.objects.count() == 1


def test_machine_that_begins_over_and_over_is_stopped(client, provider):
    start(client)
    one = WorkAccountAttempt.objects.get()
    for number in range(ATTEMPTS_PER_ORIGIN - 1):
        one.pk, one.state = None, f"{number}"
        one.save()
    response = explained(client, client.post(START, {"purpose": "log-in"}))
    assert response.status_code == 429
    assert "Te vaak geprobeerd" in response.content.decode()


# The pages


def test_button_and_permission_are_on_the_log_in_page_only_with_a_provider(client, issuer):
    before = client.get("/login/")
    assert START not in before.content.decode()
    assert issuer not in before.headers["Content-Security-Policy"]
    connect(issuer)
    page = client.get("/login/?next=/backoffice/member/")
    assert START in page.content.decode()
    assert 'name="next" value="/backoffice/member/"' in page.content.decode()
    assert f"form-action 'self' {issuer};" in f"{page.headers['Content-Security-Policy']};"
    assert issuer not in client.get("/password/forgotten/").headers["Content-Security-Policy"]
    switch_off_provider()
    assert START not in client.get("/login/").content.decode()


def test_provider_of_another_municipality_is_not_on_the_page(client_for, zonneiland, provider):
    page = client_for(zonneiland).get("/login/")
    assert START not in page.content.decode()
    assert provider.issuer not in page.headers["Content-Security-Policy"]


def test_without_provider_nothing_begins_and_nothing_lands(client, colleague):
    address = start(client)
    back = Browser().log_in(address, account="anna", amr=MFA)
    switch_off_provider()
    assert explained(client, client.post(START, {"purpose": "log-in"})).status_code == 410
    assert come_back(client, back).status_code == 410
    assert not is_in(client)


def test_secret_of_the_client_is_nowhere_to_be_seen(client, colleague, caplog):
    secret = SECRET.format(client_id="juinen")
    pages = [client.get("/login/"), log_in(client), client.get(PAGE)]
    assert [page for page in pages if secret in page.content.decode()] == []
    assert secret not in caplog.text
    assert secret not in str(list(AuditEvent.objects.values_list("details", "object_label")))


# The invitation


@pytest.fixture
def invitation(provider: Any) -> Any:
    user = factories.make_staff("planner", username="bram@juinen.example", password="!")
    return factories.make_invitation(user, kind="staff")


def accept(client: Any, invitation: Any, account: str = "bram") -> Any:
    address = start(client, "invitation", token=invitation.token)
    return come_back(client, Browser().log_in(address, account=account, amr=MFA))


def test_invitation_is_accepted_with_the_work_account(client, client_for, juinen, invitation):
    page = client.get(f"/invitation/{invitation.token}/").content.decode()
    assert 'value="invitation"' in page
    assert accept(client, invitation).headers["Location"] == BACKOFFICE
    assert is_in(client)
    invitation.refresh_from_db()
    assert invitation.used_at
    assert log_in(client_for(juinen), "bram").headers["Location"] == BACKOFFICE


def test_invitation_of_a_member_has_no_work_account(client, provider):
    member = factories.make_member()
    link = factories.make_invitation(member.user)
    assert START not in client.get(f"/invitation/{link.token}/").content.decode()
    assert client.post(START, {"purpose": "invitation", "token": link.token}).status_code == 410


@pytest.mark.parametrize("change", [{"used_at": timezone.now()}, {"withdrawn_at": timezone.now()}])
def test_invitation_that_ended_meanwhile_links_nothing(client, invitation, change):
    address = start(client, "invitation", token=invitation.token)
    back = Browser().log_in(address, account="bram", amr=MFA)
    Invitation.objects.update(**change)
    assert come_back(client, back).status_code == 410
    assert WorkAccount.objects.count() == 0
    assert refusals() == ["invitation"]


def test_invitation_is_not_accepted_with_the_work_account_of_a_colleague(client, colleague, invitation):
    response = accept(client, invitation, "anna")
    assert "hoort al bij een andere collega" in response.content.decode()
    invitation.refresh_from_db()
    assert invitation.is_usable
    assert refusals() == ["taken"]


def test_invitation_begins_with_nobody_logged_in(client_for, juinen, invitation):
    client = client_for(juinen, factories.make_staff())
    start(client, "invitation", token=invitation.token)
    assert not is_in(client)


# Linking


@pytest.fixture
def as_planner(client_for: Any, juinen: Any, provider: Any) -> Any:
    """A colleague with password and authenticator app, who proved a moment ago who they are."""
    return with_fresh_proof(client_for(juinen, factories.make_staff("planner", name="Piet")))


def with_fresh_proof(client: Any) -> Any:
    with tenant_context(client.municipality):
        session = client.session
        session["confirmed_at"] = timezone.now().timestamp()
        session.save()
    return client


def link(client: Any, account: str = "piet") -> Any:
    return come_back(client, Browser().log_in(start(client, "link"), account=account, amr=MFA))


def test_colleague_links_a_work_account_and_logs_in_with_it(as_planner, client_for, juinen):
    assert 'value="link"' in as_planner.get(PAGE).content.decode()
    before = as_planner.session.session_key
    assert link(as_planner).headers["Location"] == PAGE
    assert as_planner.session.session_key != before
    assert "gekoppeld sinds" in as_planner.get(PAGE).content.decode()
    assert log_in(client_for(juinen), "piet").headers["Location"] == BACKOFFICE
    assert AuditEvent.objects.filter(action="work_account.link").count() == 1


def test_linking_asks_who_is_there_again(as_planner):
    asked = parse_qs(urlsplit(start(as_planner, "link")).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])


def test_linking_needs_a_fresh_proof(as_planner):
    session = as_planner.session
    session["confirmed_at"] = (timezone.now() - timedelta(minutes=11)).timestamp()
    session.save()
    for path, posted in ((START, {"purpose": "link"}), ("/work-account/unlink/", {})):
        assert as_planner.post(path, posted).headers["Location"] == "/confirm/?next=%2Fwork-account%2F"


def test_work_account_of_somebody_else_is_not_linked(as_planner, colleague):
    response = link(as_planner, "anna")
    assert "hoort al bij een andere collega" in response.content.decode()
    assert WorkAccount.objects.get().user == colleague


def test_second_work_account_is_not_linked(as_planner):
    link(as_planner)
    link(as_planner, "piet-prive")
    assert WorkAccount.objects.get().subject == "piet"
    assert refusals() == ["second"]


def test_way_back_does_not_link_to_whoever_is_logged_in_now(as_planner, client_for, juinen):
    """The trip began as Piet; somebody else logs in before it ends."""
    address = start(as_planner, "link")
    back = Browser().log_in(address, account="piet", amr=MFA)
    as_planner.post("/logout/")
    other = client_for(juinen, factories.make_staff("reader"))
    other.cookies["__Host-session"] = as_planner.cookies.get("__Host-session", "")
    assert come_back(as_planner, back).status_code == 410
    assert WorkAccount.objects.count() == 0


def test_unlinking_ends_the_sessions(as_planner):
    link(as_planner)
    assert as_planner.post("/work-account/unlink/").headers["Location"] == "/login/"
    assert WorkAccount.objects.count() == 0
    assert not is_in(as_planner)


def test_only_way_in_is_not_taken_away(client, colleague):
    User.objects.filter(pk=colleague.pk).update(password="!")
    log_in(client)
    assert "/unlink/" not in client.get(PAGE).content.decode()
    assert client.post("/work-account/unlink/").headers["Location"] == PAGE
    assert WorkAccount.objects.count() == 1


def test_member_has_no_work_account_page(as_member, provider):
    assert as_member.get(PAGE).headers["Location"] == "/"


# Confirming


def confirm(client: Any, account: str = "anna", browser: Browser | None = None, **posted: str) -> Any:
    address = start(client, "confirm", **posted)
    return come_back(client, (browser or Browser()).log_in(address, account=account, amr=MFA))


def test_colleague_confirms_with_the_work_account(client, colleague):
    browser = Browser()
    come_back(client, browser.log_in(start(client), account="anna", amr=MFA))
    session = client.session
    session["confirmed_at"] = (timezone.now() - timedelta(hours=1)).timestamp()
    session.save()
    key = client.session.session_key
    response = confirm(client, browser=browser, next="/backoffice/staff/")
    assert response.headers["Location"] == "/backoffice/staff/"
    assert client.session["confirmed_at"] > (timezone.now() - timedelta(minutes=1)).timestamp()
    assert client.session.session_key != key
    assert SignIn.objects.get().session_key == client.session.session_key


def test_confirming_asks_the_provider_to_ask_again(client, colleague):
    log_in(client)
    asked = parse_qs(urlsplit(start(client, "confirm")).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])


def test_provider_that_did_not_ask_again_confirms_nothing(client, colleague):
    """Whoever sits at the open screen takes "prompt" and "max_age" out of the address: the provider asks nothing."""
    browser = Browser()
    with time_machine.travel(timezone.now() + timedelta(minutes=0), tick=True):
        come_back(client, browser.log_in(start(client), account="anna", amr=MFA))
    parts = urlsplit(start(client, "confirm"))
    quiet = urlencode(
        [(name, value) for name, value in parse_qsl(parts.query) if name not in ("prompt", "max_age")]
    )
    WorkAccountAttempt.objects.filter(purpose="confirm").update(
        created_at=timezone.now() + timedelta(minutes=2)
    )
    back = browser.log_in(parts._replace(query=quiet).geturl())
    assert come_back(client, back).status_code == 400
    assert refusals() == ["stale"]


def test_confirming_with_the_work_account_of_somebody_else_is_refused(client, colleague, issuer):
    linked("karel", issuer)
    log_in(client)
    assert confirm(client, "karel").status_code == 400
    assert refusals() == ["unknown"]
    assert client.session["_auth_user_id"] == str(colleague.pk)


@pytest.mark.parametrize("purpose", ["link", "confirm"])
def test_nobody_links_or_confirms_without_being_logged_in(client, provider, purpose):
    assert client.post(START, {"purpose": purpose}).headers["Location"] == "/login/"


# The other municipality


def test_way_back_of_one_municipality_is_refused_at_the_other(
    client, client_for, zonneiland, colleague, issuer
):
    away = client_for(zonneiland)
    with tenant_context(zonneiland):
        connect(issuer, "zonneiland")
        linked("anna", issuer)
    start(away)
    back = urlsplit(Browser().log_in(start(client), account="anna", amr=MFA))
    away.cookies = client.cookies.copy()
    assert explained(away, away.get(f"{back.path}?{back.query}")).status_code == 410
    assert not is_in(away)
