"""What members say to their place: that they come, or cannot; and asking once more who said nothing.

Rows are locked in the order of elections.actions.lock: shift, member, assignment.
"""

from collections.abc import Iterable
from contextlib import suppress

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.lock import lock_assignment
from elections.actions.place_offer import lock_shift, place_opened
from elections.enums import AssignmentSource, AssignmentState, MailKind
from elections.errors import ActionError
from elections.models import Assignment, ElectionEvent, Member, PlacementChange, User
from elections.notify import outbox
from elections.queries.assignment import active_assignments, why_not
from elections.queries.event import require_open_event
from elections.queries.placement import may_decline, same_card
from elections.queries.placement_answer import silent_places

MAX_REASON = 300


@transaction.atomic
def accept_placement(assignment: Assignment, *, by: User | None) -> Assignment:
    """The member comes. Twice changes nothing; too late is accepted too: the team decides what to do with it.

    Who said no may come back as long as the place is free and nothing stands in the way by now.

    by: the member, or the colleague who heard it on the telephone.

    Raises:
        ActionError: when it is not, or no longer, a published place of the member; when the work has begun; or when
            somebody else has the place by now.
    """
    current = _current(assignment, by=by)
    if current.accepted_at:
        return current
    if current.state == AssignmentState.DECLINED:
        _require_still_free(current)
        current.state, current.declined_at, current.end_reason = AssignmentState.PUBLISHED, None, ""
    current.accepted_at = timezone.now()
    _save(current)
    audit.record("placement.accept", by=by, on=current, member=str(current.member.uuid))
    return current


@transaction.atomic
def decline_placement(assignment: Assignment, reason: str, *, by: User | None) -> None:
    """The member cannot come: the place is free at once. Twice changes nothing.

    Where the event wants that, the next in line is offered the place in the same moment.

    reason: in the member's own words, at most 300 characters.
    by: the member, or the colleague who heard it on the telephone.

    Raises:
        ActionError: without a reason, when it is not a published place of the member, or, for the member, on the day
            itself: then they must call.
    """
    reason = reason.strip()
    if not reason:
        raise ActionError(_("Vul in waarom u niet kunt."))
    if len(reason) > MAX_REASON:
        raise ActionError(_("Maak uw antwoord korter: hoogstens 300 tekens."))
    current = _current(assignment, by=by)
    if current.state == AssignmentState.DECLINED:
        return
    if not _is_staff(by) and not may_decline(current):
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
    if was_active:
        _follow_up(current)


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


@transaction.atomic
def answer_card(
    assignment: Assignment,
    *,
    comes: Iterable[Assignment] = (),
    declines: Iterable[Assignment] = (),
    reason: str = "",
    by: User | None,
) -> None:
    """Answer at once for several shifts of one member at one station on one day: what they see as one place.

    Raises:
        ActionError: as `accept_placement` and `decline_placement`, and for a shift that is not on the same card; then
            nothing has changed.
    """
    known = {place.pk for place in same_card(assignment)}
    for place in sorted(comes, key=lambda place: place.pk):
        _require_on_card(place, known)
        accept_placement(place, by=by)
    for place in sorted(declines, key=lambda place: place.pk):
        _require_on_card(place, known)
        decline_placement(place, reason, by=by)


@transaction.atomic
def see_changes(member: Member, event: ElectionEvent, *, by: User | None) -> int:
    """The member read what changed; it is not shown on top any more. Returns how many changes there were."""
    unseen = PlacementChange.objects.filter(member=member, event=event, seen_at=None)
    count = unseen.update(seen_at=timezone.now())
    if count:
        audit.record("placement.see", by=by, on=member, count=count)
    return count


def _current(assignment: Assignment, *, by: User | None) -> Assignment:
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
    if not event.asks_answer and not _is_staff(by):
        raise ActionError(_("Bel het team verkiezingen als u niet kunt."))
    if not _is_staff(by) and current.period.lower <= timezone.now():
        raise ActionError(_("Deze dienst is al begonnen. Bel het team verkiezingen."))
    return current


def _gone() -> str:
    return _("Deze plaats geldt niet meer. Kijk op uw pagina hoe het nu is.")


def _require_still_free(current: Assignment) -> None:
    shift = current.shift
    if shift.assignments.active().count() >= shift.places:
        raise ActionError(_("Deze plaats is al door iemand anders ingevuld. Bel ons als u toch kunt."))
    if why_not(current.member, shift, active_assignments(current.member)):
        raise ActionError(_("U kunt deze plaats niet meer krijgen. Bel ons als u toch kunt."))


def _require_on_card(place: Assignment, known: set[int]) -> None:
    if place.pk not in known:
        raise ActionError(_gone())


def _follow_up(declined: Assignment) -> None:
    """Offer the free place to the next in line, or to its waiting line alone; whatever fails there, the no stands."""
    wanted = declined.shift.polling_station.event.offers_next
    with suppress(ActionError), transaction.atomic():
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


def _is_staff(by: User | None) -> bool:
    return by is not None and by.is_staff_member
