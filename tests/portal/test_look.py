"""A colleague looks at the portal as a member: reads everything that is not secret, changes nothing, leaves a trail."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.look import begin_look
from elections.actions.staff import disable_staff
from elections.enums import SecretKind
from elections.look import LOOK_FOR, LOOK_KEY
from elections.models import AuditEvent, Member
from elections.permissions import can
from elections.secrets import set_secret
from portal.access import CLOSED_WHILE_LOOKING
from tests import factories
from tests.isolation.access_table import MEMBER, SIGNED_IN, TABLE
from tests.isolation.walk import address_of

IBAN = "NL91ABNA0417164300"
BSN = "111222333"
# Changed by every page of everybody: the log, and the sign of life of the session.
NOT_OF_THE_MEMBER = {"AuditEvent", "AuditSeal", "AuditSealedRow", "Session"}
STAYS_OPEN = {"portal:look-stop", "portal:confirm"}


def look(client: Any, member: Any, reason: str = "het lid belt met een vraag") -> Any:
    """Let the logged-in colleague of `client` look as `member`."""
    answer = client.post(f"/backoffice/look/{member.uuid}/", {"reason": reason})
    assert answer.headers["Location"] == "/", answer.content.decode()
    return client


@pytest.fixture
def world(worlds: Any) -> Any:
    return worlds["gm0001"]


@pytest.fixture
def planner(world: Any) -> Any:
    return world.staff["planner"]


@pytest.fixture
def looking(client_for: Any, juinen: Any, planner: Any, world: Any) -> Any:
    return look(client_for(juinen, planner), world.member)


def rows() -> dict[str, list[Any]]:
    """Every row of every table of the municipality, but for the log."""
    return {
        model.__name__: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.app_label != "tenants" and model.__name__ not in NOT_OF_THE_MEMBER
    }


def portal_rows(who: set[str]) -> list[str]:
    return [name for name, row in TABLE.items() if name.startswith("portal:") and row.who in who]


def test_colleague_sees_the_page_of_the_member_with_a_banner(looking: Any, world: Any) -> None:
    page = looking.get("/personal-data/").content.decode()
    assert world.member.full_name in page
    assert "alleen lezen" in page
    assert 'action="/look/stop/"' in page


def test_every_post_is_refused_and_changes_nothing(looking: Any, world: Any, juinen: Any) -> None:
    names = [name for name in portal_rows({MEMBER, SIGNED_IN}) if name not in STAYS_OPEN]
    before = rows()
    answers = {}
    for name in names:
        with tenant_context(juinen):
            path = address_of(name, TABLE[name], world)
        answers[name] = looking.post(path, {"text": "x", "password": factories.PASSWORD}).status_code
    assert {name: code for name, code in answers.items() if code not in (403, 405)} == {}
    assert rows() == before


def test_opening_every_page_changes_no_row(looking: Any, world: Any, juinen: Any) -> None:
    before = rows()
    answers = {}
    for name in portal_rows({MEMBER}):
        with tenant_context(juinen):
            path = address_of(name, TABLE[name], world)
        answers[name] = looking.get(path).status_code
    assert rows() == before
    assert {name for name, code in answers.items() if code == 403} == {
        f"portal:{name}" for name in CLOSED_WHILE_LOOKING
    }
    assert {name: code for name, code in answers.items() if code >= 500} == {}


def test_letter_can_be_opened_and_does_not_count_as_read(looking: Any, world: Any) -> None:
    assert looking.get(f"/letter/{world.letter.uuid}/").status_code == 200
    world.letter.refresh_from_db()
    assert world.letter.first_read_at is None


def test_member_who_opens_the_letter_does_make_it_read(client_for: Any, juinen: Any, world: Any) -> None:
    client_for(juinen, world.member.user).get(f"/letter/{world.letter.uuid}/")
    world.letter.refresh_from_db()
    assert world.letter.first_read_at is not None


def test_numbers_are_hidden(looking: Any, world: Any) -> None:
    set_secret(world.member, SecretKind.IBAN, IBAN, by=None)
    set_secret(world.member, SecretKind.BSN, BSN, by=None)
    page = looking.get("/personal-data/").content.decode()
    for trace in (IBAN, BSN, "••63 00", "43 00"):
        assert trace not in page
    assert page.count("Bekend bij ons") == 3, "two numbers, and the answer to a sensitive question"
    assert looking.get("/personal-data/iban/").status_code == 403


def test_own_account_is_closed_meanwhile(looking: Any) -> None:
    for path in ("/account/", "/authenticator/", "/privacy/download/"):
        page = looking.get(path)
        assert page.status_code == 403
        assert "U kijkt alleen mee" in page.content.decode()


def test_every_page_is_logged_with_path_and_purpose(looking: Any, world: Any, planner: Any) -> None:
    looking.get("/placement/")
    looking.get("/letter/")
    events = AuditEvent.objects.filter(action="member.look").order_by("id")
    assert [event.details["path"] for event in events] == ["/placement/", "/letter/"]
    for event in events:
        assert event.object_id == str(world.member.uuid)
        assert event.actor_id == str(planner.uuid)
        assert event.purpose == "het lid belt met een vraag"


def test_stop_ends_it_and_goes_back_to_the_member(looking: Any, world: Any) -> None:
    answer = looking.post("/look/stop/")
    assert answer.headers["Location"] == f"/backoffice/member/{world.member.uuid}/"
    assert looking.get("/personal-data/").status_code == 403
    assert AuditEvent.objects.filter(action="member.look_end").count() == 1


def test_it_ends_after_a_quarter_of_an_hour_whatever_was_opened(looking: Any) -> None:
    session = looking.session
    kept = session[LOOK_KEY]
    assert kept["until"] <= (timezone.now() + LOOK_FOR).timestamp()
    looking.get("/placement/")
    assert looking.session[LOOK_KEY]["until"] == kept["until"]
    session = looking.session
    session[LOOK_KEY] = kept | {"until": (timezone.now() - timedelta(seconds=1)).timestamp()}
    session.save()
    answer = looking.get("/personal-data/")
    assert answer.status_code == 302
    assert LOOK_KEY not in looking.session
    assert looking.get("/personal-data/").status_code == 403


def test_it_ends_when_the_right_is_taken_away(looking: Any, planner: Any) -> None:
    planner.role = "reader"
    planner.save()
    assert looking.get("/personal-data/").status_code == 302
    assert looking.get("/personal-data/").status_code == 403


def test_it_ends_when_the_colleague_is_disabled(looking: Any, planner: Any, world: Any) -> None:
    disable_staff(planner, by=world.staff["administrator"])
    answer = looking.get("/personal-data/")
    assert answer.headers["Location"].startswith("/login/")


def test_it_ends_when_the_member_is_gone(looking: Any, world: Any) -> None:
    Member.objects.filter(pk=world.member.pk).update(is_active=False)
    assert looking.get("/personal-data/").status_code == 302
    assert looking.get("/personal-data/").status_code == 403


def test_it_ends_at_log_out(looking: Any) -> None:
    looking.post("/logout/")
    assert looking.get("/personal-data/").headers["Location"].startswith("/login/")
    assert LOOK_KEY not in looking.session


def test_part_of_a_page_is_refused_too(looking: Any) -> None:
    answer = looking.post("/availability/submit/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (403, "true")


def test_backoffice_stays_the_colleague_s_own(looking: Any, world: Any, planner: Any) -> None:
    assert looking.get(f"/backoffice/member/{world.member.uuid}/").status_code == 200
    assert can(planner, "member.look")
    assert looking.get("/backoffice/staff/").status_code == 403


def test_colleague_who_is_a_member_gets_the_own_portal_back(client_for: Any, juinen: Any, world: Any) -> None:
    own = factories.make_member(user=world.staff["planner"], last_name="Eigennaam")
    client = look(client_for(juinen, world.staff["planner"]), world.member)
    assert "Eigennaam" not in client.get("/personal-data/").content.decode()
    client.post("/look/stop/")
    assert own.last_name in client.get("/personal-data/").content.decode()


def test_reason_is_needed(client_for: Any, juinen: Any, planner: Any, world: Any) -> None:
    client = client_for(juinen, planner)
    for reason in ("", "  x "):
        page = client.post(f"/backoffice/look/{world.member.uuid}/", {"reason": reason})
        assert page.status_code == 200
        assert "Schrijf op waarom" in page.content.decode()
    assert LOOK_KEY not in client.session


def test_member_without_portal_cannot_be_looked_at(client_for: Any, juinen: Any, planner: Any) -> None:
    member = factories.make_member(is_active=False)
    page = client_for(juinen, planner).post(f"/backoffice/look/{member.uuid}/", {"reason": "even kijken"})
    assert "niet actief" in page.content.decode()


def test_it_is_asked_again_who_sits_here(client_for: Any, juinen: Any, planner: Any, world: Any) -> None:
    client = client_for(juinen, planner)
    session = client.session
    session["confirmed_at"] = (timezone.now() - timedelta(minutes=11)).timestamp()
    session.save()
    answer = client.get(f"/backoffice/look/{world.member.uuid}/")
    assert answer.headers["Location"].startswith("/confirm/")


def test_look_of_another_municipality_is_worth_nothing(
    looking: Any, zonneiland: Any, client_for: Any, worlds: Any
) -> None:
    """The session cookie of here, and a member key that exists there too."""
    client = client_for(zonneiland)
    client.cookies = looking.cookies
    assert client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/personal-data/").headers["Location"].startswith("/login/")


def test_session_holds_no_more_than_who_until_when_and_why(planner: Any, world: Any) -> None:
    session: dict[str, Any] = {}
    begin_look(session, world.member, "een vraag over de brief", by=planner)
    assert set(session[LOOK_KEY]) == {"member", "until", "reason"}


def test_sensitive_answers_are_hidden(looking: Any, world: Any) -> None:
    diet = factories.make_own_field(name="Dieetwens", is_sensitive=True)
    factories.make_own_value(world.member, diet, "halal")
    page = looking.get("/personal-data/").content.decode()
    assert "Dieetwens" in page
    assert "halal" not in page
    assert looking.get(f"/personal-data/own-field/{diet.uuid}/").status_code == 403
