"""A file with the results of a training: whose row it is, what it says, and what reading it in would do.

A row names a person by the reference of the link, the member number or the e-mail address of the log-in. A person who
is not known is listed and left out, and so is a row with a fault: the other rows can be read in.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections import normalise
from elections.errors import ActionError
from elections.imports.reader import BadCell, Row, Table, Value, as_text
from elections.models import Member, MergedMember, Training, TrainingResult, TrainingStart, User
from elections.models.training import SCORE_LENGTH
from elections.permissions import can
from elections.queries.confidentiality import RIGHT

NUMBER_DIGITS: Final = 9
YES: Final = "ja yes true waar 1 j y geslaagd gehaald behaald voldoende passed completed voltooid"
NO: Final = "nee no false onwaar 0 n gezakt nietgehaald nietbehaald onvoldoende failed"
# A moment behind a day, as "2026-01-12T14:33:00Z": only the day counts.
TIME: Final = re.compile(r"[T ]\d{1,2}:\d{2}.*$")


class Column(TextChoices):
    REFERENCE = "reference", gettext_lazy("Kenmerk")
    NUMBER = "number", gettext_lazy("Lidnummer")
    EMAIL = "email", gettext_lazy("E-mailadres")
    DONE_ON = "done_on", gettext_lazy("Datum")
    PASSED = "passed", gettext_lazy("Gehaald")
    SCORE = "score", gettext_lazy("Score")


HEADINGS: Final = {
    Column.REFERENCE: "kenmerk referentie reference sub userid gebruikersid deelnemerid",
    Column.NUMBER: "lidnummer nummer membernumber nr",
    Column.EMAIL: "email emailadres mail mailadres emailaddress",
    Column.DONE_ON: "datum gedaanop afgerondop behaaldop date completedon completiondate datumtraining datumafgerond",
    Column.PASSED: "gehaald geslaagd behaald uitslag resultaat passed result status voldoende",
    Column.SCORE: "score punten cijfer percentage points",
}
_BY_HEADING: Final = {word: column for column, words in HEADINGS.items() for word in words.split()}


class Outcome(TextChoices):
    NEW = "new", gettext_lazy("nieuw")
    CHANGED = "changed", gettext_lazy("gewijzigd")
    KNOWN = "known", gettext_lazy("stond er al")
    UNKNOWN = "unknown", gettext_lazy("persoon niet bekend")
    FAULTY = "faulty", gettext_lazy("fout")


@dataclass
class PlannedResult:
    """One row of the file. `who` is what the file calls the person; `fault` says why the row is left out."""

    number: int
    who: str
    outcome: Outcome = Outcome.FAULTY
    fault: str = ""
    member: Member | None = None
    done_on: date = date.min
    passed: bool = False
    score: str = ""


@dataclass
class TrainingPlan:
    """What reading the file in would do."""

    planned: list[PlannedResult] = field(default_factory=list)

    @property
    def to_do(self) -> list[PlannedResult]:
        return [row for row in self.planned if row.outcome in (Outcome.NEW, Outcome.CHANGED)]

    @property
    def count_to_do(self) -> int:
        return len(self.to_do)

    @property
    def skipped(self) -> int:
        return self.count(Outcome.UNKNOWN) + self.count(Outcome.FAULTY)

    def count(self, outcome: Outcome) -> int:
        return self._counts[outcome]

    def rows(self, outcome: Outcome) -> list[PlannedResult]:
        return [row for row in self.planned if row.outcome == outcome]

    @cached_property
    def _counts(self) -> Counter[Outcome]:
        return Counter(row.outcome for row in self.planned)

    @property
    def fingerprint(self) -> str:
        """Changes when the plan would do something else."""
        said = [
            (
                row.number,
                row.outcome.value,
                row.member.pk if row.member else None,
                row.done_on.isoformat(),
                row.passed,
            )
            for row in self.planned
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()


def find_columns(headers: Sequence[str]) -> dict[Column, int]:
    """Where each column stands; the first of two with one meaning.

    Raises:
        ActionError: when there is no date, nothing that says who it is, or nothing that says how it went.
    """
    found: dict[Column, int] = {}
    for index, header in enumerate(headers):
        column = _BY_HEADING.get(_plain(header))
        if column is not None:
            found.setdefault(column, index)
    missing = []
    if not found.keys() & {Column.REFERENCE, Column.NUMBER, Column.EMAIL}:
        missing.append(_("“Kenmerk”, “Lidnummer” of “E-mailadres”"))
    if Column.DONE_ON not in found:
        missing.append(_("“Datum”"))
    if Column.PASSED not in found:
        missing.append(_("“Gehaald”"))
    if missing:
        raise ActionError(_("Deze kolommen ontbreken: %(columns)s.") % {"columns": ", ".join(missing)})
    return found


def plan_results(table: Table, training: Training, by: User | None = None) -> TrainingPlan:
    """Look at every row: who it is, what it says, and what is known already. A constant number of queries.

    by: who reads the file in. Nobody is found by an address that is hidden from them: the plan would tell a guess.

    Raises ActionError as `find_columns`.
    """
    sees_all = by is not None and can(by, RIGHT)
    reader = _Reader(find_columns(table.headers), training, sees_all=sees_all)
    plan = TrainingPlan([reader.read(row) for row in table.rows])
    _compare(plan, training)
    return plan


class _Reader:
    """Knows the columns and the people."""

    def __init__(self, columns: dict[Column, int], training: Training, *, sees_all: bool) -> None:
        self.columns = columns
        present = list(Member.objects.present().select_related("user"))
        known = {member.pk: member for member in present}
        merged = MergedMember.objects.values_list("number", "member_id")
        # The trainer's list may say the number of a row that is joined with another.
        self.by_number = {number: known[key] for number, key in merged if key in known}
        self.by_number |= {member.number: member for member in present}
        self.by_email: dict[str, list[Member]] = {}
        for member in present:
            if member.is_confidential and not sees_all:
                continue
            for address in {member.email.lower(), member.user.email.lower() if member.user else ""} - {""}:
                self.by_email.setdefault(address, []).append(member)
        starts = TrainingStart.objects.filter(training=training).select_related("member")
        self.by_reference = {start.reference: start.member for start in starts}

    def read(self, row: Row) -> PlannedResult:
        planned = PlannedResult(row.number, self._who(row))
        try:
            planned.member = self._member(row)
            if planned.member is None:
                planned.outcome = Outcome.UNKNOWN
                return planned
            planned.done_on = self._date(self._value(row, Column.DONE_ON))
            planned.passed = self._passed(self._value(row, Column.PASSED))
            planned.score = self._score(self._value(row, Column.SCORE))
        except ValidationError as problem:
            planned.fault = " ".join(problem.messages)
            return planned
        planned.outcome = Outcome.NEW
        return planned

    def _value(self, row: Row, column: Column) -> Value:
        value = row.values[self.columns[column]] if column in self.columns else None
        if isinstance(value, BadCell):
            raise ValidationError(value.message)
        return value

    def _text(self, row: Row, column: Column) -> str:
        return normalise.line(as_text(self._value(row, column)))

    def _who(self, row: Row) -> str:
        for column in (Column.REFERENCE, Column.NUMBER, Column.EMAIL):
            value = row.values[self.columns[column]] if column in self.columns else None
            text = normalise.line(as_text(value))[:80]
            if text:
                return text
        return "–"

    def _member(self, row: Row) -> Member | None:
        """By all that the row says: a row that names two people is a fault."""
        named = {
            found.pk: found
            for look in (self._of_reference, self._of_number, self._of_email)
            if (found := look(row)) is not None
        }
        if len(named) > 1:
            raise ValidationError(_("Deze rij noemt twee verschillende leden."))
        return next(iter(named.values()), None)

    def _of_reference(self, row: Row) -> Member | None:
        try:
            return self.by_reference.get(UUID(self._text(row, Column.REFERENCE)))
        except ValueError:
            return None

    def _of_number(self, row: Row) -> Member | None:
        text = self._text(row, Column.NUMBER).removesuffix(".0")
        is_number = text.isascii() and text.isdecimal() and len(text) <= NUMBER_DIGITS
        return self.by_number.get(int(text)) if is_number else None

    def _of_email(self, row: Row) -> Member | None:
        found = self.by_email.get(self._text(row, Column.EMAIL).lower(), [])
        if len(found) > 1:
            raise ValidationError(_("Dit e-mailadres hoort bij meer leden."))
        return found[0] if found else None

    def _date(self, value: Value) -> date:
        day = normalise.past_date(TIME.sub("", as_text(value)))
        if day is None:
            raise ValidationError(_("De datum ontbreekt."))
        return day

    def _passed(self, value: Value) -> bool:
        word = _plain(as_text(value))
        if word in YES.split():
            return True
        if word in NO.split():
            return False
        raise ValidationError(_("Bij “Gehaald” staat geen ja of nee."))

    def _score(self, value: Value) -> str:
        text = normalise.line(as_text(value))
        if len(text) > SCORE_LENGTH:
            raise ValidationError(_("De score is te lang."))
        return text


def _compare(plan: TrainingPlan, training: Training) -> None:
    """Of one person and day the best row counts, in the file and with what is known."""
    results = TrainingResult.objects.filter(training=training)
    known = {(result.member_id, result.done_on): result for result in results}
    best: dict[tuple[int, date], PlannedResult] = {}
    for row in plan.planned:
        if row.outcome is not Outcome.NEW or row.member is None:
            continue
        key = (row.member.pk, row.done_on)
        other = best.get(key)
        loser = row if other is not None and (other.passed or not row.passed) else other
        if loser is not row:
            best[key] = row
        if loser is not None:
            loser.outcome = Outcome.FAULTY
            loser.fault = _("Deze persoon staat er op deze dag nog een keer in.")
    for key, row in best.items():
        row.outcome = _against(row, known.get(key))


def _against(row: PlannedResult, known: TrainingResult | None) -> Outcome:
    if known is None:
        return Outcome.NEW
    says_less = known.passed and not row.passed
    says_same = (known.passed, known.score) == (row.passed, row.score)
    return Outcome.KNOWN if says_less or says_same else Outcome.CHANGED


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", normalise.without_accents(text.lower()))
