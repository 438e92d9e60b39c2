"""What a member did in all events, and how reliable that was: facts to weigh, not a mark."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.enums import AssignmentState
from elections.models import Assignment, AvailabilityResponse, ElectionEvent, Member
from elections.queries.placement import SOON


@dataclass
class EventHistory:
    """One event. worked, ahead: places whose day is over, or still to come. late: said no within two days before."""

    event: ElectionEvent
    answered: bool = False
    worked: list[Assignment] = field(default_factory=list)
    ahead: list[Assignment] = field(default_factory=list)
    absent: list[Assignment] = field(default_factory=list)
    declined: list[Assignment] = field(default_factory=list)
    late: list[Assignment] = field(default_factory=list)

    @property
    def facts(self) -> list[str]:
        """What stands beside the places, each in a few words."""
        counts = (
            (self.absent, ngettext("%(n)s keer niet gekomen", "%(n)s keer niet gekomen", len(self.absent))),
            (self.declined, ngettext("%(n)s keer afgezegd", "%(n)s keer afgezegd", len(self.declined))),
            (
                self.late,
                ngettext(
                    "waarvan %(n)s binnen twee dagen voor de dienst",
                    "waarvan %(n)s binnen twee dagen voor de dienst",
                    len(self.late),
                ),
            ),
        )
        found = [words % {"n": len(rows)} for rows, words in counts if rows]
        return found if self.answered else [*found, _("gaf geen beschikbaarheid door")]


@dataclass(frozen=True)
class History:
    """All events of one member, the newest first. earlier: how often before Zitting kept count."""

    events: list[EventHistory]
    earlier: int

    @property
    def times_worked(self) -> int:
        """In how many elections, those before Zitting too (as queries.experience)."""
        return self.earlier + sum(bool(each.worked) for each in self.events)

    @property
    def kept(self) -> int:
        """How many places of days that are over the member came to."""
        return sum(len(each.worked) for each in self.events)

    @property
    def missed(self) -> int:
        """How many the team had to fill anew at the last moment: not come, or said no within two days."""
        return sum(len(each.absent) + len(each.late) for each in self.events)

    @property
    def reliability(self) -> str:
        """In one sentence; empty while there is nothing to go by."""
        total = self.kept + self.missed
        if not total:
            return ""
        if not self.missed:
            words = ngettext("Kwam de ene keer.", "Kwam alle %(total)s keer.", total)
        else:
            words = _("Kwam %(kept)s van de %(total)s keer.")
        return words % {"kept": self.kept, "total": total}


def history_of(member: Member) -> History:
    """What this member did in each event. Two queries.

    Places count that the member knew of: published, or declined. What the team took back is nobody's fault.
    """
    today = timezone.localdate()
    found: dict[int, EventHistory] = {}
    by_event: dict[int, list[Assignment]] = defaultdict(list)
    known = Q(published_at__isnull=False) | Q(declined_at__isnull=False) | Q(state=AssignmentState.ABSENT)
    related = ("shift__polling_station__event", "shift__day_part__polling_day", "shift__position")
    for place in Assignment.objects.filter(known, member=member).select_related(*related).order_by("period"):
        event = place.shift.polling_station.event
        found.setdefault(event.pk, EventHistory(event))
        by_event[event.pk].append(place)
    answers = AvailabilityResponse.objects.filter(member=member, submitted_at__isnull=False)
    for response in answers.select_related("event"):
        found.setdefault(response.event_id, EventHistory(response.event)).answered = True
    for key, places in by_event.items():
        for place in places:
            _sort_in(found[key], place, is_over=place.shift.day_part.polling_day.date < today)
    newest = sorted(found.values(), key=lambda each: each.event.created_at, reverse=True)
    return History(newest, member.earlier_elections)


def _sort_in(history: EventHistory, place: Assignment, *, is_over: bool) -> None:
    if place.state == AssignmentState.PUBLISHED:
        (history.worked if is_over else history.ahead).append(place)
    elif place.state == AssignmentState.ABSENT:
        history.absent.append(place)
    elif place.declined_at and place.published_at:
        history.declined.append(place)
        if place.period.lower - place.declined_at < SOON:
            history.late.append(place)
