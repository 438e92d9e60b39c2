"""Accepting an invitation with the work account, linking one, and confirming with it."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_tenants.utils import tenant_context

from elections.actions.invitation import resend_invitation
from elections.actions.staff import disable_staff
from elections.actions.work_account_provider import switch_off_provider
from elections.enums import MailKind, StaffState
from elections.errors import ActionError
from elections.models import (
    AuditEvent,
    Authenticator,
    Invitation,
    OutboxMail,
    SignIn,
    User,
    WorkAccount,
    WorkAccountAttempt,
)
from elections.queries.staff import colleagues, staff_state
from tests import factories
from tests.identity.flow import (
    BACKOFFICE,
    MFA,
    PAGE,
    START,
    come_back,
    is_in,
    linked,
    log_in,
    refusals,
    start,
)
from tests.identity.servers import Browser

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


def test_accepting_asks_who_is_there_again(client, invitation):
    asked = parse_qs(urlsplit(start(client, "invitation", token=invitation.token)).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])


def test_invitation_of_a_member_has_no_work_account(client, provider):
    member = factories.make_member()
    link = factories.make_invitation(member.user)
    assert START not in client.get(f"/invitation/{link.token}/").content.decode()
    assert client.post(START, {"purpose": "invitation", "token": link.token}).status_code == 410


@pytest.mark.parametrize("field", ["used_at", "withdrawn_at"])
def test_invitation_that_ended_meanwhile_links_nothing(client, invitation, field):
    address = start(client, "invitation", token=invitation.token)
    back = Browser().log_in(address, account="bram", amr=MFA)
    Invitation.objects.update(**{field: timezone.now()})
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


def test_way_back_does_not_link_to_whoever_is_logged_in_now(as_planner):
    """The trip was begun by somebody else, as when another person logged in meanwhile in the same browser."""
    back = Browser().log_in(start(as_planner, "link"), account="piet", amr=MFA)
    WorkAccountAttempt.objects.update(user=factories.make_staff("reader"))
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
    come_back(client, browser.log_in(start(client), account="anna", amr=MFA))
    parts = urlsplit(start(client, "confirm"))
    quiet = urlencode(
        [(name, value) for name, value in parse_qsl(parts.query) if name not in ("prompt", "max_age")]
    )
    # As if the log-in above were two minutes before this trip.
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


# Ways in are equally strong


@pytest.fixture
def weak(client_for: Any, juinen: Any, colleague: Any) -> Any:
    """The colleague, with password and a code from the mail in place of the work account."""
    client = client_for(juinen)
    client.force_login(colleague)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = factories.make_challenge(colleague, used=True).persistent_id
    session.save()
    return with_fresh_proof(client)


def test_mailbox_and_password_do_not_replace_the_work_account(weak, colleague):
    assert not is_in(weak)
    weak.post("/authenticator/begin/")
    assert not Authenticator.objects.filter(user=colleague).exists()
    weak.post("/work-account/unlink/")
    assert WorkAccount.objects.filter(user=colleague).exists()


def test_without_provider_the_app_can_take_its_place(weak, colleague):
    switch_off_provider()
    weak.post("/authenticator/begin/")
    assert Authenticator.objects.filter(user=colleague).exists()


def test_linking_ends_the_other_sessions_and_is_mailed(as_planner, client_for, juinen):
    user = User.objects.get(name="Piet")
    elsewhere = client_for(juinen, user)
    link(as_planner)
    assert is_in(as_planner)
    assert not is_in(elsewhere)
    assert OutboxMail.objects.get(user=user, kind=MailKind.FACTOR_CHANGED).idempotency_key.startswith(
        "factor:work_account_linked:"
    )


def test_colleague_without_password_counts_as_somebody_who_can_log_in(client, colleague):
    User.objects.filter(pk=colleague.pk).update(password="!", role="administrator")
    colleague.refresh_from_db()
    listed = next(user for user in colleagues() if user == colleague)
    assert staff_state(listed) == StaffState.ACTIVE
    leaving = factories.make_staff("administrator")
    assert not disable_staff(leaving, by=colleague).is_active
    with pytest.raises(ActionError, match="kan al inloggen"):
        resend_invitation(colleague, by=colleague)


def test_step_up_page_may_send_its_form_to_the_provider(client, colleague):
    log_in(client)
    page = client.get("/confirm/?next=/backoffice/staff/")
    assert 'value="confirm"' in page.content.decode()
    assert colleague.workaccount_set.get().issuer in page.headers["Content-Security-Policy"]
