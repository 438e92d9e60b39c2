"""Documents: adding and replacing files, publishing them, and who opened them."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.access import chosen_event, staff_required
from backoffice.announcement import before_publishing, done, facts_of, listed, show_readers
from backoffice.forms.audience import AudienceForm
from backoffice.forms.document import DocumentForm
from backoffice.paging import show_page
from backoffice.tables.document import DocumentFilter, DocumentTable
from elections.actions import announcement
from elections.actions.document import create_document, delete_document, update_document
from elections.documents.serving import serve_file
from elections.documents.upload import kind_words
from elections.errors import ActionError, FileRefused
from elections.models import Document
from elections.queries.announcement import categories

TEMPLATES = "backoffice/document"


@staff_required("document.edit")
@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    """All documents, newest first, with how many opened them."""
    found = DocumentFilter(request.GET, listed(Document.objects.order_by("-created_at", "-pk")))
    table = DocumentTable(found.qs)
    show_page(table, request)
    return render(request, f"{TEMPLATES}/list.html", {"table": table, "filter": found})


@staff_required("document.edit")
@require_safe
def document_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is known of it, with what can be done with it."""
    document = _document(uuid)
    context = facts_of(document) | {"kind": kind_words(document.file_name)}
    return render(request, f"{TEMPLATES}/detail.html", context)


@staff_required("document.edit")
@require_safe
def document_download(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The file itself, a PDF in the browser."""
    return serve_file(_document(uuid), inline=True)


@staff_required("document.edit")
@require_http_methods(["GET", "POST"])
def document_create(request: HttpRequest) -> HttpResponse:
    """Add a file as a draft."""
    return _edit(request, None)


@staff_required("document.edit")
@require_http_methods(["GET", "POST"])
def document_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change what is said of it, or replace the file."""
    return _edit(request, _document(uuid))


@staff_required("document.edit")
@require_http_methods(["GET", "POST"])
def document_publish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first, with the number of members and mails; then publish."""
    document = _document(uuid)
    if request.method == "POST":
        done(request, document, announcement.publish, _("“%(title)s” is gepubliceerd."))
        return redirect("backoffice:document-detail", uuid)
    return render(request, f"{TEMPLATES}/publish.html", before_publishing(document))


@staff_required("document.edit")
@require_POST
def document_withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take it out of the portal."""
    done(request, _document(uuid), announcement.withdraw, _("“%(title)s” is ingetrokken."))
    return redirect("backoffice:document-detail", uuid)


@staff_required("document.edit")
@require_http_methods(["GET", "POST"])
def document_delete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first; then remove a draft with its file."""
    document = _document(uuid)
    if request.method != "POST":
        return render(request, f"{TEMPLATES}/delete.html", facts_of(document))
    if done(request, document, delete_document, _("“%(title)s” is verwijderd.")):
        return redirect("backoffice:document-list")
    return redirect("backoffice:document-detail", uuid)


@staff_required("document.edit")
@require_safe
def document_readers(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who opened it, and who did not yet."""
    return show_readers(request, _document(uuid), f"{TEMPLATES}/readers.html", "document.readers")


def _edit(request: HttpRequest, document: Document | None) -> HttpResponse:
    data = request.POST or None
    form = DocumentForm(data, request.FILES or None, row=document)
    audience_form = AudienceForm(
        data, event=chosen_event(request), audience=document.audience if document else None
    )
    if request.method == "POST" and form.is_valid() and audience_form.is_valid():
        try:
            saved = _save(request, document, form, audience_form)
        except ActionError as problem:
            form.add_error("file" if isinstance(problem, FileRefused) else None, problem.message)
        else:
            messages.success(request, _("“%(title)s” is bewaard.") % {"title": saved.title})
            return redirect("backoffice:document-detail", saved.uuid)
    context = {
        "document": document,
        "form": form,
        "audience_form": audience_form,
        "categories": categories(),
        "chose_again": bool(request.FILES),
        "page_errors": form.errors or audience_form.errors,
    }
    return render(request, f"{TEMPLATES}/edit.html", context)


def _save(
    request: HttpRequest, document: Document | None, form: DocumentForm, audience_form: AudienceForm
) -> Document:
    choose_audience = partial(audience_form.save, request.user)
    upload = form.cleaned_data["file"]
    if document is None:
        return create_document(
            form.posting, form.about, upload, choose_audience=choose_audience, by=request.user
        )
    update_document(
        document,
        form.posting,
        form.about,
        upload or None,
        choose_audience=choose_audience,
        version=form.version_shown,
        by=request.user,
    )
    return document


def _document(uuid: UUID) -> Document:
    return get_object_or_404(Document.objects.select_related("audience__event"), uuid=uuid)
