"""Shifts: the template of an event, making the shifts of all stations from it, and changing single ones."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.lock import lock_open_event, lock_shifts
from elections.enums import BOARD_POSITIONS, PollingDayKind, PositionKind, StationKind
from elections.errors import ActionError
from elections.models import DayPart, ElectionEvent, Position, Shift, ShiftTemplateLine, User
from elections.queries.shift import is_counting_part, people_in, plan_shifts, waiting_for

MAX_PLACES = 50
MAX_VOTERS = 100_000
MAX_BANDS = 8  # per kind of station

# Places per position in a part with a board, and in a part where only counting happens. A board has at least
# three people (Kieswet art. E 3) and during the voting three are always there (art. J 12); one more may rest.
BOARD_PLACES = {PositionKind.CHAIR: 1, PositionKind.DEPUTY_CHAIR: 1, PositionKind.MEMBER: 3}
MOBILE_PLACES = {PositionKind.CHAIR: 1, PositionKind.DEPUTY_CHAIR: 1, PositionKind.MEMBER: 2}
COUNT_PLACES = {PositionKind.COUNTER: 3}
CENTRAL_COUNT_PLACES = {PositionKind.CHAIR: 1, PositionKind.DEPUTY_CHAIR: 1, PositionKind.COUNTER: 8}

# Station kind, number of expected voters from which the line counts, pk of the day part, pk of the position.
TemplateKey = tuple[StationKind, int, int, int]


def proposed_places(kind: StationKind, part: DayPart, position: Position) -> int:
    """The number of places that Zitting proposes in the template; staff change it."""
    places: Mapping[PositionKind, int]
    if kind == StationKind.COUNTING:
        places = CENTRAL_COUNT_PLACES if is_counting_part(part) else {}
    elif part.polling_day.kind == PollingDayKind.COUNTING:
        places = {}
    elif is_counting_part(part):
        places = COUNT_PLACES
    else:
        places = MOBILE_PLACES if kind == StationKind.MOBILE else BOARD_PLACES
    return places.get(PositionKind(position.kind), 0)


def propose_template(event: ElectionEvent) -> None:
    """Fill the template for every day part that has no line yet, in each band that a kind of station has.

    Part of larger actions.
    """
    positions = _first_of_each_kind(event)
    parts = DayPart.objects.filter(polling_day__event=event, template_lines=None).select_related(
        "polling_day"
    )
    bands = template_bands(event)
    ShiftTemplateLine.objects.bulk_create(
        ShiftTemplateLine(
            event=event,
            station_kind=kind,
            from_voters=band,
            day_part=part,
            position=position,
            places=places,
        )
        for part in parts
        for kind in StationKind
        for band in bands[kind]
        for position in positions
        if (places := proposed_places(kind, part, position))
    )


def template_bands(event: ElectionEvent) -> dict[StationKind, list[int]]:
    """The numbers of voters from which lines count, per kind of station, from low to high; always at least 0."""
    found = {kind: {0} for kind in StationKind}
    for kind, band in event.template_lines.values_list("station_kind", "from_voters").distinct():
        found[StationKind(kind)].add(band)
    return {kind: sorted(bands) for kind, bands in found.items()}


def _first_of_each_kind(event: ElectionEvent) -> list[Position]:
    """Two positions of one kind ("Teller" and "Teller dag 2") must not double the proposal."""
    first: dict[str, Position] = {}
    for position in event.positions.all():
        first.setdefault(position.kind, position)
    return list(first.values())


@transaction.atomic
def set_template(event: ElectionEvent, places: Mapping[TemplateKey, int], *, by: User | None) -> None:
    """Replace the whole template of `event`; a number of 0 means no shift.

    Raises:
        ActionError: for a number above 50, a foreign day part or position, a voting part with a board of fewer than
            three (Kieswet art. E 3), too many bands, bands for large stations only, or an archived event.
    """
    lock_open_event(event.pk)
    _check_bands(places)
    _check_places(event, places)
    event.template_lines.all().delete()
    ShiftTemplateLine.objects.bulk_create(
        ShiftTemplateLine(
            event=event,
            station_kind=kind,
            from_voters=band,
            day_part_id=part,
            position_id=position,
            places=number,
        )
        for (kind, band, part, position), number in places.items()
        if number
    )
    audit.record(
        "shift_template.update", by=by, on=event, lines=sum(1 for number in places.values() if number)
    )


def _check_bands(places: Mapping[TemplateKey, int]) -> None:
    bands: dict[StationKind, set[int]] = {}
    filled: dict[StationKind, set[int]] = {}
    for (kind, band, _part, _position), number in places.items():
        bands.setdefault(kind, set()).add(band)
        if number:
            filled.setdefault(kind, set()).add(band)
    for kind, of_kind in bands.items():
        if len(of_kind) > MAX_BANDS or not all(0 <= band <= MAX_VOTERS for band in of_kind):
            raise ActionError(
                _("Bij “%(kind)s” kan dit niet. Gebruik hoogstens %(max)s groepen, tot %(voters)s kiezers.")
                % {"kind": kind.label, "max": MAX_BANDS, "voters": MAX_VOTERS}
            )
        missing = sorted(of_kind - filled.get(kind, set()))
        if missing and filled.get(kind):
            raise ActionError(
                _(
                    "Bij “%(kind)s, vanaf %(voters)s kiezers” is niets ingevuld. Vul aantallen in of haal de groep weg."
                )
                % {"kind": kind.label, "voters": missing[0]}
            )


def _check_places(event: ElectionEvent, places: Mapping[TemplateKey, int]) -> None:
    parts = {
        part.pk: part
        for part in DayPart.objects.filter(polling_day__event=event).select_related("polling_day")
    }
    positions = {position.pk: position for position in event.positions.all()}
    boards: dict[tuple[StationKind, int, int], int] = {}
    for (kind, band, part, position), number in places.items():
        if part not in parts or position not in positions:
            raise ActionError(_("Het sjabloon is intussen veranderd. Laad de pagina opnieuw."))
        if not 0 <= number <= MAX_PLACES:
            raise ActionError(_("Vul een aantal in van 0 tot en met %(max)s.") % {"max": MAX_PLACES})
        if number and positions[position].kind in BOARD_POSITIONS and not is_counting_part(parts[part]):
            boards[kind, band, part] = boards.get((kind, band, part), 0) + number
    for (kind, _band, part), number in boards.items():
        if number < 3:
            raise ActionError(
                _("Een stembureau heeft minstens drie leden. Bij “%(kind)s, %(part)s” zijn het er %(n)s.")
                % {"kind": kind.label, "part": parts[part].name, "n": number}
            )


@transaction.atomic
def make_shifts(event: ElectionEvent, *, by: User | None) -> int:
    """Bring the shifts of all stations in line with the template; doing it twice changes nothing.

    Shifts that people sit in never get fewer places than people: `queries.shift.plan_shifts` keeps listing those
    as held back afterwards. Who waited for a place in a shift that goes, waits no more.

    Returns:
        How many shifts were added, changed or removed.

    Raises:
        ActionError: when the event is archived.
    """
    lock_open_event(event.pk)
    # Assigning locks the shift row first, so nobody can be put in a shift while it is counted here.
    lock_shifts(Shift.objects.filter(polling_station__event=event).values_list("pk", flat=True))
    plan = plan_shifts(event)
    waiting = waiting_for(plan.removed)
    Shift.objects.bulk_create(plan.new)
    Shift.objects.bulk_update(plan.changed, ["places", "period"])
    Shift.objects.filter(pk__in=[shift.pk for shift in plan.removed]).delete()
    count = len(plan.new) + len(plan.changed) + len(plan.removed)
    if count:
        audit.record(
            "shift.make",
            by=by,
            on=event,
            added=len(plan.new),
            changed=len(plan.changed),
            removed=len(plan.removed),
            held_back=len(plan.held_back),
            waiting=waiting,
        )
    return count


@transaction.atomic
def update_shift(shift: Shift, *, places: int, by: User | None) -> None:
    """Set the places of one shift; the template leaves it alone from now on.

    Raises:
        ActionError: below the number of people in it, outside 1 to 50, or in an archived event.
    """
    shift = _lock(shift)
    taken = shift.assignments.active().count()
    if places < taken:
        raise ActionError(
            _("In deze dienst zitten al %(taken)s mensen: %(names)s. Haal eerst iemand uit de dienst.")
            % {"taken": taken, "names": people_in(Shift.objects.filter(pk=shift.pk))}
        )
    if not 1 <= places <= MAX_PLACES:
        raise ActionError(_("Vul een aantal in van 1 tot en met %(max)s.") % {"max": MAX_PLACES})
    before = shift.places
    shift.places = places
    shift.is_adjusted = True
    shift.save(update_fields=["places", "is_adjusted"])
    audit.record("shift.update", by=by, on=shift, before=before, after=places)


@transaction.atomic
def release_shift(shift: Shift, *, by: User | None) -> None:
    """Let one shift follow the template again, from the next time that shifts are made.

    Raises:
        ActionError: when the event is archived.
    """
    shift = _lock(shift)
    if shift.is_adjusted:
        shift.is_adjusted = False
        shift.save(update_fields=["is_adjusted"])
        audit.record("shift.release", by=by, on=shift)


@transaction.atomic
def remove_shift(shift: Shift, *, by: User | None) -> None:
    """Remove a shift that nobody was ever put in, with its waiting line.

    Raises:
        ActionError: when people sit in it, or sat in it: the record of who was asked stays; in an archived event.
    """
    shift = _lock(shift)
    names = people_in(Shift.objects.filter(pk=shift.pk))
    if names:
        raise ActionError(
            _("In deze dienst zitten mensen: %(names)s. Haal hen er eerst uit, of verplaats hen.")
            % {"names": names}
        )
    if shift.assignments.exists():
        raise ActionError(
            _(
                "In deze dienst zaten mensen die dat ook weten. Dat blijft bewaard. U kunt hem niet verwijderen."
            )
        )
    audit.record("shift.remove", by=by, on=shift, waiting=waiting_for([shift]))
    shift.delete()


def _lock(shift: Shift) -> Shift:
    """The shift as it is now, after its event."""
    lock_open_event(shift.polling_station.event_id)
    found = lock_shifts([shift.pk]).get(shift.pk)
    if found is None:
        raise ActionError(_("Deze dienst is intussen verwijderd. Laad de pagina opnieuw."))
    return found
