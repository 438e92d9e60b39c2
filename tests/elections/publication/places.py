"""Places that were published, and the mails about them."""

from elections.actions.assignment import assign_member
from elections.actions.publication import publish_assignments
from elections.models import OutboxMail
from tests import factories


def make_shift(event, part, name):
    position = event.positions.first() or factories.make_position(event, name="Stembureaulid")
    return factories.make_shift(factories.make_polling_station(event, name=name), part, position)


def mails_of(kind):
    return list(OutboxMail.objects.filter(kind=kind).order_by("pk"))


def publish(member, shift):
    assign_member(member, shift, by=None)
    publish_assignments(shift.polling_station.event, by=None, member=member)
    return member.assignments.get()
