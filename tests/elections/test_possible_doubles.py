"""Which members may be one person who is in the member file twice."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from elections import secrets
from elections.enums import SecretKind
from elections.queries.member_double import doubles_of, possible_doubles
from tests import factories

BSNS = ("999900018", "999990020", "999990032")


@pytest.fixture
def staff():
    return factories.make_staff()


def test_doubles_are_found_by_name_with_birth_date_address_or_number(staff):
    one, two, three, four = (
        factories.make_member(with_user=False, last_name=name, first_name="Anna", **values)
        for name, values in (
            ("Özdemir", {"email": "a@voorbeeld.nl"}),
            ("Ozdemir", {"email": ""}),
            ("Ozdemir", {"email": "A@voorbeeld.nl", "birth_date": None}),
            ("Anders", {"birth_date": None, "email": ""}),
        )
    )
    secrets.set_secret(one, SecretKind.BSN, BSNS[0], by=staff)
    secrets.set_secret(four, SecretKind.BSN, BSNS[0], by=staff)
    found = {(double.one, double.other) for double in possible_doubles(staff)}
    assert found == {(one, two), (one, three), (one, four)}
    assert possible_doubles(staff)[0].other == four
    assert set(doubles_of(one, staff)) == {two, three, four}


def test_twins_and_families_with_one_address_are_no_doubles(staff):
    for first in ("Anna", "Bert"):
        factories.make_member(
            with_user=False, last_name="Jansen", first_name=first, email="thuis@voorbeeld.nl"
        )
    assert possible_doubles(staff) == []


def test_hidden_address_makes_no_pair(staff):
    planner = factories.make_staff("planner")
    for values in ({"confidential_since": timezone.now(), "confidential_reason": "x"}, {}):
        factories.make_member(
            with_user=False, last_name="Jansen", email="thuis@voorbeeld.nl", birth_date=None, **values
        )
    assert possible_doubles(planner) == []
    assert len(possible_doubles(staff)) == 1


@pytest.mark.parametrize("rows", [1, 5])
def test_number_of_queries_does_not_grow(staff, django_assert_num_queries, rows):
    for _number in range(rows):
        for _twice in range(2):
            member = factories.make_member(
                with_user=False, last_name="Jansen", email=f"{uuid4()}@voorbeeld.nl"
            )
            member.birth_date = date(1950, 1, 1) + timedelta(days=_number)
            member.save()
    with django_assert_num_queries(6):
        assert len(possible_doubles(staff)) == rows
