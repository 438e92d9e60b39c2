"""Picking one's own place: find what is free, look at it, take it; wait, answer an offer, and give back."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from elections.actions import reservation as actions
from elections.actions.place_offer import accept_offer, decline_offer
from elections.distance import words as distance_words
from elections.enums import AssignmentState, StepKind, WaitKind
from elections.errors import ActionError, StepNotOpen
from elections.models import Assignment, ElectionEvent, Member, Shift, WaitlistEntry
from elections.queries.event import current_event
from elections.queries.offer import offered_shifts
from elections.queries.place_offer import Judge
from elections.queries.placement import shift_words
from elections.queries.portal_step import choosing_step, is_step_open, period_text
from elections.queries.reservation import (
    SHIFT_WORDS,
    FreePlaces,
    known_to_member,
    may_give_back,
    open_offers,
    own_places,
    venue_distances,
)
from elections.queries.shift import taken_places
from portal.access import member_required
from portal.forms.reservation import AnswerForm, WaitForm
from portal.shift_words import facts_of
from portal.views.reservation_route import Wishes, address, cards, free_words, moments

NAME = "portal:reservation"
TEMPLATES = "portal/reservation"
PER_PAGE = 20
SEARCH_LENGTH = 100
# What is looked at before the place is locked; whatever decides is read again then.
NEEDED_TO_PICK = ("places", "polling_station__event__maximum_inexperienced", "day_part")
ANSWERS = {
    "accept": (accept_offer, gettext_lazy("Fijn dat u komt. De plaats is voor u.")),
    "decline": (decline_offer, gettext_lazy("Dank u wel voor uw antwoord. Wij vragen iemand anders.")),
}


@member_required
@require_GET
def reservation(request: HttpRequest) -> HttpResponse:
    """Where the member stands: places picked, offers, lines; and the way to a new place while the step is open."""
    event = current_event()
    step, is_placing = choosing_step(request.member, event)
    own = own_places(request.member, event) if event else None
    is_open = step is not None and step.is_open
    context = {
        "event": event,
        "step": step,
        "is_open": is_open,
        "is_placing": is_open and is_placing,
        "period": period_text(step) if step else "",
    }
    if own:
        context |= {
            "is_empty": own.is_empty,
            "offers": [_card(place) for place in own.offers],
            "chosen": [_card(place, is_open=is_open) for place in own.chosen],
            "ended": [_card(place) for place in own.ended],
            "waiting": [{"waiting": each, "facts": facts_of(each.entry.shift)} for each in own.waiting],
        }
    return render(request, f"{TEMPLATES}/reservation.html", context)


def _card(place: Assignment, *, is_open: bool = False) -> dict[str, object]:
    return {
        "place": place,
        "facts": facts_of(place.shift),
        "may_give_back": is_open and may_give_back(place),
    }


@member_required
@require_GET
def reservation_search(request: HttpRequest) -> HttpResponse:
    """One question at a time: which day part, which position; what has one answer only is not asked."""
    event = _open_event(request.member)
    if event is None:
        return redirect(NAME)
    free = FreePlaces(request.member, event)
    wishes = Wishes(request.GET, free)
    if not wishes.question:
        return redirect(address("portal:reservation-places", wishes.answers))
    context = {"question": wishes.question, "tasks": wishes.tasks(), "part": wishes.part}
    context |= _said_no(request.member, event, free)
    return render(request, f"{TEMPLATES}/search.html", context)


@member_required
@require_GET
def reservation_places(request: HttpRequest) -> HttpResponse:
    """What is free for this member, the nearest first. `q` searches, `sort=number` orders by station; with `full`
    the shifts that are full, to wait for."""
    event = _open_event(request.member)
    if event is None:
        return redirect(NAME)
    is_full = "full" in request.GET
    free = FreePlaces(request.member, event, full=is_full)
    wishes = Wishes(request.GET, free)
    search = request.GET.get("q", "")[:SEARCH_LENGTH].strip()
    by_number = request.GET.get("sort") == "number"
    found = free.places(part=wishes.part, position=wishes.position, search=search, by_number=by_number)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "cards": cards(page.object_list),
        "wishes": wishes,
        "search": search,
        "by_number": by_number,
        "is_full": is_full,
        "is_near_known": free.is_near_known,
        "is_narrowed": bool(search or wishes.part or wishes.position),
        "full_url": address("portal:reservation-places", wishes.answers | {"full": "1"}),
        "free_url": address("portal:reservation-places", wishes.answers),
    }
    context |= _said_no(request.member, event, free)
    return render(request, f"{TEMPLATES}/places.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def reservation_shift(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Look at one place and take it (POST); when it is gone: what is free near by, and how to wait for this one."""
    if request.method == "POST":
        return _pick(request, uuid)
    event = current_event()
    if event is None:
        raise Http404
    shift = _offered_shift(event, uuid)
    if _open_event(request.member) is None:
        return redirect(NAME)
    return _shift_page(request, event, shift, WaitForm())


def _pick(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take the place. Hundreds may press at once, so that who comes too late costs few reads and no write."""
    shift = get_object_or_404(
        Shift.objects.select_related("polling_station__event").only(*NEEDED_TO_PICK), uuid=uuid
    )
    here = reverse("portal:reservation-shift", args=[uuid])
    try:
        actions.reserve_place(request.member, shift, by=request.user)
    except actions.PlaceGone:
        return redirect(f"{here}?gone=1")
    except StepNotOpen as problem:
        # The page of the place is closed too: say here which one it was.
        shift = Shift.objects.select_related("polling_station__event", *SHIFT_WORDS).get(pk=shift.pk)
        messages.error(request, problem.message)
        messages.info(request, _("U koos: %(place)s.") % {"place": ", ".join(shift_words(shift).values())})
        return redirect(NAME)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect(here)
    messages.success(request, _("U hebt deze plaats gekozen. Het team verkiezingen kijkt er nog naar."))
    return redirect(NAME)


@member_required
@require_POST
def reservation_wait(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Join the line of a full shift, or ask for a message."""
    event = current_event()
    if event is None:
        raise Http404
    shift = _offered_shift(event, uuid)
    form = WaitForm(request.POST)
    if not form.is_valid():
        return _shift_page(request, event, shift, form)
    kind = WaitKind(form.cleaned_data["kind"])
    done = {
        WaitKind.LINE: _("U staat op de wachtlijst. U krijgt een e-mail als wij u een plaats aanbieden."),
        WaitKind.ALERT: _("U krijgt een e-mail als er een plaats vrij is."),
    }
    return _do(
        request,
        lambda: actions.join_waitlist(request.member, shift, kind, by=request.user),
        done=done[kind],
        again=reverse("portal:reservation-shift", args=[uuid]),
    )


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def reservation_leave(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stop waiting, after a question: the place in the line is lost."""
    entries = WaitlistEntry.objects.filter(member=request.member).select_related(
        *(f"shift__{path}" for path in SHIFT_WORDS), "member"
    )
    entry = get_object_or_404(entries, uuid=uuid)
    if request.method == "POST":
        return _do(
            request,
            lambda: actions.leave_waitlist(entry, by=request.user),
            done=_("U wacht niet meer op deze plaats."),
        )
    return render(request, f"{TEMPLATES}/leave.html", {"entry": entry, "facts": facts_of(entry.shift)})


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def reservation_give_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give a place back, after a question: somebody else gets it at once."""
    place = get_object_or_404(_own_assignments(request), uuid=uuid)
    if request.method == "POST":
        return _do(
            request,
            lambda: actions.give_back(place, by=request.user),
            done=_("U hebt de plaats teruggegeven. Dank u wel dat u het laat weten."),
        )
    if not may_give_back(place):
        return redirect(NAME)
    return render(request, f"{TEMPLATES}/give_back.html", {"place": place, "facts": facts_of(place.shift)})


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def reservation_offer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A place that was offered: yes or no, before the deadline. Also when the step itself is closed."""
    offer = get_object_or_404(_own_assignments(request), uuid=uuid)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act, done = ANSWERS[form.cleaned_data["answer"]]
        version = form.cleaned_data["version"]
        return _do(
            request,
            lambda: act(offer, by=request.user, version=version),
            done=str(done),
        )
    if not open_offers(request.member, offer.shift.polling_station.event).filter(pk=offer.pk).exists():
        messages.info(request, _("Dit aanbod geldt niet meer."))
        return redirect(NAME)
    return render(request, f"{TEMPLATES}/offer.html", {"offer": offer, "facts": facts_of(offer.shift)})


def _do(request: HttpRequest, act: Callable[[], object], *, done: str, again: str = "") -> HttpResponse:
    """Act, and say how it went on the overview; `again`: where to look when it could not be done."""
    try:
        act()
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect(again or NAME)
    messages.success(request, done)
    return redirect(NAME)


def _open_event(member: Member) -> ElectionEvent | None:
    """The event of which this member may pick places now."""
    event = current_event()
    step, is_placing = choosing_step(member, event)
    return event if step and step.is_open and not is_placing else None


def _said_no(member: Member, event: ElectionEvent, free: FreePlaces) -> dict[str, object]:
    """For _said_no.html: which places are not shown because of the member's own answers."""
    parts = free.refused_parts
    return {
        "refused_words": moments(parts),
        "may_change_answers": bool(parts) and is_step_open(event, StepKind.AVAILABILITY, member),
    }


def _offered_shift(event: ElectionEvent, uuid: UUID) -> Shift:
    shifts = offered_shifts(event).select_related("polling_station__event", *SHIFT_WORDS)
    return get_object_or_404(shifts, uuid=uuid)


def _own_assignments(request: HttpRequest) -> QuerySet[Assignment]:
    """What this member knows of, whatever became of it: a form may come in twice."""
    ended = Q(state__in=(AssignmentState.DECLINED, AssignmentState.CANCELLED))
    return (
        Assignment.objects.filter(member=request.member)
        .filter(known_to_member() | ended)
        .select_related("shift__polling_station__event", *(f"shift__{path}" for path in SHIFT_WORDS))
    )


def _shift_page(request: HttpRequest, event: ElectionEvent, shift: Shift, form: WaitForm) -> HttpResponse:
    counted = Shift.objects.annotate(free=F("places") - taken_places()).filter(pk=shift.pk)
    free = counted.values_list("free", flat=True).get()
    own = _own_assignments(request).active().filter(shift=shift).first()
    metres = venue_distances(request.member, event).get(shift.polling_station.venue_id)
    is_gone = free <= 0 and own is None
    context = {
        "shift": shift,
        "free": free_words(free) if free > 0 else "",
        "facts": facts_of(shift, distance="" if metres is None else distance_words(metres)),
        "reasons": Judge(event, [request.member]).against(request.member, shift),
        "own": own,
        "entry": WaitlistEntry.objects.filter(member=request.member, shift=shift).first(),
        "form": form,
        "is_gone": is_gone,
        "came_too_late": "gone" in request.GET and own is None,
        "nearby": cards(FreePlaces(request.member, event).nearest_to(shift)) if is_gone else [],
    }
    return render(request, f"{TEMPLATES}/shift.html", context)
