"""Passing an application on to another municipality, and taking one over."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.access import staff_required
from backoffice.forms.application import PackageForm, TransferForm
from backoffice.views.application import settled
from elections.actions import application_transfer as actions
from elections.errors import ActionError
from elections.models import Application
from elections.models.application import WAITING
from elections.queries.application import transfer_targets
from tenants.context import current_municipality

TEMPLATES = "backoffice/application_transfer"


@staff_required("application.decide")
@require_http_methods(["GET", "POST"])
def application_transfer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Choose the municipality; the person is asked by mail."""
    application = _application(uuid)
    if application.state not in WAITING:
        return settled(request, application)
    form = TransferForm(request.POST or None, targets=list(transfer_targets(request.tenant)))
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_transfer(application, form.target, by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("Wij vragen de persoon per e-mail om toestemming."))
            return redirect("backoffice:application-detail", uuid)
    return render(request, f"{TEMPLATES}/ask.html", {"application": application, "form": form})


@staff_required("application.decide", confirmed=True)
@require_POST
def application_transfer_package(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The sealed file, to send to the other municipality."""
    application = _application(uuid)
    try:
        content = actions.make_package(application, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:application-detail", uuid)
    application.refresh_from_db()
    name = f"aanmelding-{current_municipality().code}-{application.target_code}-{application.pk}.zitting"
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@staff_required("application.decide")
@require_http_methods(["GET", "POST"])
def application_transfer_receive(request: HttpRequest) -> HttpResponse:
    """Read in the file of another municipality."""
    form = PackageForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            application = actions.receive_package(form.cleaned_data["file"], by=request.user)
        except ActionError as problem:
            form.add_error("file", problem.message)
        else:
            messages.success(request, _("De aanmelding is ingelezen. De persoon krijgt een e-mail."))
            return redirect("backoffice:application-detail", application.uuid)
    return render(request, f"{TEMPLATES}/receive.html", {"form": form})


def _application(uuid: UUID) -> Application:
    return get_object_or_404(Application.objects.confirmed(), uuid=uuid)
