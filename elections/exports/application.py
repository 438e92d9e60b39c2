"""The list of applications as a file: what the team sees, each cell a text."""

from collections.abc import Iterator
from tempfile import NamedTemporaryFile

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections.exports import sheet
from elections.models import Application


def as_csv(applications: QuerySet[Application]) -> Iterator[str]:
    """The file line by line; see elections.exports.sheet."""
    return sheet.as_csv(_rows(applications))


def as_xlsx(applications: QuerySet[Application]) -> "NamedTemporaryFile[bytes]":  # type: ignore[valid-type]
    """The file as a temporary one that goes when it is closed."""
    return sheet.as_xlsx(_rows(applications), _("Aanmeldingen"), columns=len(_headings()))


def _headings() -> list[str]:
    return [
        _("Stand"), _("Aangemeld op"), _("Voornaam"), _("Tussenvoegsel"), _("Achternaam"), _("Geboortedatum"),
        _("Woonplaats"), _("E-mailadres"), _("Telefoonnummer"), _("Werkte eerder op een stembureau"),
        _("Toelichting"), _("Mag bewaard worden"), _("Doorgegeven door"), _("Lidnummer"),
    ]  # fmt: skip


def _rows(applications: QuerySet[Application]) -> Iterator[list[str]]:
    yield _headings()
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
