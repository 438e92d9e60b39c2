"""Comparing a member list with the member file: what an import would do, row by row, before anything is done."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import SecretKind
from elections.imports.member_file import Fault, MemberFile, MemberRow, folded
from elections.imports.own_column import own_key
from elections.models import Member, MemberSecret, MergedMember, OwnField, OwnFieldValue, User
from elections.permissions import can
from elections.queries.confidentiality import CONTACT_FIELDS, RIGHT

LAST_NAME: Final = "last_name"


class Outcome(TextChoices):
    """What happens with a row."""

    NEW = "new", gettext_lazy("nieuw")
    CHANGED = "changed", gettext_lazy("gewijzigd")
    UNCHANGED = "unchanged", gettext_lazy("ongewijzigd")
    SKIPPED = "skipped", gettext_lazy("niet ingelezen")


class DoubleChoice(TextChoices):
    """What staff choose for somebody who may be in the member file already."""

    SKIP = "skip", gettext_lazy("Niet inlezen")
    UPDATE = "update", gettext_lazy("Gegevens van dit lid bijwerken")
    ADD = "add", gettext_lazy("Als nieuw lid toevoegen")


@dataclass(frozen=True)
class DoubleChoices:
    """One choice for all, and other choices for single rows (by row number)."""

    default: str = DoubleChoice.SKIP
    rows: Mapping[int, str] = field(default_factory=dict)

    def for_row(self, number: int) -> str:
        return self.rows.get(number, self.default)


@dataclass(slots=True)
class PlannedRow:
    """One row with what will be done. `double_of` is set when this may be a member whom we have already.

    `changes` names the fields that get another value, and `before` holds the values that they have now.
    """

    row: MemberRow
    outcome: Outcome
    member: Member | None = None
    changes: list[str] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict, repr=False)
    own_changes: list[OwnField] = field(default_factory=list)
    new_labels: list[str] = field(default_factory=list)
    new_secrets: list[SecretKind] = field(default_factory=list)
    double_of: Member | None = None
    reason: str = ""
    choice: str = ""


@dataclass
class MemberImportPlan:
    """A whole file against the member file."""

    planned: list[PlannedRow]
    faults: list[Fault]
    warnings: list[str]

    def count(self, outcome: Outcome) -> int:
        return sum(planned.outcome == outcome for planned in self.planned)

    @property
    def doubles(self) -> list[PlannedRow]:
        return [planned for planned in self.planned if planned.double_of]

    @property
    def faulty(self) -> int:
        """How many rows have a fault."""
        return len({fault.row for fault in self.faults})

    @property
    def to_do(self) -> int:
        """How many rows will change the member file."""
        return self.count(Outcome.NEW) + self.count(Outcome.CHANGED)

    @property
    def fingerprint(self) -> str:
        """The same for two plans for the same rows and the same members in the same state, whatever was chosen."""
        digest = hashlib.sha256()
        for planned in self.planned:
            member = planned.member or planned.double_of
            state = (member.pk, member.version) if member else ()
            digest.update(repr((planned.row.number, bool(planned.double_of), state)).encode())
        return digest.hexdigest()


def plan_import(file: MemberFile, choices: DoubleChoices, by: User | None = None) -> MemberImportPlan:
    """What importing `file` would do now.

    The same member number is the same member. A row without a known number that has the e-mail address of a
    member, or the name and birth date, may be that member: `choices` says what to do then. An empty cell never
    wipes out what is known, and a BSN or IBAN that is known is never replaced.

    by: who reads the file in. Contact data that are hidden from them are neither compared nor written over: the plan
    would tell a guess, and the new mailbox would open the portal.
    """
    questions = {question for row in file.rows for question in row.own}
    members = _KnownMembers(questions, sees_all=by is not None and can(by, RIGHT))
    planned = [_plan_row(row, members, choices) for row in file.rows]
    faults = file.faults + _two_rows_for_one_member(planned) + _rows_for_erased_members(planned)
    return MemberImportPlan(planned, faults, file.warnings + members.warnings(planned))


def _plan_row(row: MemberRow, members: "_KnownMembers", choices: DoubleChoices) -> PlannedRow:
    member = members.by_number.get(row.values.get("number"))
    if member is not None:
        return members.update(PlannedRow(row, Outcome.CHANGED, member))
    double, reason = members.double_of(row)
    if double is None:
        return PlannedRow(row, Outcome.NEW)
    choice = choices.for_row(row.number)
    planned = PlannedRow(row, Outcome.SKIPPED, double_of=double, reason=reason, choice=choice)
    if choice == DoubleChoice.ADD:
        planned.outcome = Outcome.NEW
    elif choice == DoubleChoice.UPDATE:
        planned.member = double
        members.update(planned)
    return planned


class _KnownMembers:
    """The member file, to look people up in. A few statements, whatever the number of members."""

    def __init__(self, questions: Collection[OwnField], *, sees_all: bool) -> None:
        answers = OwnFieldValue.objects.filter(field__in=questions)
        self.own = {
            (member, question): text
            for member, question, text in answers.values_list("member", "field", "text")
        }
        self.all = list(Member.objects.defer("search_text", "sort_name"))
        # By hand: prefetched, each of thousands of members would hold a queryset of its own.
        self.labels: dict[int, set[str]] = defaultdict(set)
        for key, label in Member.labels.through.objects.values_list("member_id", "label__name"):
            self.labels[key].add(label.casefold())
        self.hidden = {member.pk for member in self.all if member.is_confidential and not sees_all}
        known = {member.pk: member for member in self.all}
        merged = MergedMember.objects.values_list("number", "member_id")
        # A list that was not brought up to date says the number of a row that is joined with another.
        self.by_number: dict[Any, Member] = {number: known[key] for number, key in merged if key in known}
        self.by_number |= {member.number: member for member in self.all}
        self.by_email: dict[str, list[Member]] = defaultdict(list)
        self.by_person: dict[tuple[str, Any], list[Member]] = defaultdict(list)
        for member in self.all:
            if member.email and member.pk not in self.hidden:
                self.by_email[member.email.lower()].append(member)
            if member.birth_date:
                self.by_person[folded(member.last_name), member.birth_date].append(member)
        self.secrets = set(MemberSecret.objects.values_list("member_id", "kind"))

    def double_of(self, row: MemberRow) -> tuple[Member | None, str]:
        """The member whom this row may be about, and why we think so."""
        born = (folded(row.values[LAST_NAME]), row.values.get("birth_date"))
        first = _first_letter(row.values.get("first_name", ""), row.values.get("initials", ""))
        for member in self.by_person.get(born, []):
            other = _first_letter(member.first_name, member.initials)
            if not (first and other) or first == other:
                return member, _("zelfde naam en geboortedatum")
        same = self.by_email.get(row.values.get("email", ""), [])
        return (same[0], _("zelfde e-mailadres")) if same else (None, "")

    def update(self, planned: PlannedRow) -> PlannedRow:
        """Work out what the row changes in `planned.member`."""
        member, row = planned.member, planned.row
        assert member is not None  # noqa: S101 - for the type checker
        planned.changes = [
            name
            for name, value in row.values.items()
            if name not in self._kept(member) and _comparable(getattr(member, name)) != _comparable(value)
        ]
        planned.before = {name: getattr(member, name) for name in planned.changes}
        known = {question: self.own.get((member.pk, question.pk), "") for question in row.own}
        planned.own_changes = [question for question, text in row.own.items() if known[question] != text]
        planned.before |= {own_key(question): known[question] for question in planned.own_changes}
        has = self.labels.get(member.pk, ())
        planned.new_labels = [label for label in row.labels if label.casefold() not in has]
        planned.new_secrets = [kind for kind in row.secrets if (member.pk, kind.value) not in self.secrets]
        changes_something = (
            planned.changes or planned.own_changes or planned.new_labels or planned.new_secrets
        )
        planned.outcome = Outcome.CHANGED if changes_something else Outcome.UNCHANGED
        return planned

    def warnings(self, planned: list[PlannedRow]) -> list[str]:
        """What a colleague should know of the rows, but can read in all the same."""
        return self._hidden_contact(planned) + self._shared_addresses(planned)

    def _kept(self, member: Member) -> tuple[str, ...]:
        """Fields that the file does not change in `member`."""
        return ("number", *CONTACT_FIELDS) if member.pk in self.hidden else ("number",)

    def _hidden_contact(self, planned: list[PlannedRow]) -> list[str]:
        text = _(
            "Rij %(row)s: de contactgegevens van %(name)s zijn vertrouwelijk. Die blijven zoals zij zijn."
        )
        return [
            text % {"row": row.row.number, "name": row.member.full_name}
            for row in planned
            if row.member and row.member.pk in self.hidden and set(CONTACT_FIELDS) & row.row.values.keys()
        ]

    def _shared_addresses(self, planned: list[PlannedRow]) -> list[str]:
        """A sentence for every address that a member will share with another whom the file does not speak of."""
        sentences = []
        touched = {row.member.pk for row in planned if row.member}
        for row in planned:
            email = row.row.values.get("email", "")
            is_news = row.outcome == Outcome.NEW or "email" in row.changes
            if email and is_news:
                sentences += [
                    _("Rij %(row)s: %(name)s heeft hetzelfde e-mailadres (%(email)s).")
                    % {"row": row.row.number, "name": other.full_name, "email": email}
                    for other in self.by_email.get(email, [])
                    if other.pk not in touched and other != row.double_of
                ]
        return sentences


def _first_letter(first_name: str, initials: str) -> str:
    return folded((first_name or initials)[:1])


def _comparable(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def _rows_for_erased_members(planned: list[PlannedRow]) -> list[Fault]:
    """Whose data were erased does not come back through a list (AVG art. 17)."""
    message = _("De gegevens van het lid met dit lidnummer zijn gewist. Gebruik een ander nummer.")
    return [Fault(row.row.number, "", message) for row in planned if row.member and row.member.erased_at]


def _two_rows_for_one_member(planned: list[PlannedRow]) -> list[Fault]:
    first: dict[int, int] = {}
    faults = []
    for row in planned:
        if row.member is None:
            continue
        earlier = first.setdefault(row.member.pk, row.row.number)
        if earlier != row.row.number:
            message = _("Deze rij en rij %(row)s gaan over hetzelfde lid (%(name)s).")
            faults.append(Fault(row.row.number, "", message % {"row": earlier, "name": row.member.full_name}))
    return faults
