"""Documents for the member."""

from itertools import groupby
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from elections.actions.announcement import mark_read
from elections.documents.serving import SHOWN_IN_BROWSER, serve_file
from elections.documents.upload import kind_words
from elections.enums import StepKind
from elections.models import Document
from elections.queries.announcement import shown_to
from portal.access import look_going_on, member_required
from portal.parts import part_required


@member_required
@require_safe
@part_required(StepKind.DOCUMENTS)
def document_list(request: HttpRequest) -> HttpResponse:
    """What there is for this member now, by group; what was not opened yet stands out."""
    documents = shown_to(Document, request.member).order_by("category", "title", "pk")
    groups = [
        (category, [_row(document) for document in rows])
        for category, rows in groupby(documents, key=lambda document: document.category)
    ]
    # What has no group comes last, without a heading of its own when there are no others.
    groups.sort(key=lambda group: not group[0])
    return render(request, "portal/document/list.html", {"groups": groups})


@member_required
@require_safe
@part_required(StepKind.DOCUMENTS)
def document_download(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The file, a PDF in the browser. For somebody else, before its begin or after its end: 404.

    A colleague who looks as the member does not make it read.
    """
    document = get_object_or_404(shown_to(Document, request.member), uuid=uuid)
    response = serve_file(document, inline=True)
    if not look_going_on(request):
        mark_read(document, request.member)
    return response


def _row(document: Document) -> dict[str, object]:
    return {
        "document": document,
        "kind": kind_words(document.file_name),
        "opens": document.media_type in SHOWN_IN_BROWSER,
    }
