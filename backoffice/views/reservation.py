"""Places that members picked: saying yes or no, the waiting lines, and offering a place to somebody."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.access import event_required, sent_uuid, staff_required
from backoffice.forms.member import SealedForm
from backoffice.forms.reservation import ReasonForm
from backoffice.paging import asked_for, show_page, typed
from backoffice.selection import ticked, unsealed
from backoffice.tables.reservation import (
    OfferTable,
    ReservationFilter,
    ReservationTable,
    WaitingFilter,
    WaitingTable,
)
from elections import audit
from elections.actions.place_offer import offer_next, offer_place, withdraw_offer
from elections.actions.reservation import confirm_reservations, refuse_reservation
from elections.enums import AssignmentSource, AssignmentState
from elections.errors import ActionError
from elections.models import Assignment, ElectionEvent, Member, Shift
from elections.permissions import can
from elections.queries.assignment import candidates
from elections.queries.place_offer import serves_lines
from elections.queries.reservation_review import (
    ASSIGNMENT_WORDS,
    line_of,
    newcomers_among,
    picked_places,
    standing_offers,
    waited_for,
)
from tenants.numbers import grouped

TEMPLATES = "backoffice/reservation"
CANDIDATES_SHOWN = 30


@staff_required("planning.view")
@event_required
@require_GET
def reservation_list(request: HttpRequest) -> HttpResponse:
    """What members picked, to filter and to say yes to; without a filter what still waits for the team."""
    event, may_edit = request.event, can(request.user, "planning.edit")
    chosen = ReservationFilter(request.GET, picked_places(event), event)
    table = ReservationTable(chosen.qs, may_edit=may_edit)
    show_page(table, request)
    table.newcomers = newcomers_among([row.record.member_id for row in table.page.object_list], event)
    count = table.page.paginator.count
    audit.record_view("reservation.list", by=request.user, filters=asked_for(chosen), count=count)
    context = {
        "table": table,
        "filter": chosen,
        "has_any": bool(count) or picked_places(event).exists(),
        "is_open": serves_lines(event),
        "bulk_actions": [
            {"value": "confirm", "label": _("Akkoord geven"), "icon": "check", "tone": "primary"}
        ]
        if may_edit
        else [],
    }
    return render(request, f"{TEMPLATES}/list.html", context)


@staff_required("planning.edit")
@event_required
@require_POST
def reservation_selection(request: HttpRequest) -> HttpResponse:
    """From the ticked rows, or the whole filtered list, to the page that asks whether."""
    selection = ticked(request)
    try:
        selection, places = selection.look_up(picked_places(request.event), _found(request.event))
    except ActionError as problem:
        messages.error(request, problem.message)
        return _to_list(selection.query)
    waiting = places.filter(state=AssignmentState.RESERVED)
    context = {
        "form": SealedForm(initial={"selection": selection.sealed(request.user)}),
        "count": waiting.count(),
        "members": waiting.order_by().values("member").distinct().count(),
        "decided": selection.count - waiting.count(),
        "newcomers": len(newcomers_among(waiting.order_by().values_list("member", flat=True), request.event)),
        "back": _list_url(selection.query),
    }
    return render(request, f"{TEMPLATES}/confirm.html", context)


@staff_required("planning.edit")
@event_required
@require_POST
def reservation_confirm(request: HttpRequest) -> HttpResponse:
    """Say yes to the confirmed selection."""
    query = ""
    try:
        selection = unsealed(request.POST.get("selection", ""), request.user)
        query = selection.query
        _seen, places = selection.look_up(picked_places(request.event), _found(request.event))
        count = confirm_reservations(places, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        text = ngettext("%(count)s plaats is akkoord.", "%(count)s plaatsen zijn akkoord.", count)
        messages.success(request, text % {"count": grouped(count)})
    return _to_list(query)


@staff_required("planning.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def reservation_refuse(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say no, with a reason that the member reads."""
    return _end(
        request,
        uuid,
        AssignmentState.RESERVED,
        refuse_reservation,
        template="refuse.html",
        done=_("%(name)s krijgt deze plaats niet. De plaats is weer vrij."),
        back=reverse("backoffice:reservation-list"),
    )


@staff_required("planning.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def reservation_withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take an offer back, with a reason that the member reads."""
    return _end(
        request,
        uuid,
        AssignmentState.PROPOSED,
        withdraw_offer,
        template="withdraw.html",
        done=_("Het aanbod aan %(name)s is ingetrokken."),
        back=reverse("backoffice:reservation-offers"),
    )


@staff_required("planning.view")
@event_required
@require_GET
def reservation_waiting(request: HttpRequest) -> HttpResponse:
    """The shifts that people wait for, and on request those with a free place, to offer it."""
    chosen = WaitingFilter(request.GET, waited_for(request.event), request.event)
    table = WaitingTable(chosen.qs)
    show_page(table, request)
    context = {"table": table, "filter": chosen, "serves": serves_lines(request.event)}
    return render(request, f"{TEMPLATES}/waiting.html", context)


@staff_required("planning.view")
@require_GET
def reservation_line(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One shift: who waits, in which order, and who would be passed over now."""
    shift = _shift(uuid)
    request.event = shift.polling_station.event
    line = line_of(shift)
    audit.record_view("reservation.waiting", by=request.user, on=shift, count=len(line))
    context = {
        "shift": shift,
        "line": line,
        "free": shift.places - shift.assignments.active().count(),
        "offers": standing_offers(request.event).filter(shift=shift),
        "serves": serves_lines(request.event),
        "may_edit": can(request.user, "planning.edit"),
        "has_next": any(each.number and not each.reasons for each in line),
    }
    return render(request, f"{TEMPLATES}/line.html", context)


@staff_required("planning.edit")
@require_POST
def reservation_next(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Offer a free place to the first in the line who may have it."""
    try:
        offer = offer_next(_shift(uuid), by=request.user, source=AssignmentSource.WAITLIST)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        if offer:
            _say_offered(request, offer)
        else:
            messages.error(request, _("Er is geen plaats vrij, of niemand op de wachtlijst kan hem krijgen."))
    return redirect("backoffice:reservation-line", uuid)


@staff_required("planning.view")
@event_required
@require_GET
def reservation_offers(request: HttpRequest) -> HttpResponse:
    """Places that were offered and wait for an answer."""
    table = OfferTable(standing_offers(request.event), may_edit=can(request.user, "planning.edit"))
    show_page(table, request)
    audit.record_view("reservation.offers", by=request.user, count=table.page.paginator.count)
    context = {"table": table, "may_edit": can(request.user, "planning.edit")}
    return render(request, f"{TEMPLATES}/offers.html", context)


@staff_required("planning.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def reservation_offer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Offer a free place to a member of one's choice: who fits first, with the reasons."""
    shift = _shift(uuid)
    request.event = shift.polling_station.event
    if request.method == "POST":
        return _offer(request, shift)
    search = request.GET.get("q", "").strip()
    found = candidates(shift, search=search, by=request.user)
    able = [candidate for candidate in [*found.fit, *found.doubtful] if candidate.may_be_offered]
    audit.record_view("assignment.candidates", by=request.user, on=shift, filters={"q": typed(search)})
    context = {
        "shift": shift,
        "q": search,
        "free": shift.places - shift.assignments.active().count(),
        "candidates": able[:CANDIDATES_SHOWN],
        "count": len(able),
        "shown": CANDIDATES_SHOWN,
    }
    return render(request, f"{TEMPLATES}/offer.html", context)


def _offer(request: HttpRequest, shift: Shift) -> HttpResponse:
    member = get_object_or_404(
        Member.objects.select_related("user"), uuid=sent_uuid(request.POST.get("member"))
    )
    try:
        offer = offer_place(shift, member, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:reservation-offer", shift.uuid)
    _say_offered(request, offer)
    return redirect("backoffice:reservation-line", shift.uuid)


def _say_offered(request: HttpRequest, offer: Assignment) -> None:
    name = offer.member.informal_name
    messages.success(request, _("De plaats is aangeboden aan %(name)s.") % {"name": name})
    if offer.member.user is None:
        text = _("%(name)s kan niet inloggen en krijgt geen e-mail. Bel dit lid.")
        messages.warning(request, text % {"name": name})


def _end(
    request: HttpRequest,
    uuid: UUID,
    state: AssignmentState,
    act: Callable[..., None],
    *,
    template: str,
    done: str,
    back: str,
) -> HttpResponse:
    """Ask for a reason and end a place that is in `state`."""
    place = get_object_or_404(
        Assignment.objects.select_related(*ASSIGNMENT_WORDS, "shift__polling_station__event"), uuid=uuid
    )
    request.event = place.shift.polling_station.event
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(place, form.cleaned_data["reason"], by=request.user)
        except ActionError as problem:
            messages.error(request, problem.message)
        else:
            messages.success(request, done % {"name": place.member.informal_name})
        return redirect(back)
    if place.state != state:
        messages.info(request, _("Hierover is al beslist."))
        return redirect(back)
    return render(request, f"{TEMPLATES}/{template}", {"place": place, "form": form, "back": back})


def _shift(uuid: UUID) -> Shift:
    shifts = Shift.objects.select_related(
        "polling_station__event", "polling_station__venue", "day_part__polling_day", "position"
    )
    return get_object_or_404(shifts, uuid=uuid)


def _found(event: ElectionEvent) -> Callable[[QueryDict], QuerySet[Assignment]]:
    return lambda query: ReservationFilter(query, picked_places(event), event).qs


def _list_url(query: str) -> str:
    return reverse("backoffice:reservation-list") + (f"?{query}" if query else "")


def _to_list(query: str) -> HttpResponse:
    return redirect(_list_url(query))
