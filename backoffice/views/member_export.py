"""The list of members as a file: what a colleague sees, for who may take it along, and logged."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backoffice.access import chosen_event, staff_required
from backoffice.downloads import download
from backoffice.forms.member_selection import ExportForm
from backoffice.member_choice import asked, confirmed, everybody, found
from backoffice.paging import asked_for
from backoffice.selection import Selection, unsealed
from backoffice.tables.member import MemberFilter, MemberTable
from backoffice.views.member import back_to_list
from elections.actions.member_export import export_members
from elections.errors import ActionError
from elections.exports.member import chosen_columns, columns_for, member_sheet
from elections.models import Member


@staff_required("member.export", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def member_export(request: HttpRequest) -> HttpResponse | FileResponse:
    """Ask in what kind of file, then give it: of a sealed selection, or of the whole list behind the address."""
    form = ExportForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            return _file(request, *confirmed(request), form.cleaned_data["file_format"])
        selection, members = _asked(request)
    except ActionError as problem:
        messages.error(request, problem.message)
        return back_to_list("")
    columns = chosen_columns(QueryDict(selection.query), columns_for(chosen_event(request), by=request.user))
    form.initial["selection"] = selection.sealed(request.user)
    context = {
        "form": form,
        "count": members.count(),
        "columns": [_("Naam"), *(column.label for column in columns)],
        "query": selection.query,
    }
    return render(request, "backoffice/member_export/export.html", context)


def _asked(request: HttpRequest) -> tuple[Selection, QuerySet[Member]]:
    if request.method == "POST":
        return confirmed(request)
    if sealed := request.GET.get("selection"):
        return asked(request, unsealed(sealed, request.user))
    members = found(request)(request.GET)
    selection = Selection(query=request.GET.urlencode()).seen(members)
    if not selection.count:
        raise ActionError(_("Er staat niemand in deze lijst. Kies andere filters."))
    return selection, members


def _file(
    request: HttpRequest, selection: Selection, members: QuerySet[Member], file_format: str
) -> HttpResponse | FileResponse:
    event, query = chosen_event(request), QueryDict(selection.query)
    columns = chosen_columns(query, columns_for(event, by=request.user))
    filters = MemberFilter(query, everybody(request), event, by=request.user)
    # Sorted as on the screen, and logged with what was asked for there.
    table = MemberTable(members, columns=columns, may_select=False, by=request.user)
    table.order_by = query.getlist("sort") or ["name"]
    rows = export_members(
        table.data.data, columns, file_format=file_format, filters=asked_for(filters), by=request.user
    )
    return download(member_sheet(rows, columns), f"leden-{timezone.localdate():%Y-%m-%d}", file_format)
