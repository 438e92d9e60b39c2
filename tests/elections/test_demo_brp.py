"""The invented population register of the demo: it knows the members of the demo, and a few otherwise than we do."""

import json

from elections.actions.brp_check import start_check, work_on_brp_check
from elections.demo.brp import connect_register, introduce_members, people_file
from elections.demo.brp_stand_in import StandIn
from elections.demo.people import test_bsns as numbers_for_tests
from elections.enums import JobState
from elections.models import BrpConnection, BrpFinding
from tests import factories
from tests.brp_register import running, with_number


def test_register_of_the_demo_knows_its_members(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    for place, number in zip(range(20), numbers_for_tests(), strict=False):
        home = {"street": "Laan", "house_number": f"{place + 1}", "postcode": "1111 AA", "city": "Juinen"}
        with_number(factories.make_member(**home), number)
    introduce_members()
    register = StandIn(people=json.loads(people_file().read_text()))
    with running(register) as url:
        connect_register(url)
        job = start_check(by=factories.make_staff("administrator"))
        assert not work_on_brp_check(job)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    kinds = BrpFinding.objects.order_by("member").values_list("kind", flat=True)
    assert list(kinds) == ["address", "deceased", "secrecy", "elsewhere"]


def test_demo_that_starts_again_connects_to_the_new_address_and_changes_nothing_else(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    connect_register("http://127.0.0.1:8026/haalcentraal/api/brp")
    assert not BrpConnection.objects.exists()
    introduce_members()
    connect_register("http://127.0.0.1:8026/haalcentraal/api/brp")
    BrpConnection.objects.update(is_active=False)
    connect_register("http://127.0.0.1:8027/haalcentraal/api/brp")
    found = BrpConnection.objects.get()
    assert (found.url, found.is_active) == ("http://127.0.0.1:8027/haalcentraal/api/brp", False)
