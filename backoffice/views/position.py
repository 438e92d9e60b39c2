"""The positions of an event, all on one page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from backoffice.access import staff_required
from backoffice.forms.event import PositionRows, position_initial, position_plan
from backoffice.forms.rows import hush, posted
from elections.actions.position import save_positions
from elections.errors import ActionError
from elections.models import ElectionEvent


@staff_required("event.edit")
def position_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change the positions of the event with this uuid."""
    event = get_object_or_404(ElectionEvent, uuid=uuid)
    data, is_sent = posted(request)
    initial = [position_initial(position) for position in event.positions.all()]
    rows = PositionRows(data, prefix="positions", initial=initial)
    errors: list[str] = []
    if not is_sent:
        hush(rows)
    elif rows.is_valid():
        try:
            save_positions(event, [(row["uuid"], position_plan(row)) for row in rows.filled], by=request.user)
        except ActionError as error:
            errors = [error.message]
        else:
            messages.success(request, _("De functies zijn aangepast."))
            return redirect("backoffice:event-detail", event.uuid)
    context = {"event": event, "rows": rows, "errors": errors, "page_errors": is_sent}
    return render(request, "backoffice/position/edit.html", context)
