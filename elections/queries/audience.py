"""Who an audience holds. Worked out each time it is asked, so that who came in later belongs to it too.

`members_of` and `audiences_of` are one rule asked from two sides; a property test holds them together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.enums import AudienceKind, PlacedFilter, PositionKind, StepKind
from elections.models import Assignment, Audience, ElectionEvent, Member
from elections.models.member import MemberQuerySet
from elections.queries.audience_conditions import (
    PLACED_STATES,
    Conditions,
    members_apart_from_step,
    through,
)
from elections.queries.part_audience import PartAudiences, part_audiences
from elections.queries.step_progress import UNFINISHED, StageRule, stage, stages_of, unfinished
from tenants.numbers import grouped


@dataclass(frozen=True)
class Reach:
    """How many members something is for, and how many of them get e-mail."""

    members: int
    reachable: int

    @property
    def unreachable(self) -> int:
        return self.members - self.reachable


def members_of(audience: Audience) -> MemberQuerySet:
    """The active members that the audience holds now, each once; in no order. One query when it is read."""
    return members_matching(Conditions.of(audience))


def members_matching(
    wanted: Conditions, rule: StageRule = stage, *, known: PartAudiences | None = None
) -> MemberQuerySet:
    """The active members who meet every condition; see `members_apart_from_step`, and for `rule` `unfinished`.

    known: the audiences of parts, when they were read before; else one query now for who asks about a part.
    """
    members = members_apart_from_step(wanted)
    if wanted.kind == AudienceKind.SELECTION and wanted.event and wanted.step_not_done:
        members = unfinished(members, StepKind(wanted.step_not_done), wanted.event, rule, known=known)
    return members


def audiences_of(member: Member, among: QuerySet[Audience] | None = None) -> QuerySet[Audience]:
    """The audiences that hold this member now, by the rule of `members_of`.

    among: leave out to look at all. At most five queries and the one that reads it, whatever the number of audiences; a
    few more when one asks who is not done with a part that is for an audience.
    """
    audiences = Audience.objects.all() if among is None else among
    if not member.is_active or member.erased_at:
        return audiences.none()
    by_hand = through("members").filter(audience=OuterRef("pk"), member=member)
    own_labels = Member.labels.through.objects.filter(member=member).values("label")
    labelled = through("labels").filter(audience=OuterRef("pk"), label__in=own_labels)
    places = _places(member)
    events = {event for event, _station, _kind in places}
    selected = (
        (Q(by_label=False) | Exists(labelled))
        & _fits_one_of(places)
        & (
            Q(placed=PlacedFilter.ANY)
            | Q(placed=PlacedFilter.PLACED, event__in=events)
            | Q(placed=PlacedFilter.UNPLACED) & ~Q(event__in=events)
        )
        & _waits_for(member, audiences)
    )
    return audiences.filter(
        Q(kind=AudienceKind.EVERYONE)
        | Q(kind=AudienceKind.MEMBERS) & Exists(by_hand)
        | Q(kind=AudienceKind.SELECTION) & selected
    )


def holds(audience: Audience, member: Member) -> bool:
    """Whether the audience holds this member now."""
    return members_of(audience).filter(pk=member.pk).exists()


def count_of(audience: Audience) -> int:
    """How many members the audience holds now."""
    return members_of(audience).count()


def reach(members: QuerySet[Member]) -> Reach:
    """Both counts of any members, in one query."""
    counted = members.order_by().aggregate(
        members=Count("pk"), reachable=Count("pk", filter=_can_be_mailed())
    )
    return Reach(**counted)


def reachable(members: QuerySet[Member]) -> QuerySet[Member]:
    """Those who get e-mail: with a log-in that works and an address."""
    return members.filter(_can_be_mailed())


def counts_of(audiences: Iterable[Audience]) -> dict[int, int]:
    """How many members each audience holds now, by its primary key, for the rows of one page.

    One query, one for whom those parts are, and those of `stage` once for each event and part that an audience asks
    about.
    """
    counts = {audience.pk: 0 for audience in audiences}
    parts = {
        (audience.event_id or 0, audience.step_not_done) for audience in audiences if audience.step_not_done
    }
    rule, known = cache(stage), part_audiences(parts)
    each = [
        members_matching(Conditions.of(audience), rule, known=known)
        .order_by()
        .annotate(of=Value(audience.pk))
        .values("of")
        .annotate(number=Count("pk"))
        .values_list("of", "number")
        for audience in audiences
    ]
    if each:
        counts |= dict(each[0].union(*each[1:], all=True))
    return counts


def steps_that_wait(member: Member, parts: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Of these parts (primary key of the event, StepKind): those that the member has, and in which something waits.

    Three queries, whatever their number, and three more when such a part is for an audience; none without parts.
    """
    wanted = sorted(set(parts))
    events = ElectionEvent.objects.in_bulk({event for event, _kind in wanted}) if wanted else {}
    known = [(event, kind) for event, kind in wanted if event in events]
    stages = stages_of(member, [(StepKind(kind), events[event]) for event, kind in known])
    waiting = {part for part, found in zip(known, stages, strict=True) if found in UNFINISHED}
    return waiting - _not_for(member, part_audiences(waiting))


def _not_for(member: Member, parts: PartAudiences) -> set[tuple[int, str]]:
    """Which of these parts are for others."""
    if not parts:
        return set()
    asked = Audience.objects.filter(pk__in=[audience.pk for audience in parts.values()])
    held = set(audiences_of(member, asked).values_list("pk", flat=True))
    return {part for part, audience in parts.items() if audience.pk not in held}


def _places(member: Member) -> set[tuple[int, int, str]]:
    """Event, polling station and kind of position of each place of the member: a handful."""
    own = Assignment.objects.filter(member=member, state__in=PLACED_STATES)
    facts = ("shift__polling_station__event", "shift__polling_station", "shift__position__kind")
    return set(own.values_list(*facts))


def _fits_one_of(places: Iterable[tuple[int, int, str]]) -> Q:
    """Audiences that ask no position or station, or that ask what one of these places has."""
    fits = Q(position_kinds=[], by_station=False)
    for event, station, kind in places:
        there = through("stations").filter(audience=OuterRef("pk"), pollingstation=station)
        fits |= (
            Q(event=event)
            & (Q(position_kinds=[]) | Q(position_kinds__contains=[kind]))
            & (Q(by_station=False) | Q(Exists(there)))
        )
    return fits


def _waits_for(member: Member, audiences: QuerySet[Audience]) -> Q:
    asked = audiences.exclude(step_not_done="").order_by().values_list("event_id", "step_not_done").distinct()
    found = Q(step_not_done="")
    for event, kind in steps_that_wait(member, ((event, kind) for event, kind in asked if event)):
        found |= Q(event=event, step_not_done=kind)
    return found


def _can_be_mailed() -> Q:
    return Q(user__is_active=True) & ~Q(user__email="")


def audience_words(audience: Audience) -> str:
    """Who it is for, in words: "leden met kenmerk Engels, ingedeeld als voorzitter bij 12 stembureaus".

    At most two queries, and none after `with_parts`.
    """
    if audience.kind == AudienceKind.EVERYONE:
        return str(AudienceKind.EVERYONE.label)
    if audience.kind == AudienceKind.MEMBERS:
        number = getattr(audience, "picked", None)
        number = audience.members.count() if number is None else number
        words = ngettext("%(number)s lid dat u zelf koos", "%(number)s leden die u zelf koos", number)
        return words % {"number": grouped(number)}
    parts = [_label_words(audience), _place_words(audience)]
    if audience.placed != PlacedFilter.ANY:
        parts.append(str(PlacedFilter(audience.placed).label))
    if audience.step_not_done:
        step = StepKind(audience.step_not_done).label
        parts.append(_("nog niet klaar met “%(step)s”") % {"step": step})
    found = ", ".join(part for part in parts if part)
    return _("leden: %(conditions)s") % {"conditions": found}


def with_parts(audiences: QuerySet[Audience]) -> QuerySet[Audience]:
    """With everything that `audience_words` reads, in a fixed number of queries."""
    picked = through("members").filter(audience=OuterRef("pk")).order_by().values("audience")
    counted = Coalesce(Subquery(picked.annotate(number=Count("pk")).values("number")), 0)
    return audiences.annotate(picked=counted).select_related("event").prefetch_related("labels", "stations")


def _label_words(audience: Audience) -> str:
    if not audience.by_label:
        return ""
    names = [label.name for label in audience.labels.all()]
    if not names:
        return _("met een kenmerk dat niet meer bestaat")
    return _("met kenmerk %(names)s") % {"names": get_text_list(names, _("of"))}


def _place_words(audience: Audience) -> str:
    parts = []
    if audience.position_kinds:
        names = [
            str(PositionKind(kind).label) for kind in PositionKind.values if kind in audience.position_kinds
        ]
        parts.append(_("als %(positions)s") % {"positions": get_text_list(names, _("of"))})
    if audience.by_station:
        stations = list(audience.stations.all())
        number = len(stations)
        words = ngettext("bij stembureau %(first)s", "bij %(number)s stembureaus", number)
        if not number:
            words = _("bij een stembureau dat niet meer bestaat")
        parts.append(words % {"number": number, "first": stations[0].number if number == 1 else ""})
    return _("ingedeeld %(where)s") % {"where": " ".join(parts)} if parts else ""
