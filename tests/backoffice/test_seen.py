"""What a form says that its page showed is typed by whoever sends it."""

import pytest
from django.http import QueryDict

from backoffice.forms.member import MemberForm
from tests import factories


@pytest.mark.parametrize(
    "seen",
    [
        "[" * 20_000,
        "[]",
        '{"qualified_for": 5, "last_name": {"a": 1}, "labels": [[]], "is_own_staff": 0.5}',
        "x",
    ],
)
def test_what_a_page_cannot_have_shown_is_not_looked_at(seen):
    member = factories.make_member(with_user=False, last_name="Nu")
    data = QueryDict(mutable=True)
    data.update({"version": "0", "seen": seen, "last_name": "Anders", "number": str(member.number)})
    form = MemberForm(data, member=member)
    assert form.is_valid(), form.errors
    form.look_again()
    assert form["last_name"].data == "Anders"
