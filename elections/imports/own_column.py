"""Columns of a member list that hold answers to the municipality's own questions: "own:<uuid>" in a mapping."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from elections.enums import OwnFieldKind
from elections.errors import ActionError
from elections.models import OwnField
from elections.models.own_field import NO, YES
from elections.normalise import line
from elections.own_answer import checked

PREFIX: Final = "own:"
YES_WORDS: Final = frozenset(("ja", "j", "yes", "y", "x", "1", "waar", "true", "v", "✓"))
NO_WORDS: Final = frozenset(("nee", "n", "no", "0", "onwaar", "false", "-"))


def own_key(field: OwnField) -> str:
    """How a mapping, and what is kept to undo an import, name a question."""
    return f"{PREFIX}{field.uuid}"


def own_columns() -> dict[str, OwnField]:
    """The questions that a column may hold answers to, by their key, in their order."""
    return {own_key(field): field for field in OwnField.objects.active()}


def mapped_own_columns(mapping: Mapping[int, str]) -> dict[OwnField, int]:
    """Which column of a file holds the answers to which question.

    Raises:
        ActionError: when a question was removed after the columns were named.
    """
    wanted = {name: index for index, name in mapping.items() if name.startswith(PREFIX)}
    known = own_columns() if wanted else {}
    if set(wanted) - set(known):
        raise ActionError(_("Een eigen vraag is intussen verwijderd. Wijs de kolommen opnieuw aan."))
    return {known[name]: index for name, index in wanted.items()}


def understood(field: OwnField, text: str) -> str:
    """An answer as people write it in a list; empty for an empty cell.

    Raises:
        ActionError: as `own_answer.checked`; what was written is not repeated.
    """
    text = line(text)
    if field.kind == OwnFieldKind.YES_NO:
        word = text.lower()
        text = YES if word in YES_WORDS else NO if word in NO_WORDS else text
    elif field.kind == OwnFieldKind.CHOICE:
        text = next((choice for choice in field.choices if choice.casefold() == text.casefold()), text)
    return checked(field, text)
