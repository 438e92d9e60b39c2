"""Making the plan known: what was published is what members see.

Publishing shows new places, and tells who had a place what became of it: moved, or taken back. Each member gets one
mail, which says that something waits and never what; the portal shows exactly what changed (PlacementChange).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.lock import lock_shifts
from elections.actions.portal_step import show_step
from elections.enums import AssignmentState, MailKind, PlacementChangeKind, StepKind
from elections.errors import ActionError
from elections.models import Assignment, ElectionEvent, Member, PlacementChange, PollingStation, User
from elections.notify import outbox
from elections.queries.coverage import stations_within_law
from elections.queries.event import require_open_event
from elections.queries.placement import RELATED, Words, place_words
from elections.queries.publication import (
    Difference,
    differences_in,
    knows_a_place,
    waiting_rows,
    who_can_look,
)

# Corrections within this time that the member did not see yet are told as one, with one mail.
SAME_CORRECTION: Final = timedelta(hours=24)


@dataclass(frozen=True)
class Published:
    """What publishing did: places shown, moved and taken back, and how many members hear of it."""

    new: int
    moved: int
    removed: int
    members: int


@transaction.atomic
def publish_assignments(
    event: ElectionEvent,
    *,
    by: User | None,
    station: PollingStation | None = None,
    member: Member | None = None,
    only_lawful: bool = False,
) -> Published:
    """Bring what members see in line with the plan of an event, or of one station or one member.

    Only confirmed places: what a member picked and the team did not confirm, or was offered, stays as it is. Who has
    a place for the first time is told so; who had one, that something changed: one mail, however many places. A move
    between two stations belongs to both. A place that went away and came back counts as unchanged, with its answer.

    only_lawful: leave for later what comes, or only goes, at stations that do not meet the law yet (art. J 12, E 3).

    Raises:
        ActionError: in an archived event, when there is nothing to publish, or when the step of the portal lies
            outside its period.
    """
    require_open_event(event)
    # Whoever publishes at the same moment waits here, and then finds less to do or nothing.
    event = ElectionEvent.objects.select_for_update(no_key=True).get(pk=event.pk)
    found = _to_publish(event, station, member, only_lawful=only_lawful)
    knowing = knows_a_place(event, {each.member.pk for each in found})
    _show(event, found)
    _log(found, by)
    shown = {each.member.pk for each in found if each.after is not None}
    show_step(event, StepKind.PLACEMENT, shown, by=by)
    telling = [each for each in found if not each.is_same]
    changes = _write_changes(event, [each for each in telling if each.member.pk in knowing])
    _mail_new(each for each in telling if each.member.pk not in knowing)
    _mail_changed(changes)
    done = Published(
        new=sum(each.before is None for each in telling),
        moved=sum(each.kind == PlacementChangeKind.MOVED for each in telling),
        removed=sum(each.after is None for each in telling),
        members=len({each.member.pk for each in telling}),
    )
    audit.record(
        "assignment.publish",
        by=by,
        on=station or member or event,
        assignments=done.new,
        changed=done.moved,
        removed=done.removed,
        members=done.members,
        only_lawful=only_lawful,
    )
    return done


def _to_publish(
    event: ElectionEvent, station: PollingStation | None, member: Member | None, *, only_lawful: bool
) -> list[Difference]:
    """What waits, with its shifts and rows locked. Raises ActionError when it is nothing."""
    shifts = lock_shifts(waiting_rows(event, member).values_list("shift", flat=True))
    # Who was moved while this waited for the locks has half of the move in a shift that is not locked: next time.
    moving = waiting_rows(event, member).exclude(shift__in=shifts).values_list("member", flat=True)
    rows = waiting_rows(event, member).filter(shift__in=shifts).exclude(member__in=set(moving))
    rows = rows.select_for_update(of=("self",)).order_by("pk")
    found = differences_in(rows, station)
    if only_lawful:
        lawful = stations_within_law(event)
        found = [each for each in found if each.is_at(lawful)]
        if not found:
            raise ActionError(_("Bij geen enkel stembureau zonder gaten is er iets te publiceren."))
    if not found:
        raise ActionError(_("Alles is al gepubliceerd."))
    return found


@transaction.atomic
def note_changes(before: Mapping[int, Words], *, by: User | None) -> int:
    """Tell members that the address or name of a published place changed. Part of larger actions.

    Take `before = published_words(<assignments>)` (queries.publication), change the rows, and call this in the same
    transaction. What reads the same as before is no change. A further correction within a day, before the member
    looked, is added to the first and mailed no second time; one that takes everything back removes it. Who cannot open
    the page with their place now, gets no mail; the change waits there for them.

    Returns:
        How many members have something new to read.
    """
    places = Assignment.objects.filter(pk__in=before.keys()).select_related("member__user", *RELATED)
    by_event: dict[ElectionEvent, list[PlacementChange]] = defaultdict(list)
    for place in places.order_by("pk"):
        after = place_words(place)
        if after == before[place.pk]:
            continue
        # Whoever answers from a page with the old words hears that they changed.
        Assignment.objects.filter(pk=place.pk).update(version=F("version") + 1)
        change = _note(place, before[place.pk], after)
        if change:
            by_event[place.shift.polling_station.event].append(change)
    for event, changes in by_event.items():
        audit.record("placement.change", by=by, on=event, members=len({each.member_id for each in changes}))
        looking = who_can_look(event, {each.member_id for each in changes})
        _mail_changed(each for each in changes if each.member_id in looking)
    return len({change.member_id for changes in by_event.values() for change in changes})


def answer_deadline(event: ElectionEvent, starts_at: datetime) -> datetime | None:
    """Until when members answer to a place that is published now: the end of a local day, but before the work begins.

    None when the municipality does not ask.
    """
    if not event.asks_answer:
        return None
    last_day = timezone.localdate() + timedelta(days=event.answer_days)
    end_of_day = timezone.make_aware(datetime.combine(last_day, time(23, 59, 59)))
    return min(end_of_day, starts_at)


def _show(event: ElectionEvent, found: list[Difference]) -> None:
    """Write the states: shown from now on, or told that it is gone."""
    now = timezone.now()
    shown = []
    for each in found:
        if each.after is None:
            continue
        place = each.after
        place.state = AssignmentState.PUBLISHED
        place.published_at = now
        if each.before and each.is_same:
            place.published_at = each.before.published_at
            place.accepted_at = each.before.accepted_at
            place.answer_due_at = each.before.answer_due_at
            place.reminded_at = each.before.reminded_at
        elif place.accepted_at is None:
            # Who accepted an offer for it has answered already.
            place.answer_due_at = answer_deadline(event, place.period.lower)
        place.version += 1
        shown.append(place)
    fields = ("state", "published_at", "accepted_at", "answer_due_at", "reminded_at", "version")
    Assignment.objects.bulk_update(shown, fields, batch_size=1000)
    gone = [each.before.pk for each in found if each.before]
    Assignment.objects.filter(pk__in=gone).update(retracted_at=now, version=F("version") + 1)


def _log(found: list[Difference], by: User | None) -> None:
    """In the log of each place: who comes second reads that it was published."""
    rows = {place.pk: place for each in found for place in (each.before, each.after) if place}
    audit.record_many(
        "placement.publish",
        [
            (place, {"member": str(place.member.uuid), "shift": str(place.shift.uuid)})
            for place in rows.values()
        ],
        by=by,
    )


def _write_changes(event: ElectionEvent, found: list[Difference]) -> list[PlacementChange]:
    return PlacementChange.objects.bulk_create(
        (
            PlacementChange(
                member=each.member,
                event=event,
                assignment=each.after or each.before,
                kind=each.kind,
                before=each.before_words,
                after=each.after_words,
            )
            for each in found
        ),
        batch_size=1000,
    )


def _note(place: Assignment, before: Words, after: Words) -> PlacementChange | None:
    """Write what changed for one place; None when it is again as the member saw it last."""
    event = place.shift.polling_station.event
    since = timezone.now() - SAME_CORRECTION
    open_one = (
        PlacementChange.objects.select_for_update(of=("self",))
        .filter(
            assignment=place,
            seen_at=None,
            created_at__gte=since,
            kind=PlacementChangeKind.VENUE,
        )
        .first()
    )
    if open_one is None:
        return PlacementChange.objects.create(
            member=place.member,
            event=event,
            assignment=place,
            kind=PlacementChangeKind.VENUE,
            before=before,
            after=after,
        )
    if open_one.before == after:
        open_one.delete()
        return None
    open_one.after = after
    open_one.save(update_fields=["after"])
    return open_one


def _mail_new(found: Iterable[Difference]) -> None:
    """One mail per member, named by their first place: that is published only once."""
    first_of: dict[int, Assignment] = {}
    for each in found:
        if each.after:
            first_of.setdefault(each.member.pk, each.after)
    outbox.enqueue_many(
        MailKind.PLACEMENT_PUBLISHED,
        (
            outbox.Recipient(place.member.user, f"placement:{place.uuid}", place.uuid)
            for place in first_of.values()
            if place.member.user
        ),
    )


def _mail_changed(changes: Iterable[PlacementChange]) -> None:
    """One mail per member, named by the first of their changes."""
    first_of: dict[int, PlacementChange] = {}
    for change in changes:
        first_of.setdefault(change.member_id, change)
    outbox.enqueue_many(
        MailKind.PLACEMENT_CHANGED,
        (
            outbox.Recipient(change.member.user, f"placement-changed:{change.uuid}", change.uuid)
            for change in first_of.values()
            if change.member.user
        ),
    )
