"""Offering places: to the waiting line, to who comes next after a refusal, or to a member by hand.

An offer keeps the place until it is answered or its deadline passes; then the next in line gets it. Freeing a place
and offering it to the next are two transactions, so that two members who wait for each other's place never lock each
other out; whoever picks a place in between leaves what the line is entitled to, and the sweep offers what was left.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.assignment import assign_member
from elections.actions.decision import tell_decision
from elections.actions.lock import hold_shifts, lock_assignment, lock_shifts
from elections.enums import AssignmentSource, AssignmentState, AvailabilityAnswer, MailKind, WaitKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Assignment, ElectionEvent, Member, Shift, User, WaitlistEntry
from elections.notify import outbox
from elections.queries.assignment import active_assignments, candidates, why_not_strict
from elections.queries.event import require_open_event
from elections.queries.place_offer import Judge, serves_lines
from elections.queries.portal_step import moment_text
from elections.queries.shift import taken_places

logger = logging.getLogger(__name__)

# Who waits for a message hears of a shift at most once in this time.
TELL_INTERVAL: Final = timedelta(hours=24)


@transaction.atomic
def offer_place(
    shift: Shift, member: Member, *, by: User | None, source: AssignmentSource = AssignmentSource.STAFF
) -> Assignment:
    """Keep a place in `shift` for `member` until they answer, at most `event.offer_hours`; mails that something waits.

    Raises:
        ActionError: when the shift has begun, is full, or may not be worked by this member (rest and hours too).
    """
    shift = lock_shift(shift)
    event, now = shift.polling_station.event, timezone.now()
    if shift.period.lower <= now:
        raise ActionError(_("Deze dienst is al begonnen."))
    due = min(now + timedelta(hours=event.offer_hours), shift.period.lower)
    offer = assign_member(
        member,
        shift,
        by=by,
        source=source,
        state=AssignmentState.PROPOSED,
        answer_due_at=due,
        strict=True,
    )
    audit.record("place_offer.make", by=by, on=offer, member=str(member.uuid), source=str(source.label))
    if member.user:
        outbox.enqueue(
            MailKind.PLACE_OFFERED, user=member.user, key=f"place-offered:{offer.uuid}", reference=offer.uuid
        )
    return offer


@transaction.atomic
def offer_next(shift: Shift, *, by: User | None, source: AssignmentSource) -> Assignment | None:
    """Offer a free place in `shift` to the first in its waiting line who may have it; None when there is nobody.

    With source FOLLOW_UP, when nobody in the line can, to the best member who said yes for this day part, works
    nowhere then, and was never in this shift before: who declined it, is not asked again.
    """
    shift = lock_shift(shift)
    if not has_room(shift) or shift.period.lower <= timezone.now():
        return None
    event = shift.polling_station.event
    entries = list(WaitlistEntry.objects.line().filter(shift=shift).select_related("member__user"))
    judge = Judge(event, [entry.member for entry in entries])
    able = [entry.member for entry in entries if not judge.against(entry.member, shift)]
    if source == AssignmentSource.FOLLOW_UP and not able:
        able = _willing(shift, event)
    for member in able:
        with suppress(ActionError):  # somebody who gets another place at this very moment is passed over
            return offer_place(shift, member, by=by, source=source)
    return None


@transaction.atomic
def accept_offer(offer: Assignment, *, by: User | None, version: int | None = None) -> Assignment:
    """The member says yes. What came from the line still waits for the team; the team's own offer is settled.

    Saying yes twice changes nothing.

    version: of the offer, as the page showed it; left out, nobody looked at a page.

    Raises:
        ChangedElsewhere: when the offer is not as the page showed it.
        ActionError: in an archived event, when the deadline has passed, when the offer was declined or taken back, or
            when something stands in the way by now.
    """
    current = locked_assignment(offer)
    require_open_event(current.shift.polling_station.event)
    if current.state != AssignmentState.PROPOSED:
        if current.accepted_at and current.state in (AssignmentState.RESERVED, AssignmentState.CONFIRMED):
            return current
        raise ActionError(_("Dit aanbod geldt niet meer."))
    require_version(current, version)
    now = timezone.now()
    if current.answer_due_at and current.answer_due_at <= now:
        raise ActionError(
            _("Dit aanbod gold tot %(moment)s. De plaats gaat naar iemand anders.")
            % {"moment": moment_text(current.answer_due_at)}
        )
    from_line = current.source == AssignmentSource.WAITLIST
    others = [other for other in active_assignments(current.member) if other.pk != current.pk]
    if why_not_strict(current.member, current.shift, others):
        raise ActionError(_("U kunt deze plaats niet meer krijgen. Bel ons als u toch kunt."))
    current.state = AssignmentState.RESERVED if from_line else AssignmentState.CONFIRMED
    current.accepted_at = now
    save_decision(current, "accepted_at")
    audit.record("place_offer.accept", by=by, on=current, member=str(current.member.uuid))
    return current


def decline_offer(offer: Assignment, *, by: User | None, version: int | None = None) -> None:
    """The member says no: the next in line gets the place. Saying no twice changes nothing.

    version: of the offer, as the page showed it; left out, nobody looked at a page.

    Raises:
        ChangedElsewhere: when the offer is not as the page showed it.
        ActionError: in an archived event, when the offer was accepted or taken back, or its deadline has passed.
    """
    with transaction.atomic():
        current = locked_assignment(offer)
        require_open_event(current.shift.polling_station.event)
        if current.state == AssignmentState.DECLINED:
            return
        if current.state != AssignmentState.PROPOSED:
            raise ActionError(_("Dit aanbod geldt niet meer."))
        require_version(current, version)
        current.state, current.declined_at = AssignmentState.DECLINED, timezone.now()
        save_decision(current, "declined_at")
        audit.record("place_offer.decline", by=by, on=current, member=str(current.member.uuid))
    place_opened(current.shift, source=AssignmentSource(current.source))


def withdraw_offer(offer: Assignment, reason: str, *, by: User | None) -> None:
    """Take an offer back; the member reads the reason. The next in line gets the place.

    Raises:
        ActionError: without a reason, in an archived event, or when the member answered, or the deadline passed, in
            the meantime.
    """
    if not reason.strip():
        raise ActionError(_("Vul in waarom u het aanbod intrekt. Het lid leest dit."))
    with transaction.atomic():
        current = locked_assignment(offer)
        require_open_event(current.shift.polling_station.event)
        if current.state != AssignmentState.PROPOSED:
            raise ActionError(_("Dit aanbod is al beantwoord of verlopen."))
        current.state, current.end_reason = AssignmentState.CANCELLED, reason.strip()
        save_decision(current, "end_reason")
        audit.record("place_offer.withdraw", by=by, on=current, member=str(current.member.uuid))
        tell_decision([current])
    place_opened(current.shift, source=AssignmentSource(current.source))


def expire_offers() -> int:
    """End every offer whose deadline has passed, each in a transaction of its own; returns how many.

    The minute sweep calls it. Two sweeps at once share the work: what the other ended is passed over.
    """
    due = Assignment.objects.filter(state=AssignmentState.PROPOSED, answer_due_at__lte=timezone.now())
    ended = 0
    for offer in list(due.order_by("answer_due_at")):
        try:
            ended += _expire(offer)
        except Exception:  # the others wait for their turn, and this one comes again in a minute
            logger.exception("An offer could not be ended")
    return ended


def serve_lines() -> int:
    """Serve every line and alert whose shift has a free place, whoever freed it; returns how many places were offered.

    The minute sweep calls it: the team may free a place, or add one, anywhere. Only shifts that did not begin, and
    where somebody waits who was not told of the present opening; a shift that fails keeps no other from its turn.
    """
    ahead = Shift.objects.filter(period__startswith__gt=timezone.now()).annotate(taken=taken_places())
    for shift in ahead.filter(pk__in=_told_before(), taken__gte=F("places")):
        forget_told(shift)
    waiting = WaitlistEntry.objects.filter(Q(kind=WaitKind.LINE) | Q(told_at=None)).values("shift")
    found = ahead.filter(pk__in=waiting, taken__lt=F("places")).select_related("polling_station__event")
    served: dict[ElectionEvent, bool] = {}
    count = 0
    for shift in found.order_by("pk"):
        try:
            event = shift.polling_station.event
            if served.setdefault(event, serves_lines(event)):
                count += place_opened(shift)
        except Exception:  # the others wait for their turn, and this one comes again in a minute
            logger.exception("A waiting line could not be served")
    return count


def _told_before() -> QuerySet[WaitlistEntry, Any]:
    return WaitlistEntry.objects.filter(told_at__lt=timezone.now() - TELL_INTERVAL).values("shift")


def place_opened(shift: Shift, *, source: AssignmentSource = AssignmentSource.WAITLIST) -> int:
    """Offer what is free in `shift` to its line; then tell who asked to hear of it. Returns how many were offered.

    Call it after the transaction that freed the place. Each offer is a transaction of its own: two that serve two
    lines never hold a member whom the other waits for. Nothing happens when the team serves the lines by hand.
    source: FOLLOW_UP when the place was offered after a refusal, so that the search for somebody goes on.
    """
    if not serves_lines(shift.polling_station.event):
        return 0
    follow_up = source == AssignmentSource.FOLLOW_UP and shift.polling_station.event.offers_next
    offered = 0
    while offer_next(
        shift, by=None, source=AssignmentSource.FOLLOW_UP if follow_up else AssignmentSource.WAITLIST
    ):
        offered += 1
        follow_up = False  # one for one: the other free places of the shift are nobody's refusal
    with transaction.atomic():
        _tell_alerts(lock_shift(shift))
    return offered


def forget_told(shift: Shift) -> None:
    """The shift is full: who waits for a message hears of the next opening again, at most once in 24 hours.

    Somebody who picks the last place and gives it back, time and again, must not make mail for everybody.
    """
    WaitlistEntry.objects.filter(shift=shift, told_at__lt=timezone.now() - TELL_INTERVAL).update(told_at=None)


def has_room(shift: Shift) -> bool:
    """Whether a place is free; sure only while the shift is locked."""
    return shift.assignments.active().count() < shift.places


def lock_shift(shift: Shift) -> Shift:
    """The shift as it is now; whoever else wants a place in it waits until this transaction ends.

    Where the event limits newcomers at a station, the other shifts there are locked too: their people count.
    """
    return lock_places([shift])[shift.pk]


def hold_place(shift: Shift) -> None:
    """As `lock_shift`, without loading anything."""
    hold_shifts(_counted_together([shift]))


def lock_places(shifts: Iterable[Shift]) -> dict[int, Shift]:
    """As `lock_shift`, of several shifts at once and in one order; with their station and event loaded."""
    return lock_shifts(_counted_together(shifts))


def _counted_together(shifts: Iterable[Shift]) -> set[int]:
    """Primary keys of these shifts, and of those that share a limit on newcomers with one of them."""
    keys: set[int] = set()
    for shift in shifts:
        keys.add(shift.pk)
        if shift.polling_station.event.maximum_inexperienced is not None:
            together = Shift.objects.filter(
                polling_station=shift.polling_station_id, day_part=shift.day_part_id
            )
            keys.update(together.values_list("pk", flat=True))
    return keys


def locked_assignment(assignment: Assignment) -> Assignment:
    """The assignment as it is now, with its shift, event and member; nobody changes it until this transaction ends.

    Raises:
        ActionError: when it is gone, or was moved at this very moment.
    """
    shift = Shift.objects.select_related("polling_station__event").filter(assignments=assignment.pk).first()
    if shift:
        lock_shift(shift)
    current = lock_assignment(assignment)
    if current is None:
        raise ActionError(_("Deze plaats is intussen weggehaald of verplaatst."))
    return current


def require_version(current: Assignment, version: int | None) -> None:
    """Raise ChangedElsewhere when a member answers from a page that showed another version; None: from no page."""
    if version is not None and current.version != version:
        raise ChangedElsewhere(
            _("Deze plaats is intussen gewijzigd. Kijk hoe het nu is en antwoord dan opnieuw.")
        )


def save_decision(assignment: Assignment, *fields: str) -> None:
    """Save what was decided about a locked assignment; who looked at the old version hears that it changed."""
    assignment.version += 1
    assignment.save(update_fields=["state", "version", *fields])


def _expire(offer: Assignment) -> bool:
    with transaction.atomic():
        current = locked_assignment(offer)
        if current.state != AssignmentState.PROPOSED:
            return False
        current.state = AssignmentState.CANCELLED
        save_decision(current)
        audit.record("place_offer.expire", by=None, on=current, member=str(current.member.uuid))
    place_opened(current.shift, source=AssignmentSource(current.source))
    return True


def _tell_alerts(shift: Shift) -> None:
    """Mail everybody who asked to hear of a place here and may have it, once as long as the shift is not full."""
    if not has_room(shift):
        forget_told(shift)
        return
    entries = list(
        WaitlistEntry.objects.filter(shift=shift, kind=WaitKind.ALERT, told_at=None).select_related(
            "member__user"
        )
    )
    judge = Judge(shift.polling_station.event, [entry.member for entry in entries])
    able = [entry for entry in entries if not judge.against(entry.member, shift)]
    now = timezone.now()
    WaitlistEntry.objects.filter(pk__in=[entry.pk for entry in able]).update(told_at=now)
    outbox.enqueue_many(
        MailKind.PLACE_FREE,
        (
            outbox.Recipient(entry.member.user, f"place-free:{entry.uuid}:{now.timestamp()}", entry.uuid)
            for entry in able
            if entry.member.user
        ),
    )


def _willing(shift: Shift, event: ElectionEvent) -> list[Member]:
    """Who said yes for this day part and was never in this shift before, the best first."""
    known = set(shift.assignments.values_list("member_id", flat=True))
    fit = [
        candidate.member
        for candidate in candidates(shift).fit
        if candidate.answer == AvailabilityAnswer.YES and candidate.member.pk not in known
    ]
    judge = Judge(event, fit)
    return [member for member in fit if not judge.against(member, shift)]
