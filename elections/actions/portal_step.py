"""Opening and closing the parts of the portal, and the parts that the team makes itself."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections import audit
from elections.actions.audience import forget_unnamed
from elections.actions.lock import lock_open_event
from elections.actions.reminder import move_reminders
from elections.enums import MENU_STEPS, StepKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Audience, ElectionEvent, Member, PortalStep, StepReading, User
from elections.queries.audience import members_of
from elections.queries.portal_step import period_text
from tenants.numbers import grouped

# Between two parts that follow each other.
GAP = 10

ChooseAudience = Callable[[], Audience | None]


@dataclass(frozen=True)
class PartSetting:
    """What the team sets of a part; an empty bound is no bound. `title` and `body` are for its own parts alone."""

    is_on: bool
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    text: str = ""
    title: str = ""
    body: str = ""


def for_everybody() -> None:
    """The choice of an audience that is none: the part is for all members."""


@transaction.atomic
def update_portal_step(
    step: PortalStep,
    setting: PartSetting,
    *,
    version: int,
    choose_audience: ChooseAudience = for_everybody,
    by: User | None,
) -> PortalStep:
    """Switch a part on or off, and set when it is open, for whom, and in which words.

    version: of the part as the page showed it. choose_audience: gives the audience, called inside the transaction.

    Raises:
        ChangedElsewhere: when a colleague changed it since `version`.
        ActionError: when it would close before it opens, an own part without a title, for an audience that asks who is
            not done with a part, in an archived event, and as `move_reminders`.
    """
    event = lock_open_event(step.event_id)
    step = _lock(step, version)
    _check(step, setting)
    move_reminders(step, setting.closes_at)
    before = step.audience
    step.audience = _chosen(choose_audience)
    step.version += 1
    _write(step, setting)
    if before and before != step.audience:
        forget_unnamed(before)
    _log("update", step, setting, on=event, by=by)
    return step


@transaction.atomic
def create_own_part(
    event: ElectionEvent,
    setting: PartSetting,
    *,
    choose_audience: ChooseAudience = for_everybody,
    by: User | None,
) -> PortalStep:
    """Add a part of the team's own, at the end of the task list.

    Raises:
        ActionError: without a title, and as `update_portal_step`.
    """
    event = lock_open_event(event.pk)
    last = event.portal_steps.aggregate(rank=Max("rank"))["rank"] or 0
    step = PortalStep(event=event, kind=StepKind.OWN, rank=last + GAP)
    _check(step, setting)
    step.audience = _chosen(choose_audience)
    _write(step, setting)
    _log("create", step, setting, on=event, by=by)
    return step


@transaction.atomic
def delete_own_part(step: PortalStep, *, version: int, by: User | None) -> None:
    """Take a part of the team's own away, with who read it.

    Raises:
        ChangedElsewhere: when a colleague changed it since `version`.
        ActionError: for a part that every event has, and in an archived event.
    """
    event = lock_open_event(step.event_id)
    step = _lock(step, version)
    if step.kind != StepKind.OWN:
        raise ActionError(_("Dit onderdeel hoort bij het portaal. U kunt het wel uitzetten."))
    audience = step.audience
    audit.record("portal_step.delete", by=by, on=event, what=step.title)
    step.delete()
    if audience:
        forget_unnamed(audience)


@transaction.atomic
def move_portal_step(step: PortalStep, *, up: bool, by: User | None) -> bool:
    """Let a part change places with the one before or after it in the task list. Returns whether it moved: the first
    goes no further up, the last no further down, and parts of the menu have no place there.

    Raises:
        ActionError: in an archived event.
    """
    event = lock_open_event(step.event_id)
    steps = _in_task_list(event)
    if step not in steps:
        return False
    place = steps.index(step)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(steps):
        return False
    steps[place], steps[other] = steps[other], steps[place]
    _put_in_order(event, steps, step, by=by)
    return True


@transaction.atomic
def place_portal_step(step: PortalStep, *, before: PortalStep | None, by: User | None) -> bool:
    """Put a part in front of another one in the task list; None: at the end. Returns whether it moved.

    The other part is named, not a number: a colleague may have moved parts since the page was made.

    Raises:
        ActionError: in an archived event.
    """
    event = lock_open_event(step.event_id)
    steps = _in_task_list(event)
    if step not in steps or step == before or (before and before not in steps):
        return False
    was = list(steps)
    steps.remove(step)
    steps.insert(steps.index(before) if before else len(steps), step)
    if steps == was:
        return False
    _put_in_order(event, steps, step, by=by)
    return True


def _in_task_list(event: ElectionEvent) -> list[PortalStep]:
    return list(event.portal_steps.exclude(kind__in=MENU_STEPS))


def _put_in_order(
    event: ElectionEvent, steps: list[PortalStep], moved: PortalStep, *, by: User | None
) -> None:
    for rank, each in enumerate(steps, start=1):
        each.rank = rank * GAP
    PortalStep.objects.bulk_update(steps, ["rank"])
    audit.record("portal_step.move", by=by, on=event, what=moved.name, place=steps.index(moved) + 1)


def mark_part_read(step: PortalStep, member: Member) -> None:
    """Note that the member read an own part as `step` has it; two moments make one note, and an edition counts once.

    Whoever looks at a page from before a change did not read the change.
    """
    reading = step.readings.filter(member=member).first()
    if reading is None:
        made = StepReading(step=step, member=member, edition=step.edition)
        StepReading.objects.bulk_create([made], ignore_conflicts=True)
    elif reading.edition < step.edition:
        step.readings.filter(pk=reading.pk, edition__lt=step.edition).update(
            edition=step.edition, read_at=timezone.now()
        )


def show_step(
    event: ElectionEvent,
    kind: StepKind,
    members: Collection[int],
    *,
    by: User | None,
    at: datetime | None = None,
) -> None:
    """Switch a part on because something was published in it; its period and audience stay what the team chose.

    members: primary keys of those for whom something was published. at: when members get to see it; now without, or
    when that is over.
    Call it in the transaction that publishes: members must not get a mail about a page that they cannot open.

    Raises:
        ActionError: when that moment lies outside the period, or the audience of the part leaves out somebody of
            `members`.
    """
    PortalStep.objects.get_or_create(
        event=event, kind=kind, defaults={"rank": (list(StepKind).index(kind) + 1) * GAP}
    )
    if PortalStep.objects.filter(event=event, kind=kind, is_on=False).update(is_on=True):
        audit.record("portal_step.update", by=by, on=event, step=kind.value, is_on=True)
    step = PortalStep.objects.select_related("audience__event").get(event=event, kind=kind)
    now = timezone.now()
    moment = max(at or now, now)
    if not step.is_open_at(moment):
        words = (
            _(
                "Leden zien het onderdeel “%(step)s” dan niet. %(period)s. Pas eerst de periode van het onderdeel aan."
            )
            if moment > now
            else _(
                "Leden zien het onderdeel “%(step)s” nu niet. %(period)s. Pas eerst de periode van het onderdeel aan."
            )
        )
        raise ActionError(words % {"step": kind.label, "period": period_text(step)})
    left_out = _left_out(step, members)
    if left_out:
        words = ngettext(
            "%(number)s lid ziet het onderdeel “%(step)s” niet. Pas eerst aan voor wie het onderdeel is.",
            "%(number)s leden zien het onderdeel “%(step)s” niet. Pas eerst aan voor wie het onderdeel is.",
            left_out,
        )
        raise ActionError(words % {"number": grouped(left_out), "step": kind.label})


def _left_out(step: PortalStep, members: Collection[int]) -> int:
    """How many active members of `members` the audience of the part does not hold."""
    if step.audience is None:
        return 0
    active = Member.objects.active().present().filter(pk__in=members)
    return active.exclude(pk__in=members_of(step.audience).values("pk")).count()


def _lock(step: PortalStep, version: int) -> PortalStep:
    locked = (
        PortalStep.objects.select_for_update(of=("self",))
        .select_related("audience")
        .filter(pk=step.pk)
        .first()
    )
    if locked is None or locked.version != version:
        raise ChangedElsewhere(
            _("Een collega heeft dit onderdeel intussen gewijzigd. Bekijk eerst hoe het nu is.")
        )
    return locked


def _check(step: PortalStep, setting: PartSetting) -> None:
    if setting.opens_at and setting.closes_at and setting.closes_at <= setting.opens_at:
        raise ActionError(_("De einddatum moet na de begindatum liggen."))
    if step.kind == StepKind.OWN and not setting.title.strip():
        raise ActionError(_("Geef het onderdeel een titel. Leden zien die in de lijst."))


def _chosen(choose_audience: ChooseAudience) -> Audience | None:
    """An audience by "not done with a part" would make what somebody sees depend on what they see; refuse it."""
    audience = choose_audience()
    if audience and audience.step_not_done:
        raise ActionError(
            _(
                "Een onderdeel kan niet voor leden zijn die met een onderdeel nog niet klaar zijn. "
                "Kies andere voorwaarden."
            )
        )
    return audience


def _write(step: PortalStep, setting: PartSetting) -> None:
    step.is_on, step.opens_at, step.closes_at = setting.is_on, setting.opens_at, setting.closes_at
    step.text = setting.text.strip()
    if step.kind == StepKind.OWN:
        written = (setting.title.strip(), setting.body.strip())
        if step.pk and written != (step.title, step.body):
            step.edition += 1
        step.title, step.body = written
    step.save()


def _log(verb: str, step: PortalStep, setting: PartSetting, *, on: ElectionEvent, by: User | None) -> None:
    audit.record(
        f"portal_step.{verb}",
        by=by,
        on=on,
        is_on=setting.is_on,
        opens_at=setting.opens_at.isoformat() if setting.opens_at else None,
        closes_at=setting.closes_at.isoformat() if setting.closes_at else None,
        step=None if step.title else step.kind,
        what=step.title or None,
    )
