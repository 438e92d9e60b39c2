"""Another name or address of a published place: who hears of it, and how often."""

import pytest
from django.utils import timezone

from elections.actions.assignment import assign_member
from elections.actions.polling_station import update_polling_station
from elections.actions.publication import publish_assignments
from elections.models import AuditEvent, OutboxMail, PlacementChange
from elections.queries.placement import in_words
from tests import factories


@pytest.fixture
def event():
    return factories.make_event()


@pytest.fixture
def morning(event):
    return factories.make_day_part(factories.make_polling_day(event), name="Ochtend")


@pytest.fixture
def shift(event, morning):
    return _shift(event, morning, "De Kuip")


def _shift(event, part, name):
    position = event.positions.first() or factories.make_position(event, name="Stembureaulid")
    return factories.make_shift(factories.make_polling_station(event, name=name), part, position)


def _mails(kind):
    return list(OutboxMail.objects.filter(kind=kind).order_by("pk"))


def _published(member, shift):
    assign_member(member, shift, by=None)
    publish_assignments(shift.polling_station.event, by=None, member=member)
    return member.assignments.get()


def _change_station(station, *, street="Dorpsstraat", name=None, by=None):
    update_polling_station(
        station,
        station={"number": station.number, "name": name or station.name},
        venue={"street": street},
        hours=[],
        by=by,
    )


def test_other_address_tells_the_published_members(event, shift):
    factories.make_portal_step(event, "placement")
    member, unpublished_member = factories.make_member(), factories.make_member()
    _published(member, shift)
    assign_member(unpublished_member, shift, by=None)
    _change_station(shift.polling_station, street="Kade")
    change = PlacementChange.objects.get()
    assert (change.member, change.kind) == (member, "venue")
    assert [label for label, _before, _after in in_words(change).rows] == ["Adres"]
    assert [mail.user for mail in _mails("placement_changed")] == [member.user]
    assert AuditEvent.objects.filter(action="placement.change").exists()


def test_correction_of_a_correction_is_one_change_and_one_mail(event, shift):
    _published(factories.make_member(), shift)
    _change_station(shift.polling_station, street="Kadee")
    _change_station(shift.polling_station, street="Kade")
    change = PlacementChange.objects.get()
    assert "Dorpsstraat" in change.before["address"]
    assert "Kade 1" in change.after["address"]
    assert len(_mails("placement_changed")) == 1


def test_change_that_is_taken_back_is_none(event, shift):
    _published(factories.make_member(), shift)
    _change_station(shift.polling_station, street="Kade")
    _change_station(shift.polling_station, street="Dorpsstraat")
    assert not PlacementChange.objects.exists()


def test_change_after_the_first_was_seen_is_told_again(event, shift):
    _published(factories.make_member(), shift)
    _change_station(shift.polling_station, street="Kade")
    PlacementChange.objects.update(seen_at=timezone.now())
    _change_station(shift.polling_station, street="Markt")
    assert PlacementChange.objects.count() == 2
    assert len(_mails("placement_changed")) == 2


def test_change_that_members_do_not_read_is_none(event, shift):
    _published(factories.make_member(), shift)
    update_polling_station(
        shift.polling_station,
        station={"number": shift.polling_station.number, "note": "Sleutel bij de buren"},
        venue={"website": "https://voorbeeld.example"},
        hours=[],
        by=None,
    )
    assert not PlacementChange.objects.exists()


def test_nobody_is_mailed_about_a_page_that_is_closed(event, shift):
    _published(factories.make_member(), shift)
    event.portal_steps.update(is_on=False)
    _change_station(shift.polling_station, street="Kade")
    assert PlacementChange.objects.exists()
    assert not _mails("placement_changed")
