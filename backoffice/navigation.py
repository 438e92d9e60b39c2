"""The side navigation of the backoffice: what this colleague may open, in the order of the work."""

from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from elections.permissions import can

GROUPS = (
    (
        "",
        (("home", _("Dashboard"), "home", "dashboard.view"),),
    ),
    (
        _("Voorbereiden"),
        (
            ("event-list", _("Verkiezingsrondes"), "calendar", "event.view"),
            ("polling-station-list", _("Stembureaus"), "pin", "station.view"),
            ("shift-list", _("Diensten"), "clock", "station.view"),
            ("portal-step-list", _("Portaal openzetten"), "door", "event.view"),
            ("own-field-list", _("Eigen vragen"), "list", "portal.edit"),
            ("sign-up", _("Aanmeldformulier"), "edit", "portal.edit"),
        ),
    ),
    (
        _("Mensen"),
        (
            ("member-list", _("Leden"), "people", "member.view"),
            ("personal-data-change-list", _("Wijzigingen"), "edit", "member.edit"),
            ("application-list", _("Aanmeldingen"), "door", "application.decide"),
            ("brp-list", _("BRP"), "search", "brp.check"),
            ("companion-list", _("Wie met wie"), "person", "planning.view"),
            ("training-list", _("Trainingen"), "check-circle", "training.view"),
        ),
    ),
    (
        _("Indelen"),
        (
            ("board", _("Planbord"), "board", "planning.view"),
            ("assignment-list", _("Lijst"), "list", "planning.view"),
            ("reservation-list", _("Zelf gekozen"), "check-circle", "planning.view"),
            ("placement-list", _("Reacties"), "inbox", "planning.view"),
            ("proposal-list", _("Voorstellen"), "table", "planning.view"),
            ("candidate-list", _("Kandidatenlijsten"), "file", "planning.edit"),
            ("letter-list", _("Brieven"), "letter", "letter.view"),
            ("station-paper", _("Papieren"), "file", "planning.edit"),
            ("catering", _("Catering"), "table", "planning.edit"),
        ),
    ),
    (
        _("Contact"),
        (
            ("conversation-list", _("Berichten"), "inbox", "inbox.view"),
            ("news-item-list", _("Nieuws"), "file", "news.edit"),
            ("document-list", _("Documenten"), "download", "document.edit"),
            ("survey-list", _("Enquêtes"), "table", "survey.view"),
            ("audience-list", _("Doelgroepen"), "filter", "audience.edit"),
            ("mail-list", _("Verzonden e-mail"), "mail", "mail.view"),
        ),
    ),
    (
        _("Beheer"),
        (
            ("job-list", _("Taken"), "gear", "job.view"),
            ("staff-list", _("Collega's"), "key", "staff.manage"),
            ("audit-list", _("Logboek"), "history", "audit.view"),
            ("privacy-request-list", _("Vragen over privacy"), "inbox", "privacy.handle"),
            ("retention-list", _("Bewaartermijnen"), "trash", "retention.edit"),
            ("house-style", _("Huisstijl"), "edit", "style.edit"),
            ("accessibility", _("Toegankelijkheid"), "eye", "style.edit"),
        ),
    ),
)

# Where the number beside a place comes from; static/js/live.js asks for it.
LIVE = {"conversation-list": reverse_lazy("backoffice:conversation-unread")}


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor; empty outside the backoffice, but for a colleague at a page about the own account."""
    match = request.resolver_match
    user = getattr(request, "user", None)
    if match is None or user is None or not user.is_authenticated:
        return {}
    if match.namespace != "backoffice" and getattr(match.func, "access", "") != "signed in":
        return {}
    page = match.url_name or ""
    groups = []
    for label, entries in GROUPS:
        items = [
            {
                "label": text,
                "url": reverse(f"backoffice:{name}"),
                "icon": icon,
                "live_url": LIVE.get(name, ""),
                "current": match.url_name == name or page.startswith(f"{name.removesuffix('-list')}-"),
            }
            for name, text, icon, right in entries
            if can(user, right)
        ]
        if items:
            groups.append({"label": label, "items": items})
    return {"backoffice_nav": groups}
