"""Lists of candidates of the elections in the event, and the members who may stand on one."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from backoffice.access import event_required, staff_required
from backoffice.forms.candidate import CandidateFileForm, ClashForm, ElectionForm
from backoffice.paging import PER_PAGE, asked_for
from backoffice.tables.candidate import ClashFilter
from elections import audit
from elections.actions import candidate as actions
from elections.enums import ClashPolicy, ClashState
from elections.errors import ActionError
from elections.models import CandidateClash, Election
from elections.permissions import can
from elections.queries.candidate import clash_views, clashes_of, elections_with_lists


@staff_required("planning.edit")
@require_GET
@event_required
def candidate_list(request: HttpRequest) -> HttpResponse:
    """Which lists there are, and which members have the name of a candidate: who is placed first.

    Who stands for which party is political (GDPR art. 9): only for colleagues who decide with it.
    """
    clashes = ClashFilter(request.GET, clashes_of(request.event), request.event)
    page = Paginator(clash_views(clashes.qs), PER_PAGE).get_page(request.GET.get("page"))
    elections = list(elections_with_lists(request.event))
    context = {
        "elections": elections,
        "has_lists": any(election.candidates_read_at for election in elections),
        "filter": clashes,
        "page": page,
        "count": page.paginator.count,
        "policy": ClashPolicy(request.event.clash_policy),
        "may_edit": can(request.user, "planning.edit"),
        "may_change_rules": can(request.user, "event.edit"),
    }
    audit.record_view(
        "candidate.list", by=request.user, filters=asked_for(clashes), count=page.paginator.count
    )
    return render(request, "backoffice/candidate/list.html", context)


@staff_required("planning.edit")
@event_required
def candidate_upload(request: HttpRequest) -> HttpResponse:
    """Choose an election and a file; what is read replaces the lists of that election."""
    is_sent = request.method == "POST"
    form = CandidateFileForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, event=request.event
    )
    if is_sent and form.is_valid():
        election = form.cleaned_data["election"]
        try:
            done = actions.read_candidate_list(election, form.cleaned_data["file"], by=request.user)
        except ActionError as problem:
            form.add_error("file", problem.message)
        else:
            _tell(request, election, done)
            return redirect("backoffice:candidate-list")
    context = {"form": form, "has_elections": elections_with_lists(request.event).exists()}
    return render(request, "backoffice/candidate/upload.html", context)


def _tell(request: HttpRequest, election: Election, done: actions.ReadList) -> None:
    found = ngettext(
        "%(count)s lid kan een kandidaat zijn.", "%(count)s leden kunnen een kandidaat zijn.", done.members
    ) % {"count": done.members}
    words = _("%(election)s: %(lists)s lijsten met %(candidates)s kandidaten ingelezen.") % {
        "election": election.name,
        "lists": done.lists,
        "candidates": done.candidates,
    }
    messages.success(request, f"{words} {found}")
    for warning in done.warnings:
        messages.warning(request, warning)


@staff_required("planning.edit")
@event_required
def candidate_remove(request: HttpRequest) -> HttpResponse:
    """Ask, and then take the lists of an election away."""
    form = ElectionForm(request.POST if request.method == "POST" else request.GET, event=request.event)
    if not form.is_valid():
        return redirect("backoffice:candidate-list")
    election = form.cleaned_data["election"]
    if request.method == "POST":
        actions.remove_candidate_list(election, by=request.user)
        messages.success(
            request, _("De kandidatenlijsten van %(election)s zijn weg.") % {"election": election.name}
        )
        return redirect("backoffice:candidate-list")
    return render(request, "backoffice/candidate/remove.html", {"election": election})


@staff_required("planning.edit")
@require_POST
def candidate_decide(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say whether a member and a candidate are the same person, or take that back."""
    clashes = CandidateClash.objects.select_related("member", "candidate__election__event")
    clash = get_object_or_404(clashes, uuid=uuid)
    form = ClashForm(request.POST)
    if form.is_valid():
        state = ClashState(form.cleaned_data["state"])
        actions.decide_clash(clash, state, by=request.user)
        messages.success(request, _decided(clash, state))
    query = form.cleaned_data.get("query", "")
    url = reverse("backoffice:candidate-list")
    return HttpResponseRedirect(f"{url}?{query}" if query else url)


def _decided(clash: CandidateClash, state: ClashState) -> str:
    """What the choice means for the planning, by the policy of the event."""
    policy = ClashPolicy(clash.candidate.election.event.clash_policy)
    sentences = {
        ClashState.OPEN: _("De keuze over %(name)s is weggehaald."),
        ClashState.OTHER: _(
            "%(name)s is iemand anders dan de kandidaat. Dit lid kan gewoon worden ingedeeld."
        ),
    }
    same = {
        ClashPolicy.BLOCK: _("%(name)s is kandidaat en kan niet worden ingedeeld."),
        ClashPolicy.WARN: _("%(name)s is kandidaat. Het planbord waarschuwt als u dit lid indeelt."),
        ClashPolicy.ALLOW: _("%(name)s is kandidaat. Uw gemeente deelt kandidaten gewoon in."),
    }
    return sentences.get(state, same[policy]) % {"name": clash.member.full_name}
