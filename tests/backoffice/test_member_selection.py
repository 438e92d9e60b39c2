"""Many members at once: the page that asks, and the doing."""

import io

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from pypdf import PdfReader

from elections.actions.address_label import start_address_labels
from elections.actions.bulk_deactivation import work_on_deactivation
from elections.actions.bulk_invitation import work_on_invitations
from elections.actions.invitation import invite_member
from elections.actions.paper_work import work_on_papers
from elections.documents.address_label import PER_SHEET, AddressLabel, render_address_labels
from elections.enums import JobState, LabelSheet
from elections.errors import ActionError
from elections.models import Audience, AuditEvent, GroupMessage, Invitation, Job, Member, OutboxMail
from elections.queries.audience import members_of
from tests import factories
from tests.backoffice.pages import text_of, url


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


def test_message_goes_to_exactly_the_selection_and_is_looked_at_before_it_goes(planner, new_member):
    members = [factories.make_member(last_name="Jansen"), new_member(last_name="Jansen")]
    factories.make_member(last_name="Bakker")
    new_member(last_name="Jansen", is_active=False)
    sent = {"action": "message", "all": "3", "query": "q=jansen&active=all"}
    page = text_of(planner.post(url("member-selection"), sent))
    assert "U koos 3 leden." in page
    assert "Van uw keuze zijn dat nu 2 leden." in page
    wrong = text_of(
        planner.post(url("member-selection-message"), {"selection": sealed(page), "subject": "Hoi"})
    )
    assert sealed(wrong)
    assert not GroupMessage.objects.exists()
    written = {"selection": sealed(page), "subject": "Welkom", "body": "Fijn dat u er bent."}
    answer = planner.post(url("member-selection-message"), written)
    group = GroupMessage.objects.get()
    assert answer.url == url("group-message-send", group)
    assert set(members_of(group.audience)) == set(members)
    assert group.sent_at is None
    assert not OutboxMail.objects.exists()
    shown = planner.get(answer.url)
    assert shown.context["reach"].members == 2


def test_message_to_a_list_that_changed_is_not_kept(planner, new_member):
    new_member(last_name="Jansen")
    page = text_of(
        planner.post(url("member-selection"), {"action": "message", "all": "1", "query": "q=jansen"})
    )
    new_member(last_name="Jansen")
    written = {"selection": sealed(page), "subject": "Welkom", "body": "Fijn."}
    answer = planner.post(url("member-selection-message"), written, follow=True)
    assert "van 1 naar 2" in text_of(answer)
    assert not GroupMessage.objects.exists()


def test_selection_is_taken_out_of_use_but_for_who_has_a_place(planner, staff, new_member):
    out, placed = factories.make_member(last_name="Jansen"), new_member(last_name="Jansen")
    event = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(factories.make_polling_station(event), part, factories.make_position(event))
    factories.make_assignment(placed, shift, state="confirmed")
    new_member(last_name="Jansen", is_active=False)
    sent = {"action": "deactivate", "all": "3", "query": "q=jansen&active=all"}
    page = text_of(planner.post(url("member-selection"), sent))
    assert "Zet 1 lid op niet actief" in page
    assert "1 lid is ingedeeld en blijft actief." in page
    assert "1 lid is al niet actief." in page
    answer = planner.post(url("member-selection-deactivate"), {"selection": sealed(page)})
    job = Job.objects.get()
    assert answer.url == url("job-detail", job)
    assert job.total == 2
    work_on_deactivation(job)
    work_on_deactivation(job)  # taken up once more, it changes nothing
    for member in (out, placed):
        member.refresh_from_db()
    assert (out.is_active, placed.is_active) == (False, True)
    out.user.refresh_from_db()
    assert not out.user.is_active
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, "1 lid is nu niet actief.")
    assert len(job.errors) == 1
    assert AuditEvent.objects.filter(action="member.deactivate").count() == 1


def test_second_deactivation_waits_for_the_first_and_nobody_is_told(planner, new_member):
    member = new_member()
    page = text_of(
        planner.post(url("member-selection"), {"action": "deactivate", "selection": [str(member.uuid)]})
    )
    job = factories.make_job(kind="deactivation", state="running")
    again = planner.post(url("member-selection-deactivate"), {"selection": sealed(page)}, follow=True)
    assert "Er worden nu al leden op niet actief gezet." in text_of(again)
    job.delete()
    Member.objects.update(is_active=False)
    gone = planner.post(url("member-selection-deactivate"), {"selection": sealed(page)}, follow=True)
    assert "Van deze leden is niemand meer actief." in text_of(gone)
    page = text_of(
        planner.post(url("member-selection"), {"action": "deactivate", "selection": [str(member.uuid)]})
    )
    assert "Er is niemand om op niet actief te zetten" in page


def test_stopped_deactivation_leaves_the_others_as_they_are(staff, new_member):
    members = [new_member(), new_member()]
    job = factories.make_job(
        kind="deactivation",
        state="cancelled",
        total=2,
        parameters={"members": [member.pk for member in members], "by": str(staff.uuid)},
    )
    work_on_deactivation(job)
    assert Member.objects.active().count() == 2


def test_labels_are_for_whole_addresses_that_are_not_confidential(planner, new_member):
    whole = {"street": "Dorpsstraat", "house_number": "12", "postcode": "1234 AB", "city": "Juinen"}
    new_member(last_name="Jansen", **whole), new_member(last_name="Bakker", **whole)
    new_member(last_name="Zonder", **whole | {"house_number": ""})
    hidden = new_member(last_name="Geheim", **whole)
    Member.objects.filter(pk=hidden.pk).update(
        confidential_since=timezone.now(), confidential_reason="bedreigd"
    )
    page = text_of(planner.post(url("member-selection"), {"action": "address_label", "all": "4"}))
    assert "<strong>2</strong> etiketten" in page
    assert "1 lid heeft geen volledig adres" in page
    assert "1 lid heeft een vertrouwelijk adres" in page
    wrong = text_of(
        planner.post(url("member-selection-address-label"), {"selection": sealed(page), "sheet": "x"})
    )
    assert "<strong>2</strong> etiketten" in wrong
    answer = planner.post(
        url("member-selection-address-label"), {"selection": sealed(page), "sheet": "63x38"}
    )
    job = Job.objects.get()
    assert answer.url == url("job-detail", job)
    assert job.total == 2
    while work_on_papers(job):
        pass
    job.refresh_from_db()
    assert (job.state, job.result, job.file_name) == ("done", "2 etiketten gemaakt.", "adresetiketten.pdf")
    with default_storage.open(job.file) as file:
        words = PdfReader(file).pages[0].extract_text()
    assert words.index("Bakker") < words.index("Jansen")
    assert "1234 AB" in words
    assert "JUINEN" in words
    assert "Geheim" not in words


def test_nobody_with_an_address_is_told(planner, new_member):
    member = new_member()
    page = text_of(
        planner.post(url("member-selection"), {"action": "address_label", "selection": [str(member.uuid)]})
    )
    assert "Er is niemand voor een etiket" in page
    with pytest.raises(ActionError, match="heeft niemand een adres"):
        start_address_labels([member], LabelSheet.FOURTEEN, by=factories.make_staff("planner"))


@pytest.mark.parametrize("sheet", LabelSheet.values)
@pytest.mark.parametrize("number", [1, 24, 30])
def test_labels_fill_sheets_and_no_more(sheet, number):
    kind = LabelSheet(sheet)
    label = AddressLabel("A.B. van der Berg-" + "Lang" * 20, "Straat" * 20 + " 1", "1234 AB  JUINEN")
    pages = PdfReader(io.BytesIO(render_address_labels([label] * number, kind))).pages
    assert len(pages) == -(-number // PER_SHEET[kind])


@pytest.mark.parametrize(
    ("role", "action"),
    [
        ("reader", "deactivate"),
        ("communication", "deactivate"),
        ("finance", "message"),
        ("reader", "address_label"),
    ],
)
def test_colleague_without_the_right_does_nothing_with_many(juinen, client_for, new_member, role, action):
    new_member()
    client = client_for(juinen, factories.make_staff(role))
    assert client.post(url("member-selection"), {"action": action, "all": "1"}).status_code == 403
