"""Looking members up in the BRP, deciding on what it says otherwise, and what it may be asked."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from backoffice.access import chosen_event, staff_required
from backoffice.forms.brp import BrpScopeForm, BrpSettingsForm, DecisionForm
from backoffice.paging import PER_PAGE, asked_for
from backoffice.tables.brp import BrpFindingFilter
from backoffice.views.job import progress_context
from elections import audit
from elections.actions.brp_check import check_member, start_check
from elections.actions.brp_connection import authorise
from elections.actions.brp_finding import accept_finding, set_aside_finding
from elections.enums import BrpFindingKind, JobKind
from elections.errors import ActionError
from elections.models import BrpFinding, ElectionEvent, Member
from elections.permissions import can
from elections.queries.brp import (
    active_connection,
    checkable,
    checkable_in,
    connection,
    finding_views,
    last_check,
    waiting_findings,
    without_number,
)
from elections.queries.job import running_jobs
from tenants.context import current_municipality


@staff_required("brp.check")
@require_GET
def brp_list(request: HttpRequest) -> HttpResponse:
    """What the BRP says otherwise and nobody decided on yet, and how the register is doing."""
    findings = BrpFindingFilter(request.GET, waiting_findings())
    page = Paginator(findings.qs, PER_PAGE).get_page(request.GET.get("page"))
    count = page.paginator.count
    jobs = running_jobs(kind=JobKind.BRP_CHECK)
    audit.record_view("brp.list", by=request.user, filters=asked_for(findings), count=count)
    context = _state(request) | {
        "filter": findings,
        "page": page,
        "views": finding_views(page, request.user),
        "count": count,
        "last_check": last_check(),
        "query": request.GET.urlencode(),
    }
    return render(request, "backoffice/brp/list.html", context | (progress_context(jobs[0]) if jobs else {}))


@staff_required("brp.check", confirmed=True)
def brp_check(request: HttpRequest) -> HttpResponse:
    """Choose whom to look up, and start doing so in the background."""
    if active_connection() is None:
        return redirect("backoffice:brp-list")
    event = chosen_event(request)
    is_sent = request.method == "POST"
    form = BrpScopeForm(request.POST if is_sent else None, choices=_scopes(event), initial={"scope": "all"})
    if is_sent and form.is_valid():
        in_event = form.cleaned_data["scope"] == "event" and event is not None
        try:
            job = start_check(checkable_in(event) if in_event and event else None, by=request.user)
        except ActionError as problem:
            form.add_error("scope", problem.message)
        else:
            return redirect("backoffice:job-detail", job.uuid)
    return render(request, "backoffice/brp/check.html", {"form": form, "without_number": without_number()})


def _scopes(event: ElectionEvent | None) -> list[tuple[str, str]]:
    everybody = checkable().count()
    words = ngettext(
        "Alle actieve leden met een BSN: %(n)s lid", "Alle actieve leden met een BSN: %(n)s leden", everybody
    )
    choices = [("all", words % {"n": everybody})]
    if event is not None:
        placed = checkable_in(event).count()
        words = ngettext(
            "Wie een plaats heeft in %(event)s: %(n)s lid",
            "Wie een plaats heeft in %(event)s: %(n)s leden",
            placed,
        )
        choices.append(("event", words % {"event": event.name, "n": placed}))
    return choices


@staff_required("brp.check")
@require_POST
def brp_check_member(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Look one member up now."""
    member = get_object_or_404(Member.objects.present(), uuid=uuid)
    try:
        check_member(member, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        count = member.brp_findings.waiting().count()
        if count:
            words = ngettext(
                "De BRP zegt %(n)s ding anders. Beslis hieronder.",
                "De BRP zegt %(n)s dingen anders. Beslis hieronder.",
                count,
            )
            messages.warning(request, words % {"n": count})
        else:
            messages.success(request, _("De gegevens van dit lid kloppen met de BRP."))
    return redirect("backoffice:member-detail", member.uuid)


@staff_required("brp.check")
def brp_accept(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Do what a finding asks, after the question when it cannot be taken back at once."""
    finding = get_object_or_404(BrpFinding.objects.select_related("member"), uuid=uuid)
    if request.method != "POST":
        context = {"finding": finding, "items": _consequences(finding)}
        return render(request, "backoffice/brp/accept.html", context)
    form = DecisionForm(request.POST)
    try:
        accept_finding(
            finding, version=form.cleaned_data["version"] if form.is_valid() else 0, by=request.user
        )
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _done(finding))
    return _back(request, finding)


@staff_required("brp.check")
@require_POST
def brp_set_aside(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Leave the member file as it is."""
    finding = get_object_or_404(BrpFinding.objects.select_related("member"), uuid=uuid)
    try:
        set_aside_finding(finding, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        words = _("Er verandert niets aan de gegevens van %(name)s.")
        messages.success(request, words % {"name": finding.member.full_name})
    return _back(request, finding)


@staff_required("brp.manage", confirmed=True)
def brp_settings(request: HttpRequest) -> HttpResponse:
    """What may be asked, for which purpose, and whether it is on."""
    found = connection()
    if found is None:
        return render(request, "backoffice/brp/settings.html", _state(request))
    form = BrpSettingsForm(request.POST if request.method == "POST" else None, connection=found)
    if request.method == "POST" and form.is_valid():
        try:
            authorise(**form.cleaned_data, by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("De instellingen voor de BRP zijn bewaard."))
            return redirect("backoffice:brp-list")
    return render(request, "backoffice/brp/settings.html", _state(request) | {"form": form})


def _state(request: HttpRequest) -> dict[str, Any]:
    found = connection()
    return {
        "connection": found,
        "is_connected": active_connection() is not None,
        "is_public_body": current_municipality().is_public_body,
        "may_manage": can(request.user, "brp.manage"),
    }


def _consequences(finding: BrpFinding) -> list[str]:
    """What happens, in sentences, for the page that asks first."""
    if finding.kind == BrpFindingKind.DECEASED:
        return [
            _("Dit lid wordt niet actief. Inloggen en uitnodigen kan niet meer."),
            _("Er gaat geen e-mail meer naar dit lid. Wat klaarstond, wordt niet verstuurd."),
            _("Wat dit lid eerder deed, blijft bewaard tot de bewaartermijn voorbij is."),
            _("Klopt het toch niet? Maak het lid dan weer actief. Dan gaat er ook weer e-mail naartoe."),
        ]
    if finding.kind == BrpFindingKind.SECRECY_ENDED:
        reason = finding.member.confidential_reason
        return [
            _("Iedereen die het ledenbestand ziet, ziet dan weer het adres en telefoonnummer."),
            _("De reden die nu bij het lid staat: %(reason)s") % {"reason": reason or "–"},
        ]
    return []


def _done(finding: BrpFinding) -> str:
    words = {
        BrpFindingKind.ADDRESS: _("%(name)s heeft nu het adres uit de BRP."),
        BrpFindingKind.DECEASED: _("%(name)s is niet meer actief en krijgt geen e-mail meer."),
        BrpFindingKind.SECRECY: _("De contactgegevens van %(name)s zijn nu vertrouwelijk."),
        BrpFindingKind.SECRECY_ENDED: _("De contactgegevens van %(name)s zijn niet meer vertrouwelijk."),
    }
    sentence = words.get(BrpFindingKind(finding.kind), _("U hebt gezien wat de BRP zegt over %(name)s."))
    return sentence % {"name": finding.member.full_name}


def _back(request: HttpRequest, finding: BrpFinding) -> HttpResponseRedirect:
    """To the list, with its filter, or to the page of the member: where the colleague came from."""
    query = request.POST.get("query", "")[:500]
    if query == "member":
        return redirect("backoffice:member-detail", finding.member.uuid)
    url = reverse("backoffice:brp-list")
    return HttpResponseRedirect(f"{url}?{query}" if query else url)
