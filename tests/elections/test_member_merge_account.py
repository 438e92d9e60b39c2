"""Joining two rows of which one or both can log in: one account stays, and its owner hears which."""

import pytest

from elections.errors import ActionError
from elections.models import OutboxMail, User
from tests import factories
from tests.elections.test_member_merge import merge


@pytest.fixture
def staff():
    return factories.make_staff()


def test_only_account_goes_along(staff):
    keep = factories.make_member(with_user=False)
    gone = factories.make_member(email="lid@voorbeeld.nl")
    user = gone.user
    merged = merge(keep, gone, staff, email="gone")
    user.refresh_from_db()
    assert (merged.user, user.member, user.email) == (user, merged, "lid@voorbeeld.nl")
    assert not OutboxMail.objects.exists()


@pytest.mark.parametrize("stays", ["keep", "gone"])
def test_of_two_accounts_one_stays_and_its_owner_hears_which(staff, stays):
    keep, gone = (factories.make_member(email=f"{name}@voorbeeld.nl") for name in ("een", "twee"))
    mine, other = keep.user, gone.user
    mail = factories.make_mail(other)
    sign_in = factories.make_sign_in(other if stays == "keep" else mine, session_key="gaande")
    merged = merge(keep, gone, staff, account=stays, email=stays)
    stayed, closed = (mine, other) if stays == "keep" else (other, mine)
    assert (User.objects.filter(pk=closed.pk).exists(), merged.user) == (False, stayed)
    mail.refresh_from_db()
    sign_in.refresh_from_db()
    assert (mail.user, sign_in.user) == (stayed, stayed)
    assert sign_in.ended_at
    told = OutboxMail.objects.filter(kind="member_merged")
    assert {each.to_email for each in told} == {"een@voorbeeld.nl", "twee@voorbeeld.nl"}
    assert all(each.user == stayed for each in told)


def test_account_gets_the_chosen_address_and_the_old_one_hears_it(staff):
    keep, gone = (factories.make_member(email=f"{name}@voorbeeld.nl") for name in ("een", "twee"))
    merged = merge(keep, gone, staff, account="gone", email="keep")
    user = User.objects.get(pk=gone.user.pk)
    merged.refresh_from_db()
    assert (merged.email, user.email) == ("een@voorbeeld.nl", "een@voorbeeld.nl")
    told = OutboxMail.objects.filter(kind="email_changed").values_list("to_email", flat=True)
    assert set(told) == {"een@voorbeeld.nl", "twee@voorbeeld.nl"}


def test_account_of_a_colleague_is_never_closed(staff):
    colleague = factories.make_staff("planner")
    keep, gone = factories.make_member(), factories.make_member(user=colleague)
    with pytest.raises(ActionError, match="account van een collega"):
        merge(keep, gone, staff, account="keep")
    merged = merge(keep, gone, staff)
    assert merged.user == colleague
