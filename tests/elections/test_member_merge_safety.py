"""What joining two rows tells others: the mark for whoever pays, and papers that were made before."""

import pytest
from django.utils import timezone

from elections import secrets
from elections.actions.member_merge import merge_members
from elections.enums import SecretKind
from elections.models import Member, OutboxMail
from elections.queries.personal_data import recently_changed
from tests import factories


@pytest.fixture
def staff():
    return factories.make_staff()


def merge(keep, gone, staff, **choices):
    return merge_members(keep, gone, choices, versions=(keep.version, gone.version), by=staff)


@pytest.mark.parametrize("stays", ["keep", "gone"])
def test_closed_account_is_a_sensitive_change(staff, stays):
    """Otherwise whoever makes a second account gets the row of somebody else, with the number, unseen."""
    keep, gone = (factories.make_member(email=f"{name}@voorbeeld.nl") for name in ("een", "twee"))
    secrets.set_secret(keep, SecretKind.IBAN, "NL91ABNA0417164300", by=staff)
    merged = merge(keep, gone, staff, account=stays, email=stays)
    merged.refresh_from_db()
    assert recently_changed(merged)


def test_rows_without_two_accounts_are_no_sensitive_change(staff):
    merged = merge(factories.make_member(), factories.make_member(with_user=False), staff)
    merged.refresh_from_db()
    assert not recently_changed(merged)


@pytest.mark.parametrize(
    ("marked", "goes"), [("keep", True), ("gone", True), ("both", False), ("none", False)]
)
def test_papers_go_when_a_member_becomes_confidential_by_merging(staff, marked, goes):
    keep, gone = (factories.make_member(with_user=False) for _row in range(2))
    job = factories.make_job(kind="address_labels", state="done", file="jobs/x/file.pdf")
    rows = {"keep": [keep.pk], "gone": [gone.pk], "both": [keep.pk, gone.pk], "none": []}[marked]
    Member.objects.filter(pk__in=rows).update(
        confidential_since=timezone.now(), confidential_reason="verzoek"
    )
    keep.refresh_from_db()
    gone.refresh_from_db()
    merge(keep, gone, staff)
    job.refresh_from_db()
    assert (job.file == "") is goes


def test_account_number_of_the_other_row_is_told_and_marked(staff):
    """Otherwise whoever makes a second row with a number of their own gets somebody's allowance, unseen."""
    keep = factories.make_member(last_name="Jansen", email="anna@juinen.example")
    keep.user.email = "anna@juinen.example"
    keep.user.save()
    gone = factories.make_member(with_user=False, last_name="Jansen")
    secrets.set_secret(keep, SecretKind.IBAN, "NL91ABNA0417164300", by=staff)
    secrets.set_secret(gone, SecretKind.IBAN, "NL20INGB0001234567", by=staff)
    merged = merge(keep, gone, staff, **{"secret:iban": "gone"})
    assert recently_changed(merged)
    mail = OutboxMail.objects.get(kind="iban_changed")
    assert (mail.to_email, mail.user) == ("anna@juinen.example", keep.user)


def test_account_number_that_stays_is_no_news(staff):
    keep, gone = factories.make_member(), factories.make_member(with_user=False)
    for member in (keep, gone):
        secrets.set_secret(member, SecretKind.IBAN, "NL91ABNA0417164300", by=staff)
    merged = merge(keep, gone, staff, **{"secret:iban": "keep"})
    assert not recently_changed(merged)
    assert not OutboxMail.objects.filter(kind="iban_changed").exists()
