"""A member's answer: when they can work, what they like to do and where.

Every page of the answer is saved by itself, while the step is open. The row of the whole answer
(AvailabilityResponse) is locked first, so that two tabs of one member wait for each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.enums import AvailabilityAnswer, PreferenceKind, StepKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import (
    Availability,
    AvailabilityResponse,
    DayPart,
    ElectionEvent,
    Member,
    PollingDay,
    Position,
    Preference,
    User,
    Venue,
)
from elections.queries.availability import answers_of
from elections.queries.offer import offered_positions, offered_venues
from elections.queries.portal_step import require_open_step

MAX_CHOICES = 3  # of positions and of day parts
MAX_VENUES = 3

Thing = DayPart | Position | Venue

DayAnswersSeen = Mapping[DayPart, str]


@transaction.atomic
def save_day(
    member: Member,
    day: PollingDay,
    answers: Mapping[DayPart, AvailabilityAnswer],
    *,
    seen: DayAnswersSeen | None = None,
    by: User | None,
) -> None:
    """Save yes, if needed or no for the day parts of one polling day that members are asked about.

    Somebody who has a place already keeps it, whatever the answer: the team sees the "no" beside the place. A day
    part with a "no" goes out of the order of wishes.

    seen: the answers that were on the page before the member changed them ("" for none). When others are stored
    by now the page was changed in another tab.

    Raises:
        StepNotOpen: when the step is not open.
        ChangedElsewhere: see `seen`; never when the stored answers already are the new ones.
        ActionError: when a day part has no answer.
    """
    response = open_response(member, day.event)
    parts = set(day.day_parts.filter(is_offered=True))
    if set(answers) != parts:
        raise ActionError(_("Kies bij elk dagdeel een antwoord."))
    stored = dict.fromkeys(parts, "") | {
        availability.day_part: availability.answer
        for availability in Availability.objects.filter(member=member, day_part__in=parts).select_related(
            "day_part"
        )
    }
    if stored == answers and not response.unavailable_reason:
        return
    if seen is not None and stored != dict(seen):
        raise ChangedElsewhere(changed_elsewhere())
    _write_answers(member, answers)
    refused = [part for part, answer in answers.items() if answer == AvailabilityAnswer.NO]
    _wishes(member, day.event, PreferenceKind.DAY_PART).filter(day_part__in=refused).delete()
    _no_longer_unavailable(response)
    mark_changed(response)
    audit.record("availability.save", by=by, on=member, day=day.date.isoformat())


@transaction.atomic
def save_positions(
    member: Member,
    event: ElectionEvent,
    positions: Sequence[Position],
    *,
    seen: Sequence[Position] | None = None,
    by: User | None,
) -> None:
    """Save the positions that the member likes to do, dearest first. One that is no longer offered is kept behind.

    Raises:
        StepNotOpen: when the step is not open.
        ChangedElsewhere: when others than `seen` are stored by now.
        ActionError: when there are more than MAX_CHOICES, or one is there twice or not offered.
    """
    response = open_response(member, event)
    _check_choice(positions, offered_positions(event), _("Kies een functie uit de lijst."))
    answers = answers_of(member, event)
    kept = [position for position in answers.positions if position in answers.gone]
    if _is_news(answers.offered(answers.positions), positions, seen):
        _write_wishes(member, event, PreferenceKind.POSITION, [*positions, *kept])
        mark_changed(response)
        audit.record(
            "availability.positions", by=by, on=member, positions=[str(position) for position in positions]
        )


@transaction.atomic
def save_day_parts(
    member: Member,
    event: ElectionEvent,
    day_parts: Sequence[DayPart],
    *,
    seen: Sequence[DayPart] | None = None,
    by: User | None,
) -> None:
    """Save when the member likes best to work, dearest first. A wish that is no longer offered is kept behind them.

    Raises:
        StepNotOpen: when the step is not open.
        ChangedElsewhere: when others than `seen` are stored by now.
        ActionError: when there are more than MAX_CHOICES, or one is there twice, not offered, or answered with no.
    """
    response = open_response(member, event)
    answers = answers_of(member, event)
    _check_choice(day_parts, answers.possible_parts, _("Kies een dagdeel uit de lijst."))
    kept = [part for part in answers.day_parts if part in answers.gone]
    if _is_news(answers.offered(answers.day_parts), day_parts, seen):
        _write_wishes(member, event, PreferenceKind.DAY_PART, [*day_parts, *kept])
        mark_changed(response)
        audit.record("availability.day_parts", by=by, on=member, day_parts=[str(part) for part in day_parts])


@transaction.atomic
def add_venue(member: Member, event: ElectionEvent, venue: Venue, *, by: User | None) -> None:
    """Put a venue at the end of the member's wishes; one that is there already stays where it is.

    Raises:
        StepNotOpen: when the step is not open.
        ActionError: when there are MAX_VENUES already that can be chosen, or the venue is not offered in this event.
    """
    response = open_response(member, event)
    answers = answers_of(member, event)
    venues = answers.venues
    if venue in venues:
        return
    if not offered_venues(event).filter(pk=venue.pk).exists():
        raise ActionError(_("Kies een stemlokaal uit de lijst."))
    if len(answers.offered(venues)) >= MAX_VENUES:
        raise ActionError(
            _("U hebt al %(count)s stemlokalen gekozen. Haal er eerst één weg.") % {"count": MAX_VENUES}
        )
    _write_venues(response, [*venues, venue], by=by)


@transaction.atomic
def remove_venue(member: Member, event: ElectionEvent, venue: Venue, *, by: User | None) -> None:
    """Take a venue out of the member's wishes; nothing happens when it is not there.

    Raises:
        StepNotOpen: when the step is not open.
    """
    response = open_response(member, event)
    venues = answers_of(member, event).venues
    if venue in venues:
        _write_venues(response, [other for other in venues if other != venue], by=by)


@transaction.atomic
def raise_venue(member: Member, event: ElectionEvent, venue: Venue, *, by: User | None) -> None:
    """Move a venue one place up in the member's wishes; the first one stays the first.

    Raises:
        StepNotOpen: when the step is not open.
    """
    response = open_response(member, event)
    venues = answers_of(member, event).venues
    if venue in venues[1:]:
        place = venues.index(venue)
        venues[place - 1], venues[place] = venues[place], venues[place - 1]
        _write_venues(response, venues, by=by)


@transaction.atomic
def save_remark(
    member: Member, event: ElectionEvent, remark: str, *, seen: str | None = None, by: User | None
) -> None:
    """Save what the member wants to say besides.

    Raises:
        StepNotOpen: when the step is not open.
        ChangedElsewhere: when another remark than `seen` is stored by now.
    """
    response = open_response(member, event)
    if response.remark == remark:
        return
    if seen is not None and response.remark != seen:
        raise ChangedElsewhere(changed_elsewhere())
    response.remark = remark
    mark_changed(response, "remark")
    audit.record("availability.remark", by=by, on=member)


@transaction.atomic
def report_unavailable(member: Member, event: ElectionEvent, reason: str, *, by: User | None) -> None:
    """Say that the member cannot come at all: every day part becomes "no", and the answer counts as sent.

    Places that the member has already stay; the team sees that the member cannot come.

    Raises:
        StepNotOpen: when the step is not open.
        ActionError: without a reason.
    """
    response = open_response(member, event)
    if not reason.strip():
        raise ActionError(_("Vul in waarom u deze keer niet kunt."))
    parts = DayPart.objects.filter(polling_day__event=event)
    _write_answers(member, dict.fromkeys(parts, AvailabilityAnswer.NO))
    response.unavailable_reason = reason.strip()
    now = timezone.now()
    response.submitted_at = response.submitted_at or now
    mark_changed(response, "unavailable_reason", "submitted_at", at=now)
    audit.record("availability.unavailable", by=by, on=member)


@transaction.atomic
def withdraw_unavailable(member: Member, event: ElectionEvent, *, by: User | None) -> None:
    """The member can come after all: the answers for the day parts start anew. Twice changes nothing.

    Raises:
        StepNotOpen: when the step is not open.
    """
    response = open_response(member, event)
    if not response.unavailable_reason:
        return
    Availability.objects.filter(member=member, day_part__polling_day__event=event).delete()
    _no_longer_unavailable(response)
    mark_changed(response)
    audit.record("availability.available_again", by=by, on=member)


@transaction.atomic
def submit_availability(member: Member, event: ElectionEvent, *, by: User | None) -> AvailabilityResponse:
    """Send the answer to the team. Sending twice changes nothing; until the step closes it can be changed.

    Raises:
        StepNotOpen: when the step is not open.
        ActionError: when a day part has no answer yet.
    """
    response = open_response(member, event)
    if not answers_of(member, event).is_complete:
        raise ActionError(_("U bent nog niet klaar. Kies bij elk dagdeel een antwoord."))
    if response.submitted_at is None:
        response.submitted_at = timezone.now()
        mark_changed(response, "submitted_at", at=response.submitted_at)
        audit.record("availability.submit", by=by, on=member)
    return response


def open_response(member: Member, event: ElectionEvent) -> AvailabilityResponse:
    """The member's answer, made when needed and locked until the transaction ends. Part of larger actions.

    Raises StepNotOpen when the step is not open.
    """
    require_open_step(event, StepKind.AVAILABILITY, member)
    AvailabilityResponse.objects.get_or_create(member=member, event=event)
    response = AvailabilityResponse.objects.select_for_update().get(member=member, event=event)
    response.member, response.event = member, event
    return response


def mark_changed(response: AvailabilityResponse, *fields: str, at: datetime | None = None) -> None:
    """Save `fields` of a locked answer, and when it changed (`at`, or now): the team sees the newest answers first."""
    response.changed_at = at or timezone.now()
    response.save(update_fields=["changed_at", *fields])


def _write_answers(member: Member, answers: Mapping[DayPart, AvailabilityAnswer]) -> None:
    Availability.objects.bulk_create(
        [Availability(member=member, day_part=part, answer=answer) for part, answer in answers.items()],
        update_conflicts=True,
        unique_fields=["member", "day_part"],
        update_fields=["answer"],
    )


def _no_longer_unavailable(response: AvailabilityResponse) -> None:
    """Whoever answers a day part after all is busy again, and has to send the answer anew."""
    if response.unavailable_reason:
        response.unavailable_reason = ""
        response.submitted_at = None
        response.save(update_fields=["unavailable_reason", "submitted_at"])


def _wishes(member: Member, event: ElectionEvent, kind: PreferenceKind):  # type: ignore[no-untyped-def]
    return Preference.objects.filter(member=member, event=event, kind=kind)


def _check_choice(chosen: Sequence[Thing], offered: Iterable[Thing], message: str) -> None:
    if len(chosen) > MAX_CHOICES or len(set(chosen)) < len(chosen):
        raise ActionError(_("Kies alles maar één keer."))
    if not set(chosen) <= set(offered):
        raise ActionError(message)


def _is_news(stored: Sequence[Thing], chosen: Sequence[Thing], seen: Sequence[Thing] | None) -> bool:
    """Whether there is something to write. Raises ChangedElsewhere when others than `seen` are stored by now."""
    if list(stored) == list(chosen):
        return False
    if seen is not None and list(stored) != list(seen):
        raise ChangedElsewhere(changed_elsewhere())
    return True


def _write_wishes(
    member: Member, event: ElectionEvent, kind: PreferenceKind, things: Sequence[Thing]
) -> None:
    _wishes(member, event, kind).delete()
    Preference.objects.bulk_create(
        Preference(member=member, event=event, kind=kind, rank=rank, **{kind.value: thing})
        for rank, thing in enumerate(things, start=1)
    )


def _write_venues(response: AvailabilityResponse, venues: Sequence[Venue], *, by: User | None) -> None:
    _write_wishes(response.member, response.event, PreferenceKind.VENUE, venues)
    mark_changed(response)
    audit.record("availability.venues", by=by, on=response.member, venues=[venue.name for venue in venues])


def changed_elsewhere() -> str:
    """What the second of two tabs is told."""
    return _(
        "U hebt deze pagina intussen ergens anders gewijzigd. Kijk uw antwoorden na en bewaar ze opnieuw."
    )
