"""The polling days of an event, each with its day parts."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from backoffice.access import sent_uuid, staff_required
from backoffice.forms.event import DayPartRows, PollingDayForm, day_part_initial, day_part_plan, next_day
from backoffice.forms.polling_day import PollingDayOfferForm
from backoffice.forms.rows import Rows, are_valid, hush, posted
from elections.actions import polling_day as actions
from elections.enums import PollingDayKind
from elections.errors import ActionError
from elections.event_plan import COUNTING_DAY_PARTS, DayPartPlan, PollingDayPlan
from elections.models import DayPart, ElectionEvent, PollingDay


@staff_required("event.edit")
def polling_day_create(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Add a day to the event with this uuid; `like` names a day whose day parts it begins with."""
    event = get_object_or_404(ElectionEvent, uuid=uuid)
    form, rows, is_sent = _forms(request, *_example(event, sent_uuid(request.GET.get("like"))))
    errors: list[str] = []
    if is_sent and are_valid(form, rows):
        plan = PollingDayPlan(
            form.cleaned_data["date"],
            PollingDayKind(form.cleaned_data["kind"]),
            tuple(day_part_plan(row) for row in rows.filled),
        )
        try:
            actions.add_polling_day(event, plan, by=request.user)
        except ActionError as error:
            errors = [error.message]
        else:
            messages.success(request, _("De zittingsdag is toegevoegd. Kijk ook het dienstensjabloon na."))
            return redirect("backoffice:event-detail", event.uuid)
    context = {"event": event, "form": form, "rows": rows, "errors": errors, "page_errors": is_sent}
    return render(request, "backoffice/polling_day/edit.html", context)


@staff_required("event.edit")
def polling_day_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change the date, the kind and the day parts of one day."""
    day = get_object_or_404(PollingDay.objects.select_related("event"), uuid=uuid)
    form, rows, is_sent = _forms(request, {"date": day.date, "kind": day.kind}, list(day.day_parts.all()))
    errors: list[str] = []
    if is_sent and are_valid(form, rows):
        try:
            actions.update_polling_day(
                day,
                day_date=form.cleaned_data["date"],
                kind=form.cleaned_data["kind"],
                day_parts=[(row["uuid"], day_part_plan(row)) for row in rows.filled],
                by=request.user,
            )
        except ActionError as error:
            errors = [error.message]
        else:
            messages.success(request, _("De zittingsdag is aangepast."))
            return redirect("backoffice:event-detail", day.event.uuid)
    context = {
        "event": day.event,
        "day": day,
        "form": form,
        "rows": rows,
        "errors": errors,
        "page_errors": is_sent,
    }
    return render(request, "backoffice/polling_day/edit.html", context)


@staff_required("event.edit")
def polling_day_delete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask, then remove the day."""
    day = get_object_or_404(PollingDay.objects.select_related("event"), uuid=uuid)
    if request.method != "POST":
        stations = day.opening_hours.count()
        return render(request, "backoffice/polling_day/delete.html", {"day": day, "stations": stations})
    try:
        actions.remove_polling_day(day, by=request.user)
    except ActionError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("De zittingsdag is verwijderd."))
    return redirect("backoffice:event-detail", day.event.uuid)


@staff_required("event.edit")
def polling_day_offer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What members may choose on this day: which day parts, positions and venues."""
    day = get_object_or_404(PollingDay.objects.select_related("event"), uuid=uuid)
    form = PollingDayOfferForm(request.POST or None, day=day)
    errors: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_offer(day, **form.values, by=request.user)
        except ActionError as error:
            errors = [error.message]
        else:
            messages.success(request, _("De keuze van leden is aangepast."))
            return redirect("backoffice:event-detail", day.event.uuid)
    context = {"day": day, "form": form, "errors": errors, "page_errors": errors}
    return render(request, "backoffice/polling_day/offer.html", context)


def _example(
    event: ElectionEvent, like: UUID | None
) -> tuple[dict[str, Any], list[DayPart] | list[DayPartPlan]]:
    """What a new day begins with: a day after the example of `like`, otherwise a day of central counting."""
    day = event.polling_days.filter(uuid=like).first() if like else None
    if day is None:
        return {"kind": PollingDayKind.COUNTING}, list(COUNTING_DAY_PARTS)
    new_date, kind = next_day(day.date, day.kind)
    parts = [DayPartPlan(part.name, part.start, part.end) for part in day.day_parts.all()]
    return {"date": new_date, "kind": kind}, parts


def _forms(
    request: HttpRequest, initial: dict[str, Any], parts: list[DayPart] | list[DayPartPlan]
) -> tuple[PollingDayForm, Rows, bool]:
    data, is_sent = posted(request)
    form = PollingDayForm(data, initial=initial)
    rows = DayPartRows(data, prefix="parts", initial=[day_part_initial(part) for part in parts])
    if not is_sent:
        hush(form, rows)
    return form, rows, is_sent
