"""The list of members as a file: the rows and columns that a colleague sees, in that order.

No column holds a BSN or an account number: those are not in the member file but in MemberSecret, and leave it only
through elections.actions.reveal. Contact data are those that the colleague may read (queries.confidentiality).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import PositionKind, StepState
from elections.exports.sheet import Sheet
from elections.models import ElectionEvent, Member, OwnField, OwnFieldValue, User
from elections.queries.confidentiality import with_contact
from elections.queries.member import Access
from elections.queries.own_field import readable_fields

Words = str | Promise
CHUNK: Final = 500
OWN: Final = "own-"
ANSWERS: Final = {
    StepState.DONE.value: gettext_lazy("heeft geantwoord"),
    StepState.BUSY.value: gettext_lazy("is bezig"),
    StepState.NOT_BEGUN.value: gettext_lazy("nog niet begonnen"),
}


@dataclass(frozen=True)
class MemberColumn:
    """A column that can be chosen in the list. In a file it may be several, each with a heading of its own.

    cells: of a member from `listed`, as many as there are headings.
    """

    key: str
    label: Words
    cells: Callable[[Any], list[str]]
    headings: tuple[Words, ...] = ()
    is_default: bool = False
    own_field: OwnField | None = None


def _day(day: date | None) -> str:
    return day.strftime("%d-%m-%Y") if day else ""


def _yes_no(value: bool) -> str:
    return _("ja") if value else _("nee")


def _positions(member: Any) -> list[str]:
    return [", ".join(str(kind.label) for kind in PositionKind if kind in member.qualified_for)]


def _contact(member: Any) -> list[str]:
    return [member.shown_email, member.shown_phone]


def _address(member: Any) -> list[str]:
    return [
        f"{member.shown_street} {member.shown_house_number}".strip(),
        member.shown_postcode,
        member.shown_city,
    ]


def _access(member: Any) -> list[str]:
    return [str(Access(member.access).label) if member.is_active else _("niet actief")]


NAME: Final = MemberColumn(
    "name",
    gettext_lazy("Naam"),
    lambda member: [member.last_name, member.infix, member.initials, member.first_name],
    (
        gettext_lazy("Achternaam"),
        gettext_lazy("Tussenvoegsel"),
        gettext_lazy("Voorletters"),
        gettext_lazy("Voornaam"),
    ),
)
COLUMNS: Final = (
    MemberColumn("number", gettext_lazy("Nummer"), lambda member: [str(member.number)], is_default=True),
    MemberColumn("qualified_for", gettext_lazy("Kan werken als"), _positions, is_default=True),
    MemberColumn(
        "email",
        gettext_lazy("E-mail en telefoon"),
        _contact,
        (gettext_lazy("E-mailadres"), gettext_lazy("Telefoonnummer")),
        is_default=True,
    ),
    MemberColumn(
        "answer",
        gettext_lazy("Beschikbaarheid"),
        lambda member: [str(ANSWERS[member.answer])],
        is_default=True,
    ),
    MemberColumn("access", gettext_lazy("Toegang"), _access, is_default=True),
    MemberColumn(
        "address",
        gettext_lazy("Adres"),
        _address,
        (gettext_lazy("Adres"), gettext_lazy("Postcode"), gettext_lazy("Plaats")),
    ),
    MemberColumn("birth_date", gettext_lazy("Geboortedatum"), lambda member: [_day(member.birth_date)]),
    MemberColumn(
        "labels",
        gettext_lazy("Kenmerken"),
        lambda member: [", ".join(label.name for label in member.labels.all())],
    ),
    MemberColumn(
        "is_own_staff", gettext_lazy("Werkt bij de gemeente"), lambda member: [_yes_no(member.is_own_staff)]
    ),
    MemberColumn(
        "earlier_elections",
        gettext_lazy("Eerdere verkiezingen"),
        lambda member: [str(member.earlier_elections)],
    ),
    MemberColumn("trained_on", gettext_lazy("Training gedaan op"), lambda member: [_day(member.trained_on)]),
    MemberColumn(
        "last_worked_on", gettext_lazy("Laatst gewerkt op"), lambda member: [_day(member.last_worked_on)]
    ),
    MemberColumn("remark", gettext_lazy("Opmerking van het team"), lambda member: [member.remark]),
)


def columns_for(event: ElectionEvent | None, *, by: User) -> list[MemberColumn]:
    """Every column that `by` can choose, in the order of the list: with the municipality's own questions behind."""
    own = [_own_column(field) for field in readable_fields(by)]
    return [column for column in COLUMNS if event or column.key != "answer"] + own


def chosen_columns(query: QueryDict, available: Iterable[MemberColumn]) -> list[MemberColumn]:
    """Those of `available` that the address of a list names in `columns`; without any that exist, the usual ones."""
    columns, keys = list(available), set(query.getlist("columns"))
    return [column for column in columns if column.key in keys] or [
        column for column in columns if column.is_default
    ]


def listed(members: QuerySet[Member], columns: Iterable[MemberColumn], *, by: User) -> QuerySet[Member]:
    """The members with what these columns need, as far as `by` may read it. The number of queries is fixed."""
    own = [column.own_field for column in columns if column.own_field]
    members = with_contact(members, by)
    if any(column.key == "labels" for column in columns):
        members = members.prefetch_related("labels")
    if own:
        answers = OwnFieldValue.objects.filter(field__in=own).select_related("field")
        members = members.prefetch_related(Prefetch("own_values", queryset=answers, to_attr="own_answers"))
    return members


def member_sheet(members: QuerySet[Member], columns: list[MemberColumn]) -> Sheet:
    """A row per member. members: from `listed`."""
    return Sheet(_("Leden"), _headings(columns), _rows(members, columns))


def _headings(columns: Iterable[MemberColumn]) -> list[str]:
    return [str(words) for column in (NAME, *columns) for words in (column.headings or (column.label,))]


def _rows(members: QuerySet[Member], columns: list[MemberColumn]) -> Iterator[list[str]]:
    for member in members.iterator(chunk_size=CHUNK):
        yield [cell.replace("\n", "; ") for column in (NAME, *columns) for cell in column.cells(member)]


def _own_column(field: OwnField) -> MemberColumn:
    def answer(member: Any) -> list[str]:
        return [value.words for value in member.own_answers if value.field_id == field.pk]

    return MemberColumn(
        f"{OWN}{field.uuid}", field.name, lambda member: answer(member) or [""], own_field=field
    )
