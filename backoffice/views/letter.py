"""Appointment letters: making, looking, publishing and withdrawing."""

from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.access import event_required, staff_required
from backoffice.paging import show_page
from backoffice.tables.letter import OUTDATED, LetterChangesTable, LetterFilter, LetterTable
from backoffice.views.job import progress_context
from elections import audit
from elections.actions.letter import (
    make_letter_again,
    make_letters,
    publish_letters,
    withdraw_letter,
)
from elections.enums import JobKind, LetterState
from elections.errors import ActionError
from elections.models import AppointmentLetter
from elections.permissions import can
from elections.queries.job import running_jobs
from elections.queries.letter import (
    changed_letters,
    check_letters,
    letter_counts,
    letters_with_members,
    ready_to_publish,
)
from elections.queries.letter_facts import awaiting_training
from tenants.numbers import grouped
from tenants.responses import pdf_response


@staff_required("letter.view")
@event_required
@require_GET
def letter_list(request: HttpRequest) -> HttpResponse:
    """All letters of the event, what is left to do, and the progress of the job that makes them."""
    event = request.event
    check = check_letters(event)
    outdated = check.outdated | {letter.pk for letter in check.to_make if letter.state == LetterState.MADE}
    letters = LetterFilter(request.GET, letters_with_members(event), outdated=outdated)
    table = LetterTable(letters.qs, outdated=outdated)
    show_page(table, request)
    jobs = running_jobs(event=event, kind=JobKind.LETTERS)
    counts = letter_counts(event)
    context = {
        "table": table,
        "filter": letters,
        "figures": _figures(
            counts, outdated=len(outdated), missing=len(check.missing) + counts[LetterState.WAITING]
        ),
        "to_make": check.count,
        "to_publish": counts[LetterState.MADE]
        - sum(letter.state == LetterState.MADE for letter in (*check.to_make, *check.orphaned)),
        "awaiting_training": awaiting_training(event).values("member").distinct().count(),
        "has_letters": counts["all"] > 0,
        "is_complete": bool(event.decision_date and event.signatory),
        "may_edit": can(request.user, "letter.edit"),
        "may_publish": can(request.user, "letter.publish"),
    }
    return render(
        request, "backoffice/letter/list.html", context | (progress_context(jobs[0]) if jobs else {})
    )


@staff_required("letter.edit")
@event_required
@require_POST
def letter_make(request: HttpRequest) -> HttpResponse:
    """Start making what is missing or no longer true."""
    try:
        _require_publisher(request, check_letters(request.event).to_make)
        make_letters(request.event, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    return redirect("backoffice:letter-list")


@staff_required("letter.publish")
@event_required
@require_http_methods(["GET", "POST"])
def letter_publish(request: HttpRequest) -> HttpResponse:
    """Ask first, with the number of letters and mails; then publish."""
    if request.method == "POST":
        try:
            count = publish_letters(request.event, by=request.user)
        except ActionError as problem:
            messages.error(request, problem.message)
        else:
            text = ngettext("%(count)s brief is gepubliceerd.", "%(count)s brieven zijn gepubliceerd.", count)
            messages.success(request, text % {"count": grouped(count)})
        return redirect("backoffice:letter-list")
    ready = ready_to_publish(request.event)
    if not ready:
        messages.info(request, _("Er zijn geen brieven die u kunt publiceren. Maak ze eerst."))
        return redirect("backoffice:letter-list")
    context = {
        "count": len(ready),
        "changed": sum(not letter.is_first for letter in ready),
        "without_mail": sum(not (letter.member.user and letter.member.user.email) for letter in ready),
    }
    return render(request, "backoffice/letter/publish.html", context)


@staff_required("letter.view")
@require_GET
def letter_download(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The PDF as it was made, shown in the browser."""
    letter = _letter(uuid)
    if not letter.file:
        raise Http404
    audit.record_view("letter.view", by=request.user, on=letter)
    return pdf_response(default_storage.open(letter.file), f"benoemingsbrief-{letter.reference}.pdf")


@staff_required("letter.edit")
@require_POST
def letter_make_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make one letter anew."""
    letter = _letter(uuid)
    try:
        _require_publisher(request, [letter])
        make_letter_again(letter, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    return redirect("backoffice:letter-list")


@staff_required("letter.publish")
@require_http_methods(["GET", "POST"])
def letter_withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first; then take the letter away from its member."""
    letter = _letter(uuid)
    if request.method == "GET":
        return render(request, "backoffice/letter/withdraw.html", {"letter": letter})
    try:
        withdraw_letter(letter, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("Brief %(number)s is ingetrokken.") % {"number": letter.reference})
    return redirect("backoffice:letter-list")


@staff_required("letter.view")
@event_required
@require_GET
def letter_changes(request: HttpRequest) -> HttpResponse:
    """What letters that were made anew tell their members, before they are published."""
    table = LetterChangesTable(changed_letters(request.event))
    show_page(table, request)
    context = {"table": table, "may_publish": can(request.user, "letter.publish")}
    return render(request, "backoffice/letter/changes.html", context)


def _require_publisher(request: HttpRequest, letters: list[AppointmentLetter]) -> None:
    """Making a published letter anew takes it away from its member; a withdrawn one was taken away on purpose."""
    decided = any(letter.state in (LetterState.PUBLISHED, LetterState.WITHDRAWN) for letter in letters)
    if decided and not can(request.user, "letter.publish"):
        raise ActionError(
            _(
                "Hier zijn gepubliceerde of ingetrokken brieven bij. Vraag een planner om deze opnieuw te maken."
            )
        )


def _figures(counts: dict[str, int], *, outdated: int, missing: int) -> list[dict[str, object]]:
    return [
        {
            "value": counts[LetterState.PUBLISHED],
            "label": _("Gepubliceerd"),
            "url": "?state=published",
            "tone": "ok" if counts[LetterState.PUBLISHED] else "neutral",
        },
        {"value": counts[LetterState.MADE], "label": _("Klaar om te publiceren"), "url": "?state=made"},
        {"value": missing, "label": _("Nog te maken")},
        {
            "value": outdated,
            "label": _("Verouderd"),
            "url": f"?state={OUTDATED}",
            "tone": "warning" if outdated else "neutral",
        },
        {
            "value": counts[LetterState.FAILED],
            "label": _("Mislukt"),
            "url": "?state=failed",
            "tone": "error" if counts[LetterState.FAILED] else "neutral",
        },
    ]


def _letter(uuid: UUID) -> AppointmentLetter:
    return get_object_or_404(AppointmentLetter.objects.select_related("event", "member"), uuid=uuid)
