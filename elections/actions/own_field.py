"""The questions of the municipality's own: making, changing, ordering and removing them.

Answers to them are in actions/own_answer.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, F, Max, Value, When
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.order import move
from elections.enums import OwnFieldKind
from elections.errors import ActionError, ChangedElsewhere
from elections.imports.own_column import own_key
from elections.models import ImportedMember, OwnField, User
from elections.queries.own_field import may_read, used_choices
from tenants.locks import hold_lock

MOST_FIELDS = 30
MOST_CHOICES = 20
FEWEST_CHOICES = 2
BATCH = 500
ORDER = "own-field-order"


@dataclass(frozen=True)
class OwnQuestion:
    """A question as its form gives it.

    choices: the words of the existing choices, in their order; an empty text removes one. added: words of new ones.
    """

    name: str
    why: str
    help: str = ""
    in_portal: bool = True
    is_required: bool = False
    is_sensitive: bool = True
    for_catering: bool = False
    is_active: bool = True
    choices: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@transaction.atomic
def create_own_field(kind: OwnFieldKind, question: OwnQuestion, *, by: User) -> OwnField:
    """Put a question at the end of the list. Its kind stays as it is.

    Raises:
        ActionError: when there are thirty, the name is in use, or the choices are not two to twenty different ones.
    """
    hold_lock(ORDER)
    if OwnField.objects.count() >= MOST_FIELDS:
        raise ActionError(_("U hebt al %(count)s eigen vragen. Meer kan niet.") % {"count": MOST_FIELDS})
    last = OwnField.objects.aggregate(last=Max("rank"))["last"] or 0
    field = OwnField(kind=kind, rank=last + 1)
    _fill(field, question)
    if kind == OwnFieldKind.CHOICE:
        field.choices = _checked_choices(question.added)
    field.save()
    audit.record("own_field.create", by=by, on=field)
    return field


@transaction.atomic
def update_own_field(field: OwnField, question: OwnQuestion, *, version: int, by: User) -> OwnField:
    """Change a question. A choice that gets other words changes with whoever chose it.

    version: OwnField.version as the page showed it.

    Raises:
        ChangedElsewhere: when a colleague changed or removed the question since `version`.
        ActionError: as `create_own_field`, when a choice would go that members gave, and when answers would become
            readable for many on the word of somebody who may not read them.
    """
    hold_lock(ORDER)  # a colleague may be making a question with the same name
    found = OwnField.objects.select_for_update().filter(pk=field.pk).first()
    if found is None or found.version != version:
        raise ChangedElsewhere(
            _("Een collega heeft deze vraag intussen gewijzigd. Kijk hoe het nu is en probeer het opnieuw.")
        )
    field = found
    if not question.is_sensitive and not may_read(field, by):
        raise ActionError(_("Alleen wie gevoelige antwoorden mag zien, kan “gevoelig” weghalen."))
    _fill(field, question)
    if field.kind == OwnFieldKind.CHOICE:
        _change_choices(field, question)
    field.version += 1
    field.save()
    audit.record("own_field.update", by=by, on=field)
    return field


@transaction.atomic
def move_own_field(field: OwnField, *, up: bool, by: User) -> None:
    """Let a question change places with the one above or below it; at the end of the list nothing happens."""
    hold_lock(ORDER)
    if move(field, up=up):
        audit.record("own_field.move", by=by, on=field)


@transaction.atomic
def delete_own_field(field: OwnField, *, by: User) -> None:
    """Remove a question with all answers to it. Doing it twice changes nothing."""
    found = OwnField.objects.select_for_update().filter(pk=field.pk).first()
    if found is None:
        return
    audit.record("own_field.delete", by=by, on=found, members=found.values.count())
    found.delete()


def _fill(field: OwnField, question: OwnQuestion) -> None:
    others = OwnField.objects.filter(name__iexact=question.name).exclude(pk=field.pk)
    if others.exists():
        raise ActionError(_("Er is al een vraag met deze naam."))
    field.name, field.help, field.why = question.name, question.help, question.why
    field.in_portal, field.is_active = question.in_portal, question.is_active
    # What members are not asked, they cannot have to answer.
    field.is_required = question.is_required and question.in_portal
    field.is_sensitive, field.for_catering = question.is_sensitive, question.for_catering


def _change_choices(field: OwnField, question: OwnQuestion) -> None:
    words = dict(zip(field.choices, question.choices or field.choices, strict=True))
    used = used_choices(field)
    for old, new in words.items():
        if not new and used.get(old):
            raise ActionError(
                _("“%(choice)s” kan niet weg: %(count)s leden kozen dit. Geef het andere woorden.")
                % {"choice": old, "count": used[old]}
            )
    field.choices = _checked_choices([*filter(None, words.values()), *question.added])
    renamed = {old: new for old, new in words.items() if new and new != old}
    if renamed:
        # In one statement: two choices may change places.
        whens = [When(text=old, then=Value(new)) for old, new in renamed.items()]
        field.values.filter(text__in=renamed).update(text=Case(*whens, default=F("text")))
        _rename_in_imports(field, renamed)


def _rename_in_imports(field: OwnField, renamed: Mapping[str, str]) -> None:
    """What an import replaced can come back, in the words of now."""
    key = own_key(field)
    rows = [row for row in ImportedMember.objects.filter(before__has_key=key) if row.before[key] in renamed]
    for row in rows:
        row.before[key] = renamed[row.before[key]]
    ImportedMember.objects.bulk_update(rows, ["before"], batch_size=BATCH)


def _checked_choices(texts: Sequence[str]) -> list[str]:
    if not FEWEST_CHOICES <= len(texts) <= MOST_CHOICES:
        raise ActionError(
            _("Geef %(least)s tot %(most)s antwoorden om uit te kiezen.")
            % {"least": FEWEST_CHOICES, "most": MOST_CHOICES}
        )
    if len({text.casefold() for text in texts}) < len(texts):
        raise ActionError(_("Elk antwoord mag maar één keer in de lijst staan."))
    return list(texts)
