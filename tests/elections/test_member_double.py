"""Two members with one number: the team sees it, and nobody else."""

import pytest
from django.urls import reverse
from django_tenants.utils import tenant_context

from elections import secrets
from elections.enums import SecretKind
from elections.models import MemberSecret
from elections.queries.member_double import same_number
from tests import factories

BSN = "999900110"


@pytest.fixture
def twins():
    """Two members with one BSN, beside one with another."""
    found = [factories.make_member(last_name=name) for name in ("Aal", "Baars", "Ceder")]
    for member, number in zip(found, (BSN, BSN, "111222333"), strict=True):
        secrets.set_secret(member, SecretKind.BSN, number, by=None)
    return found


def test_members_with_one_number_find_each_other(twins):
    first, second, other = twins
    assert list(same_number(first)) == [second]
    assert list(same_number(second)) == [first]
    assert not same_number(other)
    assert not same_number(factories.make_member())


def test_same_number_in_another_municipality_is_nobodys_business(twins, zonneiland):
    with tenant_context(zonneiland):
        stranger = factories.make_member()
        secrets.set_secret(stranger, SecretKind.BSN, BSN, by=None)
        assert not same_number(stranger)


def test_damaged_number_is_nobodys_double(twins):
    MemberSecret.objects.filter(member=twins[0]).update(ciphertext=b"")
    assert not same_number(twins[0])
    assert not same_number(twins[1])


def test_colleague_sees_a_link_to_the_double_and_no_number(twins, juinen, client_for):
    page = client_for(juinen, factories.make_staff("planner")).get(
        reverse("backoffice:member-detail", args=[twins[0].uuid])
    )
    html = page.content.decode()
    assert "Mogelijk dubbel" in html
    assert reverse("backoffice:member-detail", args=[twins[1].uuid]) in html
    assert BSN not in html


def test_member_with_an_own_number_has_no_such_badge(twins, juinen, client_for):
    client = client_for(juinen, factories.make_staff("planner"))
    assert (
        "Mogelijk dubbel"
        not in client.get(reverse("backoffice:member-detail", args=[twins[2].uuid])).content.decode()
    )


def test_member_who_gives_a_known_number_is_not_told(twins, juinen, client_for):
    factories.make_portal_step(factories.make_event(), "personal_data")
    known, new = "999900110", "999990007"
    answers = []
    for number in (known, new):
        member = factories.make_member()
        client = client_for(juinen, member.user)
        page = client.post(reverse("portal:personal-data-person-number"), {"number": number})
        answers.append((page.status_code, page.headers.get("Location"), secrets.secrets_present(member)))
    assert answers[0] == answers[1]
    assert answers[0][2] == {SecretKind.BSN}
