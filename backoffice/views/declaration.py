"""Declarations that members confirm: the list, one of them with its texts, and removing it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.access import staff_required
from backoffice.forms.declaration import DeclarationEditForm
from elections.actions import declaration as actions
from elections.errors import ActionError
from elections.models import Declaration
from elections.queries.declaration import is_answered, texts_of, with_consent_counts

TEMPLATES = "backoffice/declaration"


@staff_required("portal.edit")
@require_safe
def declaration_list(request: HttpRequest) -> HttpResponse:
    """All declarations in their order, with how many members said yes and no to the newest text."""
    return render(request, f"{TEMPLATES}/list.html", {"declarations": with_consent_counts()})


@staff_required("portal.edit")
@require_http_methods(["GET", "POST"])
def declaration_create(request: HttpRequest) -> HttpResponse:
    """Write one."""
    form = DeclarationEditForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.create_declaration(form.wording, by=request.user)
        except ActionError as problem:
            form.add_error("title", problem.message)
        else:
            messages.success(request, _("De verklaring is gemaakt. Leden vinden haar bij “Uw gegevens”."))
            return redirect("backoffice:declaration-list")
    return render(request, f"{TEMPLATES}/edit.html", {"form": form})


@staff_required("portal.edit")
@require_http_methods(["GET", "POST"])
def declaration_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change one, and see the texts that there were."""
    declaration = get_object_or_404(Declaration, uuid=uuid)
    texts = list(texts_of(declaration))
    form = DeclarationEditForm(request.POST or None, row=declaration, text=texts[0].text)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.update_declaration(
                declaration, form.wording, version=form.version_shown, by=request.user
            )
        except ActionError as problem:
            form.add_error("title", problem.message)
        else:
            asked_anew = changed.edition != declaration.edition
            messages.success(
                request,
                _("Bewaard. Leden lezen de nieuwe tekst en antwoorden opnieuw.")
                if asked_anew
                else _("De verklaring is bewaard."),
            )
            return redirect("backoffice:declaration-list")
    context = {"form": form, "declaration": declaration, "texts": texts}
    return render(request, f"{TEMPLATES}/edit.html", context)


@staff_required("portal.edit")
@require_POST
def declaration_move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One place up, or with `down` one place down."""
    declaration = get_object_or_404(Declaration, uuid=uuid)
    actions.move_declaration(declaration, up="down" not in request.POST, by=request.user)
    return redirect("backoffice:declaration-list")


@staff_required("portal.edit", confirmed=True)
@require_http_methods(["GET", "POST"])
def declaration_delete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first; then remove one that nobody answered. One that somebody did answer can go out of use here."""
    declaration = get_object_or_404(Declaration, uuid=uuid)
    if request.method != "POST":
        template = "keep" if is_answered(declaration) else "delete"
        return render(request, f"{TEMPLATES}/{template}.html", {"declaration": declaration})
    try:
        actions.delete_declaration(declaration, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:declaration-delete", declaration.uuid)
    messages.success(request, _("De verklaring “%(title)s” is verwijderd.") % {"title": declaration.title})
    return redirect("backoffice:declaration-list")


@staff_required("portal.edit")
@require_POST
def declaration_retire(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask one no more; what members answered stays."""
    declaration = get_object_or_404(Declaration, uuid=uuid)
    actions.retire_declaration(declaration, by=request.user)
    messages.success(
        request, _("De verklaring “%(title)s” is niet meer in gebruik.") % {"title": declaration.title}
    )
    return redirect("backoffice:declaration-list")
