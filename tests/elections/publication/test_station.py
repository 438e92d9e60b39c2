"""Another name or address of a published place: who hears of it, and how often."""

from django.utils import timezone

from elections.actions.assignment import assign_member
from elections.actions.polling_station import update_polling_station
from elections.models import AuditEvent, PlacementChange
from elections.queries.placement import in_words
from tests import factories
from tests.elections.publication.places import mails_of, publish


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
    publish(member, shift)
    assign_member(unpublished_member, shift, by=None)
    _change_station(shift.polling_station, street="Kade")
    change = PlacementChange.objects.get()
    assert (change.member, change.kind) == (member, "venue")
    assert [label for label, _before, _after in in_words(change).rows] == ["Adres"]
    assert [mail.user for mail in mails_of("placement_changed")] == [member.user]
    assert AuditEvent.objects.filter(action="placement.change").exists()


def test_correction_of_a_correction_is_one_change_and_one_mail(event, shift):
    publish(factories.make_member(), shift)
    _change_station(shift.polling_station, street="Kadee")
    _change_station(shift.polling_station, street="Kade")
    change = PlacementChange.objects.get()
    assert "Dorpsstraat" in change.before["address"]
    assert "Kade 1" in change.after["address"]
    assert len(mails_of("placement_changed")) == 1


def test_change_that_is_taken_back_is_none(event, shift):
    publish(factories.make_member(), shift)
    _change_station(shift.polling_station, street="Kade")
    _change_station(shift.polling_station, street="Dorpsstraat")
    assert not PlacementChange.objects.exists()


def test_change_after_the_first_was_seen_is_told_again(event, shift):
    publish(factories.make_member(), shift)
    _change_station(shift.polling_station, street="Kade")
    PlacementChange.objects.update(seen_at=timezone.now())
    _change_station(shift.polling_station, street="Markt")
    assert PlacementChange.objects.count() == 2
    assert len(mails_of("placement_changed")) == 2


def test_change_that_members_do_not_read_is_none(event, shift):
    publish(factories.make_member(), shift)
    update_polling_station(
        shift.polling_station,
        station={"number": shift.polling_station.number, "note": "Sleutel bij de buren"},
        venue={"website": "https://voorbeeld.example"},
        hours=[],
        by=None,
    )
    assert not PlacementChange.objects.exists()


def test_nobody_is_mailed_about_a_page_that_is_closed(event, shift):
    publish(factories.make_member(), shift)
    event.portal_steps.update(is_on=False)
    _change_station(shift.polling_station, street="Kade")
    assert PlacementChange.objects.exists()
    assert not mails_of("placement_changed")
