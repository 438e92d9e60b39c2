"""Which addresses can stand on a label: an island has no postcodes, and a house there may have no number."""

import pytest
from django_tenants.utils import tenant_context

from elections.documents.address_label import label_of
from elections.models import Member
from elections.queries.member_selection import labels_among
from tests import factories

HOME = {"street": "Kaya Grandi", "house_number": "", "postcode": "", "city": "Kralendijk"}


def test_address_on_an_island_is_whole_without_postcode_and_number(zonneiland):
    with tenant_context(zonneiland):
        before = labels_among(Member.objects.all()).count
        member = factories.make_member(with_user=False, **HOME)
        factories.make_member(with_user=False, **HOME | {"city": ""})
        label = label_of(member)
        assert (label.street, label.city) == ("Kaya Grandi", "KRALENDIJK")
        assert labels_among(Member.objects.all()).count == before + 1


@pytest.mark.parametrize("missing", ["street", "house_number", "postcode", "city"])
def test_address_in_a_municipality_needs_all_its_parts(missing):
    whole = {"street": "Kerkstraat", "house_number": "7", "postcode": "1234 AB", "city": "IJmuiden"}
    before = labels_among(Member.objects.all())
    member = factories.make_member(with_user=False, **whole)
    factories.make_member(with_user=False, **whole | {missing: ""})
    assert label_of(member).city == "1234 AB\u00a0\u00a0IJMUIDEN"
    after = labels_among(Member.objects.all())
    assert (after.count, after.without_address) == (before.count + 1, before.without_address + 1)
