"""Making, changing and archiving an election event. Its days and positions have rooms of their own."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections import audit, clock
from elections.actions.lock import lock_event, lock_open_event
from elections.actions.position import check_positions
from elections.actions.shift import propose_template
from elections.enums import MENU_STEPS, ClashPolicy, StepKind
from elections.errors import ActionError
from elections.event_plan import DayPartPlan, ElectionPlan, EventPlan, PollingDayPlan
from elections.models import DayPart, Election, ElectionEvent, PollingDay, PortalStep, Position, User

# What a rule may be, from and to; the database holds the same bounds (event_terms_possible).
RULE_BOUNDS: Final = {
    "minimum_rest_hours": (0, 24),
    "maximum_hours_per_day": (1, 24),
    "maximum_inexperienced": (0, 50),
    "answer_days": (1, 90),
    "offer_hours": (1, 336),
}
RULES: Final = (
    *RULE_BOUNDS, "clash_policy", "requires_training", "final_after_training", "trained_since", "asks_answer",
    "offers_next", "shows_team_mates",
)  # fmt: skip
MAY_BE_EMPTY: Final = frozenset({"maximum_hours_per_day", "maximum_inexperienced"})


@transaction.atomic
def create_event(plan: EventPlan, *, by: User | None) -> ElectionEvent:
    """Make an event with its elections, polling days, day parts and positions.

    It also gets a first shift template and every portal step: off, but for documents and messages.

    Raises:
        ActionError: when the plan cannot stand: no election, no day, names or days twice, a name in use.
    """
    check_event_name(plan.name)
    _check_plan(plan)
    event = ElectionEvent.objects.create(name=plan.name.strip())
    elections = Election.objects.bulk_create(
        Election(event=event, category=election.category, name=election.name) for election in plan.elections
    )
    for day_plan in plan.polling_days:
        day = PollingDay.objects.create(event=event, date=day_plan.date, kind=day_plan.kind)
        day.elections.set(elections)
        DayPart.objects.bulk_create(
            DayPart(polling_day=day, name=part.name, start=part.start, end=part.end)
            for part in day_plan.day_parts
        )
    Position.objects.bulk_create(
        Position(
            event=event,
            kind=position.kind,
            name=position.name,
            rank=rank * 10,
            minimum_age=position.minimum_age,
            needs_training=position.needs_training,
            allowance_cents=position.allowance_cents,
        )
        for rank, position in enumerate(plan.positions, start=1)
    )
    _add_parts(event)
    propose_template(event)
    audit.record("event.create", by=by, on=event, days=[day.date.isoformat() for day in plan.polling_days])
    return event


def _add_parts(event: ElectionEvent) -> None:
    """Every part that there is one of, in the order in which members meet them."""
    kinds = [kind for kind in StepKind if kind != StepKind.OWN]
    PortalStep.objects.bulk_create(
        PortalStep(event=event, kind=kind, rank=place * 10, is_on=kind in MENU_STEPS)
        for place, kind in enumerate(kinds, start=1)
    )


@transaction.atomic
def update_event(
    event: ElectionEvent,
    *,
    name: str,
    decision_date: date | None,
    signatory: str,
    signatory_title: str,
    elections: list[ElectionPlan],
    by: User | None,
) -> None:
    """Change the event's own facts and the list of its elections; every polling day serves all of them.

    Raises:
        ActionError: when no election is left, one is there twice, another event has the name, or it is archived.
    """
    event = lock_open_event(event.pk)
    check_event_name(name, besides=event)
    check_elections(elections)
    event.name = name.strip()
    event.decision_date = decision_date
    event.signatory = signatory
    event.signatory_title = signatory_title
    event.save()
    kept = []
    for plan in elections:
        election, _created = Election.objects.get_or_create(
            event=event, category=plan.category, name=plan.name
        )
        kept.append(election)
    event.elections.exclude(pk__in=[election.pk for election in kept]).delete()
    for day in event.polling_days.all():
        day.elections.set(kept)
    audit.record("event.update", by=by, on=event, elections=[plan.name for plan in elections])


@transaction.atomic
def update_event_rules(event: ElectionEvent, rules: Mapping[str, Any], *, by: User | None) -> None:
    """Change the rules by which members are placed, and how they answer; `rules` holds some or all of RULES by name.

    Nobody is taken out of a place by a stricter rule: the planning pages warn instead.

    Raises:
        ActionError: for a number outside its bounds, a policy that does not exist, or an archived event.
    """
    event = lock_open_event(event.pk)
    _check_rules(rules)
    changed = [name for name in RULES if name in rules and getattr(event, name) != rules[name]]
    for name in changed:
        setattr(event, name, rules[name])
    if changed:
        event.save(update_fields=changed)
        audit.record("event.rules", by=by, on=event, fields=changed)


@transaction.atomic
def archive_event(event: ElectionEvent, *, by: User | None) -> None:
    """Close an event: members no longer see it. Archiving twice changes nothing."""
    event = lock_event(event.pk)
    if event.archived_at is None:
        event.archived_at = timezone.now()
        event.save(update_fields=["archived_at"])
        audit.record("event.archive", by=by, on=event)


@transaction.atomic
def restore_event(event: ElectionEvent, *, by: User | None) -> None:
    """Take an event out of the archive. Doing so twice changes nothing."""
    event = lock_event(event.pk)
    if event.archived_at is not None:
        event.archived_at = None
        event.save(update_fields=["archived_at"])
        audit.record("event.restore", by=by, on=event)


def check_event_name(name: str, *, besides: ElectionEvent | None = None) -> None:
    """Raise ActionError when `name` is empty or another event than `besides` has it."""
    if not name.strip():
        raise ActionError(_("Vul een naam in voor de verkiezingsronde."))
    same = ElectionEvent.objects.filter(name=name.strip())
    if besides:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise ActionError(_("Er is al een verkiezingsronde met deze naam. Kies een andere naam."))


def check_elections(elections: list[ElectionPlan]) -> None:
    """Raise ActionError when there is no election, or one twice."""
    if not elections:
        raise ActionError(_("Vul minstens één verkiezing in."))
    if len(set(elections)) < len(elections):
        raise ActionError(_("Deze verkiezing staat er twee keer in. Haal er één weg."))


def check_day_parts(day: PollingDayPlan) -> None:
    """Raise ActionError when a polling day has no day part, two with one name, or one at an impossible time."""
    if not day.day_parts:
        raise ActionError(_("Elke zittingsdag heeft minstens één dagdeel nodig."))
    names = [part.name for part in day.day_parts]
    if len(set(names)) < len(names):
        raise ActionError(_("Geef elk dagdeel van een dag een eigen naam."))
    for part in day.day_parts:
        _check_times(day.date, part)


def _check_times(day: date, part: DayPartPlan) -> None:
    if part.start == part.end:
        raise ActionError(
            _("Dagdeel “%(part)s” begint en eindigt op dezelfde tijd. Vul een andere eindtijd in.")
            % {"part": part.name}
        )
    for at, on in ((part.start, day), (part.end, clock.ends_on(day, part.start, part.end))):
        if not clock.exists(on, at):
            raise ActionError(
                _(
                    "De klok gaat vooruit op %(day)s: %(time)s uur bestaat dan niet. "
                    "Kies voor dagdeel “%(part)s” een andere tijd."
                )
                % {"day": date_format(on, "j F Y"), "time": f"{at:%H.%M}", "part": part.name}
            )


def _check_plan(plan: EventPlan) -> None:
    check_elections(list(plan.elections))
    if not plan.polling_days:
        raise ActionError(_("Vul minstens één zittingsdag in."))
    days = [(day.date, day.kind) for day in plan.polling_days]
    if len(set(days)) < len(days):
        raise ActionError(
            _("Deze zittingsdag staat er twee keer in. Kies een andere datum of een andere soort dag.")
        )
    for day in plan.polling_days:
        check_day_parts(day)
    check_positions(plan.positions)


def _check_rules(rules: Mapping[str, Any]) -> None:
    for name, (least, most) in RULE_BOUNDS.items():
        value = rules.get(name, least)
        if value is None and name in MAY_BE_EMPTY:
            continue
        if value is None or not least <= value <= most:
            field = ElectionEvent._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            raise ActionError(
                _("Vul bij “%(field)s” een getal in van %(least)s tot en met %(most)s.")
                % {"field": field, "least": least, "most": most}
            )
    if rules.get("clash_policy", ClashPolicy.WARN) not in ClashPolicy.values:
        raise ActionError(_("Kies wat er gebeurt met kandidaten op een lijst."))
