"""Publishing: ask first, with what changes for whom; then members see it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from backoffice.access import event_required, sent_uuid, staff_required
from backoffice.forms.publication import ALL, PublicationForm
from backoffice.paging import PER_PAGE
from elections import audit
from elections.actions.publication import Published, publish_assignments
from elections.errors import ActionError
from elections.models import ElectionEvent, Member, PollingStation
from elections.queries.coverage import coverage
from elections.queries.publication import PublicationPreview, publication_preview
from tenants.numbers import grouped


@staff_required("planning.publish")
@event_required
@require_http_methods(["GET", "POST"])
def publication(request: HttpRequest) -> HttpResponse:
    """Ask first, with numbers, names and warnings; then publish the plan of all, of one station or of one member."""
    event: ElectionEvent = request.event
    station = _chosen(request, "station", event.polling_stations.select_related("venue"))
    member = _chosen(request, "member", Member.objects.select_related("user"))
    form = PublicationForm({"only": request.POST.get("only") or request.GET.get("only", ALL)})
    only_lawful = form.only_lawful and not (station or member)
    back_url = _back_url(station, member)
    if request.method == "POST":
        try:
            done = publish_assignments(
                event, by=request.user, station=station, member=member, only_lawful=only_lawful
            )
        except ActionError as problem:
            messages.error(request, problem.message)
        else:
            messages.success(request, _in_words(done))
        return redirect(back_url)
    stations = PollingStation.objects.filter(pk=station.pk) if station else None
    found = coverage(event, stations=stations)
    unlawful = [row for row in found.stations if row.breaks_law]
    lawful = {row.station.pk for row in found.stations if row.own_parts and not row.breaks_law}
    preview = publication_preview(
        event, station=station, member=member, stations=lawful if only_lawful else None
    )
    audit.record_view(
        "publication.view", by=request.user, on=station or member or event, count=preview.members
    )
    context = {
        "station": station,
        "member": member,
        "form": form if unlawful and not (station or member) else None,
        "only_lawful": only_lawful,
        "preview": preview,
        "items": _what_happens(preview),
        "open_places": 0 if member else found.open,
        "has_assignments": bool(found.filled),
        "page": Paginator(preview.told_as_change, PER_PAGE).get_page(request.GET.get("page")),
        "unlawful": [] if member else unlawful,
        "cancel_url": back_url,
    }
    return render(request, "backoffice/publication/publication.html", context)


def _chosen(request: HttpRequest, name: str, rows: Any) -> Any:
    wanted = request.POST.get(name) or request.GET.get(name)
    return get_object_or_404(rows, uuid=sent_uuid(wanted)) if wanted else None


def _back_url(station: PollingStation | None, member: Member | None) -> str:
    if station:
        return reverse("backoffice:assignment-station", kwargs={"uuid": station.uuid})
    if member:
        return reverse("backoffice:member-detail", kwargs={"uuid": member.uuid})
    return reverse("backoffice:placement-list")


def _what_happens(preview: PublicationPreview) -> list[str]:
    """The sentences of the page that asks, each with its number; those with nought are left out."""
    sentences = (
        (
            len(preview.told),
            ngettext(
                "%(n)s lid krijgt een e-mail dat er iets klaarstaat, en ziet dan de eigen plaats.",
                "%(n)s leden krijgen elk één e-mail dat er iets klaarstaat, en zien dan de eigen plaats.",
                len(preview.told),
            ),
        ),
        (
            len(preview.changed),
            ngettext(
                "%(n)s lid krijgt een e-mail dat er iets veranderd is, en ziet dan precies wat.",
                "%(n)s leden krijgen elk één e-mail dat er iets veranderd is, en zien dan precies wat.",
                len(preview.changed),
            ),
        ),
        (
            len(preview.without_login),
            ngettext(
                "%(n)s lid heeft nog geen inlog en krijgt geen e-mail. Bel dit lid.",
                "%(n)s leden hebben nog geen inlog en krijgen geen e-mail. Bel deze leden.",
                len(preview.without_login),
            ),
        ),
        (
            len(preview.without_address),
            ngettext(
                "%(n)s lid heeft geen e-mailadres en krijgt geen e-mail. Bel dit lid.",
                "%(n)s leden hebben geen e-mailadres en krijgen geen e-mail. Bel deze leden.",
                len(preview.without_address),
            ),
        ),
        (
            preview.waiting_reservations,
            ngettext(
                "%(n)s zelf gekozen plaats is nog niet bevestigd. Die wordt niet gepubliceerd.",
                "%(n)s zelf gekozen plaatsen zijn nog niet bevestigd. Die worden niet gepubliceerd.",
                preview.waiting_reservations,
            ),
        ),
        (
            preview.open_offers,
            ngettext(
                "%(n)s aanbod wacht nog op antwoord. Dat wordt niet gepubliceerd.",
                "%(n)s aanbiedingen wachten nog op antwoord. Die worden niet gepubliceerd.",
                preview.open_offers,
            ),
        ),
    )
    return [text % {"n": grouped(number)} for number, text in sentences if number]


def _in_words(done: Published) -> str:
    parts = [
        (done.new, ngettext("%(n)s nieuwe plaats", "%(n)s nieuwe plaatsen", done.new)),
        (done.moved, ngettext("%(n)s veranderde plaats", "%(n)s veranderde plaatsen", done.moved)),
        (done.removed, ngettext("%(n)s vervallen plaats", "%(n)s vervallen plaatsen", done.removed)),
    ]
    told = ", ".join(text % {"n": grouped(number)} for number, text in parts if number)
    if not told:
        return _("Gepubliceerd. Voor de leden verandert er niets.")
    return _("Gepubliceerd: %(what)s.") % {"what": told}
