"""What the team does with many members at once: first the page that asks, then the doing."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from backoffice.access import staff_required
from backoffice.forms.member import AudienceNameForm, LabelForm, SealedForm
from backoffice.member_choice import asked, confirmed, found
from backoffice.selection import Selection, ticked
from backoffice.views.member import back_to_list
from elections.actions.activation import LETTERS_AT_ONCE
from elections.actions.audience import save_audience
from elections.actions.bulk_invitation import start_invitations
from elections.actions.member import label_members
from elections.enums import AudienceKind
from elections.errors import ActionError
from elections.models import Label, Member
from elections.permissions import can
from elections.queries.audience import reach
from elections.queries.member import Access, recipients_among

NOT_INVITED = f"access={Access.NOT_INVITED.value}"


@staff_required("member.view")
@require_POST
def member_selection(request: HttpRequest) -> HttpResponse:
    """From the ticked rows of the list to the page that asks what exactly, and whether."""
    selection = ticked(request)
    action = request.POST.get("action")
    pages = {
        "invite": ("member.invite", _ask_invite),
        "letter": ("member.invite", _ask_letters),
        "label": ("member.edit", _ask_label),
        "audience": ("audience.edit", _ask_audience),
    }
    if action not in pages:
        return back_to_list(request.POST.get("query", ""))
    right, page = pages[action]
    if not can(request.user, right):
        raise PermissionDenied
    try:
        return page(request, selection)
    except ActionError as problem:
        messages.error(request, problem.message)
        return back_to_list(request.POST.get("query", ""))


@staff_required("member.invite")
def member_selection_invite(request: HttpRequest) -> HttpResponse:
    """Invite everybody who was not invited yet (GET asks), or the selection that was confirmed (POST)."""
    if request.method != "POST":
        members = found(request)(QueryDict(NOT_INVITED))
        return _invite_page(request, Selection(query=NOT_INVITED).seen(members), members)
    try:
        _selection, members = confirmed(request)
        job = start_invitations(members, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:member-list")
    return redirect("backoffice:job-detail", job.uuid)


@staff_required("member.edit")
@require_POST
def member_selection_label(request: HttpRequest) -> HttpResponse:
    """Give the confirmed selection a label, or take it away."""
    form = LabelForm(request.POST)
    query = ""
    try:
        selection, members = confirmed(request)
        query = selection.query
        if not form.is_valid():
            return _label_page(request, form, members.count())
        remove = form.cleaned_data["remove"] == "yes"
        count = label_members(members, form.cleaned_data["name"], remove=remove, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        sentence = ngettext("%(count)s lid gewijzigd.", "%(count)s leden gewijzigd.", count)
        messages.success(request, sentence % {"count": count})
    return back_to_list(query)


@staff_required("audience.edit")
@require_POST
def member_selection_audience(request: HttpRequest) -> HttpResponse:
    """Keep the confirmed selection under a name: these members, whatever becomes of the list."""
    form = AudienceNameForm(request.POST)
    query = ""
    try:
        selection, members = confirmed(request)
        query = selection.query
        if form.is_valid():
            try:
                return _keep(request, form.cleaned_data["name"], members)
            except ActionError as problem:
                form.add_error("name", problem.message)
        return _audience_page(request, form, members)
    except ActionError as problem:
        messages.error(request, problem.message)
        return back_to_list(query)


def _keep(request: HttpRequest, name: str, members: QuerySet[Member]) -> HttpResponse:
    kind = AudienceKind.MEMBERS
    audience = save_audience(kind=kind, members=members.order_by(), name=name, by=request.user)
    messages.success(request, _("De doelgroep “%(name)s” is bewaard.") % {"name": audience.name})
    return redirect("backoffice:audience-detail", audience.uuid)


def _ask_audience(request: HttpRequest, selection: Selection) -> HttpResponse:
    selection, members = asked(request, selection)
    form = AudienceNameForm(initial={"selection": selection.sealed(request.user)})
    return _audience_page(request, form, members)


def _audience_page(request: HttpRequest, form: AudienceNameForm, members: QuerySet[Member]) -> HttpResponse:
    context = {"form": form, "count": members.count(), "reach": reach(members.filter(is_active=True))}
    return render(request, "backoffice/member_selection/audience.html", context)


def _ask_invite(request: HttpRequest, selection: Selection) -> HttpResponse:
    return _invite_page(request, *asked(request, selection))


def _invite_page(request: HttpRequest, selection: Selection, members: QuerySet[Member]) -> HttpResponse:
    context = {
        "form": SealedForm(initial={"selection": selection.sealed(request.user)}),
        "recipients": recipients_among(members),
    }
    return render(request, "backoffice/member_selection/invite.html", context)


def _ask_letters(request: HttpRequest, selection: Selection) -> HttpResponse:
    """To a page of its own, to which a colleague comes back after proving who they are."""
    if selection.uuids and len(selection.uuids) > LETTERS_AT_ONCE:
        text = _("Maak hoogstens %(most)s brieven tegelijk. U koos er %(count)s.")
        raise ActionError(text % {"most": LETTERS_AT_ONCE, "count": len(selection.uuids)})
    selection, _members = asked(request, selection)
    query = urlencode({"selection": selection.sealed(request.user)})
    return redirect(f"{reverse('backoffice:activation-letter-selection')}?{query}")


def _ask_label(request: HttpRequest, selection: Selection) -> HttpResponse:
    selection, _members = asked(request, selection)
    return _label_page(
        request, LabelForm(initial={"selection": selection.sealed(request.user)}), selection.count
    )


def _label_page(request: HttpRequest, form: LabelForm, count: int) -> HttpResponse:
    context = {"form": form, "count": count, "labels": Label.objects.all()[:50]}
    return render(request, "backoffice/member_selection/label.html", context)
