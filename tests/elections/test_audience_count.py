"""Counting many audiences at once takes as many queries as counting one."""

import pytest

from elections.models import Audience
from elections.queries.audience import counts_of, members_of
from tests import factories


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("part", "queries"), [("availability", 2), ("training", 3), ("surveys", 3)])
def test_counts_take_the_same_number_of_queries_for_any_number_of_audiences(
    juinen, part, queries, count, django_assert_num_queries
):
    event = factories.make_event()
    factories.make_position(event, needs_training=True)
    factories.make_survey()
    members = [factories.make_member() for _number in range(2)]
    for _number in range(count):
        factories.make_audience(kind="selection", event=event, step_not_done=part)
    audiences = list(Audience.objects.filter(kind="selection").select_related("event"))
    with django_assert_num_queries(queries):
        found = counts_of(audiences)
    assert found == {audience.pk: members_of(audience).count() for audience in audiences}
    assert set(found.values()) == {len(members)}
