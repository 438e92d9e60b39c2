"""What an audience asks of a member, and who meets that, apart from how far members are with a part of the portal.

That last condition is added by `elections.queries.audience`: the progress of some parts depends on audiences itself.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet

from elections.enums import AssignmentState, AudienceKind, PlacedFilter
from elections.models import Assignment, Audience, ElectionEvent, Member
from elections.models.member import MemberQuerySet

# Whoever has a place by these, published or not; an offer is not a place yet.
PLACED_STATES: Final = (AssignmentState.RESERVED, AssignmentState.CONFIRMED, AssignmentState.PUBLISHED)
Keys = Collection[int] | QuerySet[Any]


@dataclass(frozen=True)
class Conditions:
    """What an audience asks of a member, of a stored one or of a form that is not saved yet.

    labels, stations, members: primary keys, or a query that gives them. None asks nothing; an empty one holds nobody.
    """

    kind: str
    event: ElectionEvent | None = None
    labels: Keys | None = None
    position_kinds: Sequence[str] = ()
    stations: Keys | None = None
    placed: str = PlacedFilter.ANY
    step_not_done: str = ""
    members: Keys = ()

    @property
    def asks_nothing(self) -> bool:
        """Whether this is a selection without conditions: everybody, which nobody meant."""
        return (
            self.kind == AudienceKind.SELECTION
            and self.labels is None
            and self.stations is None
            and not (self.position_kinds or self.step_not_done)
            and self.placed == PlacedFilter.ANY
        )

    @classmethod
    def of(cls, audience: Audience) -> "Conditions":
        return cls(
            kind=audience.kind,
            event=audience.event,
            labels=_keys(audience, "labels", "label") if audience.by_label else None,
            position_kinds=audience.position_kinds,
            stations=_keys(audience, "stations", "pollingstation") if audience.by_station else None,
            placed=audience.placed,
            step_not_done=audience.step_not_done,
            members=_keys(audience, "members", "member"),
        )


def members_apart_from_step(wanted: Conditions) -> MemberQuerySet:
    """The active members who meet every condition but `step_not_done`.

    Places count when the team or the member chose them, published or not. Position and polling station must be of one
    and the same place.
    """
    members = Member.objects.active().present()
    if wanted.kind == AudienceKind.EVERYONE:
        return members
    if wanted.kind == AudienceKind.MEMBERS:
        return members.filter(pk__in=wanted.members)
    if wanted.labels is not None:
        given = Member.labels.through.objects.filter(member=OuterRef("pk"), label__in=wanted.labels)
        members = members.filter(Exists(given))
    if wanted.event is None:
        return members
    return _by_place(members, wanted, wanted.event)


def through(name: str) -> QuerySet[Any]:
    """The rows that tie audiences to their labels, polling stations or members."""
    rows: QuerySet[Any] = getattr(Audience, name).through.objects.all()
    return rows


def _by_place(members: MemberQuerySet, wanted: Conditions, event: ElectionEvent) -> MemberQuerySet:
    own = Assignment.objects.of_event(event).filter(member=OuterRef("pk"), state__in=PLACED_STATES)
    if wanted.placed == PlacedFilter.UNPLACED:
        members = members.filter(~Exists(own))
    if wanted.placed == PlacedFilter.PLACED:
        members = members.filter(Exists(own))
    fitting = own
    if wanted.position_kinds:
        fitting = fitting.filter(shift__position__kind__in=wanted.position_kinds)
    if wanted.stations is not None:
        fitting = fitting.filter(shift__polling_station__in=wanted.stations)
    return members if fitting is own else members.filter(Exists(fitting))


def _keys(audience: Audience, name: str, column: str) -> QuerySet[Any]:
    return through(name).filter(audience=audience).values(column)
