"""The dashboard: today's work first, then the figures, each a link to the list behind it."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.access import chosen_event, staff_required
from elections.models import Member, User
from elections.permissions import can
from elections.queries.dashboard import Dashboard, dashboard
from elections.queries.staff import last_review, review_is_due

# With a smaller part of the places filled, the work of the optimiser comes first.
FEW_FILLED: Final = 0.2


@staff_required("dashboard.view")
def home(request: HttpRequest) -> HttpResponse:
    """What to do today; for a new municipality, where to begin."""
    event = chosen_event(request)
    if event is None:
        steps = _first_steps(request.user, has_members=Member.objects.active().exists())
        return render(request, "backoffice/home/welcome.html", {"tasks": steps})
    board = dashboard(event)
    context = {
        "event": event,
        "board": board,
        "tasks": _today(board, request.user),
        "figures": _figures(board),
    }
    return render(request, "backoffice/home/home.html", context)


def _first_steps(user: User, *, has_members: bool) -> list[dict[str, Any]]:
    """The way of a municipality that has no election event yet."""
    return [
        {
            "title": _("Leden inlezen"),
            "hint": _("Uit het Excel- of CSV-bestand dat u al hebt."),
            "url": _link("member-import", user, "member.import"),
            "status": "done" if has_members else "todo",
        },
        {
            "title": _("Verkiezingsronde aanmaken"),
            "hint": _("Verkiezingen, zittingsdagen, dagdelen en functies. Veel is al ingevuld."),
            "url": _link("event-create", user, "event.edit"),
            "status": "todo",
        },
        {"title": _("Stembureaus inlezen en diensten maken"), "url": "", "status": "later"},
        {"title": _("Leden uitnodigen"), "url": "", "status": "later"},
        {"title": _("Leden indelen en de indeling publiceren"), "url": "", "status": "later"},
        {"title": _("Benoemingsbrieven maken en publiceren"), "url": "", "status": "later"},
    ]


def _today(board: Dashboard, user: User) -> list[dict[str, Any]]:
    """What asks for attention now, the most urgent first; nothing that this colleague may not do."""
    progress = board.progress
    rows: list[tuple[int | bool, str, str, str, str, str]] = [
        (
            board.failed_mails,
            ngettext("%(n)s e-mail is mislukt", "%(n)s e-mails zijn mislukt", board.failed_mails),
            _("Kijk waarom, en verstuur opnieuw."),
            "mail-list", "?state=failed", "mail.view",
        ),
        (
            board.privacy_requests,
            ngettext(
                "%(n)s vraag over privacy", "%(n)s vragen over privacy", board.privacy_requests
            ),
            _("Een lid hoort binnen een maand antwoord te krijgen."),
            "privacy-request-list", "", "privacy.handle",
        ),
        (
            can(user, "staff.manage") and review_is_due(last_review()), _("Rechten van collega's nakijken"),
            _("Dat hoort elke drie maanden te gebeuren."), "staff-review", "", "staff.manage",
        ),
        (
            board.letters_failed,
            ngettext("%(n)s brief is mislukt", "%(n)s brieven zijn mislukt", board.letters_failed),
            _("Maak deze brieven opnieuw."),
            "letter-list", "?state=failed", "letter.edit",
        ),
        (
            not progress.members, _("Leden inlezen"),
            _("Uit het Excel- of CSV-bestand dat u al hebt."), "member-import", "", "member.import",
        ),
        (
            not progress.stations, _("Stembureaus inlezen"),
            _("Uit het landelijke formulier of een gewone tabel."), "polling-station-list", "", "station.edit",
        ),
        (
            bool(progress.stations and progress.stations_without_shifts), _("Diensten maken"),
            _("Voor alle stembureaus tegelijk, met een sjabloon."), "shift-list", "", "station.edit",
        ),
        (
            bool(progress.members and not progress.steps_open), _("Portaal openzetten"),
            _("Leden kunnen nu nog niets doorgeven."), "portal-step-list", "", "portal.edit",
        ),
        (
            max(0, progress.members - progress.members_invited),
            ngettext(
                "%(n)s lid is nog niet uitgenodigd", "%(n)s leden zijn nog niet uitgenodigd",
                progress.members - progress.members_invited,
            ),
            _("Zij krijgen een e-mail met hun gebruikersnaam."), "member-selection-invite", "", "member.invite",
        ),
        (
            bool(progress.answers) and progress.places_filled < FEW_FILLED * progress.places,
            ngettext(
                "Maak een voorstel: %(answers)s van %(members)s lid gaf de beschikbaarheid door",
                "Maak een voorstel: %(answers)s van %(members)s leden gaven hun beschikbaarheid door",
                progress.members,
            ) % {name: number_format(count, force_grouping=True) for name, count in (
                ("answers", board.answered), ("members", progress.members)
            )},
            _("Zitting rekent uit wie waar kan werken. U beslist daarna."), "proposal-create", "",
            "planning.edit",
        ),
        (
            board.stations_against_law if progress.places_filled else 0,
            ngettext(
                "%(n)s stembureau voldoet nog niet aan de wet", "%(n)s stembureaus voldoen nog niet aan de wet",
                board.stations_against_law,
            ),
            _("Een voorzitter, en steeds minstens drie leden aanwezig."), "assignment-list", "", "planning.edit",
        ),
        (
            board.answers.free,
            ngettext(
                "%(n)s plaats is vrij na een nee", "%(n)s plaatsen zijn vrij na een nee", board.answers.free
            ),
            _("Bied de plaats aan de volgende in de rij aan."), "placement-list", "?answer=free", "planning.edit",
        ),
        (
            board.answers.overdue,
            ngettext(
                "Op %(n)s plaats kwam niet op tijd antwoord", "Op %(n)s plaatsen kwam niet op tijd antwoord",
                board.answers.overdue,
            ),
            _("Stuur een herinnering, of bel."), "placement-list", "?answer=overdue", "planning.edit",
        ),
        (
            board.unpublished,
            ngettext(
                "%(n)s plaats is nieuw of veranderd en nog niet gepubliceerd",
                "%(n)s plaatsen zijn nieuw of veranderd en nog niet gepubliceerd",
                board.unpublished,
            ),
            _("Leden zien hun plaats, en wat er veranderde, pas als u publiceert."), "publication", "",
            "planning.publish",
        ),
        (
            board.letters_made,
            ngettext(
                "%(n)s brief staat klaar om te publiceren", "%(n)s brieven staan klaar om te publiceren",
                board.letters_made,
            ),
            _("Daarna lezen leden hun brief in het portaal."), "letter-list", "", "letter.publish",
        ),
    ]  # fmt: skip
    return [
        {
            "title": title % {"n": count} if "%(n)s" in title else title,
            "hint": hint,
            "url": f"{reverse(f'backoffice:{name}')}{query}",
            "status": "todo",
            "status_label": _("Te doen"),
        }
        for count, title, hint, name, query, right in rows
        if count and can(user, right)
    ]


def _figures(board: Dashboard) -> list[dict[str, Any]]:
    progress = board.progress
    figures: list[dict[str, Any]] = [
        {
            "label": _("Leden met antwoord"),
            "value": board.answered,
            "of": progress.members,
            "hint": _("%(busy)s bezig, %(silent)s niet begonnen")
            % {"busy": board.busy, "silent": board.silent},
            "url": f"{reverse('backoffice:member-list')}?answer=done",
            "icon": "people",
        },
        {
            "label": _("Bezette plaatsen"),
            "value": progress.places_filled,
            "of": progress.places,
            "hint": ngettext("%(n)s plaats open", "%(n)s plaatsen open", board.open_places)
            % {"n": board.open_places},
            "url": reverse("backoffice:assignment-list"),
            "icon": "grid",
        },
        {
            "label": _("Stembureaus die niet aan de wet voldoen"),
            "value": board.stations_against_law,
            "of": progress.stations,
            "hint": ngettext(
                "%(n)s heeft een waarschuwing", "%(n)s hebben een waarschuwing", board.stations_with_gap
            )
            % {"n": board.stations_with_gap},
            "url": f"{reverse('backoffice:assignment-list')}?gaps=on",
            "icon": "pin",
            "tone": "ok" if progress.stations and not board.stations_with_gap else "neutral",
        },
        {
            "label": _("Plaatsen met een ja"),
            "value": board.answers.accepted,
            "of": board.answers.asked,
            "hint": _("%(silent)s nog geen antwoord, %(declined)s kan niet")
            % {"silent": board.answers.silent, "declined": board.answers.declined},
            "url": reverse("backoffice:placement-list"),
            "icon": "inbox",
        },
        {
            "label": _("Brieven gepubliceerd"),
            "value": board.letters_published,
            "of": board.letters["all"],
            "hint": _("%(n)s klaar om te publiceren") % {"n": board.letters_made},
            "url": reverse("backoffice:letter-list"),
            "icon": "letter",
        },
    ]
    return [figure for figure in figures if figure["of"]]  # "0 of 0" tells nothing


def _link(name: str, user: User, right: str) -> str:
    return reverse(f"backoffice:{name}") if can(user, right) else ""
