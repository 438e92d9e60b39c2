"""Changes of the plan that can be undone as a whole.

A change is a list of steps. A step holds the facts of one assignment before and after; no assignment on that side is
None. The facts name everything by uuid, so that a step says nothing about a person who was erased.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections import audit
from elections.actions.lock import lock_members, lock_shifts
from elections.enums import ACTIVE_ASSIGNMENT_STATES, AssignmentState, PlanChangeKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Assignment, ElectionEvent, Member, PlanChange, PollingStation, Shift, User
from elections.queries.event import require_open_event
from elections.queries.plan_change import last_act
from elections.queries.shift import ACTIVE_COUNT
from tenants.numbers import grouped

Facts = dict[str, Any]
Step = dict[str, Facts | None]

_PLAIN: Final = ("state", "source", "is_locked", "version")
_MOMENTS: Final = (
    "assigned_at",
    "published_at",
    "retracted_at",
    "answer_due_at",
    "accepted_at",
    "declined_at",
    "reminded_at",
)
_RELATED: Final = ("member", "shift", "assigned_by", "replaces")
_BATCH: Final = 1000
_NAMED: Final = 5  # stations that a sentence names


def facts(assignment: Assignment) -> Facts:
    """What undoing needs of `assignment`, of which member, shift, assigned_by and replaces are loaded."""
    found: Facts = {"uuid": str(assignment.uuid)}
    for name in _RELATED:
        related = getattr(assignment, name)
        found[name] = None if related is None else str(related.uuid)
    for name in _PLAIN:
        found[name] = getattr(assignment, name)
    for name in _MOMENTS:
        moment: datetime | None = getattr(assignment, name)
        found[name] = None if moment is None else moment.isoformat()
    return found


def step(before: Assignment | Facts | None, after: Assignment | Facts | None) -> Step:
    """One step of a change: an assignment, or its `facts` when the row itself has changed already."""
    return {
        side: facts(row) if isinstance(row, Assignment) else row
        for side, row in (("before", before), ("after", after))
    }


def record_change(event: ElectionEvent, kind: str, steps: Sequence[Step], *, by: User | None) -> PlanChange:
    """Keep a change so that `undo_change` can take it back. Part of the action that made it."""
    return PlanChange.objects.create(event=event, user=by, kind=kind, steps=list(steps))


@transaction.atomic
def undo_change(change: PlanChange, *, by: User | None, leaves_changed: bool = False) -> None:
    """Put every assignment of `change` back as it was, all of them or none; a few statements, whatever the number.

    leaves_changed: of a proposal that was taken over, leave alone whoever `plan_undo` says cannot go back.

    Raises:
        ChangedElsewhere: when somebody changed one of these assignments since; says who and when.
        ActionError: when it was undone already, the event is archived, or what was there no longer fits: the shift is
            gone or full, the member works elsewhere by now or is no longer active.
    """
    change = PlanChange.objects.select_for_update(of=("self",)).select_related("event").get(pk=change.pk)
    require_open_event(change.event)
    if change.undone_at:
        raise ActionError(_("Deze wijziging is al ongedaan gemaakt."))
    steps = cast("list[Step]", change.steps)
    if leaves_changed and change.kind == PlanChangeKind.TAKE_OVER:
        # Whoever changes one of these places meanwhile waits here, so that the answer still holds below.
        lock_shifts(Shift.objects.filter(uuid__in=_shift_uuids(steps)).values_list("pk", flat=True))
        steps = plan_undo(change).steps
        if not steps:
            raise ActionError(_("Er is niets meer dat u ongedaan kunt maken."))
    back = [one["before"] for one in steps if one["before"]]
    shifts = _shifts_of(steps)
    members = _members_back(back)
    rows = _rows_of(steps)
    _refuse_when_changed(steps, rows)
    try:
        with transaction.atomic():
            _put_back(steps, rows, shifts, members)
    except IntegrityError as error:
        raise ActionError(
            _(
                "U kunt dit niet meer ongedaan maken: iemand uit deze wijziging werkt dan intussen ergens anders."
            )
        ) from error
    _refuse_when_full(shifts)
    change.undone_at = timezone.now()
    change.save(update_fields=["undone_at"])
    audit.record_many("assignment.undo", [(row, {}) for row in rows.values()], by=by)
    audit.record("plan_change.undo", by=by, on=change, kind=change.get_kind_display(), count=len(steps))


@dataclass(frozen=True)
class UndoPlan:
    """What undoing a change can put back (`steps`), and the places that would stay.

    published: how many of the places that stay were published since. stations: where places stay.
    """

    steps: list[Step]
    stays: int
    published: int
    stations: list[PollingStation]

    @property
    def reason(self) -> str:
        """Why it cannot be undone as a whole, with where; empty when it can."""
        if not self.stays:
            return "" if self.steps else _("Van deze wijziging is niets meer over om ongedaan te maken.")
        if self.published:
            text = ngettext(
                "%(count)s plaats is intussen gepubliceerd en blijft.",
                "%(count)s plaatsen zijn intussen gepubliceerd en blijven.",
                self.published,
            ) % {"count": grouped(self.published)}
        else:
            text = ""
        if changed := self.stays - self.published:
            more = ngettext(
                "%(count)s plaats hangt samen met wat er daarna veranderde en blijft ook.",
                "%(count)s plaatsen hangen samen met wat er daarna veranderde en blijven ook.",
                changed,
            ) % {"count": grouped(changed)}
            text = f"{text} {more}".strip()
        names = ", ".join(str(station) for station in self.stations[:_NAMED])
        if (rest := len(self.stations) - _NAMED) > 0:
            names = _("%(stations)s en nog %(count)s") % {"stations": names, "count": rest}
        return f"{text} {_('Het gaat om: %(stations)s.') % {'stations': names}}"


def plan_undo(change: PlanChange) -> UndoPlan:
    """Look who can go back to where they were before `change`. A member goes back as a whole or stays as a whole.

    Whoever stays: somebody changed a place of theirs since (publishing is a change), they are no longer active, the
    shift is gone, or they work elsewhere by now; and then whoever finds no room because of them. Six queries.
    """
    steps = cast("list[Step]", change.steps)
    related = ("member", "assigned_by", "replaces", "shift")
    found = Assignment.objects.filter(uuid__in={side["uuid"] for side in _sides(steps)})
    rows = {str(row.uuid): row for row in found.select_related(*related)}
    known = Shift.objects.filter(uuid__in=_shift_uuids(steps)).annotate(taken=ACTIVE_COUNT)
    shifts = {str(shift.uuid): shift for shift in known.select_related("polling_station__venue")}
    staying = {_member_of(one) for one in steps if _is_changed(one, rows)}
    staying |= {
        _member_of(one) for one in steps if any(side["shift"] not in shifts for side in _sides([one]))
    }
    staying |= _cannot_return(steps, rows, shifts, staying)
    while more := _without_room(steps, shifts, staying):
        staying |= more
    left = [one["after"] for one in steps if _member_of(one) in staying and one["after"]]
    present = [rows[side["uuid"]] for side in left if side["uuid"] in rows]
    stations = {row.shift.polling_station_id for row in present}
    return UndoPlan(
        steps=[one for one in steps if _member_of(one) not in staying],
        stays=len(present),
        published=sum(row.published_at is not None for row in present),
        stations=list(
            PollingStation.objects.filter(pk__in=stations).select_related("venue").order_by("number")
        ),
    )


def _member_of(one: Step) -> str:
    return str(_sides([one])[0]["member"])


def _shift_uuids(steps: Iterable[Step]) -> set[str]:
    return {side["shift"] for side in _sides(steps)}


def _cannot_return(
    steps: Sequence[Step], rows: Mapping[str, Assignment], shifts: Mapping[str, Shift], staying: set[str]
) -> set[str]:
    """Members who are no longer active, or who work elsewhere by now at the time of the place they had."""
    back = [one["before"] for one in steps if one["before"] and _member_of(one) not in staying]
    back = [side for side in back if side["state"] in ACTIVE_ASSIGNMENT_STATES]
    wanted = {side["member"] for side in back}
    active = {
        str(uuid) for uuid in Member.objects.active().filter(uuid__in=wanted).values_list("uuid", flat=True)
    }
    elsewhere: dict[str, list[Any]] = {}
    others = Assignment.objects.active().filter(member__uuid__in=wanted).exclude(uuid__in=rows.keys())
    for member, period in others.values_list("member__uuid", "period"):
        elsewhere.setdefault(str(member), []).append(period)
    return (wanted - active) | {
        side["member"]
        for side in back
        for period in elsewhere.get(side["member"], ())
        if period.lower < shifts[side["shift"]].period.upper
        and shifts[side["shift"]].period.lower < period.upper
    }


def _without_room(steps: Sequence[Step], shifts: Mapping[str, Shift], staying: set[str]) -> set[str]:
    """Members who would come back to a shift that has not room for all who would."""
    change: Counter[str] = Counter()
    coming: dict[str, set[str]] = {}
    for one in steps:
        if _member_of(one) in staying:
            continue
        before, after = one["before"], one["after"]
        if after and after["state"] in ACTIVE_ASSIGNMENT_STATES:
            change[after["shift"]] -= 1
        if before and before["state"] in ACTIVE_ASSIGNMENT_STATES:
            change[before["shift"]] += 1
            coming.setdefault(before["shift"], set()).add(_member_of(one))
    return {
        member
        for uuid, members in coming.items()
        if change[uuid] > 0 and shifts[uuid].taken + change[uuid] > shifts[uuid].places  # type: ignore[attr-defined]
        for member in members
    }


def _sides(steps: Iterable[Step]) -> list[Facts]:
    return [side for one in steps for side in (one["before"], one["after"]) if side]


def _shifts_of(steps: Sequence[Step]) -> dict[str, Shift]:
    """The shifts of these steps by uuid, locked."""
    wanted = {side["shift"] for side in _sides(steps)}
    known = Shift.objects.filter(uuid__in=wanted).values_list("pk", flat=True)
    found = {str(shift.uuid): shift for shift in lock_shifts(known).values()}
    if wanted - found.keys():
        raise ActionError(_("U kunt dit niet meer ongedaan maken: een van de diensten is verwijderd."))
    return found


def _members_back(back: Sequence[Facts]) -> dict[str, Member]:
    """The members who get a place back, by uuid, locked."""
    known = Member.objects.filter(uuid__in={side["member"] for side in back})
    found = {str(member.uuid): member for member in lock_members(known.values_list("pk", flat=True)).values()}
    for side in back:
        member = found[side["member"]]
        if side["state"] in ACTIVE_ASSIGNMENT_STATES and not member.is_active:
            raise ActionError(
                _("U kunt dit niet meer ongedaan maken: %(name)s staat op niet actief.")
                % {"name": member.full_name}
            )
    return found


def _rows_of(steps: Sequence[Step]) -> dict[str, Assignment]:
    related = (
        "member",
        "assigned_by",
        "replaces",
        "shift__polling_station",
        "shift__day_part",
        "shift__position",
    )
    rows = Assignment.objects.filter(uuid__in={side["uuid"] for side in _sides(steps)})
    return {
        str(row.uuid): row
        for row in rows.select_for_update(of=("self",)).select_related(*related).order_by("pk")
    }


def _refuse_when_changed(steps: Sequence[Step], rows: Mapping[str, Assignment]) -> None:
    """Somebody else's work is never undone along: what is there now must be what the change left behind.

    The version does not count: an undo raises it, and undoing two changes one after the other must work. Nor does a
    reminder: it says nothing about the place.
    """
    for one in steps:
        if _is_changed(one, rows):
            text = _("U kunt dit niet meer ongedaan maken. %(act)s") % {
                "act": last_act(_sides([one])[0]["uuid"])
            }
            raise ChangedElsewhere(text.strip())


def _is_changed(one: Step, rows: Mapping[str, Assignment]) -> bool:
    row = rows.get(_sides([one])[0]["uuid"])
    left = _compared(one["after"]) if one["after"] else None
    return left != (_compared(facts(row)) if row else None)


def _compared(side: Facts) -> Facts:
    return {name: value for name, value in side.items() if name not in ("version", "reminded_at")}


def _put_back(
    steps: Sequence[Step],
    rows: Mapping[str, Assignment],
    shifts: Mapping[str, Shift],
    members: Mapping[str, Member],
) -> None:
    """First what was added goes, then what moved steps aside, then everything takes its old place.

    In that order no row ever stands in the way of another, and each is one statement per thousand rows.
    """
    back = [one["before"] for one in steps if one["before"]]
    added = [one["after"]["uuid"] for one in steps if one["after"] and not one["before"]]
    for batch in _batches(added):
        Assignment.objects.filter(uuid__in=batch).delete()
    for batch in _batches([side["uuid"] for side in back if side["uuid"] in rows]):
        Assignment.objects.filter(uuid__in=batch).update(state=AssignmentState.CANCELLED, declined_at=None)
    users = {
        str(uuid): pk
        for uuid, pk in User.objects.filter(
            uuid__in={side["assigned_by"] for side in back if side["assigned_by"]}
        ).values_list("uuid", "pk")
    }
    replaced = {
        str(uuid): pk
        for uuid, pk in Assignment.objects.filter(
            uuid__in={side["replaces"] for side in back if side["replaces"]}
        ).values_list("uuid", "pk")
    }
    restored = []
    for side in back:
        present = rows.get(side["uuid"])
        restored.append(
            Assignment(
                uuid=side["uuid"],
                member=members[side["member"]],
                shift=shifts[side["shift"]],
                period=shifts[side["shift"]].period,
                assigned_by_id=users.get(side["assigned_by"]),
                replaces_id=replaced.get(side["replaces"]),
                end_reason=""
                if side["state"] in ACTIVE_ASSIGNMENT_STATES or not present
                else present.end_reason,
                **{name: side[name] for name in _PLAIN if name != "version"},
                version=max(side["version"], present.version if present else 0) + 1,
                **{name: _moment(side[name]) for name in _MOMENTS},
            )
        )
    Assignment.objects.bulk_create(
        restored,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["uuid"],
        update_fields=[*_RELATED, *_PLAIN, *_MOMENTS, "period", "end_reason"],
    )


def _refuse_when_full(shifts: Mapping[str, Shift]) -> None:
    """The trigger that guards the places speaks at the end of the transaction, too late for a sentence."""
    for shift in (
        Shift.objects.filter(pk__in=[shift.pk for shift in shifts.values()])
        .annotate(taken=ACTIVE_COUNT)
        .select_related("polling_station", "day_part", "position")
    ):
        if shift.taken > shift.places:
            raise ActionError(
                _("U kunt dit niet meer ongedaan maken: dienst %(shift)s is intussen vol.") % {"shift": shift}
            )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _batches(uuids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (uuids[start : start + _BATCH] for start in range(0, len(uuids), _BATCH))
