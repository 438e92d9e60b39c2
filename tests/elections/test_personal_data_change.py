"""Changes of personal data that the team looks at first."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from elections.actions.personal_data import change_personal_data
from elections.actions.personal_data_change import (
    approve_personal_data_change,
    choose_approved_subjects,
    refuse_personal_data_change,
    withdraw_personal_data_change,
)
from elections.errors import ActionError, ChangedElsewhere
from elections.models import AuditEvent, Member, OutboxMail, PersonalDataChange
from elections.queries.personal_data_change import (
    before_and_after,
    changes_to_show,
    now_and_wanted,
    waiting_changes,
)
from tests import factories

NAME = {"initials": "N.", "first_name": "Noor", "infix": "van", "last_name": "Dijk"}


@pytest.fixture
def colleague():
    return factories.make_staff(name="Anna")


@pytest.fixture
def event():
    event = factories.make_event()
    factories.make_portal_step(event, "personal_data")
    return event


@pytest.fixture
def member():
    return factories.make_member(**NAME | {"last_name": "Bakker"}, phone="+31 6 12345678")


@pytest.fixture
def approved(colleague):
    choose_approved_subjects(["name", "birth_date"], by=colleague)


def change(member, event, values, version=1):
    return change_personal_data(member, event, values, version=version, by=member.user)


def approve(row, colleague, **versions):
    row.refresh_from_db()
    member = Member.objects.get(pk=row.member_id)
    approve_personal_data_change(
        row, **{"version": row.version, "member_version": member.version} | versions, by=colleague
    )


def test_only_chosen_subjects_wait(approved, event, member):
    assert change(member, event, {"phone": "+31 6 87654321"}) is None
    waits = change(member, event, NAME, version=2)
    member.refresh_from_db()
    assert (member.phone, member.last_name) == ("+31 6 87654321", "Bakker")
    assert list(waiting_changes()) == [waits]
    assert before_and_after(waits) == [("Achternaam", "Bakker", "Dijk")]


def test_what_was_empty_counts_at_once(approved, event):
    member = factories.make_member(birth_date=None)
    assert change(member, event, {"birth_date": date(1957, 3, 27)}) is None
    member.refresh_from_db()
    assert member.birth_date == date(1957, 3, 27)
    assert change(member, event, {"birth_date": date(1958, 3, 27)}, version=2) is not None


def test_approval_changes_the_member_and_the_account_and_tells_the_member(approved, event, member, colleague):
    waits = change(member, event, NAME)
    approve(waits, colleague)
    member.refresh_from_db()
    waits.refresh_from_db()
    assert (member.last_name, member.version, member.user.name) == ("Dijk", 2, "Noor van Dijk")
    assert (waits.state, waits.decided_by, waits.values) == ("approved", "Anna", {})
    assert OutboxMail.objects.get().kind == "data_change_decided"
    with pytest.raises(ActionError, match="al beslist"):
        approve(waits, colleague)


def test_date_survives_the_wait(approved, event, member, colleague):
    waits = change(member, event, {"birth_date": date(1958, 3, 27)})
    waits.refresh_from_db()
    assert before_and_after(waits) == [("Geboortedatum", "1 januari 1987", "27 maart 1958")]
    approve(waits, colleague)
    member.refresh_from_db()
    assert member.birth_date == date(1958, 3, 27)


def test_refusal_has_a_reason_that_the_member_reads(approved, event, member, colleague):
    waits = change(member, event, NAME)
    with pytest.raises(ActionError, match="waarom"):
        refuse_personal_data_change(waits, "  ", by=colleague)
    refuse_personal_data_change(waits, "Dit is niet  uw naam.", by=colleague)
    member.refresh_from_db()
    assert member.last_name == "Bakker"
    assert changes_to_show(member)["name"].reason == "Dit is niet uw naam."
    assert OutboxMail.objects.get().kind == "data_change_decided"
    change(member, event, NAME)
    assert changes_to_show(member)["name"].state == "waiting"


def test_colleague_decides_about_what_they_saw(approved, event, member, colleague):
    waits = change(member, event, NAME)
    change(member, event, NAME | {"last_name": "Dijkstra"})
    with pytest.raises(ChangedElsewhere):
        approve(waits, colleague, version=1)
    change(member, event, {"phone": "+31 6 87654321"})
    with pytest.raises(ChangedElsewhere):
        approve(waits, colleague, member_version=1)
    assert PersonalDataChange.objects.count() == 1


def test_member_takes_it_back_by_a_button_or_by_the_old_values(approved, event, member, colleague):
    first = change(member, event, NAME)
    withdraw_personal_data_change(first, by=member.user)
    withdraw_personal_data_change(first, by=member.user)
    second = change(member, event, NAME)
    change(member, event, NAME | {"last_name": "Bakker"})
    second.refresh_from_db()
    assert second.state == "withdrawn"
    assert not waiting_changes().exists()
    assert AuditEvent.objects.filter(action="personal_data_change.withdraw").count() == 2
    with pytest.raises(ActionError, match="trok de wijziging in"):
        approve(second, colleague)


def test_change_that_counts_at_once_takes_back_what_still_waited(approved, event, member, colleague):
    change(member, event, NAME)
    choose_approved_subjects([], by=colleague)
    assert change(member, event, NAME | {"last_name": "Dijkstra"}) is None
    assert not waiting_changes().exists()


def test_subjects_are_chosen_from_a_list_and_the_choice_is_logged_once(colleague):
    choose_approved_subjects(["phone"], by=colleague)
    choose_approved_subjects(["phone"], by=colleague)
    assert AuditEvent.objects.filter(action="personal_data_change.choose_subjects").count() == 1
    with pytest.raises(ValueError, match="email"):
        choose_approved_subjects(["email"], by=colleague)


@pytest.mark.parametrize(
    "values",
    [{"state": "approved"}, {"state": "refused", "decided_at": "2027-01-01T12:00Z"}],
)
def test_database_refuses_half_a_decision(member, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_personal_data_change(member, **values)


def test_one_change_of_a_subject_waits(member):
    factories.make_personal_data_change(member)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_personal_data_change(member)


def test_infix_before_a_name_waits_as_any_other_name(event, colleague, approved):
    member = factories.make_member(initials="J.", first_name="Jan", infix="", last_name="Berg")
    wanted = {"initials": "J.", "first_name": "Jan", "infix": "van den", "last_name": "Berg"}
    assert change(member, event, wanted) is not None
    member.refresh_from_db()
    assert (member.infix, member.full_name) == ("", "J. Berg")


def test_missing_postcode_is_filled_in_at_once(event, colleague):
    choose_approved_subjects(["address"], by=colleague)
    member = factories.make_member(street="Kade", house_number="1", postcode="", city="Juinen")
    wanted = {"street": "Kade", "house_number": "1", "postcode": "1234 AB", "city": "Juinen"}
    assert change(member, event, wanted) is None
    member.refresh_from_db()
    assert member.postcode == "1234 AB"


@pytest.mark.parametrize(
    ("subject", "values", "wanted"),
    [
        (
            "name",
            {"first_name": "Luca", "last_name": "Smit-Visser", "infix": "", "initials": "L."},
            "L. Smit-Visser (Luca)",
        ),
        (
            "name",
            {"first_name": "Luca", "last_name": "Berg", "infix": "van den", "initials": ""},
            "Luca van den Berg",
        ),
        (
            "address",
            {"city": "Juinen", "postcode": "1234 AB", "street": "Dorpsstraat", "house_number": "1"},
            "Dorpsstraat 1, 1234 AB Juinen",
        ),
        ("birth_date", {"birth_date": "1958-03-27"}, "27 maart 1958"),
        ("phone", {"phone": ""}, ""),
    ],
)
def test_wish_reads_as_people_write_it(subject, values, wanted):
    change = factories.make_personal_data_change(factories.make_member(), subject=subject, values=values)
    change.refresh_from_db()
    assert now_and_wanted(change)[1] == wanted
