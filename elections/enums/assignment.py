from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AssignmentState(TextChoices):
    """PROPOSED is an offer to the member that keeps the place free until it is answered or expires."""

    PROPOSED = "proposed", _("aangeboden")
    RESERVED = "reserved", _("gereserveerd")
    CONFIRMED = "confirmed", _("ingedeeld")
    PUBLISHED = "published", _("gepubliceerd")
    DECLINED = "declined", _("afgewezen door lid")
    CANCELLED = "cancelled", _("vervallen")
    ABSENT = "absent", _("afwezig")


# The states in which an assignment takes up a place and the member's time.
ACTIVE_ASSIGNMENT_STATES = (
    AssignmentState.PROPOSED,
    AssignmentState.RESERVED,
    AssignmentState.CONFIRMED,
    AssignmentState.PUBLISHED,
)
# A place that the member picked or was offered: the team has not said yes to it.
UNDECIDED_ASSIGNMENT_STATES = (AssignmentState.PROPOSED, AssignmentState.RESERVED)


class AssignmentSource(TextChoices):
    """How somebody came to a place."""

    STAFF = "staff", _("team verkiezingen")
    PROPOSAL = "proposal", _("voorstel")
    RESERVATION = "reservation", _("zelf gekozen")
    WAITLIST = "waitlist", _("wachtlijst")
    FOLLOW_UP = "follow_up", _("na een nee van een ander lid")


class PlacementChangeKind(TextChoices):
    """What became different for a member after publishing."""

    MOVED = "moved", _("andere plaats")
    ADDED = "added", _("extra plaats")
    CANCELLED = "cancelled", _("vervallen")
    VENUE = "venue", _("ander adres")


class PlacementAnswer(TextChoices):
    """What a member said to a place; worked out by elections.queries.placement_answer, not stored."""

    ACCEPTED = "accepted", _("komt")
    SILENT = "silent", _("nog geen antwoord")
    OVERDUE = "overdue", _("antwoord te laat")
    DECLINED = "declined", _("kan niet")
    OFFERED = "offered", _("aangeboden")
    NOT_ASKED = "not_asked", _("niet gevraagd")
