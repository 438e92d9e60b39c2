"""The member's messages: what is theirs and nobody else's, what is new, asking, answering, files, looking along."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.look import begin_look
from elections.models import Attachment, AuditEvent, Conversation, Message
from elections.sessions import MEMBER_IDLE, SEEN_KEY
from tests import factories

HTMX = {"HX-Request": "true"}


@pytest.fixture
def conversation(member):
    made = factories.make_conversation(member, "Mag ik ruilen?", subject="Dienst ruilen")
    factories.make_message(
        made, kind="from_team", body="Dat mag.", author=factories.make_staff(name="Pim P.")
    )
    factories.make_message(made, kind="note", body="GEHEIME-NOTITIE")
    return made


def url(name, *rows):
    return reverse(f"portal:{name}", args=[row.uuid for row in rows])


def text(response):
    return response.content.decode()


def write(client, where, **values):
    return client.post(where, {"subject": "Onderwerp", "body": "Een bericht"} | values)


def test_empty_list_says_what_comes_and_offers_a_question(as_member):
    page = text(as_member.get(url("conversation-list")))
    assert "U hebt nog geen berichten" in page
    assert url("conversation-create") in page


def test_unread_is_told_in_words_until_the_member_looks(as_member, conversation):
    assert "Nieuw bericht" in text(as_member.get(url("conversation-list")))
    assert ">Nieuw<" in text(as_member.get(url("conversation-detail", conversation)))
    assert "Nieuw bericht" not in text(as_member.get(url("conversation-list")))
    assert as_member.get(url("conversation-unread")).json()["count"] == 0


def test_thread_shows_both_sides_but_no_note_and_no_name_of_a_colleague(as_member, conversation):
    page = text(as_member.get(url("conversation-detail", conversation)))
    assert "Mag ik ruilen?" in page
    assert "Dat mag." in page
    assert "Team verkiezingen" in page
    assert "Pim P." not in page
    assert "GEHEIME-NOTITIE" not in page


def test_no_page_of_the_member_shows_a_note(as_member, conversation):
    for where in (
        url("conversation-list"),
        url("conversation-detail", conversation),
        url("home"),
        url("conversation-live", conversation),
        url("conversation-list-live"),
    ):
        assert "GEHEIME-NOTITIE" not in text(as_member.get(where, headers=HTMX))


@pytest.mark.parametrize("name", ["conversation-detail", "conversation-live"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_conversation_of_another_member_does_not_exist(as_member, name, method):
    other = factories.make_conversation(factories.make_member())
    answer = getattr(as_member, method)(url(name, other), {"body": "Hallo"}, headers=HTMX)
    assert answer.status_code == (405 if (name, method) == ("conversation-live", "post") else 404)
    assert Message.objects.count() == 1


def test_conversation_of_another_municipality_does_not_exist(as_member, zonneiland):
    with tenant_context(zonneiland):
        other = factories.make_conversation(factories.make_member())
        file = factories.make_attachment(message=other.messages.get())
    assert as_member.get(url("conversation-detail", other)).status_code == 404
    assert as_member.get(url("attachment-download", file)).status_code == 404


def test_question_is_sent_and_shown(as_member, member):
    page = text(
        as_member.post(url("conversation-create"), {"subject": "Eten", "body": "Is er lunch?"}, follow=True)
    )
    assert "Uw bericht is verstuurd" in page
    assert "Is er lunch?" in page
    assert Conversation.objects.get().member == member


def test_form_that_is_sent_twice_sends_one_message(as_member, conversation):
    page = text(as_member.get(url("conversation-detail", conversation)))
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    for _time in range(2):
        write(as_member, url("conversation-detail", conversation), once=once[1])
    assert conversation.messages.filter(kind="from_member", body="Een bericht").count() == 1


def test_number_of_a_form_that_is_none_is_no_reason_to_refuse(as_member, conversation):
    page = write(as_member, url("conversation-detail", conversation), once="geen-nummer")
    assert page.status_code == 200  # the hidden field is wrong, and the page says so
    assert "Een bericht" in text(page)


def test_too_long_text_comes_back_whole_with_the_reason(as_member, conversation):
    typed = "lang " * 1100 + "einde"
    page = text(write(as_member, url("conversation-detail", conversation), body=typed))
    assert "Er passen er 5000" in page
    assert typed in page
    assert "maxlength" not in page


def test_bsn_in_a_text_is_refused_and_not_shown_again(as_member, conversation):
    page = text(write(as_member, url("conversation-detail", conversation), body="Mijn BSN is 111222333."))
    assert "Zet geen BSN" in page
    assert "111222333" not in page
    assert "Mijn BSN is •••." in page


def test_limit_is_told_and_the_text_kept(as_member, member):
    talk = factories.make_conversation(member)
    for _number in range(19):
        factories.make_message(talk)
    page = text(write(as_member, url("conversation-create"), body="Eentje nog"))
    assert "Morgen kunt u weer schrijven" in page
    assert "Eentje nog" in page


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        'https://evil.example/"onmouseover="alert(1)',
        "http://a.example/'><script>alert(1)</script>",
    ],
)
def test_text_is_text_and_never_html(as_member, member, hostile):
    made = factories.make_conversation(member, f"Kijk {hostile} eens", subject=hostile)
    for where in (url("conversation-detail", made), url("conversation-list")):
        page = text(as_member.get(where))
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page
        assert not re.search(r'<a[^>]+"\s*onmouseover=', page)


def test_address_becomes_a_link_that_gives_nothing_away(as_member, member):
    made = factories.make_conversation(member, "Zie https://www.kiesraad.nl/training.")
    page = text(as_member.get(url("conversation-detail", made)))
    assert '<a href="https://www.kiesraad.nl/training" rel="nofollow">' in page


def test_file_goes_to_the_member_of_the_conversation_alone(as_member, conversation, client_for, juinen):
    upload = SimpleUploadedFile("lijst.txt", b"een twee")
    write(as_member, url("conversation-detail", conversation), uploads=[upload])
    file = Attachment.objects.get()
    answer = as_member.get(url("attachment-download", file))
    assert b"".join(answer.streaming_content) == b"een twee"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    other = client_for(juinen, factories.make_member().user)
    assert other.get(url("attachment-download", file)).status_code == 404


def test_file_with_a_message_to_a_group_is_for_who_got_it(as_member, member, client_for, juinen):
    group = factories.make_group_message(sent_at=timezone.now())
    file = factories.make_attachment(group=group)
    assert as_member.get(url("attachment-download", file)).status_code == 404
    talk = factories.make_conversation(member, group=group)
    assert as_member.get(url("attachment-download", file)).status_code == 200
    assert file.file_name in text(as_member.get(url("conversation-detail", talk)))
    other = client_for(juinen, factories.make_member().user)
    assert other.get(url("attachment-download", file)).status_code == 404


def test_file_with_a_note_would_not_be_given(as_member, conversation):
    file = factories.make_attachment(message=conversation.messages.get(kind="note"))
    assert as_member.get(url("attachment-download", file)).status_code == 404


def test_refused_file_keeps_the_text_and_asks_for_the_file_again(as_member, conversation):
    upload = SimpleUploadedFile("plaatje.png", b"<script>")
    page = text(
        write(as_member, url("conversation-detail", conversation), body="Zie bijlage", uploads=[upload])
    )
    assert "Kies uw bestanden opnieuw" in page
    assert "Zie bijlage" in page
    assert not Attachment.objects.exists()


def test_four_files_are_refused(as_member, conversation):
    files = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(4)]
    assert "hoogstens 3" in text(write(as_member, url("conversation-detail", conversation), uploads=files))


def test_closed_conversation_says_so_and_opens_on_an_answer(as_member, conversation):
    Conversation.objects.update(state="closed")
    assert "afgesloten" in text(as_member.get(url("conversation-detail", conversation)))
    write(as_member, url("conversation-detail", conversation))
    conversation.refresh_from_db()
    assert conversation.state == "open"


def token(page):
    found = re.search(r'data-z-token="([^"]+)"', page)
    assert found
    return found[1]


def test_live_says_nothing_until_something_changes(as_member, conversation):
    seen = token(text(as_member.get(url("conversation-detail", conversation))))
    where = f"{url('conversation-live', conversation)}?token={seen}"
    assert as_member.get(where, headers=HTMX).status_code == 204
    factories.make_message(conversation, kind="note", body="Nog een notitie")
    conversation.version += 1
    conversation.save()
    assert as_member.get(where, headers=HTMX).content == b""
    factories.make_message(conversation, kind="from_team", body="Nog iets")
    answer = as_member.get(where, headers=HTMX)
    assert "Nog iets" in text(answer)
    assert Message.objects.unread_by_member().exists()  # nobody need have seen it


def test_list_live_says_nothing_until_something_changes(as_member, conversation):
    seen = token(text(as_member.get(url("conversation-list"))))
    where = f"{url('conversation-list-live')}?token={seen}"
    assert as_member.get(where, headers=HTMX).status_code == 204
    as_member.get(url("conversation-detail", conversation))
    assert as_member.get(where, headers=HTMX).status_code == 200


@pytest.mark.parametrize("name", ["conversation-list-live", "conversation-unread", "conversation-live"])
def test_asking_by_itself_is_no_sign_of_life(as_member, conversation, name):
    rows = [conversation] if name == "conversation-live" else []
    session = as_member.session
    session[SEEN_KEY] -= (MEMBER_IDLE - timedelta(minutes=1)).total_seconds()
    session.save()
    before = as_member.session[SEEN_KEY]
    as_member.get(url(name, *rows), headers=HTMX)
    assert as_member.session[SEEN_KEY] == before
    as_member.get(url("conversation-list"))
    assert as_member.session[SEEN_KEY] > before


def test_colleague_who_looks_along_reads_without_leaving_a_trace_for_the_member(
    client_for, juinen, member, conversation
):
    colleague = factories.make_staff("planner")
    looking = client_for(juinen, colleague)
    session = looking.session
    begin_look(session, member, "Lid belt over een bericht", by=colleague)
    session.save()
    page = text(looking.get(url("conversation-detail", conversation)))
    assert "Dat mag." in page
    assert "GEHEIME-NOTITIE" not in page
    assert "data-z-live" not in page
    assert not conversation.messages.exclude(read_at=None).exists()
    assert not AuditEvent.objects.filter(action="conversation.read").exists()
    assert write(looking, url("conversation-detail", conversation)).status_code == 403


def test_list_asks_the_same_queries_for_one_and_three(as_member, member, django_assert_num_queries):
    as_member.get(url("conversation-list"))  # the first page of a session writes that somebody is there
    for _time in range(2):
        with django_assert_num_queries(9):
            as_member.get(url("conversation-list"))
        for _more in range(2):
            factories.make_conversation(member, state="answered")


def test_member_who_is_not_active_cannot_come_in(as_member, member, conversation):
    member.is_active = False
    member.save()
    assert as_member.get(url("conversation-detail", conversation)).status_code == 403
