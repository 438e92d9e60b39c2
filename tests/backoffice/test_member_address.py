"""Members who share an address, and members who changed something lately, on the pages of the team."""

from datetime import timedelta

import time_machine
from django.utils import timezone


def test_members_who_share_an_address_are_counted_and_found(planner, new_member):
    first, second = new_member(email="gezin@example.nl"), new_member(email="Gezin@example.nl")
    alone = new_member(email="alleen@example.nl")
    new_member(email="gezin@example.nl", is_active=False)
    for _without in range(2):
        new_member(email="")
    page = planner.get("/backoffice/member/").content.decode()
    assert "2 leden hebben hetzelfde e-mailadres als een ander." in page
    found = planner.get("/backoffice/member/?address=shared").content.decode()
    assert all(member.list_name in found for member in (first, second))
    assert alone.list_name not in found


def test_list_without_shared_addresses_warns_for_nothing(planner, new_member):
    new_member()
    assert "hetzelfde e-mailadres" not in planner.get("/backoffice/member/").content.decode()


def test_detail_says_that_something_changed_lately(planner, new_member):
    member = new_member(sensitive_change_at=timezone.now() - timedelta(hours=47))
    page = planner.get(f"/backoffice/member/{member.uuid}/").content.decode()
    assert "Kort geleden gewijzigd" in page
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        page = planner.get(f"/backoffice/member/{member.uuid}/").content.decode()
        assert "Kort geleden gewijzigd" not in page
