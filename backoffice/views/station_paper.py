"""Papers for polling stations: dossiers, name badges and presence lists, for many as a job and for one at once."""

import io
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.access import event_required, staff_required
from backoffice.forms.station_paper import StationPaperForm
from elections import audit
from elections.actions.station_paper import JOB_KINDS, PHONE_RIGHT, start_station_papers
from elections.documents.station_paper import render_station_paper, station_file_name
from elections.enums import StationPaperKind
from elections.errors import ActionError
from elections.models import PollingStation
from elections.permissions import can
from elections.queries.job import jobs_with_file
from elections.queries.station_paper import station_papers
from tenants.responses import file_response


@staff_required("planning.edit")
@event_required
@require_http_methods(["GET", "HEAD", "POST"])
def station_paper(request: HttpRequest) -> HttpResponse:
    """Choose a paper and the stations; the job that makes the file shows how far it is."""
    form = StationPaperForm(request.POST or None, event=request.event)
    if request.method == "POST" and form.is_valid():
        try:
            job = start_station_papers(request.event, **form.values, by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            return redirect("backoffice:job-detail", uuid=job.uuid)
    context = {
        "form": form,
        "has_stations": request.event.polling_stations.exists(),
        "jobs": jobs_with_file(request.event, *JOB_KINDS.values()),
    }
    return render(request, "backoffice/station_paper/station_paper.html", context)


@staff_required("planning.view")
@require_GET
def station_paper_dossier(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The dossier of one station; with telephone numbers when asked for by who may place people."""
    with_phones = request.GET.get("phones") == "on" and can(request.user, PHONE_RIGHT)
    return _paper(request, uuid, StationPaperKind.DOSSIER, with_phones=with_phones)


@staff_required("planning.view")
@require_GET
def station_paper_badges(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The name badges of one station."""
    return _paper(request, uuid, StationPaperKind.BADGES)


@staff_required("planning.view")
@require_GET
def station_paper_presence_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The presence lists of one station, a sheet for each day part."""
    return _paper(request, uuid, StationPaperKind.PRESENCE_LIST)


@staff_required("planning.edit")
@require_GET
def station_paper_contact_sheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who works when on one station, with the telephone numbers that are not confidential."""
    return _paper(request, uuid, StationPaperKind.CONTACT_SHEET, with_phones=True)


def _paper(
    request: HttpRequest, uuid: UUID, kind: StationPaperKind, *, with_phones: bool = False
) -> HttpResponse:
    station = get_object_or_404(PollingStation.objects.select_related("event"), uuid=uuid)
    (paper,) = station_papers([station], with_phones=with_phones)
    content = render_station_paper(kind, paper)
    audit.record_view("station_paper.view", by=request.user, on=station, paper=kind.value, phones=with_phones)
    return file_response(io.BytesIO(content), station_file_name(kind, paper), "application/pdf")
