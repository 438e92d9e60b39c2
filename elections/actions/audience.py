"""Making, changing and removing audiences: stored selections of members."""

from collections.abc import Collection, Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from elections import audit
from elections.enums import TASK_STEPS, AudienceKind, PlacedFilter, PositionKind, StepKind
from elections.errors import ActionError
from elections.models import Audience, ElectionEvent, Label, Member, PollingStation, User
from elections.queries.audience import audience_words
from elections.queries.audience_conditions import Conditions
from elections.queries.audience_use import is_used


@transaction.atomic
def save_audience(
    audience: Audience | None = None,
    *,
    kind: AudienceKind,
    event: ElectionEvent | None = None,
    labels: Collection[Label] = (),
    position_kinds: Collection[PositionKind] = (),
    stations: Collection[PollingStation] = (),
    placed: PlacedFilter = PlacedFilter.ANY,
    step_not_done: StepKind | str = "",
    members: Iterable[Member] = (),
    name: str = "",
    by: User | None,
) -> Audience:
    """Make an audience, or change `audience`. Conditions of another kind than `kind` are dropped.

    event: needed for every condition about places and parts of the portal.
    members: of AudienceKind.MEMBERS. name: keeps it for later use; without one it belongs to one thing.

    Raises:
        ActionError: a selection without conditions (which would be everybody), a condition that lacks its event, a
            station of another event, nobody picked by hand, or a name that another audience has.
    """
    chosen = list(members) if kind == AudienceKind.MEMBERS else []
    row = audience or Audience()
    is_new = row.pk is None
    row.name, row.kind = name.strip(), kind
    selects = kind == AudienceKind.SELECTION
    row.position_kinds = [p.value for p in PositionKind if p in position_kinds] if selects else []
    row.placed = placed if selects else PlacedFilter.ANY
    row.step_not_done = step_not_done if selects else ""
    row.by_label, row.by_station = selects and bool(labels), selects and bool(stations)
    needs_event = bool(
        row.position_kinds or row.by_station or row.step_not_done or row.placed != PlacedFilter.ANY
    )
    row.event = event if needs_event else None
    _check(row, needs_event=needs_event, stations=stations, chosen=chosen)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ActionError(_("Er is al een doelgroep met deze naam. Kies een andere naam.")) from error
    row.labels.set(labels if row.by_label else [])
    row.stations.set(stations if row.by_station else [])
    row.members.set(chosen)
    if row.name:
        verb = "audience.create" if is_new else "audience.update"
        audit.record(verb, by=by, on=row, who=audience_words(row))
    return row


def conditions(
    *,
    kind: AudienceKind,
    event: ElectionEvent | None = None,
    labels: Collection[Label] = (),
    position_kinds: Collection[PositionKind] = (),
    stations: Collection[PollingStation] = (),
    placed: PlacedFilter = PlacedFilter.ANY,
    step_not_done: StepKind | str = "",
    members: Iterable[Member] = (),
) -> Conditions:
    """What `save_audience` would store, to count whom it holds before it is saved."""
    return Conditions(
        kind=kind,
        event=event,
        labels=[label.pk for label in labels] or None,
        position_kinds=list(position_kinds),
        stations=[station.pk for station in stations] or None,
        placed=placed,
        step_not_done=step_not_done,
        members=[member.pk for member in members],
    )


@transaction.atomic
def copy_audience(audience: Audience) -> Audience:
    """An unnamed copy for one thing: it stays as it is when the stored one changes or goes."""
    copy = Audience.objects.create(
        kind=audience.kind,
        event=audience.event,
        by_label=audience.by_label,
        position_kinds=audience.position_kinds,
        by_station=audience.by_station,
        placed=audience.placed,
        step_not_done=audience.step_not_done,
        copied_from=audience if audience.name else audience.copied_from,
    )
    copy.labels.set(audience.labels.all())
    copy.stations.set(audience.stations.all())
    copy.members.set(audience.members.all())
    return copy


@transaction.atomic
def delete_audience(audience: Audience, *, by: User | None) -> None:
    """Remove an audience.

    Raises:
        ActionError: while something points to it.
    """
    Audience.objects.select_for_update().get(pk=audience.pk)
    if is_used(audience):
        raise ActionError(_("Deze doelgroep is nog in gebruik. U kunt de doelgroep daarom niet verwijderen."))
    if audience.name:
        audit.record("audience.delete", by=by, on=audience)
    audience.delete()


def forget_unnamed(audience: Audience) -> None:
    """Remove an audience that belonged to one thing alone; one with a name, or that is still used, stays."""
    if not audience.name and not is_used(audience):
        delete_audience(audience, by=None)


def _check(
    row: Audience, *, needs_event: bool, stations: Collection[PollingStation], chosen: Collection[Member]
) -> None:
    if row.kind == AudienceKind.SELECTION and not (row.by_label or needs_event):
        raise ActionError(_("Kies bij een selectie minstens één kenmerk, functie, stembureau of onderdeel."))
    if row.step_not_done and row.step_not_done not in TASK_STEPS:
        raise ActionError(_("In dit onderdeel is niets te doen. Kies een ander onderdeel."))
    if row.kind == AudienceKind.MEMBERS and not chosen:
        raise ActionError(_("Kies minstens één lid."))
    if needs_event and row.event is None:
        raise ActionError(_("Maak eerst een verkiezingsronde aan. Zonder ronde is er geen indeling."))
    if row.by_station and any(station.event_id != row.event_id for station in stations):
        raise ActionError(_("Kies alleen stembureaus van deze verkiezingsronde."))
