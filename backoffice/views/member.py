"""The member file: the list, one member, and what the team does with them. Files come in by views/member_import.py."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backoffice.access import chosen_event, event_required, staff_required
from backoffice.forms.member import MemberForm
from backoffice.member_list import member_list_context
from backoffice.member_page import member_page_context, whose_address_shows
from backoffice.paging import asked_for, show_page
from backoffice.reset import reset_page
from backoffice.tables.member_answer import AnswerFilter, AnswerTable
from elections import audit
from elections.actions import member as actions
from elections.actions.invitation import invite_member
from elections.enums import StepState
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Member
from elections.queries.availability_count import part_counts
from elections.queries.confidentiality import contact_of, may_see_contact
from elections.queries.member import (
    answer_counts,
    answers_since,
    is_invited_anew,
    last_change,
    refused_places_of_event,
    with_access,
    with_answer_details,
)
from elections.queries.merged_member import went_up_in
from elections.sessions import is_confirmed, no_activity


@staff_required("member.view")
@require_GET
def member_list(request: HttpRequest) -> HttpResponse:
    """Everybody in the member file, to search, filter, sort and select."""
    context = member_list_context(request)
    count = context["table"].page.paginator.count
    audit.record_view("member.list", by=request.user, filters=asked_for(context["filter"]), count=count)
    return render(request, "backoffice/member/list.html", context)


@staff_required("member.edit")
def member_create(request: HttpRequest) -> HttpResponse:
    """Add one person by hand."""
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            member = actions.create_member(form.values, form.cleaned_data["labels"], by=request.user)
        except ActionError as problem:
            form.add_error("number", problem.message)
        else:
            messages.success(request, _("%(name)s staat in het ledenbestand.") % {"name": member.full_name})
            _warn_about_shared_address(request, member)
            return redirect("backoffice:member-detail", member.uuid)
    return render(request, "backoffice/member/create.html", {"form": form})


@staff_required("member.view")
@require_GET
def member_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everything about one member on one page. BSN and IBAN only as "known" or "not known"."""
    found = with_access(Member.objects.select_related("user").prefetch_related("labels"))
    member = found.filter(uuid=uuid).first()
    if member is None:
        return redirect("backoffice:member-detail", _went_up_in_404(uuid).uuid)
    if member.erased_at:
        return render(request, "backoffice/privacy/erased.html", {"member": member})
    audit.record_view("member.view", by=request.user, on=member)
    request.event = chosen_event(request)
    return render(request, "backoffice/member/detail.html", member_page_context(request, member))


def _went_up_in_404(uuid: UUID) -> Member:
    moved = went_up_in(uuid)
    if moved is None:
        raise Http404
    return moved


@staff_required("member.edit")
def member_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change the data of one member; what a colleague saved in the meantime is not overwritten unseen."""
    member = get_object_or_404(Member.objects.prefetch_related("labels"), uuid=uuid)
    hides = not may_see_contact(member, request.user)
    form, old_email = MemberForm(request.POST or None, member=member, hides_contact=hides), member.email
    changes = None
    ready = request.method == "POST" and form.is_valid()
    asks_proof = (
        ready
        and _moves_an_account(member, form.values.get("email", old_email))
        and not is_confirmed(request.session)
    )
    if asks_proof:
        # Not by sending the colleague to another page: what was typed would be lost.
        form.add_error(
            "email", _("Op dit adres krijgt het lid de inlogcodes. Laat eerst zien dat u het bent.")
        )
    elif ready:
        version = form.cleaned_data["version"] or 0
        try:
            member = actions.update_member(
                member, form.values, form.cleaned_data["labels"], version=version, by=request.user
            )
        except ChangedElsewhere as problem:
            form.add_error(None, problem.message)
            changes = form.look_again()
        except ActionError as problem:
            form.add_error("number", problem.message)
        else:
            messages.success(
                request, _("De gegevens van %(name)s zijn bewaard.") % {"name": member.full_name}
            )
            if member.email != old_email and is_invited_anew(member):
                text = _("De uitnodiging is opnieuw verstuurd, naar %(email)s. De oude werkt niet meer.")
                messages.info(request, text % {"email": member.email})
            _warn_about_shared_address(request, member)
            return redirect("backoffice:member-detail", member.uuid)
    audit.record_view("member.view", by=request.user, on=member, page="edit")
    context = {
        "form": form,
        "member": member,
        "changes": changes,
        "changed_by": last_change(member) if changes else None,
        "asks_proof": asks_proof,
        "hides_contact": hides,
    }
    return render(request, "backoffice/member/edit.html", context)


def _moves_an_account(member: Member, email: object) -> bool:
    """Whether log-in codes would go to another mailbox: whoever reads that one could then become this member."""
    return member.user is not None and email != member.email


@staff_required("member.invite")
@require_POST
def member_invite(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send one member an invitation, or a new one."""
    member = get_object_or_404(Member, uuid=uuid)
    try:
        invite_member(member, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(
            request,
            _("%(name)s krijgt een uitnodiging op %(email)s.")
            % {
                "name": member.full_name,
                "email": contact_of(member, request.user).email or _("het e-mailadres"),
            },
        )
    return redirect("backoffice:member-detail", member.uuid)


@staff_required("staff.manage", confirmed=True)
def member_reset(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask what a member lost, and then take it away, so that they can begin again."""
    member = get_object_or_404(Member.objects.exclude(user=None).select_related("user"), uuid=uuid)
    return reset_page(request, member.user, reverse("backoffice:member-detail", args=[uuid]))


@staff_required("member.edit")
def member_deactivate(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask, and then take a member out of use."""
    member = get_object_or_404(Member, uuid=uuid)
    if request.method == "POST":
        try:
            actions.deactivate_member(member, by=request.user)
        except ActionError as problem:
            messages.error(request, problem.message)
        else:
            messages.success(request, _("%(name)s is niet meer actief.") % {"name": member.full_name})
        return redirect("backoffice:member-detail", member.uuid)
    return render(request, "backoffice/member/deactivate.html", {"member": member})


@staff_required("member.edit")
@require_POST
def member_activate(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Bring a member back into use."""
    member = get_object_or_404(Member, uuid=uuid)
    try:
        actions.activate_member(member, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("%(name)s is weer actief.") % {"name": member.full_name})
    return redirect("backoffice:member-detail", member.uuid)


@staff_required("member.view")
@require_GET
@event_required
def member_answers(request: HttpRequest) -> HttpResponse:
    """Who said when they can come, in the event that the colleague works in; the newest answers first."""
    found = with_answer_details(Member.objects.active().by_name(), request.event)
    answers = AnswerFilter(request.GET, found, request.event)
    table = AnswerTable(answers.qs)
    show_page(table, request)
    context = {"table": table, "filter": answers, **_answer_numbers(request, timezone.now())}
    count = table.page.paginator.count
    audit.record_view("member.answers", by=request.user, filters=asked_for(answers), count=count)
    return render(request, "backoffice/member/answers.html", context)


@staff_required("member.view")
@require_GET
@no_activity
@event_required
def member_answers_live(request: HttpRequest) -> HttpResponse:
    """The numbers above the list, anew each quarter of a minute, and how many answers came in since `?since=`.

    No names: those are asked for with a press of the button, and looking at them is logged.
    """
    try:
        since = datetime.fromtimestamp(float(request.GET.get("since", "")), UTC)
    except (ValueError, OverflowError, OSError):
        since = timezone.now()
    return render(request, "backoffice/member/answers_live.html", _answer_numbers(request, since))


def _answer_numbers(request: HttpRequest, since: datetime) -> dict[str, Any]:
    """What the numbers of the answers page show. since: the moment at which the list was made."""
    counts = answer_counts(request.event)
    refusing = refused_places_of_event(request.event).values("member").distinct().count()
    figures = [
        _figure(counts, StepState.DONE, _("heeft geantwoord"), "ok"),
        _figure(counts, StepState.BUSY, _("is bezig"), "neutral"),
        _figure(counts, StepState.NOT_BEGUN, _("nog niet begonnen"), "neutral"),
    ]
    if refusing:
        label = _("ingedeeld, zei later nee")
        figures.append({"value": refusing, "label": label, "url": "?placed=refuses", "tone": "error"})
    query = request.GET.copy()
    query.pop("since", None)
    return {
        "figures": figures,
        "total": sum(counts.values()),
        "parts": part_counts(request.event),
        "new_answers": answers_since(request.event, since),
        "since": str(since.timestamp()),
        "query": query.urlencode(),
    }


def _figure(counts: dict[str, int], state: StepState, label: str, tone: str) -> dict[str, Any]:
    return {"value": counts[state], "label": label, "url": f"?answer={state}", "tone": tone}


def _warn_about_shared_address(request: HttpRequest, member: Member) -> None:
    others = whose_address_shows(request, member) if may_see_contact(member, request.user) else []
    if others:
        names = ", ".join(other.full_name for other in others)
        messages.warning(
            request,
            _("%(email)s is ook het adres van %(names)s. Zij krijgen elkaars e-mail, ook de inlogcodes.")
            % {"email": member.email, "names": names},
        )


def back_to_list(query: str) -> HttpResponseRedirect:
    """The member list with the filter that somebody came from."""
    url = reverse("backoffice:member-list")
    return HttpResponseRedirect(f"{url}?{query}" if query else url)
