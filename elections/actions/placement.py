"""What members say to their place: that they come, or cannot; and asking once more who said nothing.

Rows are locked in the order of elections.actions.lock: shift, member, assignment. A place that a decline frees is
offered to the next after the decline is committed: nobody keeps a member locked while they wait for another shift.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.lock import lock_assignment, lock_members
from elections.actions.place_offer import lock_places, lock_shift, place_opened, require_version
from elections.enums import AssignmentSource, AssignmentState, MailKind
from elections.errors import ActionError
from elections.models import Assignment, ElectionEvent, Member, PlacementChange, User
from elections.notify import outbox
from elections.queries.assignment import active_assignments, why_not_strict
from elections.queries.event import require_open_event
from elections.queries.placement import may_decline, same_card
from elections.queries.placement_answer import silent_places

MAX_REASON = 300


@transaction.atomic
def accept_placement(
    assignment: Assignment, *, by: User | None, as_team: bool = False, version: int | None = None
) -> Assignment:
    """The member comes. Twice changes nothing; too late is accepted too: the team decides what to do with it.

    Who said no may come back as long as the place is free and nothing stands in the way by now.

    as_team: a colleague heard it on the telephone. Not read from `by`: a colleague may be a member too.
    version: of the assignment, as the page showed it; left out, nobody looked at a page.

    Raises:
        ChangedElsewhere: when the place is not as the page showed it.
        ActionError: when it is not, or no longer, a published place of the member; when the work has begun; or when
            somebody else has the place by now.
    """
    current = _current(assignment, as_team=as_team)
    if current.accepted_at:
        return current
    require_version(current, version)
    if current.state == AssignmentState.DECLINED:
        _require_still_free(current)
        current.state, current.declined_at, current.end_reason = AssignmentState.PUBLISHED, None, ""
    current.accepted_at = timezone.now()
    _save(current)
    audit.record("placement.accept", by=by, on=current, member=str(current.member.uuid))
    return current


def decline_placement(
    assignment: Assignment,
    reason: str,
    *,
    by: User | None,
    as_team: bool = False,
    version: int | None = None,
) -> None:
    """The member cannot come: the place is free at once. Twice changes nothing.

    Where the event wants that, the next in line is offered the place right after; whatever fails there, the no stands.

    reason: in the member's own words, at most 300 characters.
    as_team: a colleague heard it on the telephone. Not read from `by`: a colleague may be a member too.
    version: of the assignment, as the page showed it; left out, nobody looked at a page.

    Raises:
        ChangedElsewhere: when the place is not as the page showed it.
        ActionError: without a reason, when it is not a published place of the member, or, for the member, on the day
            itself: then they must call.
    """
    with transaction.atomic():
        lock_places([assignment.shift, *(row.shift for row in _successors(assignment))])
        freed = _decline(assignment, reason, by=by, as_team=as_team, version=version)
    for place in freed:
        _follow_up(place)


def _decline(
    assignment: Assignment,
    reason: str,
    *,
    by: User | None,
    as_team: bool = False,
    version: int | None = None,
) -> list[Assignment]:
    """Write the no; returns what it frees. Part of `decline_placement` and `answer_card`, which lock the shifts."""
    reason = reason.strip()
    if not reason:
        raise ActionError(_("Vul in waarom u niet kunt."))
    if len(reason) > MAX_REASON:
        raise ActionError(_("Maak uw antwoord korter: hoogstens 300 tekens."))
    current = _current(assignment, as_team=as_team)
    if current.state == AssignmentState.DECLINED:
        return []
    require_version(current, version)
    if not as_team and not may_decline(current):
        raise ActionError(_("U werkt vandaag. Bel het team verkiezingen als u niet kunt."))
    was_active = current.state == AssignmentState.PUBLISHED
    if not was_active:
        current.retracted_at = (
            timezone.now()
        )  # the team had taken it away already, unpublished: nothing left to tell
    current.state, current.declined_at, current.accepted_at = (
        AssignmentState.DECLINED,
        timezone.now(),
        None,
    )
    current.end_reason = reason
    _save(current)
    audit.record("placement.decline", by=by, on=current, member=str(current.member.uuid))
    return [current] if was_active else _end_successors(current, by)


def _successors(assignment: Assignment) -> QuerySet[Assignment]:
    """Where the team moved this member to, unpublished: the no to the place they know of counts for that too."""
    moved = Assignment.objects.filter(
        replaces=assignment.pk, state=AssignmentState.CONFIRMED, published_at=None
    )
    return moved.select_related("member", "shift__polling_station__event")


def _end_successors(current: Assignment, by: User | None) -> list[Assignment]:
    ended = []
    for row in _successors(current).select_for_update(of=("self",)):
        audit.record(
            "assignment.remove", by=by, on=row, member=str(row.member.uuid), shift=str(row.shift.uuid)
        )
        ended.append(row)
    Assignment.objects.filter(pk__in=[row.pk for row in ended]).delete()
    return ended


@transaction.atomic
def remind_placements(event: ElectionEvent, *, by: User | None) -> int:
    """Mail everybody who did not answer to their place, at most once in 48 hours. Returns how many members.

    Raises:
        ActionError: in an archived event, or when there is nobody to remind now.
    """
    require_open_event(event)
    ElectionEvent.objects.select_for_update(no_key=True).get(pk=event.pk)  # two colleagues: one reminder
    now = timezone.now()
    places = list(
        silent_places(event, to_remind=True).select_related("member__user").order_by("period", "pk")
    )
    if not places:
        raise ActionError(
            _(
                "Er is niemand om te herinneren. Wie nog niet antwoordde, kreeg de laatste 48 uur al een e-mail."
            )
        )
    Assignment.objects.filter(pk__in=[place.pk for place in places]).update(reminded_at=now)
    first_of = {place.member_id: place for place in reversed(places)}
    outbox.enqueue_many(
        MailKind.PLACEMENT_REMINDER,
        (
            outbox.Recipient(
                place.member.user, f"placement-reminder:{place.uuid}:{now.isoformat()}", place.uuid
            )
            for place in first_of.values()
            if place.member.user
        ),
    )
    audit.record("placement.remind", by=by, on=event, members=len(first_of))
    return len(first_of)


def answer_card(
    assignment: Assignment,
    *,
    comes: Iterable[Assignment] = (),
    declines: Iterable[Assignment] = (),
    reason: str = "",
    by: User | None,
    seen: Mapping[UUID, int] | None = None,
) -> None:
    """Answer at once for several shifts of one member at one station on one day: what they see as one place.

    seen: the version of each shift's assignment as the page showed it, by uuid; left out, nobody looked at a page.

    Raises:
        ChangedElsewhere: for a shift that was not on the page, or not as it is now; then nothing has changed.
        ActionError: as `accept_placement` and `decline_placement`, and for a shift that is not on the same card; then
            nothing has changed.
    """
    with transaction.atomic():
        # Every shift before the member: one by one, a second shift would be waited for with the member in hand.
        card = list(same_card(assignment))
        moved = [row.shift for place in card for row in _successors(place)]
        locked = lock_places([*(place.shift for place in card), *moved])
        lock_members([assignment.member_id])
        known = {place.pk for place in same_card(assignment) if place.shift_id in locked}
        for place in sorted(comes, key=lambda place: place.pk):
            _require_on_card(place, known)
            accept_placement(place, by=by, version=_version_of(place, seen))
        no: list[Assignment] = []
        for place in sorted(declines, key=lambda place: place.pk):
            _require_on_card(place, known)
            no += _decline(place, reason, by=by, version=_version_of(place, seen))
    for freed in no:
        _follow_up(freed)


@transaction.atomic
def see_changes(member: Member, event: ElectionEvent, *, by: User | None) -> int:
    """The member read what changed; it is not shown on top any more. Returns how many changes there were."""
    unseen = PlacementChange.objects.filter(member=member, event=event, seen_at=None)
    count = unseen.update(seen_at=timezone.now())
    if count:
        audit.record("placement.see", by=by, on=member, count=count)
    return count


def _current(assignment: Assignment, *, as_team: bool) -> Assignment:
    """The place as it is now, locked; one that the member sees, or declined before."""
    lock_shift(assignment.shift)
    current = lock_assignment(assignment)
    if current is None or current.published_at is None or current.retracted_at is not None:
        raise ActionError(_gone())
    if current.state not in (
        AssignmentState.PUBLISHED,
        AssignmentState.CANCELLED,
        AssignmentState.DECLINED,
    ):
        raise ActionError(_gone())
    event = current.shift.polling_station.event
    require_open_event(event)
    if not event.asks_answer and not as_team:
        raise ActionError(_("Bel het team verkiezingen als u niet kunt."))
    if not as_team and current.shift.period.lower <= timezone.now():
        raise ActionError(_("Deze dienst is al begonnen. Bel het team verkiezingen."))
    return current


def _gone() -> str:
    return _("Deze plaats geldt niet meer. Kijk op uw pagina hoe het nu is.")


def _require_still_free(current: Assignment) -> None:
    shift = current.shift
    if shift.assignments.active().count() >= shift.places:
        raise ActionError(_("Deze plaats is al door iemand anders ingevuld. Bel ons als u toch kunt."))
    if why_not_strict(current.member, shift, active_assignments(current.member)):
        raise ActionError(_("U kunt deze plaats niet meer krijgen. Bel ons als u toch kunt."))


def _version_of(place: Assignment, seen: Mapping[UUID, int] | None) -> int | None:
    """The version that the page showed: one that never was for a place that was not on it."""
    return None if seen is None else seen.get(place.uuid, 0)


def _require_on_card(place: Assignment, known: set[int]) -> None:
    if place.pk not in known:
        raise ActionError(_gone())


def _follow_up(declined: Assignment) -> None:
    """Offer the free place to the next in line, or to its waiting line alone."""
    wanted = declined.shift.polling_station.event.offers_next
    with suppress(ActionError):
        place_opened(
            declined.shift, source=AssignmentSource.FOLLOW_UP if wanted else AssignmentSource.WAITLIST
        )


def _save(current: Assignment) -> None:
    current.version += 1
    try:
        with transaction.atomic():
            current.save(
                update_fields=[
                    "state",
                    "version",
                    "accepted_at",
                    "declined_at",
                    "end_reason",
                    "retracted_at",
                ]
            )
    except IntegrityError as error:
        raise ActionError(_("U kunt deze plaats niet meer krijgen. Bel ons als u toch kunt.")) from error
