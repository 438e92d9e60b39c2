"""The log: to search, to read and to take along. That somebody looked is logged too."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backoffice.access import staff_required
from backoffice.downloads import download
from backoffice.paging import show_page
from backoffice.tables.audit import AuditFilter, AuditTable
from elections import audit
from elections.actions.audit import export_events
from elections.audit_words import action_words, fact_words, object_words
from elections.errors import ActionError
from elections.exports.audit import audit_sheet
from elections.models import AuditEvent
from elections.permissions import can
from elections.queries.audit_chain import last_check, newest_seal


@staff_required("audit.view")
@require_GET
def audit_list(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first, with the newest seal and what the check of last night found."""
    events = AuditFilter(request.GET, AuditEvent.objects.order_by("-pk"))
    table = AuditTable(events.qs)
    show_page(table, request)
    context = {
        "table": table,
        "filter": events,
        "seal": newest_seal(),
        "check": last_check(),
        "may_export": can(request.user, "audit.export"),
        "query": request.GET.urlencode(),
    }
    response = render(request, "backoffice/audit/list.html", context)
    # Afterwards, or it would push the last event off the page that it is about.
    audit.record_view("audit.list", by=request.user, filters=events.asked, count=table.page.paginator.count)
    return response


@staff_required("audit.view")
@require_GET
def audit_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everything that the log knows of one event."""
    event = get_object_or_404(AuditEvent, uuid=uuid)
    audit.record_view("audit.view", by=request.user, event=event.pk)
    gone = _("weggehaald") if event.blanked_at else ""
    facts = [
        (_("Moment"), f"{timezone.localtime(event.at):%d-%m-%Y %H.%M.%S}"),
        (_("Wie"), gone or event.actor),
        (_("Herkomst"), gone or event.origin),
        (_("Wat"), object_words(event)),
        (_("Nummer van wat"), event.object_id),
        (_("Resultaat"), event.get_result_display()),
        (_("Doel"), gone or event.purpose),
        *fact_words(event.details),
        (_("Verzoek"), event.request_id),
        (_("Nummer in het logboek"), event.pk),
    ]
    context = {
        "event": event,
        "title": action_words(event.action),
        "items": [{"label": label, "value": value} for label, value in facts],
    }
    return render(request, "backoffice/audit/detail.html", context)


@staff_required("audit.export", confirmed=True)
@require_GET
def audit_export(request: HttpRequest) -> HttpResponse | FileResponse:
    """The events of the filter as a file: `format` is xlsx, ods or csv."""
    asked = AuditFilter(request.GET, AuditEvent.objects.all())
    try:
        events = export_events(asked.qs, by=request.user, filters=asked.asked).iterator(chunk_size=2000)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:audit-list")
    name = f"logboek-{timezone.localdate():%Y-%m-%d}"
    return download(audit_sheet(events), name, request.GET.get("format"))
