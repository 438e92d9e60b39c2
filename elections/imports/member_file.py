"""From the rows of a member list to members: every value in our way of writing, every fault with row and column."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from elections import normalise
from elections.enums import SecretKind
from elections.errors import ActionError
from elections.imports.member_columns import ImportField, Mapping
from elections.imports.member_values import (
    earlier_elections,
    label_names,
    member_number,
    qualified_for,
    secret,
    yes_or_no,
)
from elections.imports.own_column import mapped_own_columns, understood
from elections.imports.reader import BadCell, Row, Table, as_text
from elections.models import Member, OwnField

NO_COLUMN: Final = ""
# Earlier rows of one name and address that a row is compared with: more is a fault of the file as a whole.
MOST_ALIKE: Final = 20


@dataclass(frozen=True)
class Fault:
    """What is wrong in the file. `row` is the number that Excel shows; `column` the heading, empty for the row."""

    row: int
    column: str
    message: str


@dataclass
class MemberRow:
    """One person in the file. `values` holds what was filled in, by the name of the field of Member."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    secrets: dict[SecretKind, str] = field(default_factory=dict, repr=False)
    own: dict[OwnField, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name as it will be written."""
        return Member(
            **{key: self.values.get(key, "") for key in ("initials", "first_name", "infix", "last_name")}
        ).list_name


@dataclass(frozen=True)
class MemberFile:
    """A file that was read: people without faults, faults, and remarks that stop nothing."""

    rows: list[MemberRow]
    faults: list[Fault]
    warnings: list[str]


def read_members(table: Table, mapping: Mapping) -> MemberFile:
    """Understand every row of `table`.

    All faults are found in one go. A person who stands in the file twice is a fault: the same name and birth date, or
    the same name with a way to reach them, and nothing that sets both apart. Two people with one e-mail address are a
    warning, since couples do share one. Neither faults nor warnings repeat a BSN or IBAN.
    """
    own = mapped_own_columns(mapping)
    columns = {ImportField(name): index for index, name in mapping.items() if name in ImportField.values}
    rows: list[MemberRow] = []
    faults: list[Fault] = []
    for row in table.rows:
        if any(row.values[index] is not None for index in mapping):
            reader = _RowReader(row, columns, table.headers, own)
            rows.append(reader.read())
            faults += reader.faults
    heading = {name: table.headers[index] for name, index in columns.items()}
    faults += _doubles(rows, heading)
    faulty = {fault.row for fault in faults}
    place = {header: index for index, header in enumerate(table.headers)}
    return MemberFile(
        [row for row in rows if row.number not in faulty],
        sorted(faults, key=lambda fault: (fault.row, place.get(fault.column, 0))),
        _shared_addresses(rows),
    )


class _RowReader:
    """Reads one row and collects its faults."""

    def __init__(
        self, row: Row, columns: dict[ImportField, int], headers: list[str], own: dict[OwnField, int]
    ) -> None:
        self.row = row
        self.own = own
        self.columns = columns
        self.headers = headers
        self.faults: list[Fault] = []

    def read(self) -> MemberRow:
        values = self._name() | self._address()
        values |= {
            "number": self._get(ImportField.NUMBER, member_number),
            "birth_date": self._get(ImportField.BIRTH_DATE, normalise.birth_date),
            "email": self._get(ImportField.EMAIL, normalise.email),
            "phone": self._get(ImportField.PHONE, normalise.phone),
            "qualified_for": self._get(ImportField.QUALIFIED_FOR, qualified_for),
            "is_own_staff": self._get(ImportField.IS_OWN_STAFF, yes_or_no),
            "earlier_elections": self._get(ImportField.EARLIER_ELECTIONS, earlier_elections),
            "trained_on": self._get(ImportField.TRAINED_ON, normalise.past_date),
            "remark": self._get(ImportField.REMARK, str.strip),
        }
        infix = values.pop("infix") or ""
        filled = {name: value for name, value in values.items() if value not in (None, "", [])}
        # The parts of a name belong together: without an infix in the file there is none.
        filled["infix"] = infix
        self._check_lengths(filled)
        numbers = {kind: self._get(ImportField(kind.value), partial(secret, kind)) for kind in SecretKind}
        own = {
            question: self._understood(index, partial(understood, question))
            for question, index in self.own.items()
        }
        return MemberRow(
            self.row.number,
            filled,
            self._get(ImportField.LABELS, label_names) or [],
            {kind: value for kind, value in numbers.items() if value},
            {question: text for question, text in own.items() if text},
        )

    def _get(self, name: ImportField, understand: Callable[[str], Any]) -> Any:
        """The value of a field, or None when there is no such column or it is wrong."""
        return self._understood(self.columns[name], understand) if name in self.columns else None

    def _understood(self, index: int, understand: Callable[[str], Any]) -> Any:
        """The value of a column, or None when it is wrong."""
        value, heading = self.row.values[index], self.headers[index]
        if isinstance(value, BadCell):
            self.faults.append(Fault(self.row.number, heading, value.message))
            return None
        try:
            return understand(as_text(value))
        except ValidationError as error:
            self.faults.append(Fault(self.row.number, heading, error.messages[0]))
        except ActionError as error:
            self.faults.append(Fault(self.row.number, heading, error.message))
        return None

    def _fault(self, name: ImportField | None, message: str) -> None:
        column = self.headers[self.columns[name]] if name in self.columns else NO_COLUMN
        self.faults.append(Fault(self.row.number, column, message))

    def _name(self) -> dict[str, Any]:
        faults_before = len(self.faults)
        name = self._get(ImportField.LAST_NAME, normalise.last_name) or normalise.Name("", "")
        initials = self._get(ImportField.INITIALS, normalise.initials) or ""
        first_name = self._get(ImportField.FIRST_NAME, normalise.first_name) or ""
        if name.rest and not (initials or first_name):
            if "." in name.rest or name.rest.isupper():
                initials = normalise.initials(name.rest)
            else:
                first_name = normalise.first_name(name.rest)
        infix = self._get(ImportField.INFIX, normalise.line) or name.infix
        if not name.last_name and len(self.faults) == faults_before:
            self._fault(ImportField.LAST_NAME, _("De achternaam is leeg."))
        return {
            "initials": initials,
            "first_name": first_name,
            "infix": infix.lower(),
            "last_name": name.last_name,
        }

    def _address(self) -> dict[str, Any]:
        street = self._get(ImportField.STREET, normalise.line) or ""
        number = self._get(ImportField.HOUSE_NUMBER, normalise.house_number) or ""
        addition = self._get(ImportField.HOUSE_ADDITION, normalise.line) or ""
        if not number:
            street, number = normalise.street_and_number(street)
        return {
            "street": street,
            "house_number": normalise.house_number(f"{number} {addition}"),
            "postcode": self._get(ImportField.POSTCODE, normalise.postcode),
            "city": self._get(ImportField.CITY, normalise.line),
        }

    def _check_lengths(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            limit = getattr(Member._meta.get_field(name), "max_length", None)
            if limit and isinstance(value, str) and len(value) > limit:
                message = _("Deze tekst is te lang. Het maximum is %(limit)s tekens.") % {"limit": limit}
                self._fault(ImportField(name), message)


def _doubles(rows: list[MemberRow], heading: dict[ImportField, str]) -> list[Fault]:
    """People who stand in the file twice, and numbers that two people have."""
    first: dict[tuple[str, Any], int] = {}
    alike: dict[tuple[str, ...], list[MemberRow]] = defaultdict(list)
    faults = []
    for row in rows:
        identities: list[tuple[ImportField, Any, str]] = [
            (ImportField.NUMBER, row.values.get("number"), _("Dit lidnummer staat ook op rij %(row)s.")),
            (ImportField.LAST_NAME, person_key(row.values), _("Deze persoon staat ook op rij %(row)s.")),
            (ImportField.BSN, row.secrets.get(SecretKind.BSN), _("Dit BSN staat ook op rij %(row)s.")),
        ]
        for name, identity, message in identities:
            if identity is None:
                continue
            earlier = first.setdefault((name.value, identity), row.number)
            if earlier != row.number:
                faults.append(Fault(row.number, heading.get(name, NO_COLUMN), message % {"row": earlier}))
                break
        else:
            if other := _alike_before(row, alike):
                message = _(
                    "Deze persoon staat ook op rij %(row)s. Zijn het twee mensen? "
                    "Vul dan bij allebei de voornaam of de geboortedatum in."
                )
                column = heading.get(ImportField.LAST_NAME, NO_COLUMN)
                faults.append(Fault(row.number, column, message % {"row": other.number}))
    return faults


def _alike_before(row: MemberRow, seen: dict[tuple[str, ...], list[MemberRow]]) -> MemberRow | None:
    """An earlier row with the same name and a way to reach the person in common; `row` is noted in `seen`."""
    found = None
    for key in _contact_keys(row.values):
        found = found or next((other for other in seen[key] if _may_be_one(row, other)), None)
        if len(seen[key]) < MOST_ALIKE:
            seen[key].append(row)
    return found


def _contact_keys(values: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """By what somebody without a birth date is known again: name with e-mail address, phone number or address."""
    name = (folded(values.get("last_name", "")), folded(values.get("infix", "")))
    address = " ".join(filter(None, (values.get("postcode"), values.get("house_number"))))
    whole = address if values.get("postcode") and values.get("house_number") else ""
    for kind, value in (("email", values.get("email")), ("phone", values.get("phone")), ("address", whole)):
        if name[0] and value:
            yield (kind, *name, value)


def _may_be_one(one: MemberRow, other: MemberRow) -> bool:
    """Whether nothing that both rows tell sets these two apart, who share a last name and more."""
    for name in ("number", "birth_date", "first_name", "initials"):
        mine, theirs = one.values.get(name), other.values.get(name)
        if mine and theirs and mine != theirs and not (isinstance(mine, str) and _is_letter_of(mine, theirs)):
            return False
    first = [_first_letters(row.values) for row in (one, other)]
    return not (first[0] and first[1]) or bool(first[0] & first[1])


def _is_letter_of(one: str, other: str) -> bool:
    """Whether two names differ in writing only, or one is the first letter of the other."""
    short, long = sorted((folded(one).strip("."), folded(other).strip(".")), key=len)
    return short == long or (len(short) == 1 and long.startswith(short))


def _first_letters(values: dict[str, Any]) -> set[str]:
    return {folded(values[name])[:1] for name in ("first_name", "initials") if values.get(name)}


def person_key(values: dict[str, Any]) -> tuple[str, date, str] | None:
    """What two rows about one person have in common: last name, birth date, first letter. None without birth date."""
    if not (values.get("birth_date") and values.get("last_name")):
        return None
    first = (values.get("first_name") or values.get("initials") or "")[:1]
    return folded(values["last_name"]), values["birth_date"], folded(first)


def folded(text: str) -> str:
    """Text without accents and capitals, to compare names by."""
    return normalise.without_accents(text).casefold()


def _shared_addresses(rows: list[MemberRow]) -> list[str]:
    by_address: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.values.get("email"):
            by_address[row.values["email"]].append(row.number)
    return [
        _(
            "%(email)s staat op meer rijen: %(rows)s. Is dat één persoon? Haal dan een rij weg. "
            "Anders krijgen zij elkaars e-mail."
        )
        % {"email": email, "rows": ", ".join(str(number) for number in numbers)}
        for email, numbers in by_address.items()
        if len(numbers) > 1
    ]
