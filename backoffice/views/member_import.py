"""Importing members in three steps: choose a file, say what its columns are, look at what will happen and do it."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from backoffice.access import staff_required
from backoffice.forms.member_import import ColumnsForm, DoublesForm, MemberFileForm, UndoForm
from elections import audit
from elections.actions.import_file import WAITING, cancel_import_file, job_of
from elections.actions.member_import import (
    map_columns,
    mapping_of,
    plan_of,
    start_member_import,
    stored_choices,
    table_of,
    upload_member_list,
)
from elections.actions.member_import_undo import start_import_undo
from elections.enums import ImportState, JobKind
from elections.errors import ActionError
from elections.exports.member_import import FAULT_HEADING, file_with_faults, member_template
from elections.exports.sheet import XLSX_TYPE
from elections.imports.member_columns import samples
from elections.imports.member_plan import MemberImportPlan, Outcome, PlannedRow
from elections.imports.member_undo import Fate, UndoPlan, can_be_undone, undo_plan, undoable
from elections.models import ImportFile

FAULTS_SHOWN: Final = 300
ROWS_SHOWN: Final = 10
FILES_SHOWN: Final = 10
UNDONE_SHOWN: Final = 50


@staff_required("member.import")
def member_import(request: HttpRequest) -> HttpResponse:
    """Choose a file."""
    form = MemberFileForm(*_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            import_file = upload_member_list(form.cleaned_data["file"], by=request.user)
        except ActionError as problem:
            form.add_error("file", problem.message)
        else:
            return redirect("backoffice:member-import-columns", import_file.uuid)
    shown = [*WAITING, ImportState.DONE, ImportState.UNDONE]
    files = undoable(ImportFile.objects.filter(kind=JobKind.MEMBER_IMPORT, state__in=shown))
    context = {
        "form": form,
        "files": files.order_by("-created_at")[:FILES_SHOWN],
        "waiting": WAITING,
        "steps": _steps(1),
    }
    return render(request, "backoffice/member_import/upload.html", context)


@staff_required("member.import")
@require_GET
def member_import_template(_request: HttpRequest) -> HttpResponse:
    """An empty spreadsheet with the right headings."""
    return _download(member_template(), _("leden-sjabloon.xlsx"))


@staff_required("member.import")
def member_import_columns(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say what is in every column."""
    import_file = _waiting(uuid)
    if import_file is None:
        return _to_its_end(request, uuid)
    try:
        table = table_of(import_file)
        form = ColumnsForm(table.headers, import_file.mapping, _sent(request)[0])
        if request.method == "POST" and form.is_valid():
            try:
                map_columns(import_file, form.mapping, by=request.user)
            except ActionError as problem:
                form.add_error(None, problem.message)
            else:
                return redirect("backoffice:member-import-preview", import_file.uuid)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:member-import")
    columns = [(field, samples(table, index)) for index, field in enumerate(form)]
    context = {
        "import_file": import_file,
        "form": form,
        "columns": columns,
        "rows": len(table.rows),
        "steps": _steps(2),
    }
    return render(request, "backoffice/member_import/columns.html", context)


@staff_required("member.import", confirmed=True)
@sensitive_variables("plan")
def member_import_preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Look at what the file would do (GET), and do it (POST)."""
    import_file = _waiting(uuid)
    if import_file is None:
        return _to_its_end(request, uuid)
    try:
        plan = plan_of(import_file, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:member-import")
    form = DoublesForm(plan.doubles, _sent(request)[0], initial=_initial(import_file, plan))
    if request.method == "POST" and form.is_valid():
        try:
            job = start_member_import(
                import_file, seen=form.cleaned_data["seen"], choices=form.choices, by=request.user
            )
        except ActionError as problem:
            form.add_error(None, problem.message)
            form.look_again(plan.fingerprint)
        else:
            return redirect("backoffice:job-detail", job.uuid)
    audit.record_view("import_file.view", by=request.user, on=import_file)
    return render(request, "backoffice/member_import/preview.html", _preview(import_file, plan, form))


@staff_required("member.import", confirmed=True)
@require_GET
@sensitive_variables("table")
def member_import_faults(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The sender's own list with a column "Fout", to mend and to send again."""
    import_file = _waiting(uuid)
    if import_file is None:
        return _to_its_end(request, uuid)
    try:
        table, faults = table_of(import_file), plan_of(import_file, by=request.user).faults
        content = file_with_faults(table, faults, mapping_of(import_file))
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:member-import")
    audit.record_view("import_file.faults", by=request.user, on=import_file, rows=len(faults))
    return _download(content, _("leden-met-fouten.xlsx"))


@staff_required("member.import")
@require_POST
def member_import_cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Throw an uploaded file away."""
    import_file = get_object_or_404(ImportFile, uuid=uuid, kind=JobKind.MEMBER_IMPORT)
    try:
        cancel_import_file(import_file, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("Het bestand is verwijderd. Er is niets ingelezen."))
    return redirect("backoffice:member-import")


@staff_required("member.import", confirmed=True)
def member_import_undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Look at what undoing an import would do (GET), and do it (POST)."""
    import_file = get_object_or_404(ImportFile, uuid=uuid, kind=JobKind.MEMBER_IMPORT)
    if not can_be_undone(import_file):
        messages.info(request, _("Dit inlezen kan niet meer ongedaan worden gemaakt."))
        return redirect("backoffice:member-import")
    plan = undo_plan(import_file)
    form = UndoForm(_sent(request)[0], initial={"seen": plan.fingerprint})
    if request.method == "POST" and form.is_valid():
        try:
            job = start_import_undo(import_file, seen=form.cleaned_data["seen"], by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
            form.look_again(plan.fingerprint)
        else:
            return redirect("backoffice:job-detail", job.uuid)
    audit.record_view("import_file.view", by=request.user, on=import_file)
    return render(request, "backoffice/member_import/undo.html", _undo_page(import_file, plan, form))


def _undo_page(import_file: ImportFile, plan: UndoPlan, form: UndoForm) -> dict[str, Any]:
    removed, restored = plan.of(Fate.REMOVE), plan.of(Fate.RESTORE)
    return {
        "import_file": import_file,
        "form": form,
        "plan": plan,
        "figures": [
            {"value": len(removed), "label": _("worden verwijderd"), "tone": "neutral"},
            {"value": len(restored), "label": _("worden teruggezet"), "tone": "neutral"},
            {
                "value": len(plan.kept),
                "label": _("blijven zoals zij nu zijn"),
                "tone": _tone(plan.kept, "warning"),
            },
        ],
        "changing": [*removed, *restored][:UNDONE_SHOWN],
        "more_changing": plan.to_do - UNDONE_SHOWN,
        "kept": plan.kept[:FAULTS_SHOWN],
        "more_kept": len(plan.kept) - FAULTS_SHOWN,
        "page_errors": bool(form.errors),
    }


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _waiting(uuid: UUID) -> ImportFile | None:
    """The file, or None when it is no longer waiting to be read in."""
    import_file = get_object_or_404(ImportFile, uuid=uuid, kind=JobKind.MEMBER_IMPORT)
    return import_file if import_file.state in WAITING else None


def _to_its_end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where to go with a file that is being read in, was read in, or is gone: a second click ends here quietly."""
    job = job_of(ImportFile.objects.get(uuid=uuid))
    if job:
        return redirect("backoffice:job-detail", job.uuid)
    messages.info(request, _("Dit bestand is er niet meer. Kies het bestand opnieuw."))
    return redirect("backoffice:member-import")


def _initial(import_file: ImportFile, plan: MemberImportPlan) -> dict[str, Any]:
    choices = stored_choices(import_file)
    rows = {f"row_{row}": choice for row, choice in choices.rows.items()}
    return {"seen": plan.fingerprint, "doubles": choices.default, **rows}


def _preview(import_file: ImportFile, plan: MemberImportPlan, form: DoublesForm) -> dict[str, Any]:
    doubles = [
        (planned, form[f"row_{planned.row.number}"] if planned.row.number in form.rows else None)
        for planned in plan.doubles
    ]
    return {
        "import_file": import_file,
        "form": form,
        "plan": plan,
        "figures": [
            {"value": plan.count(Outcome.NEW), "label": _("nieuw"), "tone": "ok"},
            {"value": plan.count(Outcome.CHANGED), "label": _("gewijzigd"), "tone": "neutral"},
            {"value": plan.count(Outcome.UNCHANGED), "label": _("ongewijzigd"), "tone": "neutral"},
            {
                "value": len(plan.doubles),
                "label": _("mogelijk dubbel"),
                "tone": _tone(plan.doubles, "warning"),
            },
            {"value": plan.faulty, "label": _("met een fout"), "tone": _tone(plan.faults, "error")},
        ],
        "faults": plan.faults[:FAULTS_SHOWN],
        "more_faults": len(plan.faults) - FAULTS_SHOWN,
        "left_out": _left_out(import_file),
        "warnings": plan.warnings[:20],
        "doubles": doubles,
        "examples": [_example(planned) for planned in plan.planned[:ROWS_SHOWN]],
        "may_start": not plan.faults and (plan.to_do or plan.doubles),
        "page_errors": bool(form.errors),
        "steps": _steps(3, import_file),
    }


def _left_out(import_file: ImportFile) -> list[str]:
    """The headings of the columns that are not read in; "Fout" is ours."""
    headers = import_file.options.get("headers", [])
    return [
        header
        for index, header in enumerate(headers)
        if str(index) not in import_file.mapping and header != _(FAULT_HEADING)
    ]


def _example(planned: PlannedRow) -> dict[str, Any]:
    """A row as it will be stored. A BSN or IBAN is only told to be there."""
    values = planned.row.values
    return {
        "number": planned.row.number,
        "name": planned.row.name,
        "birth_date": values.get("birth_date"),
        "email": values.get("email", ""),
        "phone": values.get("phone", ""),
        "secrets": [kind.label for kind in planned.row.secrets],
        "outcome": _("mogelijk dubbel") if planned.double_of else planned.outcome.label,
    }


def _tone(rows: list[Any], tone: str) -> str:
    return tone if rows else "neutral"


def _steps(current: int, import_file: ImportFile | None = None) -> list[dict[str, str]]:
    titles = (_("Bestand kiezen"), _("Kolommen aanwijzen"), _("Controleren en inlezen"))
    steps = []
    for number, title in enumerate(titles, start=1):
        status = "done" if number < current else "current" if number == current else "todo"
        url = ""
        if number == 2 and current == 3 and import_file:
            url = reverse("backoffice:member-import-columns", args=[import_file.uuid])
        steps.append({"title": title, "status": status, "url": url})
    return steps


def _download(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=XLSX_TYPE, headers=headers)
