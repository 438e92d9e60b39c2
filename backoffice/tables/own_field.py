"""Filters of the member list by what the municipality itself asks: a filter for each own question and declaration."""

from collections.abc import Callable
from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from elections.models import Declaration, Member, OwnField, User
from elections.queries.declaration import with_declaration
from elections.queries.own_field import may_read, with_answer_to

Members = QuerySet[Member]
FILLED, EMPTY, ANSWER = "filled", "empty", "="
AGREED = {"yes": True, "no": False, "open": None}


def add_own_filters(filterset: filters.FilterSet, *, by: User | None) -> None:
    """Give a filter of members one more for each declaration, and each question whose answers `by` may read.

    What nobody may read is no filter either: how many are left would tell the answer. An address that holds such a
    filter, kept by a colleague who may, finds nobody: without it, the list would be of everybody. Two queries.
    """
    more = {}
    for field in OwnField.objects.active():
        name = f"own_{field.uuid.hex}"
        if may_read(field, by):
            more[name] = _by_answer(field)
        elif filterset.data.get(name):
            more[name] = filters.ChoiceFilter(label=field.name, choices=[])
    more |= {f"declaration_{each.uuid.hex}": _by_consent(each) for each in Declaration.objects.asked()}
    for each in more.values():
        each.parent, each.model = filterset, Member
    filterset.filters.update(more)


def _by_answer(field: OwnField) -> filters.ChoiceFilter:
    choices = [(f"{ANSWER}{text}", words) for text, words in field.options] or [(FILLED, _("Ingevuld"))]

    def found(members: Members, _name: str, value: str) -> Members:
        texts = {FILLED: None, EMPTY: ""}
        return with_answer_to(members, field, texts.get(value, value.removeprefix(ANSWER)))

    return _filter(field.name, [*choices, (EMPTY, _("Niet ingevuld"))], found)


def _by_consent(declaration: Declaration) -> filters.ChoiceFilter:
    yes = _("Verklaard") if declaration.is_required else _("Ja")
    no = [] if declaration.is_required else [("no", _("Nee"))]

    def found(members: Members, _name: str, value: str) -> Members:
        return with_declaration(members, declaration, AGREED[value])

    return _filter(declaration.title, [("yes", yes), *no, ("open", _("Nog niet beantwoord"))], found)


def _filter(
    label: str, choices: list[tuple[str, Any]], found: Callable[..., Members]
) -> filters.ChoiceFilter:
    return filters.ChoiceFilter(label=label, choices=choices, empty_label=_("Alle"), method=found)
