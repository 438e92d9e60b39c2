"""Many members at once: the page that asks, and the doing."""

import pytest
from django.urls import reverse

from elections.actions.bulk_invitation import work_on_invitations
from elections.actions.invitation import invite_member
from elections.enums import JobState
from elections.models import Audience, Invitation, Job, Member, OutboxMail
from elections.queries.audience import members_of
from tests import factories


def url(name, thing=None):
    return reverse(f"backoffice:{name}", args=[thing.uuid] if thing else None)


@pytest.fixture
def staff():
    return factories.make_staff("planner")


@pytest.fixture
def planner(juinen, client_for, staff):
    return client_for(juinen, staff)


@pytest.fixture
def new_member():
    """A maker of members without an account."""
    return lambda **values: factories.make_member(with_user=False, **values)


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def sealed(page):
    """The hidden selection in a page."""
    return page.split('name="selection" value="')[1].split('"')[0]


def test_selection_is_counted_before_anybody_is_invited(planner, new_member):
    members = [new_member(email="a@voorbeeld.nl"), new_member(email=""), factories.make_member()]
    page = text_of(
        planner.post(
            url("member-selection"),
            {"action": "invite", "selection": [str(member.uuid) for member in members]},
        )
    )
    assert "Nodig 1 lid uit" in page
    assert "1 lid heeft geen e-mailadres" in page
    assert "1 lid heeft al een account" in page
    assert not OutboxMail.objects.exists()
    answer = planner.post(url("member-selection-invite"), {"selection": sealed(page)})
    job = Job.objects.get()
    assert answer.url == url("job-detail", job)
    work_on_invitations(job)
    assert OutboxMail.objects.count() == 1
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, "1 lid uitgenodigd.")


def test_everything_found_is_kept_as_a_filter_and_checked_again(planner, new_member):
    for _number in range(3):
        new_member(last_name="Jansen")
    new_member(last_name="Bakker")
    sent = {"action": "invite", "all": "3", "query": "q=jansen"}
    page = text_of(planner.post(url("member-selection"), sent))
    assert "Nodig 3 leden uit" in page
    new_member(last_name="Jansen")
    answer = planner.post(url("member-selection-invite"), {"selection": sealed(page)}, follow=True)
    assert "De lijst is intussen veranderd: van 3 naar 4." in text_of(answer)
    assert not Job.objects.exists()
    assert "van 3 naar 4" in text_of(planner.post(url("member-selection"), sent, follow=True))


def test_selection_of_a_colleague_or_made_up_is_refused(planner, juinen, client_for, new_member):
    member = new_member()
    other = client_for(juinen, factories.make_staff("planner"))
    page = text_of(other.post(url("member-selection"), {"action": "invite", "selection": [str(member.uuid)]}))
    for text in (sealed(page), "verzonnen", ""):
        answer = planner.post(url("member-selection-invite"), {"selection": text}, follow=True)
        assert "Deze keuze geldt niet meer" in text_of(answer)
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"selection": ["geen-uuid"]},
        {"all": "0"},
        {"all": "9" * 40},
        {"all": "²"},
        {"selection": ["00000000-0000-0000-0000-000000000000"]},
    ],
)
def test_empty_or_odd_selection_leads_back_to_the_list(planner, sent):
    answer = planner.post(url("member-selection"), {"action": "invite", "query": "q=x", **sent})
    assert answer.url == url("member-list") + "?q=x"


def test_everybody_without_invitation_can_be_invited_at_once(planner, new_member):
    new_member(), new_member()
    factories.make_member()
    assert "Nodig 2 leden uit" in text_of(planner.get(url("member-selection-invite")))


def test_nobody_to_invite_is_told(planner):
    factories.make_member()
    assert "Er is niemand om uit te nodigen" in text_of(planner.get(url("member-selection-invite")))


def test_invitations_that_are_taken_up_again_go_to_nobody_twice(planner, staff, new_member):
    member, other = new_member(), new_member()
    job = factories.make_job(
        kind="invitations", total=2, parameters={"members": [member.pk, other.pk], "by": str(staff.uuid)}
    )
    invite_member(member, by=staff)
    work_on_invitations(job)
    work_on_invitations(job)
    assert Invitation.objects.count() == 2


def test_result_counts_only_who_was_invited(staff, new_member):
    invited, inactive = new_member(), new_member(is_active=False)
    parameters = {"members": [invited.pk, inactive.pk], "by": str(staff.uuid)}
    job = factories.make_job(kind="invitations", total=2, parameters=parameters)
    work_on_invitations(job)
    assert job.result == "1 lid uitgenodigd."


def test_second_job_for_invitations_waits_for_the_first(planner, new_member):
    new_member()
    page = text_of(planner.get(url("member-selection-invite")))
    planner.post(url("member-selection-invite"), {"selection": sealed(page)})
    answer = planner.post(url("member-selection-invite"), {"selection": sealed(page)}, follow=True)
    assert "worden nu al uitnodigingen verstuurd" in text_of(answer)
    assert Job.objects.count() == 1


def test_label_is_given_to_and_taken_from_a_selection(planner, new_member):
    members = [new_member(last_name="Jansen"), new_member(last_name="Jansen")]
    page = text_of(
        planner.post(url("member-selection"), {"action": "label", "all": "2", "query": "q=jansen"})
    )
    assert "U koos 2 leden" in page
    sent = {"selection": sealed(page), "name": " Ervaren ", "remove": "no"}
    answer = planner.post(url("member-selection-label"), sent)
    assert answer.url == url("member-list") + "?q=jansen"
    assert [label.name for label in members[0].labels.all()] == ["Ervaren"]
    planner.post(url("member-selection-label"), sent | {"name": "ervaren", "remove": "yes"})
    assert not members[0].labels.exists()
    assert "Vul een kenmerk in." in text_of(planner.post(url("member-selection-label"), sent | {"name": ""}))


def test_selection_is_kept_as_an_audience(planner):
    members = [factories.make_member() for _number in range(3)]
    idle = factories.make_member(is_active=False)
    sent = {"action": "audience", "selection": [str(member.uuid) for member in [*members, idle]]}
    page = text_of(planner.post(url("member-selection"), sent))
    assert "U koos 4 leden." in page
    assert "Van uw keuze zijn dat nu 3 leden." in page
    named = {"selection": sealed(page), "name": "Vaste ploeg"}
    assert "Geef de doelgroep een naam." in text_of(
        planner.post(url("member-selection-audience"), named | {"name": " "})
    )
    answer = planner.post(url("member-selection-audience"), named)
    audience = Audience.objects.get()
    assert answer.url == url("audience-detail", audience)
    assert set(members_of(audience)) == set(members)
    assert audience.members.count() == 4
    again = text_of(planner.post(url("member-selection-audience"), named))
    assert "al een doelgroep met deze naam" in again


def test_whole_filtered_list_can_be_an_audience(planner):
    for number in range(3):
        factories.make_member(last_name=f"Jansen{number}")
    factories.make_member(last_name="Pietersen")
    page = text_of(
        planner.post(url("member-selection"), {"action": "audience", "all": "3", "query": "q=jansen"})
    )
    planner.post(url("member-selection-audience"), {"selection": sealed(page), "name": "Jansens"})
    assert Audience.objects.get().members.count() == 3


def test_colleague_without_the_right_makes_no_audience(juinen, client_for):
    reader = client_for(juinen, factories.make_staff("reader"))
    member = factories.make_member()
    sent = {"action": "audience", "selection": [str(member.uuid)]}
    assert reader.post(url("member-selection"), sent).status_code == 403


def test_one_who_left_and_one_who_came_make_another_list_of_the_same_size(planner, new_member):
    leaves = new_member(last_name="Jansen")
    new_member(last_name="Jansen")
    page = text_of(
        planner.post(url("member-selection"), {"action": "invite", "all": "2", "query": "q=jansen"})
    )
    Member.objects.filter(pk=leaves.pk).update(last_name="Bakker")
    new_member(last_name="Jansen")
    answer = planner.post(url("member-selection-invite"), {"selection": sealed(page)}, follow=True)
    assert "De lijst is intussen veranderd: er staan anderen in." in text_of(answer)
    assert not Job.objects.exists()
