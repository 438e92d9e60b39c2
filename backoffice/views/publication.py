"""Publishing: ask first, with what changes for whom; then members see it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from backoffice.access import event_required, sent_uuid, staff_required
from elections.actions.publication import publish_assignments
from elections.errors import ActionError
from elections.models import ElectionEvent, PollingStation
from elections.queries.coverage import coverage
from elections.queries.publication import unpublished


@staff_required("planning.publish")
@event_required
@require_http_methods(["GET", "POST"])
def publication(request: HttpRequest) -> HttpResponse:
    """Ask first, with numbers and warnings; then show the assignments of all, or of one station, to the members."""
    event: ElectionEvent = request.event
    station = _chosen_station(request, event)
    back_url = (
        reverse("backoffice:assignment-station", kwargs={"uuid": station.uuid})
        if station
        else reverse("backoffice:assignment-list")
    )
    if request.method == "POST":
        try:
            count = publish_assignments(event, by=request.user, station=station)
        except ActionError as problem:
            messages.error(request, problem.message)
        else:
            text = ngettext(
                "%(count)s plaats is gepubliceerd.", "%(count)s plaatsen zijn gepubliceerd.", count
            )
            messages.success(request, text % {"count": count})
        return redirect(back_url)
    stations = PollingStation.objects.filter(pk=station.pk) if station else None
    found = coverage(event, stations=stations)
    waiting = unpublished(event, station)
    context = {
        "station": station,
        "coverage": found,
        "count": waiting.count(),
        "members": waiting.values("member").distinct().count(),
        "without_mail": waiting.filter(member__user=None).values("member").distinct().count(),
        "unlawful": [row for row in found.stations if row.breaks_law],
        "cancel_url": back_url,
    }
    return render(request, "backoffice/publication/publication.html", context)


def _chosen_station(request: HttpRequest, event: ElectionEvent) -> PollingStation | None:
    wanted = request.POST.get("station") or request.GET.get("station")
    return get_object_or_404(event.polling_stations, uuid=sent_uuid(wanted)) if wanted else None
