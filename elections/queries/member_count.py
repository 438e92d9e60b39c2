"""How many members each choice of a filter would leave, with all the other filters as they are."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import BooleanField, Case, Count, Q, QuerySet, Value, When

from elections.models import Member
from elections.models.member import confidential_today
from elections.queries.confidentiality import ending_soon
from elections.queries.mail import with_wrong_address
from elections.queries.member import sharing_an_address

Group = Mapping[str, Any]
LABEL: Final = "labels__name"

# By filter: what alike members have alike.
_KEYS: Final = {
    "position": ("qualified_for",),
    "answer": ("answer",),
    "access": ("access",),
    "active": ("is_active",),
    "confidential": ("hidden", "ends_soon"),
    "address": ("shares", "is_wrong"),
}
# By filter: whether a group of alike members meets a value of it. `label` is counted apart: a member has many.
FACETS: Final[dict[str, Callable[[Group, str], bool]]] = {
    "position": lambda group, value: value in group["qualified_for"],
    "answer": lambda group, value: bool(group["answer"] == value),
    "access": lambda group, value: bool(group["access"] == value),
    "active": lambda group, value: value == "all" or group["is_active"] == (value != "inactive"),
    "confidential": lambda group, value: bool(group["ends_soon"] if value == "ending" else group["hidden"]),
    "address": lambda group, value: bool(group["shares"] if value == "shared" else group["is_wrong"]),
}


def counts(
    members: QuerySet[Member], asked: Mapping[str, str], options: Mapping[str, list[str]], *, sees_all: bool
) -> dict[str, dict[str, int]]:
    """For each filter the number of members behind each of its options. Two queries.

    members: with `access` and `answer` (elections.queries.member), narrowed by every filter that is not counted here.
    asked: what is chosen now in the counted ones; `active` always, with "" for the usual one.
    options: what can be chosen. sees_all: whether the colleague may see something of a confidential address.
    """
    marked = _marked(members, sees_all)
    label = asked.get("label")
    narrowed = marked.filter(**{LABEL: label}) if label else marked
    groups = _groups(narrowed, *(key for keys in _KEYS.values() for key in keys))
    found = {
        name: {
            value: sum(group["people"] for group in groups if _meets(group, {**asked, name: value}))
            for value in values
        }
        for name, values in options.items()
        if name in FACETS
    }
    labelled: dict[str, int] = {}
    # A member is in as many groups as they have labels: only what is asked is worked out for each of them.
    asked_keys = [key for name in FACETS if _counts(name, asked) for key in _KEYS[name]]
    for group in _groups(marked.exclude(**{LABEL: None}), LABEL, *asked_keys):
        if _meets(group, asked):
            labelled[group[LABEL]] = labelled.get(group[LABEL], 0) + group["people"]
    return found | {"label": {value: labelled.get(value, 0) for value in options.get("label", [])}}


def _meets(group: Group, asked: Mapping[str, str]) -> bool:
    return all(meets(group, asked[name]) for name, meets in FACETS.items() if _counts(name, asked))


def _counts(name: str, asked: Mapping[str, str]) -> bool:
    """Whether this filter narrows the list: the one on activity always does."""
    return bool(asked.get(name)) or (name == "active" and name in asked)


def _groups(members: QuerySet[Member], *keys: str) -> list[dict[str, Any]]:
    rows: Any = members.order_by().values(*keys).annotate(people=Count("pk"))
    return list(rows)


def _marked(members: QuerySet[Member], sees_all: bool) -> QuerySet[Member]:
    """Add what the filters ask that is in no column."""
    everybody = Member.objects.all()
    by_address = everybody if sees_all else everybody.exclude(confidential_today())
    marks = {
        "hidden": Q(confidential_today()),
        "ends_soon": Q(pk__in=ending_soon(everybody).values("pk")),
        "shares": Q(pk__in=sharing_an_address(everybody, by_hidden=sees_all).values("pk")),
        "is_wrong": Q(pk__in=with_wrong_address(by_address).values("pk")),
    }
    return members.annotate(
        **{
            name: Case(When(mark, then=Value(True)), default=Value(False), output_field=BooleanField())
            for name, mark in marks.items()
        }
    )
