"""Which staff role may do what: the whole rights matrix of the backoffice, in one table."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from elections.enums import StaffRole
from elections.models import User

_READ: Final = frozenset(
    {
        "dashboard.view",
        "member.view",
        "station.view",
        "event.view",
        "planning.view",
        "training.view",
        "letter.view",
        "job.view",
    }
)
_MEMBER: Final = frozenset(
    {
        "member.sensitive",
        "member.edit",
        "member.import",
        "member.invite",
        "member.export",
        "application.decide",
    }
)
_PLAN: Final = frozenset({"event.edit", "station.edit", "planning.edit", "planning.publish", "training.edit"})
_LETTER: Final = frozenset({"letter.edit", "letter.publish"})
_SHARED: Final = frozenset({"job.edit", "portal.edit", "mail.view"})
# Talk with members: a reader or finance has no business in what they write.
_TALK: Final = frozenset(
    {
        "inbox.view",
        "inbox.edit",
        "news.edit",
        "document.edit",
        "audience.edit",
        "survey.view",
        "survey.edit",
    }
)

_LOOK: Final = frozenset({"member.look"})
# Who may open the door to others, read the log and the numbers of a person's file, or make data disappear.
_CONTROL: Final = frozenset(
    {
        "staff.manage",
        "audit.view",
        "audit.export",
        "retention.edit",
        "privacy.handle",
        "style.edit",
        "member.confidential",
        # As few people as can be: every look in the population register must have a purpose.
        "brp.check",
        "brp.manage",
    }
)

Words = str | Promise

RIGHTS: Final[dict[str, frozenset[str]]] = {
    StaffRole.ADMINISTRATOR: _READ | _MEMBER | _PLAN | _LETTER | _SHARED | _TALK | _LOOK | _CONTROL,
    StaffRole.PLANNER: _READ | _MEMBER | _PLAN | _LETTER | _SHARED | _TALK | _LOOK,
    StaffRole.COMMUNICATION: _READ | _SHARED | _TALK | _LOOK | {"member.invite", "letter.edit"},
    StaffRole.FINANCE: _READ | {"payment.reveal"},
    StaffRole.READER: _READ,
}
ALL_RIGHTS: Final = frozenset().union(*RIGHTS.values())

# The same rights in words, by subject: what the matrix for administrators shows. A test keeps it complete.
IN_WORDS: Final[tuple[tuple[Words, dict[str, Words]], ...]] = (
    (
        _("Overzicht"),
        {
            "dashboard.view": _("het dashboard bekijken"),
            "job.view": _("taken bekijken"),
            "job.edit": _("taken stoppen en hervatten"),
            "mail.view": _("verzonden e-mail bekijken en opnieuw sturen"),
        },
    ),
    (
        _("Leden"),
        {
            "member.view": _("het ledenbestand bekijken"),
            "member.sensitive": _("antwoorden op gevoelige eigen vragen zien"),
            "member.edit": _("leden toevoegen en wijzigen"),
            "member.import": _("leden inlezen uit een bestand"),
            "member.invite": _("leden uitnodigen voor het portaal"),
            "member.export": _("de ledenlijst downloaden en adresetiketten maken"),
            "member.look": _("meekijken met een lid"),
            "brp.check": _("leden opzoeken in de BRP en beslissen over wat daaruit komt"),
            "application.decide": _("aanmeldingen bekijken en erover beslissen"),
            "member.confidential": _(
                "vertrouwelijke contactgegevens zien en de vertrouwelijkheid beëindigen"
            ),
        },
    ),
    (
        _("Verkiezing en stembureaus"),
        {
            "event.view": _("verkiezingsrondes bekijken"),
            "event.edit": _("verkiezingsrondes wijzigen"),
            "station.view": _("stembureaus bekijken"),
            "station.edit": _("stembureaus wijzigen en diensten maken"),
            "portal.edit": _("onderdelen van het portaal openzetten"),
        },
    ),
    (
        _("Indeling"),
        {
            "planning.view": _("de indeling bekijken"),
            "planning.edit": _("leden indelen"),
            "planning.publish": _("de indeling publiceren"),
        },
    ),
    (
        _("Trainingen"),
        {
            "training.view": _("trainingen en uitslagen bekijken"),
            "training.edit": _("trainingen instellen en uitslagen noteren"),
        },
    ),
    (
        _("Brieven"),
        {
            "letter.view": _("brieven bekijken"),
            "letter.edit": _("brieven maken"),
            "letter.publish": _("brieven publiceren"),
        },
    ),
    (
        _("Contact met leden"),
        {
            "inbox.view": _("berichten van leden lezen"),
            "inbox.edit": _("berichten beantwoorden en versturen"),
            "news.edit": _("nieuws schrijven en publiceren"),
            "document.edit": _("documenten klaarzetten"),
            "survey.view": _("antwoorden op enquêtes bekijken en downloaden"),
            "survey.edit": _("enquêtes maken, publiceren en eraan herinneren"),
            "audience.edit": _("doelgroepen maken en herinneringen versturen"),
        },
    ),
    (
        _("Geld"),
        {
            "payment.reveal": _("BSN en IBAN opvragen voor de uitbetaling"),
        },
    ),
    (
        _("Beheer en controle"),
        {
            "staff.manage": _("collega's toelaten, rollen geven en toegang afnemen"),
            "audit.view": _("het logboek bekijken"),
            "audit.export": _("het logboek downloaden"),
            "retention.edit": _("bewaartermijnen instellen"),
            "privacy.handle": _("vragen over privacy afhandelen"),
            "brp.manage": _("instellen wat uit de BRP wordt gevraagd, en waarvoor"),
            "style.edit": _("huisstijl en toegankelijkheidsverklaring aanpassen"),
        },
    ),
)


def can(user: User, right: str) -> bool:
    """Whether `user` has `right`. An unknown right is a programming error, not a "no"."""
    if right not in ALL_RIGHTS:
        raise ValueError(f"unknown right: {right}")
    return user.is_active and right in RIGHTS.get(user.role, frozenset())
