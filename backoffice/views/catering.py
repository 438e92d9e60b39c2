"""How many people eat where: to look at and to send to the caterer."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from backoffice.access import event_required, sent_uuid, staff_required
from backoffice.downloads import download
from elections import audit
from elections.exports import sheet
from elections.models import ElectionEvent, OwnField, PollingDay
from elections.queries.catering import catering_list


@staff_required("planning.edit")
@event_required
@require_GET
def catering(request: HttpRequest) -> HttpResponse:
    """The numbers of one polling day; the first one when none is chosen."""
    days = _days(request.event)
    day = next(
        (day for day in days if day.uuid == sent_uuid(request.GET.get("day"))), days[0] if days else None
    )
    found = catering_list(request.event, day) if day else None
    context = {
        "days": days,
        "day": day,
        "list": found,
        "rows": [zip(found.headings, cells, strict=True) for cells in found.cells()] if found else [],
        "has_questions": OwnField.objects.active().filter(for_catering=True).exists(),
    }
    return render(request, "backoffice/catering/catering.html", context)


@staff_required("planning.edit")
@event_required
@require_GET
def catering_export(request: HttpRequest, uuid: UUID) -> HttpResponse | FileResponse:
    """The same as a file: `format` is xlsx, ods or csv."""
    day = get_object_or_404(PollingDay, uuid=uuid, event=request.event)
    found = catering_list(request.event, day)
    asked = request.GET.get("format")
    file_format = asked if asked in (sheet.CSV, sheet.ODS) else sheet.XLSX
    audit.record("catering.export", by=request.user, on=day, format=file_format)
    rows = sheet.Sheet(found.title, found.headings, found.cells())
    return download(rows, f"catering-{day.date:%Y-%m-%d}", file_format)


def _days(event: ElectionEvent) -> list[PollingDay]:
    return list(event.polling_days.order_by("date", "pk"))
