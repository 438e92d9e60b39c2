"""Logging in with the work account, against a certified provider that runs as a process of its own."""

from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
import time_machine
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.work_account import BY_ONE, STRANGERS
from elections.actions.work_account_provider import switch_off_provider
from elections.enums import SignInMethod
from elections.models import AuditEvent, SignIn, User, WorkAccount, WorkAccountAttempt
from elections.tasks import sweep
from tests.identity.flow import (
    BACKOFFICE,
    CALLBACK,
    MFA,
    PAGE,
    PROBLEM,
    START,
    changed,
    come_back,
    connect,
    explained,
    is_in,
    linked,
    log_in,
    refusals,
    start,
)
from tests.identity.servers import SECRET, Browser

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


def test_trip_that_ended_badly_is_over(client, colleague):
    """The row is claimed before anything else: a second answer to the same trip finds it used."""
    back = Browser().log_in(start(client), account="anna", amr=MFA)
    assert come_back(client, changed(back, error="access_denied")).status_code == 400
    assert come_back(client, back).status_code == 410
    assert not is_in(client)


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
    sweep()
    assert WorkAccountAttempt.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        sweep()
    assert not WorkAccountAttempt.objects.exists()


def begin_often(limit):
    """As many trips as the last one as may be made, that one included."""
    one = WorkAccountAttempt.objects.order_by("-pk").first()
    for number in range(limit - 1):
        one.pk, one.state = None, f"{one.purpose} {number}"
        one.save()


def is_stopped(client, **data):
    response = client.post(START, {"purpose": "log-in"} | data)
    if response.headers["Location"] != PROBLEM:
        return False
    assert explained(client, response).status_code == 429
    return True


def test_machine_that_begins_over_and_over_is_stopped(client, provider):
    start(client)
    begin_often(STRANGERS.limit)
    response = explained(client, client.post(START, {"purpose": "log-in"}))
    assert response.status_code == 429
    assert "Te vaak geprobeerd" in response.content.decode()


def test_machine_with_a_network_of_addresses_is_stopped(client, provider):
    client.post(START, {"purpose": "log-in"}, REMOTE_ADDR="2001:db8:1:2::1")
    begin_often(STRANGERS.limit)
    response = client.post(START, {"purpose": "log-in"}, REMOTE_ADDR="2001:db8:1:2::2")
    assert response.headers["Location"] == PROBLEM


def test_guests_do_not_stop_the_town_hall(client, colleague, client_for, juinen):
    """All come from one address: browsers that were used before and colleagues who are in are counted apart."""
    log_in(client)
    client.post("/logout/")
    guest = client_for(juinen)
    start(guest)
    begin_often(STRANGERS.limit)
    assert is_stopped(guest)
    assert not is_stopped(client)
    log_in(client)
    assert not is_stopped(client, purpose="confirm")


def test_known_browser_and_user_have_limits_of_their_own(client, colleague, client_for, juinen):
    log_in(client)
    start(client, purpose="confirm")
    begin_often(BY_ONE.limit)
    assert is_stopped(client, purpose="confirm")
    client.post("/logout/")
    start(client)
    begin_often(BY_ONE.limit)
    assert is_stopped(client)
    assert not is_stopped(client_for(juinen))


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
