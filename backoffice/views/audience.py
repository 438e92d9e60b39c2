"""Audiences: stored selections of members, and how many members a selection means."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.access import chosen_event, sent_uuid, staff_required
from backoffice.forms.audience import PREFIX, AudienceForm, StoredAudienceForm
from backoffice.paging import show_page
from backoffice.tables.audience import AudienceMemberTable, AudienceTable
from elections import audit
from elections.actions.audience import delete_audience
from elections.errors import ActionError
from elections.models import Audience
from elections.permissions import can
from elections.queries.audience import (
    audience_words,
    counts_of,
    members_matching,
    members_of,
    reach,
    with_parts,
)
from elections.queries.audience_use import is_used, uses_of, with_uses


@staff_required("audience.edit")
@require_GET
def audience_list(request: HttpRequest) -> HttpResponse:
    """The stored audiences, with whom they hold now and where they are used."""
    table = AudienceTable(with_uses(with_parts(Audience.objects.exclude(name=""))))
    show_page(table, request)
    table.counts = counts_of([row.record for row in table.paginated_rows])
    return render(request, "backoffice/audience/list.html", {"table": table})


@staff_required("audience.edit")
@require_GET
def audience_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who they are now, and what the audience is used for."""
    audience = _stored(uuid)
    members = members_of(audience)
    table = AudienceMemberTable(members.select_related("user").by_name())
    show_page(table, request)
    found = reach(members)
    audit.record_view("audience.view", by=request.user, on=audience, count=found.members)
    context = {
        "audience": audience,
        "words": audience_words(audience),
        "reach": found,
        "uses": uses_of(audience),
        "table": table,
        "may_open": can(request.user, "member.view"),
    }
    return render(request, "backoffice/audience/detail.html", context)


@staff_required("audience.edit")
@require_http_methods(["GET", "POST"])
def audience_create(request: HttpRequest) -> HttpResponse:
    """Make an audience of conditions."""
    return _edit(request, None)


@staff_required("audience.edit")
@require_http_methods(["GET", "POST"])
def audience_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change the name or the conditions."""
    return _edit(request, _stored(uuid))


@staff_required("audience.edit")
@require_http_methods(["GET", "POST"])
def audience_delete(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask first; then remove an audience to which nothing points."""
    audience = _stored(uuid)
    if request.method == "POST":
        try:
            delete_audience(audience, by=request.user)
        except ActionError as problem:
            messages.error(request, problem.message)
            return redirect("backoffice:audience-detail", uuid)
        messages.success(request, _("De doelgroep “%(name)s” is verwijderd.") % {"name": audience.name})
        return redirect("backoffice:audience-list")
    context = {"audience": audience, "is_used": is_used(audience), "uses": uses_of(audience)}
    return render(request, "backoffice/audience/delete.html", context)


@staff_required("audience.edit")
@require_POST
def audience_count(request: HttpRequest) -> HttpResponse:
    """How many members the form that was sent means. Saves nothing."""
    audience = Audience.objects.filter(uuid=sent_uuid(request.GET.get("audience"))).first()
    is_part = f"{PREFIX}-who" in request.POST
    form_class = AudienceForm if is_part else StoredAudienceForm
    form = form_class(request.POST, event=chosen_event(request), audience=audience)
    if not is_part:
        form.fields["name"].required = False
    if form.is_valid():
        wanted = form.wanted()
        context = (
            {"problem": _choose_first()}
            if wanted.asks_nothing
            else {"reach": reach(members_matching(wanted))}
        )
    else:
        context = {"problem": _choose_first()}
    template = "count.html" if request.htmx else "count_page.html"
    return render(request, f"backoffice/audience/{template}", context)


def _edit(request: HttpRequest, audience: Audience | None) -> HttpResponse:
    form = StoredAudienceForm(request.POST or None, event=chosen_event(request), audience=audience)
    if request.method == "POST" and form.is_valid():
        try:
            saved = form.save(request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("De doelgroep “%(name)s” is bewaard.") % {"name": saved.name})
            return redirect("backoffice:audience-detail", saved.uuid)
    return render(request, "backoffice/audience/edit.html", {"form": form, "audience": audience})


def _stored(uuid: UUID) -> Audience:
    return get_object_or_404(Audience.objects.exclude(name="").select_related("event"), uuid=uuid)


def _choose_first() -> str:
    return _("Kies eerst een voorwaarde. Dan ziet u hier om hoeveel leden het gaat.")
