"""Long work that staff can see, stop and take up again."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from backoffice.access import staff_required
from backoffice.paging import show_page
from backoffice.tables.job import TONES, JobTable
from elections import audit
from elections.actions.job import cancel_job, is_silent, resume_job
from elections.actions.job_file import had_file, offered_file
from elections.enums import JobKind, JobState
from elections.errors import ActionError
from elections.imports.member_undo import can_be_undone
from elections.models import ImportFile, Job, User
from elections.permissions import can
from elections.sessions import no_activity
from tenants.responses import file_response

# Where to go when a job of this kind is done.
RESULTS: Final = {
    JobKind.MEMBER_IMPORT: ("backoffice:member-list", gettext_lazy("Bekijk de leden")),
    JobKind.IMPORT_UNDO: ("backoffice:member-list", gettext_lazy("Bekijk de leden")),
    JobKind.STATION_IMPORT: ("backoffice:polling-station-list", gettext_lazy("Bekijk de stembureaus")),
    JobKind.LETTERS: ("backoffice:letter-list", gettext_lazy("Bekijk de brieven")),
    JobKind.INVITATIONS: ("backoffice:member-list", gettext_lazy("Bekijk de leden")),
    JobKind.PROPOSAL: ("backoffice:proposal-list", gettext_lazy("Bekijk de voorstellen")),
    JobKind.LETTER_PRINT: ("backoffice:letter-bundle", gettext_lazy("Naar printen en bewaren")),
    JobKind.LETTER_ZIP: ("backoffice:letter-bundle", gettext_lazy("Naar printen en bewaren")),
    JobKind.STATION_DOSSIERS: ("backoffice:station-paper", gettext_lazy("Naar papieren voor stembureaus")),
    JobKind.BADGES: ("backoffice:station-paper", gettext_lazy("Naar papieren voor stembureaus")),
    JobKind.PRESENCE_LISTS: ("backoffice:station-paper", gettext_lazy("Naar papieren voor stembureaus")),
    JobKind.CONTACT_SHEETS: ("backoffice:station-paper", gettext_lazy("Naar papieren voor stembureaus")),
    JobKind.GROUP_MESSAGE: ("backoffice:group-message-list", gettext_lazy("Bekijk de berichten aan groepen")),
    JobKind.DEACTIVATION: ("backoffice:member-list", gettext_lazy("Bekijk de leden")),
    JobKind.ADDRESS_LABELS: ("backoffice:member-list", gettext_lazy("Bekijk de leden")),
    JobKind.BRP_CHECK: ("backoffice:brp-list", gettext_lazy("Bekijk wat de BRP zegt")),
}

# Besides "job.edit" and "job.view": who may not start this kind of work may not stop it, take it up again or have its
# file either.
RIGHTS: Final = {
    JobKind.MEMBER_IMPORT: "member.import",
    JobKind.IMPORT_UNDO: "member.import",
    JobKind.STATION_IMPORT: "station.edit",
    JobKind.LETTERS: "letter.edit",
    JobKind.INVITATIONS: "member.invite",
    JobKind.PROPOSAL: "planning.edit",
    JobKind.LETTER_PRINT: "letter.edit",
    JobKind.LETTER_ZIP: "letter.edit",
    JobKind.STATION_DOSSIERS: "planning.edit",
    JobKind.BADGES: "planning.edit",
    JobKind.PRESENCE_LISTS: "planning.edit",
    JobKind.CONTACT_SHEETS: "planning.edit",
    JobKind.GROUP_MESSAGE: "inbox.edit",
    JobKind.DEACTIVATION: "member.edit",
    JobKind.ADDRESS_LABELS: "member.export",
    JobKind.BRP_CHECK: "brp.check",
}


@staff_required("job.view")
@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    """Every job, newest first."""
    table = JobTable(Job.objects.select_related("event"))
    show_page(table, request)
    return render(request, "backoffice/job/list.html", {"table": table})


@staff_required("job.view")
@require_GET
def job_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One job: its progress, what came of it and what went wrong."""
    job = _job(uuid)
    return render(
        request,
        "backoffice/job/detail.html",
        progress_context(job)
        | {"tone": TONES[JobState(job.state)], "may_edit": _may_edit(request.user, job)}
        | file_context(job, request.user)
        | {"undo_url": _undo_url(job, request.user)},
    )


@staff_required("job.view")
@require_GET
@no_activity
def job_progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Only the progress, which a page asks for every two seconds; without script it is a page to look at again."""
    job = _job(uuid)
    if not request.htmx:
        return redirect("backoffice:job-detail", uuid=uuid)
    response = render(request, "backoffice/job/progress.html", progress_context(job))
    if job.is_finished:
        # The page around it shows other buttons now.
        response.headers["HX-Refresh"] = "true"
    return response


@staff_required("job.view")
@require_GET
def job_download(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The file that a job made, for who may do this kind of work, as long as it is kept."""
    job = _job(uuid)
    offered = offered_file(job)
    if offered is None:
        raise Http404
    if not can(request.user, RIGHTS[JobKind(job.kind)]):
        raise PermissionDenied
    file = default_storage.open(job.file)
    audit.record_view("job.download", by=request.user, on=job, file=offered.name, size=offered.size)
    media_type = "application/zip" if offered.name.endswith(".zip") else "application/pdf"
    return file_response(file, offered.name, media_type)


@staff_required("job.edit")
@require_POST
def job_cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stop a job."""
    return _change(request, uuid, cancel_job, _("De taak is gestopt. Wat klaar is, blijft klaar."))


@staff_required("job.edit")
@require_POST
def job_resume(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Go on with a job that failed, was stopped or fell silent."""
    return _change(request, uuid, resume_job, _("De taak gaat verder."))


def progress_context(job: Job) -> dict[str, object]:
    """What backoffice/job/progress.html needs, here and on pages that show a job of their own."""
    url_name, label = RESULTS[JobKind(job.kind)]
    return {
        "job": job,
        "job_title": capfirst(job.get_kind_display()),
        "is_silent": is_silent(job),
        "result_url": reverse(url_name),
        "result_label": label,
    }


def file_context(job: Job, user: User) -> dict[str, object]:
    """What backoffice/job/file.html needs: the file of a job that is done, and whether this colleague may have it."""
    return {
        "file": offered_file(job),
        "had_file": had_file(job),
        "may_download": can(user, RIGHTS[JobKind(job.kind)]),
    }


def _change(request: HttpRequest, uuid: UUID, action: Callable[..., None], done: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    job = _job(uuid)
    if not _may_edit(user, job):
        raise PermissionDenied
    try:
        action(job, by=user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, done)
    return redirect("backoffice:job-detail", uuid=uuid)


def _may_edit(user: User, job: Job) -> bool:
    return can(user, "job.edit") and can(user, RIGHTS[JobKind(job.kind)])


def _undo_url(job: Job, user: User) -> str:
    """Where the import of this job can be undone; empty when it cannot, or not by this colleague."""
    if job.kind != JobKind.MEMBER_IMPORT or job.state != JobState.DONE or not can(user, RIGHTS[job.kind]):
        return ""
    import_file = ImportFile.objects.filter(uuid=job.parameters.get("import_file")).first()
    if import_file is None or not can_be_undone(import_file):
        return ""
    return reverse("backoffice:member-import-undo", args=[import_file.uuid])


def _job(uuid: UUID) -> Job:
    return get_object_or_404(Job.objects.select_related("event"), uuid=uuid)
