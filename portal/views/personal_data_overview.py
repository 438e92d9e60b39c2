"""The rows of the page with all personal data that every municipality asks."""

from collections.abc import Callable, Collection
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections import secrets
from elections.data_register import why
from elections.enums import PositionKind, SecretKind
from elections.models import Member
from elections.queries.personal_data import asked_fields, asked_secrets
from tenants.context import current_municipality

Row = dict[str, Any]
ADDRESS: Final = ("street", "house_number", "postcode", "city")


def sections(
    member: Member, known: Collection[SecretKind], *, can_change: bool, hide_numbers: bool = False
) -> list[Row]:
    """Headings with rows for templates/components/summary_list.html.

    known: the kinds of secret that are there. The BSN is "known" or "missing", nothing more.
    hide_numbers: for a colleague who looks as the member, that holds for the IBAN too.
    """
    empty = {field for field in asked_fields() if not getattr(member, field)}
    empty |= {kind for kind in asked_secrets() if kind not in known}

    def row(label: str, value: str, page: str = "", datum: str = "", *needs: str) -> Row:
        return {
            "label": label,
            "value": value,
            "change_url": reverse(f"portal:personal-data-{page}") if page and can_change else "",
            "why": why(datum) if datum else "",
            "is_missing": not empty.isdisjoint(needs),
        }

    kinds = "\n".join(str(PositionKind(kind).label) for kind in member.qualified_for)
    return [
        {"title": _("Wie u bent"), "rows": _person(member, row)},
        {"title": _("Voor uw vergoeding"), "rows": _money(member, known, row, hide_numbers=hide_numbers)},
        {"title": _("Uw werk"), "rows": [row(_("U kunt werken als"), kinds, datum="work")], "note": True},
    ]


def _person(member: Member, row: Callable[..., Row]) -> list[Row]:
    born = date_format(member.birth_date, "j F Y") if member.birth_date else ""
    address = f"{member.address_line}\n{member.city_line}".strip()
    email = member.user.email if member.user else member.email
    return [
        row(_("Naam"), _name(member), "name", "name"),
        row(_("Geboortedatum"), born, "birth-date", "birth_date", "birth_date"),
        row(_("Adres"), address, "address", "address", *ADDRESS),
        row(_("Telefoonnummer"), member.phone, "phone", "phone", "phone"),
        row(_("E-mailadres"), email, "email", "email", "email"),
    ]


def _money(
    member: Member, known: Collection[SecretKind], row: Callable[..., Row], *, hide_numbers: bool
) -> list[Row]:
    municipality = current_municipality()
    has_number = SecretKind.BSN in known
    rows = [
        row(
            str(municipality.words.person_number_short),
            _("Bekend bij ons") if has_number else "",
            "" if has_number else "person-number",
            "person_number",
            SecretKind.BSN,
        )
    ]
    if not municipality.is_public_body:
        shown = _("Bekend bij ons") if SecretKind.IBAN in known else ""
        iban = shown if hide_numbers else masked_iban(member)
        rows.append(row(_("Rekeningnummer (IBAN)"), iban, "iban", "iban", SecretKind.IBAN))
    return rows


def _name(member: Member) -> str:
    """As in a letter, and the first name where that is not in it."""
    if member.initials and member.first_name:
        return f"{member.full_name}\n({member.first_name})"
    return member.full_name


def masked_iban(member: Member) -> str:
    """Masked; a number that cannot be opened was logged as an alarm, and is no reason to refuse the whole page."""
    try:
        return secrets.iban_masked(member)
    except secrets.SecretDamaged:
        return _("Bekend bij ons")
