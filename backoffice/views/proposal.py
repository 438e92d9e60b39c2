"""Proposals of the optimiser: asking for one, looking at it, comparing it, and taking it over."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.access import event_required, sent_uuid, staff_required
from backoffice.forms.proposal import KEEP, ProposalForm, TakeOverForm
from backoffice.paging import asked_for, show_page
from backoffice.proposal import (
    estimate_context,
    estimates,
    find_proposal,
    page_context,
    progress_context,
    ready_proposal,
    tell_taken_over,
    undo_of,
)
from backoffice.selection import MAX_PICKED
from backoffice.tables.proposal import (
    PlacementFilter,
    PlacementTable,
    ProposalTable,
    UnfilledFilter,
    method_words,
)
from elections import audit
from elections.actions.job import cancel_job
from elections.actions.plan_change import undo_change
from elections.actions.proposal import (
    discard_proposal,
    lock_placements,
    request_proposal,
    take_over_proposal,
)
from elections.enums import ProposalState, StepKind
from elections.errors import ActionError
from elections.models import ElectionEvent, Member, Shift
from elections.permissions import can
from elections.queries.event import event_progress
from elections.queries.portal_step import open_to_some
from elections.queries.proposal import (
    changes_of,
    compare,
    gap_words_of,
    in_order_of_name,
    move_words,
    placements_of,
    plan_of,
    plan_of_today,
    skipped_words,
    summary_lines,
    unfilled_by_reason,
    unfilled_of,
    what_changed_since,
)
from elections.queries.proposal_reasons import EMPTY_IN_SHORT, unfilled_words, why
from elections.queries.proposal_take_over import plan_take_over
from elections.sessions import no_activity
from tenants.numbers import grouped

UNFILLED_PER_PAGE: Final = 25
MOVES_PER_PAGE: Final = 50
SKIPPED_SHOWN: Final = 20


@staff_required("planning.view")
@event_required
@require_GET
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Every proposal of the event, newest first."""
    event: ElectionEvent = request.event
    table = ProposalTable(event.proposals.select_related("created_by", "job", "plan_change"))
    show_page(table, request)
    context = {
        "table": table,
        "may_edit": can(request.user, "planning.edit"),
        "progress": None if table.page.paginator.count else event_progress(event),
    }
    return render(request, "backoffice/proposal/list.html", context)


@staff_required("planning.edit")
@event_required
@require_http_methods(["GET", "POST"])
def proposal_create(request: HttpRequest) -> HttpResponse:
    """Choose what counts, with a quick estimate beside it, and start."""
    event: ElectionEvent = request.event
    earlier = event.proposals.filter(uuid=sent_uuid(request.GET.get("from"))).first()
    form = ProposalForm(request.POST or None, initial=ProposalForm.initial_of(earlier))
    if request.method == "POST" and form.is_valid():
        try:
            proposal = request_proposal(
                event,
                weights=form.weights,
                keeps_present=form.cleaned_data["present"] == KEEP,
                seconds=int(form.cleaned_data["seconds"]),
                by=request.user,
            )
        except ActionError as problem:
            messages.error(request, problem.message)
        else:
            return redirect("backoffice:proposal-detail", uuid=proposal.uuid)
    context = {
        "form": form,
        "earlier": earlier,
        "has_shifts": Shift.objects.filter(polling_station__event=event).exists(),
        **estimate_context(estimates(event) if "estimate" in request.GET else None),
    }
    return render(request, "backoffice/proposal/create.html", context)


@staff_required("planning.edit")
@event_required
@require_GET
def proposal_estimate(request: HttpRequest) -> HttpResponse:
    """Only the quick estimate, which the page asks for by itself; without script it is a part of the page."""
    if not request.htmx:
        return redirect(f"{reverse('backoffice:proposal-create')}?estimate=on")
    context = estimate_context(estimates(request.event))
    return render(request, "backoffice/proposal/estimate.html", context)


@staff_required("planning.view")
@require_GET
def proposal_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How far it is; and when it is ready: what it fills, what it improves, and what to do with it."""
    proposal = find_proposal(request, uuid)
    context = page_context(request, proposal, "detail") | progress_context(proposal)
    if proposal.state in (ProposalState.READY, ProposalState.TAKEN_OVER):
        context |= {
            "lines": summary_lines(proposal),
            "changes": changes_of(proposal),
            "gap": gap_words_of(proposal),
            "method": method_words(proposal),
            "stale": [] if proposal.is_taken_over else what_changed_since(proposal),
            "undo": undo_of(proposal),
        }
    return render(request, "backoffice/proposal/detail.html", context)


@staff_required("planning.view")
@require_GET
@no_activity
def proposal_progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Only the progress, which the page asks for every two seconds."""
    proposal = find_proposal(request, uuid)
    if not request.htmx:
        return redirect("backoffice:proposal-detail", uuid=uuid)
    context = progress_context(proposal)
    response = render(request, "backoffice/proposal/progress.html", context)
    if not (context["is_busy"] or context["is_saving"]):
        response.headers["HX-Refresh"] = "true"  # the page around it shows the result now
    return response


@staff_required("planning.view")
@require_GET
def proposal_placements(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who works where by this proposal, and why."""
    proposal = ready_proposal(request, uuid)
    chosen = PlacementFilter(request.GET, proposal, placements_of(proposal))
    may_edit = can(request.user, "planning.edit")
    table = PlacementTable(chosen.qs, may_edit=may_edit)
    show_page(table, request)
    table.reasons = why(proposal, [row.record for row in table.page.object_list])
    audit.record_view(
        "proposal.view",
        by=request.user,
        on=proposal,
        filters=asked_for(chosen),
        count=table.page.paginator.count,
    )
    context = {
        **page_context(request, proposal, "placements"),
        "table": table,
        "filter": chosen,
        "bulk_actions": [{"value": "lock", "label": _("Deel in en zet vast"), "icon": "lock"}],
    }
    return render(request, "backoffice/proposal/placements.html", context)


@staff_required("planning.view")
@require_GET
def proposal_unfilled(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What stays empty and why, counted by reason; and place by place what could be done about it."""
    proposal = ready_proposal(request, uuid)
    chosen = UnfilledFilter(request.GET, proposal, unfilled_of(proposal))
    page = Paginator(chosen.qs, UNFILLED_PER_PAGE).get_page(request.GET.get("page"))
    places = unfilled_words(list(page), proposal.event)
    audit.record_view(
        "proposal.view",
        by=request.user,
        on=proposal,
        filters=asked_for(chosen),
        count=sum(len(remedy.people) for place in places for remedy in place.remedies),
    )
    context = {
        **page_context(request, proposal, "unfilled"),
        "filter": chosen,
        "figures": [
            {"label": EMPTY_IN_SHORT.get(reason, reason), "value": count, "url": f"?reason={reason}"}
            for reason, count in unfilled_by_reason(proposal).items()
        ],
        "page": page,
        "places": places,
    }
    return render(request, "backoffice/proposal/unfilled.html", context)


@staff_required("planning.view")
@require_GET
def proposal_compare(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """This proposal beside the plan of now, or beside another proposal: for whom it differs, and what is better."""
    proposal = ready_proposal(request, uuid)
    others = proposal.event.proposals.filter(
        state__in=(ProposalState.READY, ProposalState.TAKEN_OVER)
    ).exclude(pk=proposal.pk)
    asked = request.GET.get("with")
    other = get_object_or_404(others, uuid=sent_uuid(asked)) if asked else None
    before = plan_of(other) if other else plan_of_today(proposal.event)
    after = plan_of(proposal)
    found = compare(proposal.event, before, after)
    page = Paginator(in_order_of_name(found.moves), MOVES_PER_PAGE).get_page(request.GET.get("page"))
    audit.record_view("proposal.view", by=request.user, on=proposal, count=page.paginator.count)
    context = {
        **page_context(request, proposal, "compare"),
        "others": others,
        "other": other,
        "before": before,
        "after": after,
        "lines": found.lines,
        "counts": {kind: found.count(kind) for kind in ("moved", "in", "out")},
        "page": page,
        "moves": move_words(list(page)),
    }
    return render(request, "backoffice/proposal/compare.html", context)


@staff_required("planning.edit")
@require_http_methods(["GET", "POST"])
def proposal_take_over(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first, with the numbers of now; then make it the plan."""
    proposal = ready_proposal(request, uuid)
    form = TakeOverForm(request.POST if request.method == "POST" else request.GET, event=proposal.event)
    stations = form.chosen if form.is_valid() else set()
    if request.method == "POST" and form.is_valid():
        try:
            done = take_over_proposal(proposal, by=request.user, stations=stations)
        except ActionError as problem:
            messages.error(request, problem.message)
        else:
            tell_taken_over(request, done)
        return redirect("backoffice:proposal-detail", uuid=uuid)
    plan = plan_take_over(proposal, stations=stations)
    choosing = open_to_some(proposal.event, StepKind.RESERVATION)
    context = {
        **page_context(request, proposal, "take-over"),
        "form": form,
        "page_errors": form.errors,
        "plan": plan,
        "skipped": skipped_words(plan.skipped[:SKIPPED_SHOWN]),
        "skipped_shown": SKIPPED_SHOWN,
        "stale": what_changed_since(proposal),
        "choosing": choosing,
    }
    return render(request, "backoffice/proposal/take_over.html", context)


@staff_required("planning.edit")
@require_POST
def proposal_undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put the plan back as it was before this proposal was taken over."""
    proposal = ready_proposal(request, uuid)
    try:
        if proposal.plan_change is None:
            raise ActionError(_("Dit voorstel is niet overgenomen."))
        plan, leaves_changed = undo_of(proposal), "rest" in request.POST
        if plan and plan.reason and not leaves_changed:
            raise ActionError(plan.reason)
        undo_change(proposal.plan_change, by=request.user, leaves_changed=leaves_changed)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        done = _("De andere plaatsen van dit voorstel zijn weer zoals voor het overnemen.")
        whole = _("De indeling is weer zoals voor het overnemen.")
        messages.success(request, done if plan and plan.stays else whole)
    return redirect("backoffice:proposal-detail", uuid=uuid)


@staff_required("planning.edit")
@require_POST
def proposal_lock(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give the chosen people what the proposal has for them, and lock that."""
    proposal = ready_proposal(request, uuid)
    uuids = [sent_uuid(text) for text in request.POST.getlist("selection")[:MAX_PICKED]]
    members = list(Member.objects.filter(uuid__in=filter(None, uuids)).values_list("pk", flat=True))
    try:
        if not members:
            raise ActionError(_("Kies eerst één of meer mensen in de lijst."))
        locked, skipped = lock_placements(proposal, members, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        text = ngettext("%(count)s plaats staat nu vast.", "%(count)s plaatsen staan nu vast.", locked)
        messages.success(request, text % {"count": grouped(locked)})
        if skipped:
            text = ngettext(
                "%(count)s persoon kan daar niet meer.", "%(count)s mensen kunnen daar niet meer.", skipped
            )
            messages.warning(request, text % {"count": skipped})
    return redirect("backoffice:proposal-placements", uuid=uuid)


@staff_required("planning.edit")
@require_POST
def proposal_stop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stop looking for something better; the best so far is kept."""
    proposal = find_proposal(request, uuid)
    try:
        if proposal.job is None:
            raise ActionError(_("Dit voorstel wordt niet meer gemaakt."))
        cancel_job(proposal.job, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    return redirect("backoffice:proposal-detail", uuid=uuid)


@staff_required("planning.edit")
@require_http_methods(["GET", "POST"])
def proposal_discard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Remove a proposal, after asking."""
    proposal = find_proposal(request, uuid)
    if request.method == "GET":
        return render(request, "backoffice/proposal/discard.html", {"proposal": proposal})
    name = str(proposal)
    discard_proposal(proposal, by=request.user)
    messages.success(request, _("%(proposal)s is verwijderd.") % {"proposal": name})
    return redirect("backoffice:proposal-list")
