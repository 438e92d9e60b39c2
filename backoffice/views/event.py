"""Election events: the list, making one, its overview, and which one a colleague works in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from backoffice.access import EVENT_SESSION_KEY, chosen_event, staff_required
from backoffice.forms.event import ElectionRows, EventForm, election_plans
from backoffice.forms.event_copy import EventCopyForm, part_words
from backoffice.forms.event_plan import MAX_DAYS, EventPlanForm, posted_plan
from backoffice.forms.event_rules import EventRulesForm, rule_facts
from backoffice.forms.rows import Rows, are_valid, hush, posted
from elections.actions import event as actions
from elections.actions.event_copy import check_copy, copy_event
from elections.enums import EventPart
from elections.errors import ActionError
from elections.event_plan import proposed_plan
from elections.models import ElectionEvent
from elections.permissions import can
from elections.queries.event import EventProgress, current_event, event_progress
from elections.queries.event_copy import copied_days, copy_counts
from elections.queries.letter_facts import money


@staff_required("event.view")
def event_list(request: HttpRequest) -> HttpResponse:
    """All events, newest first, with the one that members see and the one this colleague works in."""
    events = ElectionEvent.objects.prefetch_related("polling_days", "elections")
    context = {
        "events": events,
        "chosen": chosen_event(request),
        "current": current_event(),
        "may_edit": can(request.user, "event.edit"),
    }
    return render(request, "backoffice/event/list.html", context)


@staff_required("event.edit")
def event_create(request: HttpRequest) -> HttpResponse:
    """One page, filled in for the next vote; every line can be changed."""
    proposal = proposed_plan(is_public_body=request.tenant.is_public_body)
    data, is_sent = posted_plan(request)
    form = EventPlanForm(data, proposal)
    errors: list[str] = []
    if not is_sent:
        hush(*form.parts)
    elif form.is_valid():
        try:
            event = actions.create_event(form.plan, by=request.user)
        except ActionError as error:
            errors = [error.message]
        else:
            request.session[EVENT_SESSION_KEY] = str(event.uuid)
            messages.success(
                request, _("De verkiezingsronde is gemaakt. Nu kunt u de stembureaus toevoegen.")
            )
            return redirect("backoffice:event-detail", event.uuid)
    context = {
        "plan_form": form,
        "may_add_day": len(form.days) < MAX_DAYS,
        "earlier": ElectionEvent.objects.first(),
        "errors": errors,
        "page_errors": is_sent,
    }
    return render(request, "backoffice/event/create.html", context)


@staff_required("event.edit")
def event_copy(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A new event from this one: choose what comes along, see it, make it. Nothing is stored in between."""
    source = get_object_or_404(ElectionEvent, uuid=uuid)
    data, is_sent = posted(request)
    counts = copy_counts(source)
    form = EventCopyForm(data, counts=counts)
    initial = [{"category": election.category, "name": election.name} for election in source.elections.all()]
    rows = ElectionRows(data, prefix="elections", initial=initial)
    if not is_sent or "change" in request.POST:
        is_sent = False
        hush(form, rows)
    errors: list[str] = []
    if is_sent and are_valid(form, rows):
        try:
            return _copy(request, source, form, rows)
        except ActionError as error:
            errors = [error.message]
    context = {"source": source, "form": form, "rows": rows, "errors": errors, "page_errors": is_sent}
    return render(request, "backoffice/event/copy.html", context)


def _copy(request: HttpRequest, source: ElectionEvent, form: EventCopyForm, rows: Rows) -> HttpResponse:
    """The page with what would be made or, when that was confirmed, the new event itself."""
    name, polling_date = form.cleaned_data["name"], form.cleaned_data["polling_date"]
    elections, parts = election_plans(rows.filled), form.chosen
    if "confirm" in request.POST:
        event = copy_event(
            source, name=name, polling_date=polling_date, elections=elections, parts=parts, by=request.user
        )
        request.session[EVENT_SESSION_KEY] = str(event.uuid)
        messages.success(request, _("De verkiezingsronde is gemaakt. Kijk de dagen en de functies na."))
        return redirect("backoffice:event-detail", event.uuid)
    check_copy(source, name=name, elections=elections, parts=parts)
    counts = copy_counts(source)
    context = {
        "source": source,
        "form": form,
        "rows": rows,
        "days": copied_days(source, polling_date) if EventPart.DAYS in parts else [],
        "taken": [part_words(part, counts[part]) for part in parts],
        "left": [part.label for part in EventPart if counts[part] and part not in parts],
    }
    return render(request, "backoffice/event/copy_preview.html", context)


@staff_required("event.view")
def event_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the event holds, and how far its preparation is."""
    event = get_object_or_404(ElectionEvent, uuid=uuid)
    days = event.polling_days.prefetch_related("day_parts", "elections")
    context = {
        "event": event,
        "elections": event.elections.all(),
        "days": days,
        "positions": [
            (position, money(position.allowance_cents, request.tenant.words.currency))
            for position in event.positions.all()
        ],
        "rules": rule_facts(event),
        "steps": _setup_steps(event_progress(event)),
        "is_chosen": chosen_event(request) == event,
        "is_current": current_event() == event,
        "may_edit": can(request.user, "event.edit"),
    }
    return render(request, "backoffice/event/detail.html", context)


@staff_required("event.edit")
def event_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The name, the facts for the letters, and the elections."""
    event = get_object_or_404(ElectionEvent, uuid=uuid)
    initial = [{"category": election.category, "name": election.name} for election in event.elections.all()]
    data, is_sent = posted(request)
    form = EventForm(data, instance=event)
    rows = ElectionRows(data, prefix="elections", initial=initial)
    errors: list[str] = []
    if not is_sent:
        hush(form, rows)
    elif are_valid(form, rows):
        try:
            actions.update_event(
                event, **form.cleaned_data, elections=election_plans(rows.filled), by=request.user
            )
        except ActionError as error:
            errors = [error.message]
        else:
            messages.success(request, _("De verkiezingsronde is aangepast."))
            return redirect("backoffice:event-detail", event.uuid)
    title = ElectionEvent.objects.get(pk=event.pk).name
    context = {
        "event": event,
        "title": title,
        "form": form,
        "rows": rows,
        "errors": errors,
        "page_errors": is_sent,
    }
    return render(request, "backoffice/event/edit.html", context)


@staff_required("event.edit")
def event_rules(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The rules for placing people and for their answers."""
    event = get_object_or_404(ElectionEvent, uuid=uuid)
    form = EventRulesForm.of(event, request.POST or None)
    errors: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_event_rules(event, form.cleaned_data, by=request.user)
        except ActionError as error:
            errors = [error.message]
        else:
            messages.success(request, _("De regels zijn bewaard."))
            return redirect("backoffice:event-detail", event.uuid)
    context = {"event": event, "form": form, "errors": errors, "page_errors": errors}
    return render(request, "backoffice/event/rules.html", context)


@staff_required("event.view")
@require_POST
def event_choose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Work in this event from now on; only for this colleague."""
    event = get_object_or_404(ElectionEvent, uuid=uuid)
    request.session[EVENT_SESSION_KEY] = str(event.uuid)
    messages.success(request, _("U werkt nu in “%(event)s”.") % {"event": event.name})
    return redirect("backoffice:event-detail", event.uuid)


@staff_required("event.edit")
def event_archive(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask, then close the event for members."""
    event = get_object_or_404(ElectionEvent, uuid=uuid)
    if request.method != "POST":
        return render(request, "backoffice/event/archive.html", {"event": event})
    actions.archive_event(event, by=request.user)
    messages.success(request, _("De verkiezingsronde staat in het archief."))
    return redirect("backoffice:event-list")


@staff_required("event.edit")
@require_POST
def event_restore(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take the event out of the archive."""
    event = get_object_or_404(ElectionEvent, uuid=uuid)
    actions.restore_event(event, by=request.user)
    messages.success(request, _("De verkiezingsronde staat niet meer in het archief."))
    return redirect("backoffice:event-detail", event.uuid)


def _setup_steps(progress: EventProgress) -> list[dict[str, Any]]:
    """The way from an empty event to people in places, as steps with what is done and what is next."""
    steps = [
        (
            _("Stembureaus toevoegen"),
            ngettext("%(n)s stembureau", "%(n)s stembureaus", progress.stations) % {"n": progress.stations},
            "polling-station-list",
            progress.stations > 0,
        ),
        (_("Diensten maken"), _shift_words(progress), "shift-list", _has_all_shifts(progress)),
        (
            _("Leden uitnodigen"),
            _("%(invited)s van %(all)s leden uitgenodigd")
            % {"invited": progress.members_invited, "all": progress.members},
            "member-list",
            0 < progress.members <= progress.members_invited,
        ),
        (
            _("Portaal openzetten"),
            ngettext("%(n)s onderdeel open", "%(n)s onderdelen open", progress.steps_open)
            % {"n": progress.steps_open},
            "portal-step-list",
            progress.steps_open > 0,
        ),
        (
            _("Leden indelen"),
            _("%(answers)s leden gaven hun beschikbaarheid door. %(filled)s van %(places)s plaatsen bezet.")
            % {"answers": progress.answers, "filled": progress.places_filled, "places": progress.places},
            "assignment-list",
            0 < progress.places <= progress.places_filled,
        ),
    ]
    first_open = next((title for title, _meta, _name, is_done in steps if not is_done), None)
    return [
        {
            "title": title,
            "meta": meta,
            "url": reverse(f"backoffice:{name}"),
            "status": "done" if is_done else "current" if title == first_open else "todo",
        }
        for title, meta, name, is_done in steps
    ]


def _has_all_shifts(progress: EventProgress) -> bool:
    return progress.shifts > 0 and progress.stations_without_shifts == 0


def _shift_words(progress: EventProgress) -> str:
    words = ngettext("%(n)s dienst", "%(n)s diensten", progress.shifts) % {"n": progress.shifts}
    if progress.shifts and progress.stations_without_shifts:
        return _("%(shifts)s; %(n)s stembureaus hebben er nog geen") % {
            "shifts": words,
            "n": progress.stations_without_shifts,
        }
    return words
