"""Writing to a group: the number of people first, then sending once; who read and who answered."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from elections.actions.group_message import work_on_group_message
from elections.models import Audience, Conversation, GroupMessage, Job
from tests import factories


@pytest.fixture
def colleague():
    return factories.make_staff("planner")


@pytest.fixture
def desk(juinen, client_for, colleague):
    return client_for(juinen, colleague)


@pytest.fixture
def members():
    return [factories.make_member() for _number in range(3)]


def url(name, *rows):
    return reverse(f"backoffice:{name}", args=[row.uuid for row in rows])


def text(response):
    return response.content.decode()


def write(desk, **values):
    sent = {"subject": "Training", "body": "Komt u ook?", "audience-who": "everyone"} | values
    return desk.post(url("group-message-create"), sent, follow=True)


def test_empty_list_says_what_comes(desk):
    assert "nog geen berichten aan groepen" in text(desk.get(url("group-message-list")))


def test_first_the_number_of_people_then_the_message(desk, members):
    factories.make_member(with_user=False)
    page = text(write(desk))
    assert "<strong>4</strong>" in page
    assert "3 van hen krijgen een e-mail" in page
    assert "1 lid heeft geen account" in page
    assert "Komt u ook?" in page
    assert not Conversation.objects.exists()


def test_sending_starts_a_job_once(desk, members):
    write(desk)
    group = GroupMessage.objects.get()
    for _time in range(2):
        desk.post(url("group-message-send", group), {"count": "3", "version": "1"})
    assert Job.objects.filter(kind="group_message").count() == 1
    work_on_group_message(Job.objects.get())
    page = text(desk.get(url("group-message-detail", group)))
    assert all(member.list_name in page for member in members)


def test_other_number_than_was_shown_is_asked_again(desk, members):
    write(desk)
    group = GroupMessage.objects.get()
    factories.make_member()
    page = text(desk.post(url("group-message-send", group), {"count": "3", "version": "1"}, follow=True))
    assert "Intussen zijn het 4 leden" in page
    assert not Job.objects.exists()


@pytest.mark.parametrize("count", ["", "-1", "alle", "9" * 30])
def test_number_that_is_none_sends_nothing(desk, members, count):
    write(desk)
    desk.post(url("group-message-send", GroupMessage.objects.get()), {"count": count, "version": "1"})
    assert not Job.objects.exists()


def test_audience_of_nobody_cannot_be_sent_to(desk):
    page = text(write(desk))
    assert "niemand in deze doelgroep" in page
    assert 'name="count"' not in page


def test_refused_file_keeps_the_text_and_leaves_no_audience(desk, members):
    page = text(write(desk, uploads=[SimpleUploadedFile("a.png", b"geen plaatje")]))
    assert "Komt u ook?" in page
    assert "Kies uw bestanden opnieuw" in page
    assert not GroupMessage.objects.exists()
    assert not Audience.objects.exists()


def test_draft_is_changed_and_file_taken_away(desk, members):
    write(desk, uploads=[SimpleUploadedFile("uitleg.txt", b"uitleg")])
    group = GroupMessage.objects.get()
    file = group.attachments.get()
    sent = {"subject": "Anders", "body": "Tekst", "audience-who": "everyone", "version": "1"}
    sent["removed"] = [str(file.uuid)]
    desk.post(url("group-message-edit", group), sent)
    group.refresh_from_db()
    assert group.subject == "Anders"
    assert not group.attachments.exists()
    assert Audience.objects.count() == 1


def test_what_was_sent_cannot_be_changed_or_thrown_away(desk):
    group = factories.make_group_message(sent_at=timezone.now())
    page = text(desk.get(url("group-message-edit", group), follow=True))
    assert "al verstuurd" in page
    page = text(desk.post(url("group-message-discard", group), follow=True))
    assert "al verstuurd" in page
    assert GroupMessage.objects.exists()


def test_draft_is_thrown_away(desk):
    group = factories.make_group_message()
    desk.post(url("group-message-discard", group), {"version": "1"})
    assert not GroupMessage.objects.exists()


def test_page_finds_who_did_not_read(desk, members):
    group = factories.make_group_message(sent_at=timezone.now())
    talks = [factories.make_conversation(member, group=group, state="answered") for member in members]
    talks[0].messages.filter(kind="from_team").update(read_at=timezone.now())
    page = text(desk.get(url("group-message-detail", group), {"did": "unread"}))
    assert [member.list_name in page for member in members] == [False, True, True]


def test_pages_ask_the_same_queries_for_one_and_three(desk, members):
    group = factories.make_group_message(sent_at=timezone.now())
    pages = (url("group-message-detail", group), url("group-message-list"))
    counts = []
    for number, member in enumerate(members):
        factories.make_conversation(member, group=group, state="answered")
        desk.get(pages[0])  # the first page of a session writes that somebody is there
        if number != 1:
            counts.append([len(_queries(desk, page)) for page in pages])
        factories.make_group_message(sent_at=timezone.now())
    assert counts[0] == counts[1]


def _queries(desk, where):
    with CaptureQueriesContext(connection) as caught:
        assert desk.get(where).status_code == 200
    return caught.captured_queries


def test_text_of_the_team_is_text(desk, members):
    page = text(write(desk, body="<b>vet</b> <script>alert(1)</script>"))
    assert "<script>alert" not in page
    assert not re.search(r"<b>vet</b>", page)


def test_button_pressed_twice_makes_one_draft(desk, members):
    page = text(desk.get(url("group-message-create")))
    once = re.search(r'name="once" value="([^"]+)"', page)[1]
    for _time in range(2):
        page = text(write(desk, once=once))
        assert "“Training” versturen?" in page
    assert (GroupMessage.objects.count(), Audience.objects.count()) == (1, 1)


def test_pages_carry_the_version_that_they_show(desk, members):
    group = factories.make_group_message(version=7)
    for page in ("group-message-edit", "group-message-send"):
        assert 'name="version" value="7"' in text(desk.get(url(page, group)))
    page = text(desk.post(url("group-message-send", group), {"count": "3", "version": "6"}, follow=True))
    assert "Een collega heeft dit intussen gewijzigd" in page
    assert not Job.objects.exists()


def test_refused_file_is_told_at_its_field(desk, members):
    page = text(write(desk, uploads=[SimpleUploadedFile("a.png", b"geen plaatje")]))
    control = re.search(r'<input type="file"[^>]*name="uploads"[^>]*>', page)[0]
    assert 'aria-describedby="id_uploads_helptext id_uploads_error"' in control
    assert 'id="id_uploads_error"' in page
