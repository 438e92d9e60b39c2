"""The pages about the BRP in a browser, in what they show once a municipality is connected."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from django.utils import timezone

from elections.actions.brp_check import start_check
from elections.demo.brp_stand_in import KEY
from elections.enums import BrpFindingKind
from elections.models import BrpCheck, BrpConnection, Member
from tests import factories
from tests.brp_register import NUMBERS, connect, with_number
from tests.conftest import MunicipalityClient
from tests.factories import World

pytestmark = pytest.mark.pages

# Nobody listens there: what these pages show asks nothing of the register.
URL: Final = "http://127.0.0.1:9/haalcentraal/api/brp"
State = Callable[[MunicipalityClient, World], Any]


def differences(team: MunicipalityClient, world: World) -> Any:
    world.brp_finding.delete()
    for member in (world.member, _long_name()):
        _all_kinds(member)
    return team.get("/backoffice/brp/")


def differences_filtered_to_nothing(team: MunicipalityClient, world: World) -> Any:
    return team.get("/backoffice/brp/?q=niemand")


def nothing_to_decide(team: MunicipalityClient, world: World) -> Any:
    world.brp_finding.delete()
    BrpCheck.objects.create(member=world.member, outcome="same")
    return team.get("/backoffice/brp/")


def nobody_looked_up(team: MunicipalityClient, world: World) -> Any:
    world.brp_finding.delete()
    return team.get("/backoffice/brp/")


def register_that_is_left_alone(team: MunicipalityClient, world: World) -> Any:
    BrpConnection.objects.update(paused_until=timezone.now() + timedelta(minutes=5))
    return team.get("/backoffice/brp/")


def check_that_runs(team: MunicipalityClient, world: World) -> Any:
    with_number(world.member, NUMBERS[0])
    start_check(by=world.staff["administrator"])
    return team.get("/backoffice/brp/")


def whom_to_look_up(team: MunicipalityClient, world: World) -> Any:
    with_number(world.member, NUMBERS[0])
    return team.get("/backoffice/brp/check/")


def whom_to_look_up_not_chosen(team: MunicipalityClient, world: World) -> Any:
    return team.post("/backoffice/brp/check/", {})


def settings_that_are_on(team: MunicipalityClient, world: World) -> Any:
    return team.get("/backoffice/brp/settings/")


def settings_with_mistakes(team: MunicipalityClient, world: World) -> Any:
    return team.post("/backoffice/brp/settings/", {"purpose": "Één", "is_active": "on"})


def death_before_it_is_accepted(team: MunicipalityClient, world: World) -> Any:
    finding = factories.make_brp_finding(world.member, kind="deceased", since="12 maart 2026")
    return team.get(f"/backoffice/brp/{finding.uuid}/accept/")


def member_with_all_that_differs(team: MunicipalityClient, world: World) -> Any:
    with_number(world.member, NUMBERS[0])
    world.brp_finding.delete()
    _all_kinds(world.member)
    BrpCheck.objects.create(member=world.member, outcome="differs")
    return team.get(f"/backoffice/member/{world.member.uuid}/")


STATES: Final[tuple[State, ...]] = (
    differences, differences_filtered_to_nothing, nothing_to_decide, nobody_looked_up, register_that_is_left_alone,
    check_that_runs, whom_to_look_up, whom_to_look_up_not_chosen, settings_that_are_on, settings_with_mistakes,
    death_before_it_is_accepted, member_with_all_that_differs,
)  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_states_of_the_register_keep_nobody_out(state, juinen, client_for, viewer):
    world = factories.make_world()
    team = client_for(juinen, world.staff["administrator"])
    connect(URL, key=KEY)
    answer = state(team, world)
    assert answer.status_code == 200
    assert b"<h1" in answer.content
    name = f"brp-state-{state.__name__}"
    assert viewer(team).faults(answer, answer.request["PATH_INFO"], name=name) == []


def _long_name() -> Member:
    return factories.make_member(
        first_name="Wilhelmina-Frederika", last_name="Bartholomeüs-Groenewegen van Wijngaarden"
    )


def _all_kinds(member: Member) -> None:
    for kind in BrpFindingKind:
        values: dict[str, Any] = {"kind": kind}
        if kind == BrpFindingKind.ADDRESS:
            values |= {
                "street": "Burgemeester van Wijngaardenlaan",
                "house_number": "112b-12",
                "postcode": "1234 AB",
                "city": "Juinen",
                "is_investigated": True,
            }
        factories.make_brp_finding(member, **values)
