"""Who comes, who cannot, and who said nothing yet; and what the team does with it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.access import event_required, sent_uuid, staff_required
from backoffice.forms.placement import COMES, PlacementAnswerForm
from backoffice.paging import asked_for, show_page
from backoffice.tables.placement import (
    FREE,
    DroppedFilter,
    DroppedTable,
    PlacementFilter,
    PlacementTable,
)
from elections import audit
from elections.actions.place_offer import offer_place
from elections.actions.placement import accept_placement, decline_placement, remind_placements
from elections.enums import AssignmentSource, AssignmentState, PlacementAnswer
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Assignment, Member
from elections.permissions import can
from elections.queries.placement import RELATED, answer_of
from elections.queries.placement_answer import (
    AnswerCounts,
    answer_counts,
    answered_places,
    dropped_places,
    next_in_line,
    reminder_preview,
)
from elections.queries.publication import unpublished
from tenants.numbers import grouped


@staff_required("planning.view")
@event_required
@require_GET
def placement_list(request: HttpRequest) -> HttpResponse:
    """All answers to published places and offers, with the figures on top."""
    event = request.event
    places = PlacementFilter(request.GET, answered_places(event), event=event)
    table = PlacementTable(places.qs, may_edit=can(request.user, "planning.edit"))
    show_page(table, request)
    counts = answer_counts(event)
    may_publish = can(request.user, "planning.publish")
    context = {
        "table": table,
        "filter": places,
        "figures": _figures(counts),
        "has_places": bool(counts.asked or counts.declined or counts.offered or table.data),
        "to_remind": reminder_preview(event).members if may_publish else 0,
        "unpublished": unpublished(event) if may_publish else 0,
        "may_publish": may_publish,
    }
    count = table.page.paginator.count
    audit.record_view("placement.list", by=request.user, filters=asked_for(places), count=count)
    return render(request, "backoffice/placement/list.html", context)


@staff_required("planning.view")
@event_required
@require_GET
def placement_dropped(request: HttpRequest) -> HttpResponse:
    """Whose published place ended: given back by the member or taken back by the team, and not moved elsewhere."""
    places = DroppedFilter(request.GET, dropped_places(request.event), event=request.event)
    table = DroppedTable(places.qs, may_edit=can(request.user, "planning.edit"))
    show_page(table, request)
    count = table.page.paginator.count
    audit.record_view("placement.dropped", by=request.user, filters=asked_for(places), count=count)
    context = {"table": table, "filter": places, "has_any": bool(count) or bool(request.GET)}
    return render(request, "backoffice/placement/dropped.html", context)


@staff_required("planning.publish")
@event_required
@require_http_methods(["GET", "POST"])
def placement_remind(request: HttpRequest) -> HttpResponse:
    """Ask first, with the number of mails; then remind everybody who did not answer."""
    if request.method == "POST":
        try:
            count = remind_placements(request.event, by=request.user)
        except ActionError as problem:
            messages.error(request, problem.message)
        else:
            text = ngettext(
                "%(count)s lid krijgt een herinnering.", "%(count)s leden krijgen een herinnering.", count
            )
            messages.success(request, text % {"count": grouped(count)})
        return redirect("backoffice:placement-list")
    preview = reminder_preview(request.event)
    if not preview.members:
        messages.info(
            request,
            _("Er is nu niemand om te herinneren: iedereen antwoordde, of kreeg net een herinnering."),
        )
        return redirect("backoffice:placement-list")
    return render(request, "backoffice/placement/remind.html", {"preview": preview})


@staff_required("planning.edit")
@require_http_methods(["GET", "POST"])
def placement_answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write down what a member said on the telephone."""
    place = _place(uuid)
    request.event = place.shift.polling_station.event
    form = PlacementAnswerForm(request.POST or None, initial={"version": place.version})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            if said["answer"] == COMES:
                accept_placement(place, by=request.user, as_team=True, version=said["version"])
            else:
                decline_placement(
                    place, said["reason"], by=request.user, as_team=True, version=said["version"]
                )
        except ActionError as problem:
            form.add_error(None, problem.message)
            if isinstance(problem, ChangedElsewhere):
                form.look_again(place.version)
        else:
            messages.success(
                request, _("Het antwoord van %(name)s is bewaard.") % {"name": place.member.informal_name}
            )
            return redirect("backoffice:placement-list")
    context = {"form": form, "place": place, "answer": answer_of(place, request.event)}
    return render(request, "backoffice/placement/answer.html", context)


@staff_required("planning.edit")
@require_http_methods(["GET", "POST"])
def placement_offer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who is next in line for a place that came free, and why; then offer it."""
    place = _place(uuid)
    request.event = place.shift.polling_station.event
    if request.method == "POST":
        member = get_object_or_404(Member, uuid=sent_uuid(request.POST.get("member")))
        try:
            offer_place(place.shift, member, by=request.user, source=AssignmentSource.FOLLOW_UP)
        except ActionError as problem:
            messages.error(request, problem.message)
            return redirect("backoffice:placement-offer", uuid=uuid)
        text = _("De plaats is aangeboden aan %(name)s.") % {"name": member.informal_name}
        messages.success(request, text)
        return redirect("backoffice:placement-list")
    line = next_in_line(place.shift, by=request.user)
    audit.record_view("assignment.candidates", by=request.user, on=place.shift, count=len(line))
    is_free = place.shift.assignments.active().count() < place.shift.places
    return render(
        request, "backoffice/placement/offer.html", {"place": place, "line": line, "is_free": is_free}
    )


def _figures(counts: AnswerCounts) -> list[dict[str, Any]]:
    return [
        {
            "value": counts.accepted,
            "of": counts.asked,
            "label": PlacementAnswer.ACCEPTED.label,
            "url": f"?answer={PlacementAnswer.ACCEPTED}",
            "tone": "ok" if counts.accepted else "neutral",
        },
        {
            "value": counts.silent,
            "label": PlacementAnswer.SILENT.label,
            "url": f"?answer={PlacementAnswer.SILENT}",
            "hint": _("%(n)s te laat") % {"n": counts.overdue},
            "tone": "warning" if counts.overdue else "neutral",
        },
        {
            "value": counts.declined,
            "label": PlacementAnswer.DECLINED.label,
            "url": f"?answer={PlacementAnswer.DECLINED}",
        },
        {
            "value": counts.free,
            "label": _("nog vrij na een nee"),
            "url": f"?answer={FREE}",
            "tone": "error" if counts.free else "neutral",
        },
        {
            "value": counts.offered,
            "label": PlacementAnswer.OFFERED.label,
            "url": f"?answer={PlacementAnswer.OFFERED}",
        },
    ]


def _place(uuid: UUID) -> Assignment:
    """A place that its member was asked about."""
    asked = Assignment.objects.filter(
        published_at__isnull=False, state__in=(AssignmentState.PUBLISHED, AssignmentState.DECLINED)
    )
    return get_object_or_404(asked.select_related("member__user", *RELATED), uuid=uuid)
