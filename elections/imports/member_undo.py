"""What undoing an import would do now: whom it removes, whom it puts back, and whom it leaves alone, with the reason.

Only what nobody touched since goes back. A member whom the import added is removed as long as nothing hangs on the
row; a member whom it changed gets the old values back as long as the row has the version that the import left.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import DateField, Exists, ForeignObjectRel, OuterRef, Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import ClashState, ImportState
from elections.imports.own_column import own_key
from elections.models import CandidateClash, ImportedMember, ImportFile, Member, MemberSecret, OwnFieldValue

KEPT_FOR: Final = timedelta(days=30)
"""How long an import can be undone; after it, what the import replaced is forgotten (AVG art. 5(1)(e))."""

_READ: Final = (ImportState.DONE, ImportState.UNDONE)
# What may hang on a member whom the import added, without anybody having done anything with that member.
_OF_THE_IMPORT: Final = ("ImportedMember", "MemberSecret", "OwnFieldValue")

_HAPPENED: Final[Mapping[str, str | Promise]] = {
    "AppointmentLetter": gettext_lazy("er is een brief"),
    "Assignment": gettext_lazy("is ingedeeld"),
    "Audience": gettext_lazy("is gekozen voor een doelgroep"),
    "Availability": gettext_lazy("gaf beschikbaarheid op"),
    "AvailabilityResponse": gettext_lazy("gaf beschikbaarheid op"),
    "CandidateClash": gettext_lazy("er is beslist of dit lid kandidaat is"),
    "Conversation": gettext_lazy("er is een gesprek"),
    "PrivacyRequest": gettext_lazy("stelde een vraag over privacy"),
    "SurveyResponse": gettext_lazy("vulde een enquête in"),
    "TrainingResult": gettext_lazy("deed een training"),
    "TrainingStart": gettext_lazy("deed een training"),
    "WaitlistEntry": gettext_lazy("staat op een wachtlijst"),
}


class Fate(TextChoices):
    """What undoing does with a member."""

    REMOVE = "remove", gettext_lazy("wordt verwijderd")
    RESTORE = "restore", gettext_lazy("wordt teruggezet")
    KEEP = "keep", gettext_lazy("blijft zoals het nu is")


@dataclass(frozen=True)
class UndoRow:
    """One member of an import. `reason` says why it is kept, and is empty otherwise."""

    imported: ImportedMember
    fate: Fate
    reason: str = ""

    @property
    def member(self) -> Member:
        return self.imported.member


@dataclass(frozen=True)
class UndoPlan:
    """A whole import, member by member, in the order of the file."""

    rows: list[UndoRow]

    def of(self, fate: Fate) -> list[UndoRow]:
        return [row for row in self.rows if row.fate == fate]

    @property
    def to_do(self) -> int:
        """How many members undoing would remove or put back."""
        return len(self.rows) - len(self.of(Fate.KEEP))

    @property
    def kept(self) -> list[UndoRow]:
        return self.of(Fate.KEEP)

    @property
    def fingerprint(self) -> str:
        """The same for two plans that do the same with the same members."""
        told = [(row.imported.pk, row.fate.value, row.member.version) for row in self.rows]
        return hashlib.sha256(repr(told).encode()).hexdigest()


def can_be_undone(import_file: ImportFile) -> bool:
    """Whether something of the import is left to undo; after KEPT_FOR there is nothing (`over_undo_term`)."""
    return import_file.state in _READ and import_file.members.exists()


def undoable(files: QuerySet[ImportFile]) -> QuerySet[ImportFile]:
    """The files, each with `is_undoable`: what `can_be_undone` says, for a list."""
    return files.annotate(
        is_undoable=Exists(ImportedMember.objects.filter(import_file=OuterRef("pk"))) & Q(state__in=_READ)
    )


def restored(name: str, value: Any) -> Any:
    """A value that ImportedMember.before holds for a field of Member, as Python has it."""
    field = Member._meta.get_field(name)
    return field.to_python(value) if isinstance(field, DateField) else value


def over_undo_term() -> QuerySet[ImportedMember]:
    """What can be forgotten: rows of imports that are too long ago to undo."""
    return ImportedMember.objects.filter(import_file__imported_at__lt=timezone.now() - KEPT_FOR)


def undo_plan(import_file: ImportFile) -> UndoPlan:
    """What undoing the import would do now, in a number of statements that does not depend on the rows."""
    imported = list(
        import_file.members.select_related("member", "import_file").prefetch_related("member__labels")
    )
    later, answered = _numbers_set_later(import_file), _questions_answered_later(import_file)
    happened = _what_happened(import_file)
    rows = []
    for row in imported:
        reasons = _reasons(row, later=later[row.member_id], happened=happened[row.member_id])
        own = {name for name in answered[row.member_id] if row.is_new or name in row.before}
        reasons += [_("een eigen vraag is daarna beantwoord")] if own else []
        if reasons:
            rows.append(UndoRow(row, Fate.KEEP, ", ".join(dict.fromkeys(reasons))))
        else:
            rows.append(UndoRow(row, Fate.REMOVE if row.is_new else Fate.RESTORE))
    return UndoPlan(rows)


def _reasons(row: ImportedMember, *, later: set[str], happened: Iterable[str]) -> list[str]:
    """Why this member cannot be put back; empty when it can."""
    reasons = []
    member = row.member
    if member.erased_at:
        return [_("de gegevens zijn gewist")]
    if member.version != row.version:
        reasons.append(_("is daarna gewijzigd"))
    checked_at, imported_at = member.data_checked_at, row.import_file.imported_at
    if checked_at and imported_at and checked_at > imported_at:
        reasons.append(_("heeft de gegevens daarna nagekeken"))
    if later if row.is_new else later & set(row.secrets):
        reasons.append(_("BSN of IBAN is daarna ingevuld"))
    if row.is_new:
        if member.user_id:
            reasons.append(_("is uitgenodigd"))
        if {label.name.casefold() for label in member.labels.all()} != {
            name.casefold() for name in row.labels
        }:
            reasons.append(_("kreeg daarna andere kenmerken"))
        reasons += happened
    return reasons


def _numbers_set_later(import_file: ImportFile) -> dict[int, set[str]]:
    """Of each member the kinds of numbers that somebody set after the import."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = MemberSecret.objects.filter(
        member__imports__import_file=import_file, set_at__gt=import_file.imported_at
    )
    for member, kind in rows.values_list("member_id", "kind"):
        found[member].add(kind)
    return found


def _questions_answered_later(import_file: ImportFile) -> dict[int, set[str]]:
    """Of each member the own questions, as `before` names them, that were answered after the import."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = OwnFieldValue.objects.filter(
        member__imports__import_file=import_file, answered_at__gt=import_file.imported_at
    )
    for row in rows.select_related("field"):
        found[row.member_id].add(own_key(row.field))
    return found


def _what_happened(import_file: ImportFile) -> dict[int, list[str]]:
    """Of each member whom the import added, what was done with that member since."""
    new = ImportedMember.objects.filter(import_file=import_file, is_new=True).values("member")
    happened: dict[int, list[str]] = defaultdict(list)
    for relation in Member._meta.related_objects:
        name = relation.related_model.__name__
        if name in _OF_THE_IMPORT:
            continue
        words = str(_HAPPENED.get(name, _("er is al iets mee gedaan")))
        for member in _pointing(relation, new):
            happened[member].append(words)
    return happened


def _pointing(relation: ForeignObjectRel, members: Any) -> set[int]:
    """Keys of those of `members` to whom a row of this relation points."""
    name = relation.field.name
    rows = relation.related_model._base_manager.filter(**{f"{name}__in": members})
    if relation.related_model is CandidateClash:
        # Found by itself, when the import gave the member a name.
        rows = rows.exclude(state=ClashState.OPEN)
    return set(rows.values_list(name, flat=True))
