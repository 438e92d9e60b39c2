"""The texts of the letters: the editor with its live preview, and the editions that are kept."""

from base64 import b64encode
from typing import Any
from uuid import UUID

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.access import event_required, staff_required
from backoffice.forms.letter_edition import Blocks, LetterHeadForm, blocks_form, rearranged
from backoffice.forms.rows import are_valid, hush
from elections.actions.letter_edition import restore_letter_edition, save_letter_texts
from elections.documents.appointment_letter import render_letter
from elections.documents.pdf_pages import page_pictures
from elections.errors import ActionError
from elections.letter_texts import PLACEHOLDERS
from elections.models import ElectionEvent, LetterEdition, Member
from elections.permissions import can
from elections.queries.letter import appointed_members, examples_of
from elections.queries.letter_edition import blocks_of, current_edition, draft_edition, editions_of
from elections.queries.letter_facts import letter_facts
from tenants.responses import pdf_response

MOST_FOUND = 8
# The pictures of the preview are kept nowhere, so that they have no address.
_shows_pictures = csp_update({"img-src": ["data:"]})


@staff_required("letter.view")
@event_required
@require_GET
def letter_edition_list(request: HttpRequest) -> HttpResponse:
    """Every edition of the texts, and how many letters were made with it."""
    return render(request, "backoffice/letter_edition/list.html", {"editions": editions_of(request.event)})


@staff_required("letter.view")
@require_GET
def letter_edition_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What one edition said."""
    edition = _edition(uuid)
    context = {
        "edition": edition,
        "blocks": blocks_of(edition),
        "is_current": edition == current_edition(edition.event),
        "may_edit": can(request.user, "letter.edit"),
    }
    return render(request, "backoffice/letter_edition/detail.html", context)


@staff_required("letter.edit")
@require_http_methods(["GET", "POST"])
def letter_edition_restore(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first; then use the texts of an earlier edition again."""
    edition = _edition(uuid)
    if request.method == "GET":
        return render(request, "backoffice/letter_edition/restore.html", {"edition": edition})
    try:
        made = restore_letter_edition(edition, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        text = _("De tekst van versie %(old)s is weer in gebruik, als versie %(new)s.")
        messages.success(request, text % {"old": edition.version, "new": made.version})
    return redirect("backoffice:letter-edition-list")


@staff_required("letter.edit")
@event_required
@_shows_pictures
@require_http_methods(["GET", "POST"])
def letter_edition_edit(request: HttpRequest) -> HttpResponse:
    """The blocks of the letter, the decision and the signatory. Each button of the list sends the page, too."""
    event: ElectionEvent = request.event
    act = request.POST.get("act", "")
    data, said = rearranged(request.POST, act) if act else (request.POST, "")
    sent = data if request.method == "POST" else None
    head = LetterHeadForm(sent, initial=LetterHeadForm.initial_of(event))
    blocks = blocks_form(sent, current_edition(event))
    if act:
        hush(head, blocks)
    elif sent is not None and are_valid(head, blocks):
        try:
            edition = save_letter_texts(event, blocks=blocks.blocks, **head.cleaned_data, by=request.user)
        except ActionError as problem:
            head.add_error(None, problem.message)
        else:
            messages.success(
                request, _("De brieftekst is bewaard als versie %(number)s.") % {"number": edition.version}
            )
            return redirect("backoffice:letter-list")
    if act and request.htmx:
        return render(request, "backoffice/letter_edition/blocks.html", {"blocks": blocks, "said": said})
    return render(request, "backoffice/letter_edition/edit.html", _page(request, head, blocks, said))


@staff_required("letter.edit")
@event_required
@require_GET
def letter_edition_people(request: HttpRequest) -> HttpResponse:
    """Members to try the letter on, as somebody types."""
    return render(request, "backoffice/letter_edition/people.html", _people(request.event, request.GET))


@staff_required("letter.edit")
@event_required
@_shows_pictures
@require_http_methods(["GET", "POST"])
def letter_edition_preview(request: HttpRequest) -> HttpResponse:
    """The letter of a real member as a PDF, with the saved texts or with those of the form. Keeps nothing."""
    event, edition, head, blocks = _tried(request)
    member = _chosen(event, request.POST)
    if member is None:
        messages.info(request, _("Deel eerst iemand in. Dan kunt u een voorbeeld bekijken."))
        return redirect("backoffice:letter-edition-edit")
    if edition is None:
        return render(request, "backoffice/letter_edition/edit.html", _page(request, head, blocks, ""))
    return pdf_response(_letter(event, edition, member), "voorbeeld.pdf")


@staff_required("letter.edit")
@event_required
@require_POST
def letter_edition_pages(request: HttpRequest) -> HttpResponse:
    """The same letter as pictures of its pages, for beside the form while somebody types."""
    event, edition, _head, blocks = _tried(request)
    member = _chosen(event, request.POST)
    pages = page_pictures(_letter(event, edition, member)) if edition and member else []
    context = {
        "pages": [b64encode(page).decode() for page in pages],
        "member": member,
        "formset": blocks,
    }
    return render(request, "backoffice/letter_edition/pages.html", context)


def _tried(request: HttpRequest) -> tuple[ElectionEvent, LetterEdition | None, LetterHeadForm, Blocks]:
    """The event and the texts as they would be; no texts when those of the form are not right."""
    event: ElectionEvent = request.event
    saved = current_edition(event)
    sent = request.POST if request.method == "POST" else None
    head = LetterHeadForm(sent, initial=LetterHeadForm.initial_of(event))
    blocks = blocks_form(sent, saved)
    if sent is None:
        return event, saved, head, blocks
    head.is_valid()
    edition = draft_edition(event, blocks.blocks) if blocks.is_valid() else None
    return head.fill(event), edition, head, blocks


def _letter(event: ElectionEvent, edition: LetterEdition, member: Member) -> bytes:
    return render_letter(letter_facts(event, [member.pk], edition=edition)[member.pk], number=_("VOORBEELD"))


def _chosen(event: ElectionEvent, data: Any) -> Member | None:
    """The member that was chosen, as far as they have a place; otherwise the first example."""
    people = appointed_members(event)
    wanted = str(data.get("member", ""))
    chosen = people.filter(uuid=wanted).first() if _is_uuid(wanted) else None
    return chosen or next((member for member, _kind in examples_of(event)), None)


def _people(event: ElectionEvent, data: Any) -> dict[str, Any]:
    words = str(data.get("q", "")).strip()
    found = list(appointed_members(event).search(words)[:MOST_FOUND]) if words else []
    return {
        "examples": [(member, kind.label) for member, kind in examples_of(event)],
        "found": found,
        "q": words,
        "member": _chosen(event, data),
    }


def _page(request: HttpRequest, head: LetterHeadForm, blocks: Blocks, said: str) -> dict[str, Any]:
    data = request.POST if request.method == "POST" else request.GET
    return {
        "head": head,
        "blocks": blocks,
        "said": said,
        "placeholders": PLACEHOLDERS,
        "has_editions": request.event.letter_editions.exists(),
        "page_errors": bool(head.errors or blocks.total_error_count()) if head.is_bound else False,
        **_people(request.event, data),
    }


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _edition(uuid: UUID) -> LetterEdition:
    return get_object_or_404(LetterEdition.objects.select_related("event"), uuid=uuid)
