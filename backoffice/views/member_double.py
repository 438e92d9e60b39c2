"""People who are in the member file twice: who they may be, and joining two rows into one."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.access import staff_required
from backoffice.forms.member_merge import MergeForm
from elections import audit
from elections.actions.member_merge import merge_members
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Member
from elections.queries.confidentiality import may_see_contact
from elections.queries.member_double import doubles_of, possible_doubles
from elections.queries.member_merge import differences, obstacles

MOST_SHOWN = 100
MOST_FOUND = 20


@staff_required("member.edit")
@require_GET
def member_double_list(request: HttpRequest) -> HttpResponse:
    """Pairs of members who may be one person."""
    doubles = possible_doubles(request.user)
    audit.record_view("member_double.list", by=request.user, count=len(doubles))
    context = {"doubles": doubles[:MOST_SHOWN], "count": len(doubles)}
    return render(request, "backoffice/member_double/list.html", context)


@staff_required("member.edit")
@require_GET
def member_double_choose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Which other row of the member file is this person too?"""
    member = get_object_or_404(Member.objects.present(), uuid=uuid)
    sought = request.GET.get("q", "").strip()
    others = Member.objects.present().exclude(pk=member.pk).by_name()
    found = list(others.search(sought)[:MOST_FOUND]) if sought else []
    context = {
        "member": member,
        "likely": doubles_of(member, request.user),
        "found": found,
        "sought": sought,
    }
    return render(request, "backoffice/member_double/choose.html", context)


@staff_required("member.edit", confirmed=True)
@require_http_methods(["GET", "POST"])
def member_double_merge(request: HttpRequest, uuid: UUID, other: UUID) -> HttpResponse:
    """Ask what wins, and join the row of `other` into that of `uuid`. It shows both rows whole."""
    keep, gone = (_row(each) for each in (uuid, other))
    if not all(may_see_contact(member, request.user) for member in (keep, gone)):
        raise PermissionDenied
    found = differences(keep, gone)
    form = MergeForm(request.POST or None, keep=keep, gone=gone, differences=found)
    if request.method == "POST" and form.is_valid():
        try:
            merge_members(keep, gone, form.choices, versions=form.versions, by=request.user)
        except ChangedElsewhere as problem:
            form.add_error(None, problem.message)
            form.look_again()
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            text = _("%(name)s staat nog één keer in het ledenbestand.")
            messages.success(request, text % {"name": keep.full_name})
            return redirect("backoffice:member-detail", keep.uuid)
    audit.record_view("member.view", by=request.user, on=keep, page="merge")
    audit.record_view("member.view", by=request.user, on=gone, page="merge")
    context = {"keep": keep, "gone": gone, "form": form, "obstacles": obstacles(keep, gone)}
    return render(request, "backoffice/member_double/merge.html", context)


def _row(uuid: UUID) -> Member:
    return get_object_or_404(Member.objects.present().select_related("user"), uuid=uuid)
