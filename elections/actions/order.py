"""Rows that the team puts in order, by their `rank`."""

from typing import Any

from django.db.models import Model


def move(row: Any, *, up: bool) -> bool:
    """Let `row` change places with the one above or below it. Returns whether it moved; at the end it does not.

    For models that are ordered by `rank` as a whole. Call it in a transaction that holds the lock of that order.
    """
    model: type[Model] = type(row)
    rows: list[Any] = list(model._default_manager.all())
    place = next((index for index, each in enumerate(rows) if each.pk == row.pk), None)
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(rows):
        return False
    rows[place], rows[other] = rows[other], rows[place]
    for rank, each in enumerate(rows, start=1):
        each.rank = rank
    model._default_manager.bulk_update(rows, ["rank"])
    return True
