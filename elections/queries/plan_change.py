"""Changes of the plan in words: what can be undone, and who changed a place last."""

from datetime import datetime
from typing import Any, Final

from django.db.models import Func, IntegerField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from elections.enums import PlanChangeKind
from elections.models import Assignment, AuditEvent, ElectionEvent, Member, PlanChange, Shift, User
from tenants.numbers import grouped

_ACTS: Final = {
    "assignment.create": gettext_lazy("%(who)s heeft %(member)s %(when)s ingedeeld: %(shift)s."),
    "assignment.move": gettext_lazy("%(who)s heeft %(member)s %(when)s verplaatst naar %(shift)s."),
    "assignment.swap": gettext_lazy("%(who)s heeft %(member)s %(when)s gewisseld naar %(shift)s."),
    "assignment.remove": gettext_lazy("%(who)s heeft %(member)s %(when)s uit de dienst gehaald."),
    "assignment.lock": gettext_lazy("%(who)s heeft %(member)s %(when)s vastgezet."),
    "assignment.unlock": gettext_lazy("%(who)s heeft %(member)s %(when)s losgemaakt."),
    "placement.publish": gettext_lazy("De plaats van %(member)s is %(when)s gepubliceerd door %(actor)s."),
}
_OTHER_ACT: Final = gettext_lazy("%(who)s heeft deze plaats %(when)s gewijzigd.")


def undoable(event: ElectionEvent, user: User) -> PlanChange | None:
    """The last change of `user` in `event` that was not undone; two changes back comes after one back.

    Its steps are read when somebody asks for them: those of a proposal that was taken over are megabytes.
    """
    return PlanChange.objects.filter(event=event, user=user, undone_at=None).defer("steps").first()


def describe(change: PlanChange) -> str:
    """What the change did, such as "Noor Bakker verplaatst naar 12 Buurthuis · Ochtend · Voorzitter".

    Composed from the rows of today: somebody who was erased is not named. At most three queries.
    """
    if change.kind == PlanChangeKind.TAKE_OVER:
        count = _step_count(change)
        text = ngettext(
            "Voorstel overgenomen: %(count)s plaats", "Voorstel overgenomen: %(count)s plaatsen", count
        )
        return text % {"count": grouped(count)}
    sides = [one["after"] or one["before"] for one in change.steps]
    members = Member.objects.in_bulk({side["member"] for side in sides}, field_name="uuid")
    shifts = {str(shift.uuid): shift for shift in _shifts({side["shift"] for side in sides})}
    names = list(dict.fromkeys(member.full_name for member in members.values()))
    # Of a published place that moved, the last step is the place where the member came.
    last = sides[-1]
    words = {
        "name": names[0] if names else _("iemand"),
        "other": names[-1] if names else _("iemand"),
        "shift": shifts.get(last["shift"]) or _("een dienst die is verwijderd"),
    }
    sentences = {
        PlanChangeKind.ASSIGN: _("%(name)s ingedeeld: %(shift)s"),
        PlanChangeKind.REMOVE: _("%(name)s uit de dienst gehaald: %(shift)s"),
        PlanChangeKind.MOVE: _("%(name)s verplaatst naar %(shift)s"),
        PlanChangeKind.SWAP: _("%(name)s en %(other)s gewisseld"),
        PlanChangeKind.LOCK: (
            _("%(name)s vastgezet: %(shift)s") if last["is_locked"] else _("%(name)s losgemaakt: %(shift)s")
        ),
    }
    return sentences[PlanChangeKind(change.kind)] % words


def _step_count(change: PlanChange) -> int:
    """How many steps the change has, counted where they are."""
    length = Func("steps", function="jsonb_array_length", output_field=IntegerField())
    return PlanChange.objects.filter(pk=change.pk).values_list(length, flat=True).get()


def last_act(uuid: Any) -> str:
    """Who did what last with this assignment, as a sentence; empty when the log does not say. Also for a row that
    is gone."""
    event = AuditEvent.objects.filter(object_type="assignment", object_id=str(uuid)).first()
    if event is None:
        return ""
    shift = next(iter(_shifts({event.details.get("shift")} - {None})), None)
    member = (
        Member.objects.filter(uuid=event.details["member"]).first() if "member" in event.details else None
    )
    text = _ACTS.get(event.action, _OTHER_ACT) if shift and member else _OTHER_ACT
    return str(text) % {
        "who": event.actor[:1].upper() + event.actor[1:],
        "actor": event.actor,
        "member": member,
        "when": when(event.at),
        "shift": shift,
    }


def placed_by(assignment: Assignment) -> str:
    """Who put the member there and when, as in "ingedeeld door Pim Planning om 14.03 uur"; assigned_by is loaded."""
    moment = when(assignment.assigned_at)
    if assignment.assigned_by is None:
        return _("ingedeeld %(when)s") % {"when": moment}
    return _("ingedeeld door %(who)s %(when)s") % {"who": assignment.assigned_by.display_name, "when": moment}


def when(moment: datetime) -> str:
    """ "om 14.03 uur", with the day when that was not today."""
    local = timezone.localtime(moment)
    at = {"time": f"{local:%H.%M}", "day": date_format(local, "j F")}
    if local.date() == timezone.localdate():
        return _("om %(time)s uur") % at
    return _("op %(day)s om %(time)s uur") % at


def _shifts(uuids: set[Any]) -> list[Shift]:
    return list(
        Shift.objects.filter(uuid__in=uuids).select_related("polling_station", "day_part", "position")
        if uuids
        else ()
    )
