"""Filters of the member list that colleagues keep, for themselves or for the team."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.access import chosen_event, staff_required
from backoffice.forms.saved_filter import SavedFilterForm, kept_query
from backoffice.tables.member import MemberFilter
from backoffice.views.member import back_to_list
from elections.actions.saved_filter import create_saved_filter, delete_saved_filter, update_saved_filter
from elections.errors import ActionError
from elections.exports.member import columns_for
from elections.models import Member, SavedFilter

TEMPLATES = "backoffice/saved_filter"


@staff_required("member.view")
@require_GET
def saved_filter_list(request: HttpRequest) -> HttpResponse:
    """The own filters, and those that colleagues share."""
    filters = SavedFilter.objects.for_user(request.user)
    return render(request, f"{TEMPLATES}/list.html", {"filters": filters})


@staff_required("member.view")
@require_http_methods(["GET", "HEAD", "POST"])
def saved_filter_create(request: HttpRequest) -> HttpResponse:
    """Keep what the list shows now: its filters, columns and order are in the address of this page too."""
    event = chosen_event(request)
    chosen = MemberFilter(request.GET, Member.objects.none(), event, by=request.user)
    query = kept_query(request.GET, chosen.form, columns_for(event, by=request.user))
    if not query:
        messages.info(request, _("Kies eerst een filter, een kolom of een volgorde. Dan kunt u die bewaren."))
        return redirect("backoffice:member-list")
    form = SavedFilterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            saved = create_saved_filter(
                form.cleaned_data["name"], query, is_shared=form.cleaned_data["is_shared"], by=request.user
            )
        except ActionError as problem:
            form.add_error("name", problem.message)
        else:
            messages.success(request, _("Het filter “%(name)s” is bewaard.") % {"name": saved.name})
            return back_to_list(query)
    context = {"form": form, "query": query, "searched": bool(request.GET.get("q"))}
    return render(request, f"{TEMPLATES}/create.html", context)


@staff_required("member.view")
@require_http_methods(["GET", "HEAD", "POST"])
def saved_filter_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give an own filter another name, or share it."""
    saved = _visible(request, uuid)
    initial = {"name": saved.name, "is_shared": saved.is_shared}
    form = SavedFilterForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            update_saved_filter(saved, **form.cleaned_data, by=request.user)
        except ActionError as problem:
            form.add_error("name", problem.message)
        else:
            messages.success(request, _("Het filter is bewaard."))
            return redirect("backoffice:saved-filter-list")
    return render(request, f"{TEMPLATES}/edit.html", {"form": form, "saved": saved})


@staff_required("member.view")
@require_http_methods(["GET", "HEAD", "POST"])
def saved_filter_delete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first; then throw an own filter away."""
    saved = _visible(request, uuid)
    if request.method != "POST":
        return render(request, f"{TEMPLATES}/delete.html", {"saved": saved})
    try:
        delete_saved_filter(saved, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("Het filter “%(name)s” is verwijderd.") % {"name": saved.name})
    return redirect("backoffice:saved-filter-list")


def _visible(request: HttpRequest, uuid: UUID) -> SavedFilter:
    return get_object_or_404(SavedFilter.objects.for_user(request.user), uuid=uuid)
