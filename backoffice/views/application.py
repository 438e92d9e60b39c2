"""Applications: the list, one of them with who it may be, and what the team decides."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.access import staff_required
from backoffice.downloads import download
from backoffice.forms.application import AcceptForm, RefuseForm
from backoffice.paging import asked_for, show_page
from backoffice.tables.application import SHOWN, TONES, ApplicationFilter, ApplicationTable
from elections import audit
from elections.actions import application as actions
from elections.enums import ApplicationState
from elections.errors import ActionError
from elections.exports.application import application_sheet
from elections.models import Application
from elections.permissions import can
from elections.queries.application import (
    other_applications,
    possible_doubles,
    state_counts,
    transfer_targets,
    with_doubles,
)
from elections.queries.confidentiality import may_see_contact, without_hidden
from elections.queries.sign_up import current_sign_up

TEMPLATES = "backoffice/application"


@staff_required("application.decide")
@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    """All applications whose address was confirmed, newest first, with how many there are of each kind."""
    readable = without_hidden(Application.objects.confirmed(), request.user)
    chosen = ApplicationFilter(request.GET, with_doubles(readable, request.user))
    table = ApplicationTable(chosen.qs)
    show_page(table, request)
    audit.record_view("application.list", by=request.user, filters=_asked(chosen), count=_found(table))
    counts = state_counts()
    context = {
        "table": table,
        "filter": chosen,
        "figures": [
            {"value": counts[state], "label": label, "url": f"?state={state}"} for state, label in SHOWN
        ],
        "unconfirmed": counts[ApplicationState.UNCONFIRMED],
        "setting": current_sign_up(),
        "may_open": can(request.user, "portal.edit"),
    }
    return render(request, f"{TEMPLATES}/list.html", context)


@staff_required("application.decide", confirmed=True)
@require_safe
def application_export(request: HttpRequest) -> HttpResponse | FileResponse:
    """The applications that the list shows, as a file: `format` is xlsx, ods or csv."""
    readable = without_hidden(Application.objects.confirmed(), request.user)
    chosen = ApplicationFilter(request.GET, with_doubles(readable, request.user))
    found = chosen.qs.order_by("-created_at", "pk")
    audit.record("application.export", by=request.user, label=_("Aanmeldingen"), count=found.count())
    return download(application_sheet(found), "aanmeldingen", request.GET.get("format"))


@staff_required("application.decide")
@require_safe
def application_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One application, who it may be, and the ways on."""
    application = _application(uuid)
    if application.member and not may_see_contact(application.member, request.user):
        raise PermissionDenied  # it holds where the member lives and how to reach them
    audit.record_view("application.view", by=request.user, on=application)
    state = ApplicationState(application.state)
    context = {
        "application": application,
        "tone": TONES[state],
        "waits": application.state in actions.WAITING,
        "doubles": possible_doubles(application, request.user)
        if application.state in actions.WAITING
        else [],
        "others": other_applications(application) if application.state in actions.WAITING else [],
        "has_targets": transfer_targets(request.tenant).exists(),
    }
    return render(request, f"{TEMPLATES}/detail.html", context)


@staff_required("application.decide")
@require_http_methods(["GET", "POST"])
def application_accept(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Choose whether this is a new member or one who is known; then invite."""
    application = _application(uuid)
    if application.state not in actions.WAITING:
        return settled(request, application)
    doubles = possible_doubles(application, request.user)
    form = AcceptForm(request.POST or None, application=application, doubles=doubles)
    if request.method == "POST" and form.is_valid():
        try:
            member = actions.accept_application(application, double=form.double, by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("%(name)s is aangenomen.") % {"name": member.full_name})
            return redirect("backoffice:member-detail", member.uuid)
    context = {"application": application, "form": form, "doubles": doubles}
    return render(request, f"{TEMPLATES}/accept.html", context)


@staff_required("application.decide")
@require_http_methods(["GET", "POST"])
def application_refuse(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Choose the reason; then tell the person."""
    application = _application(uuid)
    if application.state not in actions.WAITING:
        return settled(request, application)
    form = RefuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.refuse_application(application, form.cleaned_data["refusal"], by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("De aanmelding is afgewezen. De persoon krijgt een e-mail."))
            return redirect("backoffice:application-list")
    return render(request, f"{TEMPLATES}/refuse.html", {"application": application, "form": form})


@staff_required("application.decide")
@require_POST
def application_keep(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put it in the portfolio."""
    application = _application(uuid)
    try:
        actions.keep_application(application, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("De aanmelding staat in de portefeuille. De persoon krijgt een e-mail."))
    return redirect("backoffice:application-detail", uuid)


def settled(request: HttpRequest, application: Application) -> HttpResponse:
    """Back to the page of an application that is not to be decided on any more."""
    messages.info(request, _("Deze aanmelding is al afgehandeld."))
    return redirect("backoffice:application-detail", application.uuid)


def _application(uuid: UUID) -> Application:
    return get_object_or_404(Application.objects.confirmed().select_related("member"), uuid=uuid)


def _asked(chosen: ApplicationFilter) -> dict[str, str]:
    """What was chosen, without what was typed: a name in the log would outlive the application."""
    return {name: value for name, value in asked_for(chosen).items() if name != "q"}


def _found(table: ApplicationTable) -> int:
    return int(table.page.paginator.count)
