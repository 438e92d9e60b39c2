"""How many people eat where: to look at and to send to the caterer."""

from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from backoffice.access import event_required, sent_uuid, staff_required
from elections import audit
from elections.exports import sheet
from elections.models import ElectionEvent, OwnField, PollingDay
from elections.queries.catering import CateringList, catering_list

CSV, ODS, XLSX = "csv", "ods", "xlsx"


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
    file_format = asked if asked in (CSV, ODS) else XLSX
    audit.record("catering.export", by=request.user, on=day, format=file_format)
    return _file(found, f"catering-{day.date:%Y-%m-%d}", file_format)


def _days(event: ElectionEvent) -> list[PollingDay]:
    return list(event.polling_days.order_by("date", "pk"))


def _file(found: CateringList, name: str, file_format: str) -> HttpResponse | FileResponse:
    rows = [found.headings, *found.cells()]
    if file_format == CSV:
        response = HttpResponse("".join(sheet.as_csv(rows)), content_type=sheet.CSV_TYPE)
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    columns = len(found.headings)
    if file_format == ODS:
        made, kind, ending = sheet.as_ods(rows, found.title, columns=columns), sheet.ODS_TYPE, ODS
    else:
        made, kind, ending = sheet.as_xlsx(rows, found.title, columns=columns), sheet.XLSX_TYPE, XLSX
    return FileResponse(made, as_attachment=True, filename=f"{name}.{ending}", content_type=kind)
