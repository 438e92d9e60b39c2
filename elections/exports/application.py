"""The list of applications as a file: what the team sees, each cell a text."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections.exports.sheet import Sheet
from elections.models import Application


def application_sheet(applications: QuerySet[Application]) -> Sheet:
    """A row per application."""
    return Sheet(_("Aanmeldingen"), _headings(), _rows(applications))


def _headings() -> list[str]:
    return [
        _("Stand"), _("Aangemeld op"), _("Voornaam"), _("Tussenvoegsel"), _("Achternaam"), _("Geboortedatum"),
        _("Woonplaats"), _("E-mailadres"), _("Telefoonnummer"), _("Werkte eerder op een stembureau"),
        _("Toelichting"), _("Mag bewaard worden"), _("Doorgegeven door"), _("Lidnummer"),
    ]  # fmt: skip


def _rows(applications: QuerySet[Application]) -> Iterator[list[str]]:
    for each in applications.select_related("member").iterator(chunk_size=500):
        yield [
            str(each.get_state_display()),
            date_format(timezone.localtime(each.created_at), "Y-m-d H:i"),
            each.first_name,
            each.infix,
            each.last_name,
            each.birth_date.isoformat(),
            each.city,
            each.email,
            each.phone,
            _("ja") if each.has_experience else _("nee"),
            each.remark.replace("\n", "; "),
            _("ja") if each.may_keep else _("nee"),
            each.origin_name,
            str(each.member.number) if each.member else "",
        ]
