"""Whatever was given out at one municipality is worth nothing at another, with equal keys and password hashes."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.models import Device
from django_tenants.utils import tenant_context

from elections.enums import InvitationKind
from elections.models import CalendarFeed, Invitation, LoginChallenge, WorkAccount, WorkAccountAttempt
from tenants import signing
from tests import factories
from tests.identity.flow import connect, start
from tests.identity.servers import Browser


def give_password(client: Any, username: str) -> Any:
    return client.post(reverse("portal:login"), {"username": username, "password": factories.PASSWORD})


def test_session_cookie_works_at_home_only(worlds, juinen, zonneiland, client_for):
    home = client_for(juinen, worlds["gm0001"].member.user)
    assert home.get("/").status_code == 200
    away = client_for(zonneiland)
    away.cookies = home.cookies
    assert away.get("/").headers["Location"] == "/login/?next=/"


def test_session_row_that_was_copied_is_refused(worlds, juinen, zonneiland, client_for):
    """As after restoring a schema under another name: the row is there, the keys and hashes are equal."""
    home = client_for(juinen, worlds["gm0001"].staff["administrator"])
    session = Session.objects.get(session_key=home.session.session_key)
    with tenant_context(zonneiland):
        Session.objects.create(
            session_key=session.session_key,
            session_data=session.session_data,
            expire_date=session.expire_date,
        )
        twin = factories.make_authenticator(worlds["gm9009"].staff["administrator"])
        assert twin.persistent_id == home.session[DEVICE_ID_SESSION_KEY]
    away = client_for(zonneiland)
    away.cookies = home.cookies.copy()
    assert away.get(reverse("backoffice:home")).headers["Location"].startswith("/login/")


def test_half_log_in_is_not_finished_elsewhere(worlds, juinen, zonneiland, client_for):
    """The right password at juinen, the code that zonneiland mailed: nobody comes in."""
    home, away = client_for(juinen), client_for(zonneiland)
    assert give_password(home, "lid@wereld").headers["Location"] == reverse("portal:login-code")
    assert give_password(away, "lid@wereld").headers["Location"] == reverse("portal:login-code")
    with tenant_context(zonneiland):
        code = LoginChallenge.objects.latest("created_at").code
    home.cookies, away.cookies = away.cookies, home.cookies
    for client in (home, away):
        answer = client.post(reverse("portal:login-code"), {"code": code})
        assert answer.headers.get("Location") == reverse("portal:login")


def test_way_back_from_the_work_account_is_not_taken_elsewhere(
    worlds, juinen, zonneiland, client_for, issuer
):
    """The same provider, and the row of the trip copied with the session: what began at juinen ends there."""
    home, away = client_for(juinen), client_for(zonneiland)
    for municipality, world in ((juinen, worlds["gm0001"]), (zonneiland, worlds["gm9009"])):
        with tenant_context(municipality):
            connect(issuer, municipality.name.lower())
            WorkAccount.objects.create(
                user=world.staff["planner"], name="werkaccount", issuer=issuer, subject="anna"
            )
    back = urlsplit(Browser().log_in(start(home), account="anna", amr="pwd mfa"))
    path = f"{back.path}?{back.query}"
    start(away)
    assert away.get(path).headers["Location"] == reverse("portal:work-account-problem")
    trip, session = WorkAccountAttempt.objects.get(), Session.objects.get()
    with tenant_context(zonneiland):
        trip.pk = session._state.db = None
        WorkAccountAttempt.objects.bulk_create([trip])
        Session.objects.create(
            session_key=session.session_key,
            session_data=session.session_data,
            expire_date=session.expire_date,
        )
    copied = client_for(zonneiland)
    copied.cookies = home.cookies.copy()
    copied.get(path)
    with tenant_context(zonneiland):
        assert copied.session["work_account_problem"][0] == "expired"
    assert home.get(path).headers["Location"] == reverse("backoffice:home")


def test_codes_of_twin_challenges_differ(worlds, juinen, zonneiland):
    user = worlds["gm0001"].member.user
    challenge = factories.make_challenge(user)
    with tenant_context(zonneiland):
        twin = factories.make_challenge(worlds["gm9009"].member.user, uuid=challenge.uuid)
        there = twin.code
    assert challenge.code != there


def test_login_device_is_that_of_here(worlds, zonneiland, client_for):
    """A session that names the device of another user, by a key that exists in both municipalities."""
    here, there = worlds["gm0001"], worlds["gm9009"]
    challenge = factories.make_challenge(here.member.user, used=True)
    with tenant_context(zonneiland):
        assert Device.from_persistent_id(challenge.persistent_id) is None
        client = client_for(zonneiland)
        client.force_login(there.member.user)
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = challenge.persistent_id
        session.save()
    assert client.get("/").headers["Location"] == "/login/?next=/"


@pytest.mark.parametrize("kind", InvitationKind.values)
def test_invitation_and_reset_links_work_at_home_only(worlds, juinen, zonneiland, client_for, kind):
    invitation = factories.make_invitation(worlds["gm0001"].member.user, kind=kind)
    token = invitation.token
    with tenant_context(zonneiland):
        # The worst case: a row with the same uuid, as in a copied schema.
        factories.make_invitation(worlds["gm9009"].member.user, kind=kind, uuid=invitation.uuid)
    name = "portal:password-reset" if kind == InvitationKind.PASSWORD_RESET else "portal:invitation"
    path = reverse(name, args=[token])
    assert client_for(juinen).get(path).status_code == 200
    away = client_for(zonneiland)
    for answer in (away.get(path), away.post(path)):
        assert answer.status_code in (404, 410)
        assert answer.context["invitation"] is None


def test_token_in_a_session_is_not_carried_over(worlds, juinen, zonneiland, client_for):
    home, away = client_for(juinen), client_for(zonneiland)
    home.post(reverse("portal:invitation", args=[worlds["gm0001"].invitation.token]))
    away.cookies = home.cookies
    answer = away.post(reverse("portal:password-choose"), {"password": "x" * 20, "repeated": "x" * 20})
    assert answer.status_code in (404, 410)
    with tenant_context(zonneiland):
        assert not Invitation.objects.exclude(used_at=None).exists()


def test_csrf_token_of_home_is_refused_elsewhere(juinen, zonneiland, client_for):
    home, away = (
        client_for(juinen, enforce_csrf_checks=True),
        client_for(zonneiland, enforce_csrf_checks=True),
    )
    home.get(reverse("portal:login"))
    token = home.cookies["__Host-csrf"].value
    answer = away.post(reverse("portal:login"), {"csrfmiddlewaretoken": token})
    assert answer.status_code == 403


def test_form_posted_from_another_municipality_is_refused(juinen, client_for):
    """Sibling addresses are the same site for SameSite; the Origin header tells them apart."""
    client = client_for(juinen, enforce_csrf_checks=True)
    client.get(reverse("portal:login"))
    token = client.cookies["__Host-csrf"].value
    form = {"csrfmiddlewaretoken": token, "username": "lid@wereld", "password": "fout wachtwoord"}
    own = client.post(reverse("portal:login"), form, headers={"origin": "https://juinen.localhost"})
    other = client.post(reverse("portal:login"), form, headers={"origin": "https://zonneiland.localhost"})
    assert (own.status_code, other.status_code) == (200, 403)


def test_signed_text_is_refused_elsewhere(zonneiland):
    text = signing.dumps({"member": 1000}, purpose="calendar-feed")
    with tenant_context(zonneiland), pytest.raises(signing.BadSignature):
        signing.loads(text, purpose="calendar-feed")


def test_address_of_a_calendar_works_at_home_only(worlds, juinen, zonneiland, client_for):
    feed = worlds["gm0001"].calendar_feed
    token = feed.token
    path = reverse("portal:calendar-feed", args=[token])
    with tenant_context(zonneiland):
        # The worst case: a row with the same uuid, as in a copied schema.
        CalendarFeed.objects.filter(pk=feed.pk).update(uuid=feed.uuid)
        assert CalendarFeed.objects.get(pk=feed.pk).token != token
    assert client_for(juinen).get(path).status_code == 200
    away = client_for(zonneiland)
    away.cookies = client_for(juinen, worlds["gm0001"].member.user).cookies
    assert away.get(path).status_code == 404
    with tenant_context(zonneiland):
        assert CalendarFeed.objects.get(pk=feed.pk).read_at is None


def test_letter_is_not_served_elsewhere(worlds, zonneiland, client_for):
    letter, there = worlds["gm0001"].letter, worlds["gm9009"]
    client = client_for(zonneiland, there.member.user)
    assert client.get(reverse("portal:letter-download", args=[letter.uuid])).status_code == 404


def test_file_name_leads_nowhere_elsewhere(zonneiland):
    name = default_storage.save("letters/brief.pdf", ContentFile(b"alleen hier"))
    with tenant_context(zonneiland), pytest.raises(FileNotFoundError):
        default_storage.open(name)


def test_counter_in_the_cache_starts_at_nothing_elsewhere(zonneiland):
    cache.set("tries:lid@wereld", 5)
    with tenant_context(zonneiland):
        assert cache.get("tries:lid@wereld", 0) == 0


def test_two_session_cookies_are_no_session(worlds, juinen, client_for):
    """A sibling host that plants a second cookie must not win; the first or none may, never a mix."""
    client = client_for(juinen, worlds["gm0001"].member.user)
    own = client.cookies["__Host-session"].value
    client.cookies.clear()
    answer = client.get("/", headers={"cookie": f"__Host-session={own}; __Host-session=geplant"})
    assert answer.headers["Location"] == "/login/?next=/"


def test_session_of_a_visitor_is_bound_to_its_schema(juinen, zonneiland):
    store = SessionStore()
    store["sleutel"] = "hier"
    store.save()
    with tenant_context(zonneiland):
        assert "sleutel" not in SessionStore(store.session_key)
