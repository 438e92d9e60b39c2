"""Many rows are deleted in one statement: no listener makes Django read them one by one first."""

import pytest

from elections.models import Label, Member
from tests import factories

pytestmark = pytest.mark.usefixtures("juinen")


def test_rows_of_a_list_are_deleted_in_one_statement(django_assert_num_queries):
    factories.make_member().labels.add(Label.objects.create(name="Rekenaar"))
    given = Member.labels.through.objects.filter(label__name="Rekenaar")
    with django_assert_num_queries(1):
        assert given.delete()[0] == 1
