"""The pages of lists of candidates."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from elections.models import Candidate, CandidateClash
from tests import factories
from tests.eml import candidate_file

URL = "/backoffice/candidate/"


@pytest.fixture
def event() -> Any:
    return factories.make_event(clash_policy="block")


@pytest.fixture
def election(event: Any) -> Any:
    return factories.make_election(event, name="Provinciale Staten 2027")


@pytest.fixture
def planner(client_for: Any, juinen: Any) -> Any:
    return client_for(juinen, factories.make_staff("planner"))


def clash_of(election: Any, last_name: str, **values: Any) -> Any:
    member = factories.make_member(with_user=False, last_name=last_name, first_name="Anna")
    return factories.make_clash(member, factories.make_candidate(election, last_name=last_name), **values)


def upload(planner: Any, election: Any, data: bytes, name: str = "lijst.eml.xml") -> Any:
    sent = {"election": election.pk, "file": SimpleUploadedFile(name, data)}
    return planner.post(f"{URL}upload/", sent, follow=True)


def test_without_a_list_the_page_says_where_to_get_it(planner: Any, election: Any) -> None:
    page = planner.get(URL).content.decode()
    assert "Er is nog geen kandidatenlijst ingelezen" in page
    assert f"{URL}upload/" in page


def test_referendum_has_no_lists(planner: Any, event: Any) -> None:
    factories.make_election(event, category="NR", name="Referendum")
    assert "geen verkiezing met kandidaten" in planner.get(URL).content.decode()


def test_uploaded_list_is_read_and_told(planner: Any, election: Any) -> None:
    factories.make_member(with_user=False, first_name="Anna", initials="A.B.", last_name="Bakker")
    page = upload(planner, election, candidate_file()).content.decode()
    assert "1 lijsten met 1 kandidaten ingelezen. 1 lid kan een kandidaat zijn." in page
    assert "zelfde achternaam" in page
    assert Candidate.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x", "Dit is geen XML-bestand"),
        (b"", "Dit bestand is leeg"),
        (candidate_file()[:-20], "niet compleet"),
        (candidate_file(kind="520"), "EML 520, de uitslag"),
        (candidate_file(category="GR"), "andere verkiezing (gemeenteraad)"),
    ],
)
def test_wrong_file_is_explained_at_the_field(planner: Any, election: Any, data: bytes, words: str) -> None:
    page = upload(planner, election, data).content.decode()
    assert words in page
    assert "<title>Fout: " in page
    assert not Candidate.objects.exists()


def test_election_of_another_event_is_no_choice(planner: Any, election: Any) -> None:
    other = factories.make_election(factories.make_event(archived_at="2020-01-01T00:00Z"))
    page = upload(planner, other, candidate_file()).content.decode()
    assert "Kies een verkiezing uit de lijst." in page
    assert not Candidate.objects.exists()


def test_who_is_placed_comes_first_and_decided_ones_last(planner: Any, event: Any, election: Any) -> None:
    election.candidates_read_at = event.created_at
    election.save()
    clash_of(election, "Anders", state="other")
    clash_of(election, "Wachter")
    placed = clash_of(election, "Zitter", state="same")
    part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(factories.make_polling_station(event), part, factories.make_position(event))
    factories.make_assignment(placed.member, shift)
    page = planner.get(URL)
    assert [view.clash.member.last_name for view in page.context["page"]] == ["Zitter", "Wachter", "Anders"]
    assert "Is al ingedeeld" in page.content.decode()
    found = planner.get(URL, {"placed": "yes"}).context["page"]
    assert [view.clash.member.last_name for view in found] == ["Zitter"]
    found = planner.get(URL, {"state": "open", "q": "wachter"}).context["page"]
    assert [view.clash.member.last_name for view in found] == ["Wachter"]


@pytest.mark.parametrize(
    ("policy", "state", "words"),
    [
        ("block", "same", "is kandidaat en kan niet worden ingedeeld"),
        ("warn", "same", "Het planbord waarschuwt"),
        ("allow", "same", "deelt kandidaten gewoon in"),
        ("block", "other", "is iemand anders dan de kandidaat"),
    ],
)
def test_decision_says_what_happens_then(
    planner: Any, event: Any, election: Any, policy: str, state: str, words: str
) -> None:
    event.clash_policy = policy
    event.save()
    clash = clash_of(election, "Bakker")
    sent = {"state": state, "query": "state=open"}
    response = planner.post(f"{URL}{clash.uuid}/decide/", sent)
    assert response.url == f"{URL}?state=open"
    assert words in planner.get(response.url).content.decode()
    assert CandidateClash.objects.get().state == state


def test_unknown_decision_changes_nothing(planner: Any, election: Any) -> None:
    clash = clash_of(election, "Bakker")
    planner.post(f"{URL}{clash.uuid}/decide/", {"state": "misschien"})
    assert CandidateClash.objects.get().state == "open"


def test_removing_asks_first(planner: Any, election: Any) -> None:
    clash_of(election, "Bakker")
    page = planner.get(f"{URL}remove/", {"election": election.pk}).content.decode()
    assert "Provinciale Staten 2027 weghalen?" in page
    assert Candidate.objects.exists()
    planner.post(f"{URL}remove/", {"election": election.pk})
    assert not Candidate.objects.exists()


@pytest.mark.parametrize("role", ["reader", "finance", "communication"])
def test_who_does_not_plan_reads_nowhere_who_is_a_candidate(
    client_for: Any, juinen: Any, event: Any, election: Any, role: str
) -> None:
    clash = clash_of(election, "Bakker")
    colleague = client_for(juinen, factories.make_staff(role))
    assert colleague.get(URL).status_code == 403
    page = colleague.get(reverse("backoffice:member-detail", args=[clash.member.uuid])).content.decode()
    assert "Bakker" in page
    assert "kandidaat" not in page.lower()
    assert URL not in page


def test_planner_reads_at_the_member_who_may_be_a_candidate(planner: Any, election: Any) -> None:
    clash = clash_of(election, "Bakker")
    page = planner.get(reverse("backoffice:member-detail", args=[clash.member.uuid])).content.decode()
    assert "Misschien is dit lid kandidaat" in page


def test_list_asks_as_much_for_three_as_for_one(
    planner: Any, event: Any, election: Any, django_assert_num_queries: Any
) -> None:
    election.candidates_read_at = event.created_at
    election.save()
    clash_of(election, "Bakker")
    planner.get(URL)
    with django_assert_num_queries(LIST_QUERIES):
        planner.get(URL)
    clash_of(election, "Visser"), clash_of(election, "Jansen", state="same")
    with django_assert_num_queries(LIST_QUERIES):
        planner.get(URL)


LIST_QUERIES = 9
