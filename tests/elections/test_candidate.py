"""Lists of candidates against the member file: who may be whom, what is kept, and what the policy does then."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.assignment import assign_member
from elections.actions.candidate import decide_clash, read_candidate_list, remove_candidate_list
from elections.actions.member import create_member, update_member
from elections.actions.personal_data import change_personal_data
from elections.enums import ClashState
from elections.errors import ActionError
from elections.models import Candidate, CandidateClash, Election
from elections.queries.candidate import candidate_members
from tests import factories
from tests.eml import ANNA, candidate_file, candidate_xml


@pytest.fixture
def event() -> Any:
    return factories.make_event(clash_policy="block")


@pytest.fixture
def election(event: Any) -> Any:
    return factories.make_election(event, name="Provinciale Staten 2027")


@pytest.fixture
def staff() -> Any:
    return factories.make_staff("planner", name="Pim Planner")


@pytest.fixture
def anna() -> Any:
    return factories.make_member(
        with_user=False, first_name="Anna", initials="A.B.", last_name="Bakker", city="Juinen"
    )


def read(election: Any, staff: Any, data: bytes = b"") -> Any:
    return read_candidate_list(
        election, SimpleUploadedFile("lijst.eml.xml", data or candidate_file()), by=staff
    )


def states() -> list[str]:
    return list(CandidateClash.objects.order_by("pk").values_list("state", flat=True))


def test_reading_a_list_finds_the_members_on_it(event: Any, election: Any, staff: Any, anna: Any) -> None:
    factories.make_member(with_user=False, last_name="Bakker", first_name="Piet")
    done = read(election, staff)
    assert (done.lists, done.candidates, done.members, done.warnings) == (1, 1, 1, [])
    assert CandidateClash.objects.get().member == anna
    assert candidate_members(event) == {anna.pk}


def test_candidates_are_kept_apart_per_municipality(
    zonneiland: Any, election: Any, staff: Any, anna: Any
) -> None:
    read(election, staff)
    with tenant_context(zonneiland):
        assert not Candidate.objects.exists()


def test_newer_list_replaces_the_whole_and_keeps_decisions_about_the_same_person(
    event: Any, election: Any, staff: Any, anna: Any
) -> None:
    piet = candidate_xml(2, "P.", "Piet", "", "Visser", "Juinen")
    read(election, staff, candidate_file(ANNA + piet))
    clash = CandidateClash.objects.get()
    decide_clash(clash, ClashState.OTHER, by=staff)
    moved = ANNA.replace('Id="1"', 'Id="9"')
    read(election, staff, candidate_file(moved, made_at="2027-02-06T10:00:00"))
    assert list(Candidate.objects.values_list("number", "last_name")) == [(9, "Bakker")]
    kept = CandidateClash.objects.get()
    assert (kept.state, kept.decided_by) == ("other", staff)
    assert kept.decided_at is not None
    assert candidate_members(event) == set()


def test_same_list_again_keeps_its_rows(election: Any, staff: Any, anna: Any) -> None:
    read(election, staff)
    before = CandidateClash.objects.get().uuid
    read(election, staff)
    assert CandidateClash.objects.get().uuid == before


def test_decision_does_not_pass_to_somebody_of_another_city(election: Any, staff: Any, anna: Any) -> None:
    read(election, staff)
    decide_clash(CandidateClash.objects.get(), ClashState.OTHER, by=staff)
    other = candidate_xml(1, "A.B.", "Anna", "", "Bakker", "Den Haag")
    read(election, staff, candidate_file(other))
    assert states() == ["open"]


def test_older_list_does_not_replace_a_newer_one(election: Any, staff: Any) -> None:
    read(election, staff)
    with pytest.raises(ActionError, match="U las al een nieuwere lijst in, van 5 februari 2027"):
        read(election, staff, candidate_file(made_at="2027-02-04T10:00:00"))


@pytest.mark.parametrize(
    ("category", "words"),
    [("GR", "gemeenteraad"), ("AB", "waterschap"), ("EK", "EK"), ("TK", "Tweede Kamer")],
)
def test_list_of_another_kind_of_election_is_refused_and_changes_nothing(
    election: Any, staff: Any, anna: Any, category: str, words: str
) -> None:
    read(election, staff)
    with pytest.raises(ActionError) as refused:
        read(election, staff, candidate_file(category=category, made_at="2027-02-07T10:00:00"))
    assert f"andere verkiezing ({words})" in refused.value.message
    assert states() == ["open"]


def test_file_that_is_too_large_is_refused(election: Any, staff: Any, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    with pytest.raises(ActionError, match="te groot"):
        read(election, staff)


def test_list_of_another_day_or_municipality_is_told(event: Any, staff: Any) -> None:
    council = factories.make_election(event, category="GR", name="Gemeenteraad")
    day = factories.make_polling_day(event)
    day.elections.add(council)
    own = read(council, staff, candidate_file(category="GR"))
    assert own.warnings == []
    foreign = read(council, staff, candidate_file(category="GR", day="2022-03-16", domain_code="0042"))
    assert "16 maart 2022" in foreign.warnings[0]
    assert "Juinen (0042)" in foreign.warnings[1]


def test_removing_a_list_takes_its_clashes_along(event: Any, election: Any, staff: Any, anna: Any) -> None:
    read(election, staff)
    remove_candidate_list(election, by=staff)
    remove_candidate_list(election, by=staff)
    assert candidate_members(event) == set()
    assert Election.objects.get(pk=election.pk).candidates_read_at is None
    read(election, staff, candidate_file(made_at="2020-01-01T10:00:00"))


def test_new_member_and_changed_name_are_matched(event: Any, election: Any, staff: Any) -> None:
    read(election, staff)
    new = create_member({"last_name": "Bakker", "initials": "A.B."}, by=staff)
    assert candidate_members(event) == {new.pk}
    update_member(new, {"last_name": "Visser"}, [], version=new.version, by=staff)
    assert candidate_members(event) == set()
    new.refresh_from_db()
    update_member(new, {"last_name": "Visser-Bakker"}, [], version=new.version, by=staff)
    assert candidate_members(event) == {new.pk}


def test_name_that_the_member_changes_is_matched(event: Any, election: Any, staff: Any) -> None:
    read(election, staff)
    factories.make_portal_step(event, "personal_data")
    member = factories.make_member(first_name="Anna", last_name="Visser")
    change_personal_data(member, event, {"last_name": "Bakker"}, version=member.version, by=member.user)
    assert candidate_members(event) == {member.pk}


def test_decision_stays_when_the_name_changes(event: Any, election: Any, staff: Any, anna: Any) -> None:
    read(election, staff)
    decide_clash(CandidateClash.objects.get(), ClashState.SAME, by=staff)
    update_member(anna, {"last_name": "Visser"}, [], version=anna.version, by=staff)
    assert candidate_members(event) == {anna.pk}


def test_policy_keeps_a_candidate_out_until_the_team_says_it_is_another(
    event: Any, election: Any, staff: Any, anna: Any
) -> None:
    read(election, staff)
    part = factories.make_day_part(factories.make_polling_day(event))
    anna.qualified_for = ["member"]
    anna.save()
    shift = factories.make_shift(factories.make_polling_station(event), part, factories.make_position(event))
    with pytest.raises(ActionError, match="kandidatenlijst"):
        assign_member(anna, shift, by=staff)
    decide_clash(CandidateClash.objects.get(), ClashState.OTHER, by=staff)
    assert assign_member(anna, shift, by=staff).member == anna


def test_decision_can_be_taken_back(election: Any, staff: Any, anna: Any) -> None:
    read(election, staff)
    clash = CandidateClash.objects.get()
    for state in (ClashState.SAME, ClashState.SAME, ClashState.OPEN):
        decide_clash(clash, state, by=staff)
    clash.refresh_from_db()
    assert (clash.state, clash.decided_by, clash.decided_at) == ("open", None, None)


def test_an_archived_event_keeps_its_lists_and_decisions(
    event: Any, election: Any, staff: Any, anna: Any
) -> None:
    read(election, staff)
    clash = CandidateClash.objects.get()
    event.archived_at = timezone.now()
    event.save()
    for act in (
        lambda: read(election, staff),
        lambda: remove_candidate_list(election, by=staff),
        lambda: decide_clash(clash, ClashState.SAME, by=staff),
    ):
        with pytest.raises(ActionError, match="gearchiveerd"):
            act()
    assert states() == ["open"]
