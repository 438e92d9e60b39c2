"""Reading a file of polling stations in: choose it, look at what would happen, and confirm."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backoffice.access import event_required, staff_required
from backoffice.forms.polling_station import StationChoicesForm, StationUploadForm
from elections.actions.import_file import cancel_import_file, require_unchanged, upload_import_file
from elections.actions.station_import import choices_of, choose_for_import, confirm_station_import
from elections.enums import ImportState, JobKind
from elections.errors import ActionError
from elections.imports.station_file import read_stations
from elections.imports.station_plan import CHANGED, FAULTY, NEW, UNCHANGED, plan_stations
from elections.models import ImportFile

SHOWN = 100  # lines per group in the preview; the numbers above it count all of them


@staff_required("station.edit")
@event_required
def polling_station_import(request: HttpRequest) -> HttpResponse:
    """Choose a file: the national form, or a plain table."""
    is_sent = request.method == "POST"
    form = StationUploadForm(request.POST, request.FILES) if is_sent else StationUploadForm()
    errors: list[str] = []
    if is_sent and form.is_valid():
        try:
            import_file, _stations = upload_import_file(
                JobKind.STATION_IMPORT,
                form.cleaned_data["file"],
                by=request.user,
                event=request.event,
                read=read_stations,
            )
        except ActionError as error:
            errors = [error.message]
        else:
            return redirect("backoffice:polling-station-import-check", import_file.uuid)
    context = {"form": form, "errors": errors, "page_errors": errors, "event": request.event}
    return render(request, "backoffice/polling_station_import/upload.html", context)


@staff_required("station.edit")
def polling_station_import_check(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what every line would do; staff may say whose stations they want and what the dates stand for."""
    import_file = _get(uuid)
    if import_file.state == ImportState.DONE:
        messages.info(request, _("Dit bestand is al ingelezen."))
        return redirect("backoffice:polling-station-list")
    try:
        require_unchanged(import_file)
        file = read_stations(import_file.file, import_file.original_name)
    except ActionError as error:
        messages.error(request, error.message)
        return redirect("backoffice:polling-station-import")
    choices = choices_of(import_file, file, import_file.event)
    plan = plan_stations(file, import_file.event, choices)
    form = StationChoicesForm(
        request.POST or None, plan=plan, choices=choices, event=import_file.event, own=request.tenant.code
    )
    if request.method == "POST" and form.is_valid():
        choose_for_import(import_file, form.chosen(choices))
        return redirect("backoffice:polling-station-import-check", import_file.uuid)
    groups = {
        state: [p for p in plan.planned if p.state == state] for state in (NEW, CHANGED, UNCHANGED, FAULTY)
    }
    context = {
        "import_file": import_file,
        "form": form,
        "plan": plan,
        "counts": {state: len(stations) for state, stations in groups.items()},
        "groups": {state: stations[:SHOWN] for state, stations in groups.items()},
        "shown": SHOWN,
    }
    return render(request, "backoffice/polling_station_import/check.html", context)


@staff_required("station.edit")
@require_POST
def polling_station_import_confirm(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Read the file in as it was shown; a second click finds it done."""
    import_file = _get(uuid)
    try:
        plan = confirm_station_import(
            import_file, import_file.event, fingerprint=request.POST.get("fingerprint", ""), by=request.user
        )
    except ActionError as error:
        messages.error(request, error.message)
        return redirect("backoffice:polling-station-import-check", import_file.uuid)
    if plan is None:
        messages.info(request, _("Dit bestand is al ingelezen."))
    else:
        messages.success(
            request,
            _("Ingelezen: %(new)s nieuwe en %(changed)s gewijzigde stembureaus. Maak nu de diensten.")
            % {"new": plan.count(NEW), "changed": plan.count(CHANGED)},
        )
    return redirect("backoffice:polling-station-list")


@staff_required("station.edit")
@require_POST
def polling_station_import_cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Throw the file away unread."""
    try:
        cancel_import_file(_get(uuid), by=request.user)
    except ActionError as error:
        messages.error(request, error.message)
    else:
        messages.info(request, _("Het bestand is verwijderd. Er is niets veranderd."))
    return redirect("backoffice:polling-station-list")


def _get(uuid: UUID) -> ImportFile:
    files = ImportFile.objects.select_related("event").filter(
        kind=JobKind.STATION_IMPORT, event__isnull=False
    )
    return get_object_or_404(files, uuid=uuid)
