"""Counting several querysets in one statement."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, IntegerField, JSONField, QuerySet, Subquery

from elections.models import ElectionEvent


def asked_at_once(event: ElectionEvent, figures: Mapping[str, Any]) -> dict[str, Any]:
    """The values of these expressions on the row of the event, in one statement."""
    rows: QuerySet[Any, Any] = ElectionEvent.objects.filter(pk=event.pk).values(**figures)
    return dict(rows.get())


class CountOf(Subquery):
    """How many rows a queryset has, as a value in another statement; pages with many figures ask for them at once."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk"))


class CountsBy(Subquery):
    """How many rows a queryset has of each value of a field, as a dict; what no row has is not in it."""

    template = (
        "(SELECT COALESCE(jsonb_object_agg(value, number), '{}')"
        " FROM (SELECT value, COUNT(*) AS number FROM (%(subquery)s) AS found GROUP BY value) AS counted)"
    )
    output_field = JSONField()

    def __init__(self, rows: QuerySet[Any], field: str) -> None:
        self.values: QuerySet[Any, Any] = rows.order_by().values(value=F(field))
        super().__init__(self.values)

    def alone(self) -> dict[str, int]:
        """The same, asked in a statement of its own."""
        return dict(self.values.values_list("value").annotate(number=Count("*")))
