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
from backoffice.forms.member_selection import AddressLabelForm, SelectionMessageForm
from backoffice.member_choice import asked, confirmed, found
from backoffice.member_list import BULK_RIGHTS
from backoffice.selection import Selection, ticked
from backoffice.views.member import back_to_list
from elections.actions.activation import LETTERS_AT_ONCE
from elections.actions.address_label import start_address_labels
from elections.actions.audience import save_audience
from elections.actions.bulk_deactivation import start_deactivation
from elections.actions.bulk_invitation import start_invitations
from elections.actions.group_message import create_group_message
from elections.actions.member import label_members
from elections.enums import AudienceKind, LabelSheet
from elections.errors import ActionError, FileRefused
from elections.models import Audience, GroupMessage, Label, Member
from elections.permissions import can
from elections.queries.audience import reach
from elections.queries.member import Access, recipients_among
from elections.queries.member_selection import deactivation_among, labels_among
from tenants.numbers import grouped

NOT_INVITED = f"access={Access.NOT_INVITED.value}"


@staff_required("member.view")
@require_POST
def member_selection(request: HttpRequest) -> HttpResponse:
    """From the ticked rows of the list to the page that asks what exactly, and whether."""
    selection = ticked(request)
    action = request.POST.get("action", "")
    pages = {
        "invite": _ask_invite,
        "letter": _ask_letters,
        "label": _ask_label,
        "audience": _ask_audience,
        "message": _ask_message,
        "export": _ask_export,
        "address_label": _ask_address_labels,
        "deactivate": _ask_deactivate,
    }
    if action not in pages:
        return back_to_list(request.POST.get("query", ""))
    right, _icon = BULK_RIGHTS[action]
    if not can(request.user, right):
        raise PermissionDenied
    try:
        return pages[action](request, selection)
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
        messages.success(request, sentence % {"count": grouped(count)})
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


@staff_required("inbox.edit")
@require_POST
def member_selection_message(request: HttpRequest) -> HttpResponse:
    """Keep a message to exactly the confirmed selection; the next page shows who gets it, and sends it."""
    form = SelectionMessageForm(request.POST, request.FILES)
    query = ""
    try:
        selection, members = confirmed(request)
        query = selection.query
        if form.is_valid():
            try:
                return redirect("backoffice:group-message-send", _write(request, form, members).uuid)
            except ActionError as problem:
                form.add_error("uploads" if isinstance(problem, FileRefused) else None, problem.message)
        return _message_page(request, form, members)
    except ActionError as problem:
        messages.error(request, problem.message)
        return back_to_list(query)


@staff_required("member.edit")
@require_POST
def member_selection_deactivate(request: HttpRequest) -> HttpResponse:
    """Take the confirmed selection out of use, in the background."""
    try:
        _selection, members = confirmed(request)
        job = start_deactivation(members, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:member-list")
    return redirect("backoffice:job-detail", job.uuid)


@staff_required("member.export")
@require_POST
def member_selection_address_label(request: HttpRequest) -> HttpResponse:
    """Make sheets of address labels of the confirmed selection, in the background."""
    form = AddressLabelForm(request.POST)
    try:
        _selection, members = confirmed(request)
        if not form.is_valid():
            return _address_label_page(request, form, members)
        job = start_address_labels(members, LabelSheet(form.cleaned_data["sheet"]), by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:member-list")
    return redirect("backoffice:job-detail", job.uuid)


def _write(request: HttpRequest, form: SelectionMessageForm, members: QuerySet[Member]) -> GroupMessage:
    def choose() -> Audience:
        return save_audience(kind=AudienceKind.MEMBERS, members=members.order_by(), by=request.user)

    return create_group_message(
        form.cleaned_data["subject"], form.draft, choose_audience=choose, by=request.user
    )


def _ask_message(request: HttpRequest, selection: Selection) -> HttpResponse:
    selection, members = asked(request, selection)
    form = SelectionMessageForm(sealed=selection.sealed(request.user))
    return _message_page(request, form, members)


def _message_page(
    request: HttpRequest, form: SelectionMessageForm, members: QuerySet[Member]
) -> HttpResponse:
    context = {
        "form": form,
        "count": members.count(),
        "reach": reach(members.filter(is_active=True)),
        "chose_files": bool(request.FILES),
    }
    return render(request, "backoffice/member_selection/message.html", context)


def _ask_export(request: HttpRequest, selection: Selection) -> HttpResponse:
    """To a page of its own, to which a colleague comes back after proving who they are."""
    selection, _members = asked(request, selection)
    query = urlencode({"selection": selection.sealed(request.user)})
    return redirect(f"{reverse('backoffice:member-export')}?{query}")


def _ask_address_labels(request: HttpRequest, selection: Selection) -> HttpResponse:
    selection, members = asked(request, selection)
    form = AddressLabelForm(initial={"selection": selection.sealed(request.user)})
    return _address_label_page(request, form, members)


def _address_label_page(
    request: HttpRequest, form: AddressLabelForm, members: QuerySet[Member]
) -> HttpResponse:
    context = {"form": form, "labels": labels_among(members)}
    return render(request, "backoffice/member_selection/address_label.html", context)


def _ask_deactivate(request: HttpRequest, selection: Selection) -> HttpResponse:
    selection, members = asked(request, selection)
    context = {
        "form": SealedForm(initial={"selection": selection.sealed(request.user)}),
        "numbers": deactivation_among(members),
    }
    return render(request, "backoffice/member_selection/deactivate.html", context)


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
        raise ActionError(text % {"most": LETTERS_AT_ONCE, "count": grouped(len(selection.uuids))})
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
