"""Contact data of a confidential member are on no page, in no file and behind no search for who may not read them.

Every address of the application is asked, as a planner and as a member who works with the hidden one. The same walk
over an open member does find them: what it looks for would be seen.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.confidentiality import mark_confidential
from elections.models import Member, OutboxMail
from elections.queries.letter_facts import letter_facts
from tests import factories
from tests.isolation.access_table import TABLE
from tests.isolation.canaries import response_parts
from tests.isolation.walk import address_of

PHONE, EMAIL = "+31 6 98765432", "kwetsbaar@schuilplaats.example"
HIDDEN = {
    "phone": PHONE,
    "email": EMAIL,
    "street": "Verborgenlaan",
    "house_number": "417",
    "postcode": "9876 ZX",
    "city": "Schuildorp",
}
# House numbers occur by chance; the rest of the address is enough.
TRACES = [value.encode() for name, value in HIDDEN.items() if name != "house_number"] + [b"98765432"]
# The administrator's own pages: nobody else opens them.
REASON = "bedreigd door een bekende"


@pytest.fixture
def world(worlds, juinen) -> Any:
    """The world of Juinen, with its member as the chair of the station in which a mate works."""
    world = worlds[juinen.schema_name]
    with tenant_context(juinen):
        Member.objects.filter(pk=world.member.pk).update(**HIDDEN)
        world.member.refresh_from_db()
        world.member.user.email = EMAIL
        world.member.user.save()
        world.event.shows_team_mates = world.event.shares_chair_phone = True
        world.event.save()
        OutboxMail.objects.create(
            user=world.member.user,
            kind="news",
            to_email=EMAIL,
            idempotency_key="vertrouwelijk",
            state="bounced",
            outcome_at=timezone.now(),
            error=f"550 {EMAIL} is onbekend",
        )
        type(world.mail).objects.filter(pk=world.mail.pk).update(to_email=EMAIL, error=f"550 {EMAIL}")
    return world


def hide(municipality: Any, member: Any) -> None:
    with tenant_context(municipality):
        mark_confidential(member, REASON, None, None)
        member.refresh_from_db()


def _answers(client: Any, world: Any) -> Iterator[tuple[str, Any]]:
    for name, row in TABLE.items():
        if name == "portal:logout":
            continue
        answer = client.get(address_of(name, row, world))
        if answer.status_code == 200:
            yield name, answer


def _found(client: Any, world: Any) -> dict[str, set[bytes]]:
    """Where something of the hidden data stands: by the name of the address."""
    found: dict[str, set[bytes]] = {}
    for name, answer in _answers(client, world):
        said = b"\n".join(part.encode() if isinstance(part, str) else part for part in _parts(answer))
        hits = {trace for trace in (*TRACES, REASON.encode()) if trace in said}
        if hits:
            found[name] = hits
    return found


def _parts(answer: Any) -> Iterator[Any]:
    for part in response_parts(answer):
        yield part[1] if isinstance(part, tuple) else part


def test_no_page_shows_a_planner_what_is_confidential(world, juinen, client_for):
    planner = client_for(juinen, world.staff["planner"])
    with tenant_context(juinen):
        open_pages = _found(planner, world)
    assert {
        "backoffice:member-list",
        "backoffice:member-detail",
        "backoffice:member-edit",
        "backoffice:assignment-detail",
        "backoffice:board-print",
        "backoffice:conversation-detail",
        "backoffice:mail-list",
        "backoffice:mail-detail",
    } <= set(open_pages)
    hide(juinen, world.member)
    with tenant_context(juinen):
        assert _found(planner, world) == {}


def test_administrator_still_sees_it(world, juinen, client_for):
    hide(juinen, world.member)
    administrator = client_for(juinen, world.staff["administrator"])
    with tenant_context(juinen):
        found = _found(administrator, world)
    assert {"backoffice:member-list", "backoffice:member-detail", "backoffice:member-edit"} <= set(found)


def test_no_page_of_another_member_names_who_hides(world, juinen, client_for):
    with tenant_context(juinen):
        mate = factories.make_member()
        factories.make_assignment(mate, world.shift, state="published", published_at=timezone.now())
        client = client_for(juinen, mate.user)
        name = world.member.informal_name
        assert name in client.get("/placement/").content.decode()
        hide(juinen, world.member)
        assert name not in client.get("/placement/").content.decode()


@pytest.mark.parametrize("words", [EMAIL, "kwetsbaar@", "schuilplaats", PHONE, "0698765432", "98765432"])
@pytest.mark.parametrize(
    "name", ["backoffice:member-list", "backoffice:mail-list", "backoffice:letter-list", "backoffice:board"]
)
def test_search_does_not_tell_what_is_hidden(world, juinen, client_for, name, words):
    hide(juinen, world.member)
    with tenant_context(juinen):
        planner = client_for(juinen, world.staff["planner"])
        page = planner.get(address_of(name, TABLE[name], world), {"q": words}).content.decode()
        for hidden in (world.member.list_name, f">{world.member.full_name}<", str(world.mail.uuid)):
            assert hidden not in page


def test_search_by_name_and_number_still_finds_who_hides(world, juinen):
    hide(juinen, world.member)
    with tenant_context(juinen):
        member = world.member
        assert member in Member.objects.search(member.last_name)
        assert member in Member.objects.search(f"{member.first_name} {member.number}")
        assert not Member.objects.search(f"{member.last_name} {EMAIL}").exists()
        assert Member.objects.search(EMAIL, by_hidden=True).get() == member


def test_letters_hold_neither_the_address_nor_the_chair(world, juinen):
    with tenant_context(juinen):
        facts = letter_facts(world.event)[world.member.pk]
        assert facts.address == ("Verborgenlaan 417", "9876 ZX  Schuildorp")
    hide(juinen, world.member)
    with tenant_context(juinen):
        hidden = letter_facts(world.event)[world.member.pk]
        assert (hidden.address, hidden.shares_phone) == ((), False)
        assert hidden.digest != facts.digest


def test_what_is_over_hides_nothing(world, juinen):
    with tenant_context(juinen):
        member = world.member
        member.confidential_since = timezone.now() - timedelta(days=3)
        member.confidential_reason = REASON
        member.confidential_until = timezone.localdate() - timedelta(days=1)
        member.save()
        assert not member.is_confidential
        assert Member.objects.search(EMAIL).get() == member
        member.confidential_until = timezone.localdate()
        member.save()
        assert member.is_confidential
        assert not Member.objects.search(EMAIL).exists()


def test_application_of_who_hides_is_for_few(world, juinen, client_for):
    """Somebody who signed up and became a member left the same contact data there."""
    with tenant_context(juinen):
        application = factories.make_application(
            member=world.member, email=EMAIL, phone=PHONE, state="accepted", decided_at=timezone.now()
        )
        list_url = address_of("backoffice:application-list", TABLE["backoffice:application-list"], world)
        detail_url = f"{list_url}{application.uuid}/"
        planner = client_for(juinen, world.staff["planner"])
        assert EMAIL in planner.get(detail_url).content.decode()
        assert str(application.uuid) in planner.get(list_url, {"state": "accepted"}).content.decode()
    hide(juinen, world.member)
    with tenant_context(juinen):
        assert planner.get(detail_url).status_code == 403
        assert str(application.uuid) not in planner.get(list_url, {"state": "accepted"}).content.decode()
        administrator = client_for(juinen, world.staff["administrator"])
        assert EMAIL in administrator.get(detail_url).content.decode()
