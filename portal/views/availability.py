"""When the member can work and what they like to do: one question per page, then check, then send."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from elections.actions import availability as actions
from elections.actions import companion as companion_actions
from elections.data_register import why
from elections.enums import AssignmentState, StepKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Assignment, ElectionEvent, Member, Venue
from elections.queries.availability import (
    Answers,
    answers_of,
    positions_for,
    refused_places,
    venues_to_choose,
)
from elections.queries.event import current_event
from elections.queries.portal_step import is_step_open, period_text, portal_step
from portal.access import View, member_required
from portal.forms.availability import (
    CompanionForm,
    DayForm,
    DayPartForm,
    PositionForm,
    RemarkForm,
    SeenForm,
    UnavailableForm,
    part_label,
)
from portal.views.availability_route import Route

NAME = "portal:availability"
TEMPLATES = "portal/availability"


@dataclass(frozen=True)
class Visit:
    """What every page of the step needs to know."""

    event: ElectionEvent
    answers: Answers
    route: Route


def in_step(view: View) -> View:
    """Give the view its `Visit`; for who does not have the step, or outside its period, there is only the overview.

    A form that comes in after closing passes: the action refuses it, and the page shows it with all that was typed.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        event = current_event()
        if event is None:
            raise Http404
        if request.method != "POST" and not is_step_open(event, StepKind.AVAILABILITY, request.member):
            return redirect(NAME)
        answers = answers_of(request.member, event)
        return view(request, Visit(event, answers, Route(event, answers)), *args, **kwargs)

    return guarded


@member_required
def availability(request: HttpRequest) -> HttpResponse:
    """Where the member stands: not open, an invitation to begin, or all answers to check, send and change."""
    event = current_event()
    step = portal_step(event, StepKind.AVAILABILITY, request.member) if event else None
    if event is None or step is None:
        return render(request, f"{TEMPLATES}/availability.html", {"event": event})
    answers = answers_of(request.member, event)
    route = Route(event, answers)
    context = {
        "event": event,
        "step": step,
        "answers": answers,
        "days": route.days,
        "period": period_text(step),
        "why": why("answers"),
        "start_url": route.pages[0],
        "continue_url": route.first_unanswered,
        "sections": route.sections(can_change=step.is_open),
    }
    context |= _refused(request.member, event)
    return render(request, f"{TEMPLATES}/availability.html", context)


@member_required
@in_step
def availability_day(request: HttpRequest, visit: Visit, uuid: UUID) -> HttpResponse:
    """One polling day: yes, if needed or no for each day part."""
    day = next((day for day in visit.answers.days if day.day.uuid == uuid), None)
    if day is None or not day.parts:
        if not visit.event.polling_days.filter(uuid=uuid).exists():
            raise Http404
        messages.info(request, _("Voor deze dag vragen wij niets meer."))
        return redirect(NAME)
    form = DayForm(request.POST or None, day=day)

    def save() -> None:
        actions.save_day(request.member, day.day, form.answers(), seen=form.seen_answers(), by=request.user)
        if "change" not in request.GET and refused_places(request.member, visit.event):
            messages.warning(
                request, _("U bent al ingedeeld. Het team verkiezingen krijgt hierover bericht.")
            )

    here = reverse("portal:availability-day", args=[uuid])
    return _page(request, "day.html", form, save, visit, here, {"day": day.day})


@member_required
@in_step
def availability_position(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The positions that the member likes to do, in order; those they are qualified for come first."""
    qualified, others = positions_for(request.member, visit.event)
    form = PositionForm(
        request.POST or None,
        qualified=qualified,
        others=others,
        chosen=visit.answers.offered(visit.answers.positions),
    )

    def save() -> None:
        actions.save_positions(
            request.member, visit.event, form.chosen(), seen=form.seen_things(), by=request.user
        )

    here = reverse("portal:availability-position")
    gone = [position for position in visit.answers.positions if position in visit.answers.gone]
    context = {
        "title": _("Wat doet u het liefst?"),
        "intro": _(
            "Wij houden hier rekening mee als het kan. Maakt het u niet uit? Kies dan “Geen voorkeur”."
        ),
        "gone": gone,
    }
    return _page(request, "ranking.html", form, save, visit, here, context)


@member_required
@in_step
def availability_day_part(request: HttpRequest, visit: Visit) -> HttpResponse:
    """When the member likes best to work, where there is more than one day part to choose from."""
    answers = visit.answers
    if not visit.route.day_part:
        return redirect(NAME)
    chosen = [part for part in answers.offered(answers.day_parts) if part in answers.possible_parts]
    form = DayPartForm(request.POST or None, possible=answers.possible_parts, chosen=chosen)

    def save() -> None:
        actions.save_day_parts(
            request.member, visit.event, form.chosen(), seen=form.seen_things(), by=request.user
        )

    gone = [part for part in answers.day_parts if part in answers.gone]
    context = {
        "title": _("Wanneer werkt u het liefst?"),
        "intro": _(
            "U kunt op meer momenten. Wij houden rekening met uw keuze als het kan. "
            "Maakt het u niet uit? Kies dan “Geen voorkeur”."
        ),
        "gone": gone,
    }
    return _page(request, "ranking.html", form, save, visit, visit.route.day_part, context)


@member_required
@in_step
def availability_companion(request: HttpRequest, visit: Visit) -> HttpResponse:
    """With whom the member likes to work: a name as typed. Nothing here tells whether that person is a member."""
    name = visit.answers.companion.name if visit.answers.companion else ""
    form = CompanionForm(request.POST or None, name=name)

    def save() -> None:
        companion_actions.wish_companion(
            request.member, visit.event, form.cleaned_data["name"], seen=form.seen_value(), by=request.user
        )

    return _page(request, "companion.html", form, save, visit, visit.route.companion)


@member_required
@in_step
def availability_remark(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Anything else the member wants to say."""
    remark = visit.answers.response.remark if visit.answers.response else ""
    form = RemarkForm(request.POST or None, remark=remark)

    def save() -> None:
        text = form.cleaned_data["remark"]
        actions.save_remark(request.member, visit.event, text, seen=form.seen_value(), by=request.user)

    return _page(request, "remark.html", form, save, visit, reverse("portal:availability-remark"))


@member_required
@in_step
def availability_venue(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Up to three venues: search with `?q=`, then pick. Every pick is saved at once."""
    if request.method == "POST":
        return _change_venues(request, visit.event)
    search = request.GET.get("q", "")[:100]
    found = venues_to_choose(request.member, visit.event, search=search)
    here = reverse("portal:availability-venue")
    is_change = "change" in request.GET
    context = {
        "venues": visit.answers.venues,
        "found": [venue for venue in found if venue not in visit.answers.venues],
        "nothing_found": bool(search) and not found,
        "search": search,
        "max_venues": actions.MAX_VENUES,
        "gone": visit.answers.gone,
        "is_full": len(visit.answers.offered(visit.answers.venues)) >= actions.MAX_VENUES,
        "is_change": is_change,
        "step_text": "" if is_change else visit.route.step_text(here),
        "next_url": visit.route.after(here, back_to_check=is_change),
        "back_url": reverse(NAME) if is_change else visit.route.before(here),
        "keep": request.GET.urlencode(),
    }
    return render(request, f"{TEMPLATES}/venue.html", context)


def _change_venues(request: HttpRequest, event: ElectionEvent) -> HttpResponse:
    changes = {"add": actions.add_venue, "remove": actions.remove_venue, "raise": actions.raise_venue}
    name = next((name for name in changes if name in request.POST), None)
    venue = get_object_or_404(Venue.objects, uuid=_uuid(request.POST.get(name or "", "")))
    try:
        changes[name or "add"](request.member, event, venue, by=request.user)
    except ActionError as error:
        messages.error(request, error.message)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(f"{reverse('portal:availability-venue')}{query}")


@member_required
@in_step
def availability_unavailable(request: HttpRequest, visit: Visit) -> HttpResponse:
    """ "I cannot come this time", with a reason; this is sent at once."""
    reason = visit.answers.response.unavailable_reason if visit.answers.response else ""
    form = UnavailableForm(request.POST or None, initial={"reason": reason})
    if request.method == "POST" and form.is_valid():
        try:
            actions.report_unavailable(
                request.member, visit.event, form.cleaned_data["reason"], by=request.user
            )
        except ActionError as error:
            form.add_error(None, error.message)
        else:
            return redirect("portal:availability-done")
    context: dict[str, object] = {"form": form, "event": visit.event}
    places = Assignment.objects.active().of_event(visit.event).filter(member=request.member)
    context["is_placed"] = places.exclude(state=AssignmentState.PROPOSED).exists()
    return render(request, f"{TEMPLATES}/unavailable.html", context)


@member_required
@require_POST
@in_step
def availability_withdraw(request: HttpRequest, visit: Visit) -> HttpResponse:
    """ "I can come after all": begin with the first day."""
    try:
        actions.withdraw_unavailable(request.member, visit.event, by=request.user)
    except ActionError as error:
        messages.error(request, error.message)
        return redirect(NAME)
    return redirect(visit.route.pages[0])


@member_required
@require_POST
@in_step
def availability_submit(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Send the answers. A second press sends nothing twice."""
    try:
        actions.submit_availability(request.member, visit.event, by=request.user)
    except ActionError as error:
        messages.error(request, error.message)
        return redirect(NAME)
    return redirect("portal:availability-done")


@member_required
def availability_done(request: HttpRequest) -> HttpResponse:
    """What happens now that the answers are sent."""
    event = current_event()
    answers = answers_of(request.member, event) if event else None
    step = portal_step(event, StepKind.AVAILABILITY, request.member) if event else None
    if answers is None or not answers.is_sent or step is None:
        return redirect(NAME)
    context: dict[str, object] = {"answers": answers, "step": step}
    if event:
        context |= _refused(request.member, event)
    return render(request, f"{TEMPLATES}/done.html", context)


def _refused(member: Member, event: ElectionEvent) -> dict[str, object]:
    """For components of the pages: the places that the member has where they said no, and how to give them back."""
    places = refused_places(member, event)
    states = {place.state for place in places}
    parts = dict.fromkeys(place.shift.day_part for place in places)
    return {
        "refused_parts": list(parts),
        "refused_labels": [
            f"{date_format(part.polling_day.date, 'l j F')}: {part_label(part)}" for part in parts
        ],
        "may_decline": AssignmentState.PUBLISHED in states
        and is_step_open(event, StepKind.PLACEMENT, member),
        "may_give_back": AssignmentState.RESERVED in states,
    }


def _page(
    request: HttpRequest,
    template: str,
    form: SeenForm,
    save: Callable[[], None],
    visit: Visit,
    here: str,
    context: dict[str, object] | None = None,
) -> HttpResponse:
    """Save one page of the answer and go on, or show it (again)."""
    back_to_check = "change" in request.GET
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except ActionError as error:
            form.add_error(None, error.message)
            if isinstance(error, ChangedElsewhere):
                form.look_again()
        else:
            # What was answered decides which pages follow.
            route = Route(visit.event, answers_of(request.member, visit.event))
            if back_to_check and _was_changed(visit.answers, route.answers):
                messages.success(request, _("Uw wijziging is bewaard."))
            return redirect(route.after(here, back_to_check=back_to_check))
    shown = {
        "form": form,
        "step_text": "" if back_to_check else visit.route.step_text(here),
        "back_url": reverse(NAME) if back_to_check else visit.route.before(here),
        "submit_label": _("Bewaar") if back_to_check else _("Bewaar en ga verder"),
    }
    return render(request, f"{TEMPLATES}/{template}", shown | (context or {}))


def _was_changed(before: Answers, after: Answers) -> bool:
    """Whether answers that the team had already are different now."""
    if not (before.is_sent and before.response and after.response):
        return False
    return before.response.changed_at != after.response.changed_at


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
