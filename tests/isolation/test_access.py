"""Every address, for everybody: who may not come in is stopped, and nobody meets an error or another municipality.

Both municipalities hold numbers that may never be seen again (canaries): every answer, with its headers and the text
of its file, is also searched for them, and held against header_table.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django_tenants.utils import tenant_context

from elections.enums import StaffRole
from elections.permissions import ALL_RIGHTS, can
from elections.sessions import CONFIRMED_FOR, CONFIRMED_KEY
from tests import factories
from tests.conftest import MunicipalityClient
from tests.isolation import header_table
from tests.isolation.access_table import ANYONE, MEMBER, SIGNED_IN, TABLE, Row
from tests.isolation.canaries import leaks, response_parts, store_canaries
from tests.isolation.walk import address_of, addresses

METHODS = ("get", "post")
WITH_HEAD = ("get", "head", "post")
"""A view that would treat HEAD otherwise than GET does so for everybody: three people ask it."""

Headers = dict[str, str] | None
HTMX = {"HX-Request": "true"}
LET_IN = {200, 302, 400, 405, 409, 410, 422}
"""What somebody with the right may get: the page, a redirect, or a complaint about what was sent."""


@dataclass
class Person:
    """A browser with or without somebody logged in, and what the table allows them."""

    client: MunicipalityClient
    user: Any = None
    member: Any = None
    strong: bool = True
    confirmed: bool = True

    def may(self, row: Row) -> bool:
        if row.who == ANYONE:
            return True
        if row.who == SIGNED_IN:
            return self.user is not None
        if row.who == MEMBER:
            return self.member is not None
        return self.user is not None and can(self.user, row.who)

    def stop(self, name: str, row: Row) -> str:
        """The page to which somebody with the right is sent first; empty when the page itself opens."""
        if row.who in (ANYONE, SIGNED_IN, MEMBER):
            return ""
        if not self.strong:
            return reverse("portal:authenticator")
        if not self.confirmed and getattr(addresses()[name], "confirmed", False):
            return f"{reverse('portal:confirm')}?"
        return ""


@pytest.fixture
def stored(worlds, juinen, zonneiland):
    """The worlds, with all canaries in them."""
    for municipality in (juinen, zonneiland):
        store_canaries(municipality, worlds[municipality.schema_name])
    return worlds


def test_every_address_is_in_the_table():
    assert sorted(addresses()) == sorted(TABLE)


def test_every_right_in_the_table_exists():
    assert {row.who for row in TABLE.values()} - {ANYONE, SIGNED_IN, MEMBER} <= ALL_RIGHTS


def test_every_view_has_the_gate_of_its_row():
    gates = {name: getattr(view, "access", ANYONE) for name, view in addresses().items()}
    assert gates == {name: TABLE[name].who for name in gates}


def test_anonymous_may_open_only_what_is_for_anyone(stored, juinen, client_for):
    _check(Person(client_for(juinen)), stored["gm0001"], methods=WITH_HEAD)


def test_half_logged_in_may_open_only_what_is_for_anyone(stored, juinen, client_for):
    """The password was right, the code was not given yet."""
    for user in (stored["gm0001"].member.user, stored["gm0001"].staff["administrator"]):
        client = client_for(juinen)
        client.force_login(user)
        _check(Person(client), stored["gm0001"])


def test_disabled_user_may_open_only_what_is_for_anyone(stored, juinen, client_for):
    for user in (stored["gm0001"].member.user, stored["gm0001"].staff["administrator"]):
        client = client_for(juinen, user)
        user.is_active = False
        user.save()
        _check(Person(client), stored["gm0001"])


def test_member_may_open_the_portal(stored, juinen, client_for):
    member = stored["gm0001"].member
    _check(Person(client_for(juinen, member.user), member.user, member), stored["gm0001"], methods=WITH_HEAD)


def test_colleague_with_a_mailbox_alone_is_sent_to_set_up_a_second_factor(stored, juinen, client_for):
    """Password and e-mailed code, as after the first log-in: nothing of the backoffice opens."""
    user = stored["gm0001"].staff["administrator"]
    client = client_for(juinen)
    client.log_in_with(user, factories.make_challenge(user, used=True))
    _check(Person(client, user, strong=False), stored["gm0001"])


def test_colleague_who_sat_still_proves_again_who_they_are_before_a_dangerous_act(stored, juinen, client_for):
    user = stored["gm0001"].staff["administrator"]
    client = client_for(juinen, user)
    session = client.session
    session[CONFIRMED_KEY] -= CONFIRMED_FOR.total_seconds() + 1
    session.save()
    dangerous = {name: TABLE[name] for name, view in addresses().items() if getattr(view, "confirmed", False)}
    assert len(dangerous) > 10
    _check(Person(client, user, confirmed=False), stored["gm0001"], dangerous)


@pytest.mark.parametrize("role", StaffRole.values)
def test_colleague_may_open_what_the_role_allows(stored, juinen, client_for, role):
    user = stored["gm0001"].staff[role]
    methods = WITH_HEAD if role == StaffRole.ADMINISTRATOR else METHODS
    _check(Person(client_for(juinen, user), user), stored["gm0001"], methods=methods)


def test_parts_of_pages_that_htmx_asks_for_show_no_number(stored, juinen, client_for):
    """To the colleague with the most rights; the walks above see whole pages only."""
    client = client_for(juinen, stored["gm0001"].staff["administrator"])
    _check_numbers(client, stored["gm0001"], ("get",), HTMX)


@pytest.mark.parametrize("who", ["member", "administrator"])
def test_public_body_shows_no_number_on_its_own_host(stored, zonneiland, client_for, who):
    """Its members have ID numbers of another kind."""
    world = stored["gm9009"]
    user = world.member.user if who == "member" else world.staff[who]
    _check_numbers(client_for(zonneiland, user), world)


def test_colleague_who_is_a_member_may_open_both(stored, juinen, client_for):
    user = stored["gm0001"].staff["reader"]
    member = factories.make_member(user=user)
    others = {name: row for name, row in TABLE.items() if not row.own}
    _check(Person(client_for(juinen, user), user, member), stored["gm0001"], others, ("get",))


@pytest.mark.parametrize("who", ["member", "administrator"])
def test_somebody_of_another_municipality_is_nobody_here(worlds, juinen, zonneiland, client_for, who):
    """Same primary key, same password hash, and the session cookie of there; nobody's role is read before that."""
    there = worlds["gm9009"]
    user = there.member.user if who == "member" else there.staff[who]
    client = client_for(juinen)
    client.cookies = client_for(zonneiland, user).cookies
    _check(Person(client), worlds["gm0001"])


def test_object_of_another_municipality_is_not_found(worlds, juinen, client_for):
    """With every right here, and the uuids of there."""
    here, there = worlds["gm0001"], worlds["gm9009"]
    user = here.staff["administrator"]
    member = factories.make_member(user=user)
    person = Person(client_for(juinen, user), user, member)
    rows = {name: row for name, row in TABLE.items() if row.arguments}
    wrong = []
    for name, row, method, response in _responses(person.client, there, rows):
        # A link of another municipality is answered as one that is over: nothing is told about anybody.
        refused = {404, 405, 410} if row.who == ANYONE else {404, 405}
        if response.status_code not in refused or there.marker in _body(response):
            wrong.append((name, method, response.status_code))
    assert wrong == []


def test_form_that_names_objects_of_another_municipality_shows_nothing_of_them(worlds, juinen, client_for):
    """The address is of here; every uuid in the form, under every likely name, is of there."""
    here, there = worlds["gm0001"], worlds["gm9009"]
    user = here.staff["administrator"]
    person = Person(client_for(juinen, user), user, factories.make_member(user=user))
    form = {name: str(thing.uuid) for name, thing in vars(there).items() if hasattr(thing, "uuid")}
    form |= {f"{name}s": uuid for name, uuid in form.items()} | {"station": form["polling_station"]}
    wrong = []
    for name, _row, method, response in _responses(person.client, here, TABLE, form=form):
        if response.status_code >= 500 or there.marker in _body(response):
            wrong.append((name, method, response.status_code))
    assert wrong == []


def test_letter_of_another_member_is_not_found(worlds, juinen, client_for):
    other = factories.make_member()
    person = Person(client_for(juinen, other.user), other.user, other)
    rows = {name: row for name, row in TABLE.items() if row.own}
    answers = [
        (name, response.status_code)
        for name, _row, _method, response in _responses(person.client, worlds["gm0001"], rows)
    ]
    assert [answer for answer in answers if answer[1] not in (404, 405)] == []


def test_worlds_have_the_same_keys_and_password_hashes(worlds):
    """The premise of this suite: with other keys or hashes a mix-up would not show."""
    here, there = worlds.values()
    for field in ("member", "event", "polling_station", "shift", "assignment", "letter", "job", "invitation"):
        assert getattr(here, field).pk == getattr(there, field).pk
        assert getattr(here, field).uuid != getattr(there, field).uuid
    for role, user in here.staff.items():
        assert (user.pk, user.password) == (there.staff[role].pk, there.staff[role].password)


def _check(
    person: Person, world: factories.World, rows: dict[str, Row] = TABLE, methods: Iterable[str] = METHODS
) -> None:
    """Compare every answer with the table, and gather what differs."""
    wrong = []
    for name, row, method, response in _responses(person.client, world, rows, methods):
        body = _body(response)
        stop = person.stop(name, row)
        if person.may(row) and stop:
            right = response.headers.get("Location", "").startswith(stop)
        elif person.may(row):
            of_somebody_else = row.own and person.user != world.member.user
            absent = {404} if row.empty or of_somebody_else else set()
            right = response.status_code in LET_IN | absent
            right = right and not _is_sent_to_login(response)
        elif person.user is None:
            right = _is_sent_to_login(response) or response.status_code == 405
        else:
            right = response.status_code in (403, 405) or _is_the_way_to_the_backoffice(name, response)
        faults = [*header_table.faults(name, response, body), *_numbers(response)]
        if not right or "MerkZonneiland" in body or faults:
            wrong.append((name, method, response.status_code, response.headers.get("Location", ""), faults))
    assert wrong == []


def _check_numbers(
    client: MunicipalityClient,
    world: factories.World,
    methods: Iterable[str] = METHODS,
    headers: Headers = None,
) -> None:
    found = [
        (name, method, response.status_code, _numbers(response))
        for name, _row, method, response in _responses(client, world, TABLE, methods, headers=headers)
        if response.status_code >= 500 or _numbers(response)
    ]
    assert found == []


def _numbers(response: Any) -> list[str]:
    """The canaries in headers, cookies, body and file, with the part of the answer where each stands."""
    return [f"{name} in the {part}" for part, data in response_parts(response) for name in leaks(data)]


def _responses(
    client: MunicipalityClient,
    world: factories.World,
    rows: dict[str, Row],
    methods: Iterable[str] = METHODS,
    form: dict[str, str] | None = None,
    headers: Headers = None,
) -> Iterator[tuple[str, Row, str, Any]]:
    client.raise_request_exception = False  # a 500 is an answer that the table does not allow
    for name, row in rows.items():
        with tenant_context(client.municipality):
            path = address_of(name, row, world)
        for method in methods:
            cookies = client.cookies.copy()
            with transaction.atomic():
                response = getattr(client, method)(path, form, headers=headers)
                _read(response)
                yield name, row, method, response
                transaction.set_rollback(True)
            client.cookies = cookies


def _read(response: Any) -> None:
    """Read a file once, so that it can be looked at twice."""
    if response.streaming:
        response.streaming_content = [b"".join(response.streaming_content)]


def _is_sent_to_login(response: Any) -> bool:
    return response.status_code == 302 and response.headers["Location"].startswith(
        f"{reverse('portal:login')}?next="
    )


def _is_the_way_to_the_backoffice(name: str, response: Any) -> bool:
    return name == "portal:home" and response.headers.get("Location") == reverse("backoffice:home")


def _body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")
