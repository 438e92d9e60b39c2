"""Who may have a place that a member picks or is offered, and whether lines are served by themselves."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections import eligibility
from elections.eligibility import Objection, Person, Work
from elections.enums import ACTIVE_ASSIGNMENT_STATES, StepKind
from elections.models import Assignment, ElectionEvent, Member, Shift
from elections.models.assignment import ACTIVE
from elections.queries.candidate import candidate_members
from elections.queries.experience import experience
from elections.queries.own_choice import refused_by_team
from elections.queries.portal_step import open_to_some
from elections.queries.training_gate import trainings_passed

# What stands in the way, in the words of a page for the member. A place that the team has in mind for somebody is
# not known to them yet, so overlap is said with care.
IN_THE_WAY: Final[Mapping[Objection, str | Promise]] = {
    Objection.INACTIVE: gettext_lazy("U doet deze keer niet mee."),
    Objection.KIND: gettext_lazy("U staat niet genoteerd voor deze functie."),
    Objection.AGE: gettext_lazy("U bent op die dag nog te jong voor deze functie."),
    Objection.TRAINING: gettext_lazy("Voor deze functie moet u eerst de training doen."),
    Objection.CANDIDATE: gettext_lazy("U staat misschien op een kandidatenlijst. Neem contact met ons op."),
    Objection.OVERLAP: gettext_lazy(
        "U hebt op dat tijdstip al een plaats, of het team houdt er een voor u vrij."
    ),
    Objection.REST: gettext_lazy("U hebt dan te weinig rust tussen twee dagen."),
    Objection.HOURS: gettext_lazy("U werkt dan te veel uren op één dag."),
}

# What eligibility.work_from takes, of an assignment.
_FACTS_OF_WORK: Final = (
    "shift__position__kind",
    "shift__position__minimum_age",
    "shift__position__needs_training",
    "shift__day_part__polling_day__date",
    "shift__period",
)


class Judge:
    """What stands in the way of these members in this event. Reads everything at once, in at most six queries.

    A municipality may limit how many people without experience work at one station in one day part
    (`event.maximum_inexperienced`); an offer or a place that waits for the team counts too.
    """

    def __init__(self, event: ElectionEvent, members: Iterable[Member]) -> None:
        people = list(members)
        keys = [member.pk for member in people]
        self.event = event
        self.rules = eligibility.rules_of(event)
        candidates = candidate_members(event) if self.rules.blocks_candidates and keys else set()
        trainings = trainings_passed(self.rules, keys)
        self._people: dict[int, Person] = {
            member.pk: eligibility.person_of(
                member, is_candidate=member.pk in candidates, trainings=trainings.get(member.pk, ())
            )
            for member in people
        }
        self._busy: dict[int, list[Work]] = defaultdict(list)
        self._refused: set[tuple[int, int]] = set()
        places: Any = Assignment.objects.filter(ACTIVE | refused_by_team(), member__in=keys)
        for member_id, shift_id, state, *facts in places.values_list(
            "member_id", "shift_id", "state", *_FACTS_OF_WORK
        ):
            if state in ACTIVE_ASSIGNMENT_STATES:
                self._busy[member_id].append(eligibility.work_from(*facts))
            else:
                self._refused.add((member_id, shift_id))
        self._novices: set[int] = set()
        self._crowded: set[tuple[int, int]] = set()
        if event.maximum_inexperienced is not None and keys:
            known = experience(keys, event)
            self._novices = {key for key in keys if not known.get(key)}
            if self._novices:
                self._crowded = _without_room_for_novices(event)
        self._no_novices = event.maximum_inexperienced == 0
        self._found: dict[tuple[object, ...], list[str]] = {}

    def against(self, member: Member, shift: Shift) -> list[str]:
        """Every reason why `member` may not have a place in `shift`, as sentences to that member.

        `shift` has its position and polling day loaded. Whether there is a place left is another question.
        """
        return self.against_work(
            member, eligibility.work_of(shift), (shift.pk, shift.polling_station_id, shift.day_part_id)
        )

    def against_work(self, member: Member, work: Work, where: tuple[int, int, int]) -> list[str]:
        """As `against`, of a shift in plain facts; where: its key, its station's and its day part's."""
        shift, station, part = where
        key = (member.pk, work)
        if key not in self._found:
            objections = [
                *eligibility.objections_to_person(self._people[member.pk], work, self.rules),
                *eligibility.objections_to_time(work, self._busy[member.pk], self.rules),
            ]
            self._found[key] = [str(IN_THE_WAY[objection]) for objection in objections]
        reasons = list(self._found[key])
        if work.start <= timezone.now():
            reasons.append(_("Deze dienst is al begonnen."))
        if (member.pk, shift) in self._refused:
            reasons.append(_("Het team verkiezingen kon u deze plaats niet geven."))
        if member.pk in self._novices and (self._no_novices or (station, part) in self._crowded):
            reasons.append(_("Bij dit stembureau werken dan al genoeg nieuwe mensen."))
        return reasons


def _without_room_for_novices(event: ElectionEvent) -> set[tuple[int, int]]:
    """(station, day part) where as many people without experience have a place as the event allows."""
    rows = list(
        Assignment.objects.active()
        .of_event(event)
        .values_list("member_id", "shift__polling_station_id", "shift__day_part_id")
    )
    known = experience({member for member, _station, _part in rows}, event)
    counts = Counter((station, part) for member, station, part in rows if not known.get(member))
    return {where for where, count in counts.items() if count >= (event.maximum_inexperienced or 0)}


def serves_lines(event: ElectionEvent) -> bool:
    """Whether a place that opens goes to the line by itself: while members pick, or when the team wants it so."""
    return event.archived_at is None and (
        event.offers_next or open_to_some(event, StepKind.RESERVATION) is not None
    )
