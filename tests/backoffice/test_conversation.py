"""The team's inbox: tabs, search, answering over each other, notes, canned answers, who takes care, and live."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.models import Attachment, AuditEvent, CannedAnswer, Conversation
from elections.sessions import SEEN_KEY
from tests import factories

HTMX = {"HX-Request": "true"}
LIST_QUERIES = 9


@pytest.fixture
def colleague():
    return factories.make_staff("planner", name="Pim Planning")


@pytest.fixture
def desk(juinen, client_for, colleague):
    return client_for(juinen, colleague)


@pytest.fixture
def member():
    return factories.make_member(last_name="Vraagstaart")


@pytest.fixture
def conversation(member):
    return factories.make_conversation(member, "Mag ik ruilen?", subject="Dienst ruilen")


def url(name, *rows):
    return reverse(f"backoffice:{name}", args=[row.uuid for row in rows])


def text(response):
    return response.content.decode()


def field(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def answer(desk, conversation, page=None, **values):
    page = page or text(desk.get(url("conversation-detail", conversation)))
    sent = {"body": "Dat mag.", "version": field(page, "version"), "once": field(page, "once")} | values
    return desk.post(url("conversation-answer", conversation), sent, follow=True)


def test_each_tab_has_its_own_empty_state(desk):
    assert "Er wacht niemand op antwoord" in text(desk.get(url("conversation-list")))
    for tab, words in (
        ("answered", "geen beantwoorde"),
        ("closed", "geen afgesloten"),
        ("mine", "geen gesprekken opgepakt"),
        ("unassigned", "Elk gesprek is opgepakt"),
    ):
        assert words in text(desk.get(url("conversation-list"), {"show": tab}))


def test_tabs_hold_what_they_say_with_counts(desk, colleague, member):
    made = {
        "open": factories.make_conversation(member, subject="Open-taak"),
        "answered": factories.make_conversation(
            member, subject="Klaar-taak", state="answered", assignee=colleague
        ),
        "closed": factories.make_conversation(
            member, subject="Dicht-taak", state="closed", assignee=colleague
        ),
    }
    expected = {
        "open": {"open"},
        "answered": {"answered"},
        "closed": {"closed"},
        "mine": {"answered"},
        "unassigned": {"open"},
    }
    for tab, names in expected.items():
        page = text(desk.get(url("conversation-list"), {"show": tab}))
        assert {name for name, talk in made.items() if talk.subject in page} == names
        assert re.search(r'aria-current="page">[^<]+<span class="z-subnav__count">1<', page)


def test_who_waits_longest_comes_first(desk, member):
    late = factories.make_conversation(member, subject="Later")
    early = factories.make_conversation(
        member, subject="Eerder", waiting_since=timezone.now() - timedelta(hours=9)
    )
    page = text(desk.get(url("conversation-list")))
    assert page.index(early.subject) < page.index(late.subject)


@pytest.mark.parametrize("sought", ["ruilen", "Vraagstaart", "mag ik", "notitietekst"])
def test_search_looks_in_all_tabs_at_subject_name_and_text(desk, conversation, sought):
    factories.make_message(conversation, kind="note", body="notitietekst")
    Conversation.objects.update(state="closed")
    other = factories.make_conversation(factories.make_member(), "Iets anders", subject="Parkeren")
    page = text(desk.get(url("conversation-list"), {"q": sought}))
    assert conversation.subject in page
    assert other.subject not in page


def test_search_that_finds_nothing_says_so(desk, conversation):
    assert "Geen gesprekken gevonden" in text(desk.get(url("conversation-list"), {"q": "onvindbaar"}))


def test_list_asks_the_same_queries_for_one_and_three(desk, member, conversation, django_assert_num_queries):
    desk.get(url("conversation-list"))  # the first page of a session writes that somebody is there
    for _time in range(2):
        with django_assert_num_queries(LIST_QUERIES):
            desk.get(url("conversation-list"))
        for _more in range(2):
            factories.make_conversation(factories.make_member(), assignee=factories.make_staff())


def test_opening_counts_as_read_and_is_logged(desk, colleague, conversation):
    assert desk.get(url("conversation-unread")).json()["count"] == 1
    page = text(desk.get(url("conversation-detail", conversation)))
    assert ">Nieuw<" in page
    assert conversation.messages.get().read_at
    assert desk.get(url("conversation-unread")).json()["count"] == 0
    event = AuditEvent.objects.get(action="conversation.view")
    assert (event.actor_id, event.object_label) == (str(colleague.uuid), conversation.member.full_name)


def test_member_links_to_the_member_page(desk, conversation):
    page = text(desk.get(url("conversation-detail", conversation)))
    assert url("member-detail", conversation.member) in page


def test_answer_is_sent_and_its_reading_shown(desk, conversation):
    page = text(answer(desk, conversation))
    assert "Uw antwoord is verstuurd" in page
    assert "Nog niet gelezen door het lid" in page
    conversation.messages.filter(kind="from_team").update(read_at=timezone.now())
    assert "Gelezen door het lid op" in text(desk.get(url("conversation-detail", conversation)))


def test_answer_and_close_in_one(desk, conversation):
    answer(desk, conversation, close="1")
    conversation.refresh_from_db()
    assert conversation.state == "closed"


def test_answer_after_a_colleague_was_first_keeps_the_text_and_can_be_sent_again(
    desk, conversation, client_for, juinen
):
    page = text(desk.get(url("conversation-detail", conversation)))
    answer(client_for(juinen, factories.make_staff("planner")), conversation, body="Ik was eerder.")
    refused = text(answer(desk, conversation, page, body="Mijn lange antwoord"))
    assert "Intussen is er iets bijgekomen" in refused
    assert "Mijn lange antwoord" in refused
    assert "Ik was eerder." in refused
    assert conversation.messages.filter(body="Mijn lange antwoord").count() == 0
    answer(desk, conversation, refused, body="Mijn lange antwoord")
    assert conversation.messages.filter(body="Mijn lange antwoord").count() == 1


def test_answer_sent_twice_is_one_message_and_no_complaint(desk, conversation):
    page = text(desk.get(url("conversation-detail", conversation)))
    answer(desk, conversation, page)
    assert "Uw antwoord is verstuurd" in text(answer(desk, conversation, page))
    assert conversation.messages.filter(kind="from_team").count() == 1


def test_note_is_shown_as_a_note(desk, conversation):
    page = text(desk.post(url("conversation-note", conversation), {"note-body": "Belt vaak"}, follow=True))
    assert "z-message--note" in page
    assert "alleen voor het team" in page


def test_canned_answer_is_put_in_without_sending(desk, conversation):
    canned = factories.make_canned_answer(body="Ruilen kan altijd.")
    page = text(answer(desk, conversation, body="Beste Noor,", canned=str(canned.uuid), insert="1"))
    assert "Beste Noor,\n\nRuilen kan altijd." in page
    assert conversation.messages.count() == 1
    assert "Ruilen kan altijd." in re.findall(r'data-body="([^"]*)"', page)


def test_inserting_without_a_choice_keeps_what_was_typed(desk, conversation):
    factories.make_canned_answer()
    page = text(answer(desk, conversation, body="Half af", insert="1"))
    assert "Half af" in page
    assert conversation.messages.count() == 1


def test_take_assign_and_nobody(desk, colleague, conversation):
    desk.post(url("conversation-take", conversation))
    conversation.refresh_from_db()
    assert conversation.assignee == colleague
    other = factories.make_staff("communication", name="Cor Communicatie")
    page = desk.post(url("conversation-assign", conversation), {"assignee": str(other.uuid)}, follow=True)
    assert "Nu pakt Cor Communicatie dit gesprek op." in text(page)
    desk.post(url("conversation-assign", conversation), {"assignee": ""})
    conversation.refresh_from_db()
    assert conversation.assignee is None


def test_only_who_may_answer_can_be_chosen(desk, conversation):
    reader = factories.make_staff("reader", name="Mees Meelezer")
    assert "Mees Meelezer" not in text(desk.get(url("conversation-detail", conversation)))
    page = desk.post(url("conversation-assign", conversation), {"assignee": str(reader.uuid)}, follow=True)
    assert "mag geen berichten beantwoorden" in text(page)


def test_close_and_open_again(desk, conversation):
    assert "afgesloten" in text(desk.post(url("conversation-close", conversation), follow=True))
    assert "weer open" in text(desk.post(url("conversation-reopen", conversation), follow=True))


def test_begin_with_one_member(desk, member, colleague):
    assert member.full_name in text(desk.get(url("conversation-choose"), {"q": "vraagst"}))
    desk.post(url("conversation-create", member), {"subject": "Training", "body": "Komt u ook?"})
    made = Conversation.objects.get()
    assert (made.member, made.state, made.assignee) == (member, "answered", colleague)


def test_member_who_is_not_active_is_shown_without_a_form_to_answer(desk, member, conversation):
    member.is_active = False
    member.save()
    page = text(desk.get(url("conversation-detail", conversation)))
    assert "niet meer actief" in page
    assert url("conversation-answer", conversation) not in page
    assert "niet meer actief" in text(desk.get(url("conversation-create", member)))
    refused = desk.post(url("conversation-create", member), {"subject": "A", "body": "B"})
    assert refused.status_code == 200
    assert Conversation.objects.count() == 1


def test_file_of_a_member_is_given_and_that_is_logged(desk, conversation):
    file = factories.make_attachment(b"inhoud", message=conversation.messages.get())
    got = desk.get(url("attachment-download", file))
    assert b"".join(got.streaming_content) == b"inhoud"
    assert AuditEvent.objects.filter(action="conversation.attachment").count() == 1


def test_answer_with_a_file(desk, conversation):
    answer(desk, conversation, uploads=[SimpleUploadedFile("uitleg.txt", b"uitleg")])
    assert Attachment.objects.get().message.kind == "from_team"


@pytest.mark.parametrize("role", ["reader", "finance"])
def test_who_may_not_see_messages_sees_none(juinen, client_for, conversation, role):
    client = client_for(juinen, factories.make_staff(role))
    file = factories.make_attachment(message=conversation.messages.get())
    for where in (
        url("conversation-list"),
        url("conversation-detail", conversation),
        url("conversation-live", conversation),
        url("conversation-unread"),
        url("attachment-download", file),
        url("group-message-list"),
    ):
        assert client.get(where, headers=HTMX).status_code == 403
    assert "Dienst ruilen" not in text(client.get(url("member-detail", conversation.member)))


def test_other_municipality_does_not_exist(desk, zonneiland):
    with tenant_context(zonneiland):
        other = factories.make_conversation(factories.make_member())
        file = factories.make_attachment(message=other.messages.get())
    assert desk.get(url("conversation-detail", other)).status_code == 404
    assert desk.get(url("attachment-download", file)).status_code == 404


def token(page, part):
    found = re.search(rf'id="{part}"[^>]*data-z-token="([^"]+)"', page)
    assert found
    return found[1]


def test_thread_comes_in_by_itself_when_something_is_said_read_or_decided(desk, conversation):
    where = url("conversation-live", conversation)
    changes = (
        lambda: factories.make_message(conversation, body="Bent u daar?"),
        lambda: factories.make_message(conversation, kind="note", body="Ja"),
        lambda: factories.make_message(conversation, kind="from_team").save(),
        lambda: conversation.messages.filter(kind="from_team").update(read_at=timezone.now()),
        lambda: Conversation.objects.update(state="closed"),
    )
    for change in changes:
        seen = token(text(desk.get(url("conversation-detail", conversation))), "thread")
        assert desk.get(f"{where}?token={seen}", headers=HTMX).status_code == 204
        change()
        assert desk.get(f"{where}?token={seen}", headers=HTMX).status_code == 200


def test_list_comes_in_by_itself_with_links_to_the_page(desk, conversation):
    page = desk.get(url("conversation-list"), {"show": "open"})
    seen = token(text(page), "inbox")
    where = f"{url('conversation-list-live')}?show=open&token={seen}"
    assert desk.get(where, headers=HTMX).status_code == 204
    factories.make_conversation(factories.make_member(), subject="Nieuwe vraag")
    part = text(desk.get(where, headers=HTMX))
    assert "Nieuwe vraag" in part
    assert seen not in part


def test_nobody_reads_without_a_line_in_the_log(desk, conversation):
    views = AuditEvent.objects.filter(action="conversation.view", object_id=str(conversation.uuid))
    assert "Mag ik ruilen?" in text(desk.get(url("conversation-live", conversation), headers=HTMX))
    assert views.count() == 1
    assert "Mag ik ruilen?" in text(desk.post(url("conversation-answer", conversation), {"insert": "x"}))
    assert "Mag ik ruilen?" in text(desk.post(url("conversation-note", conversation), {}))
    assert views.count() == 3
    lists = AuditEvent.objects.filter(action="conversation.list")
    assert "Dienst ruilen" in text(desk.get(url("conversation-list-live"), {"q": "ruilen"}, headers=HTMX))
    assert "q: ruilen" in lists.get().details["filter"]


def test_looking_for_a_member_to_write_to_is_logged(desk, member):
    assert member.full_name in text(desk.get(url("conversation-choose"), {"q": "Vraagstaart"}))
    assert AuditEvent.objects.get(action="member.list").details == {"filter": ["q: Vraagstaart"], "count": 1}


def test_asking_by_itself_is_no_sign_of_life(desk, conversation):
    session = desk.session
    session[SEEN_KEY] -= 600
    session.save()
    before = desk.session[SEEN_KEY]
    for where in (
        url("conversation-list-live"),
        url("conversation-unread"),
        url("conversation-live", conversation),
    ):
        desk.get(where, headers=HTMX)
    assert desk.session[SEEN_KEY] == before


def test_canned_answers_are_made_changed_and_thrown_away(desk):
    assert "nog geen standaardantwoorden" in text(desk.get(url("canned-answer-list")))
    desk.post(url("canned-answer-create"), {"title": "Ruilen", "body": "Dat kan."})
    made = CannedAnswer.objects.get()
    again = desk.post(url("canned-answer-create"), {"title": "ruilen", "body": "Ook."})
    assert "al een standaardantwoord met deze naam" in text(again)
    desk.post(url("canned-answer-edit", made), {"title": "Ruilen", "body": "Dat mag."})
    made.refresh_from_db()
    assert made.body == "Dat mag."
    assert "verwijderen?" in text(desk.get(url("canned-answer-delete", made)))
    desk.post(url("canned-answer-delete", made))
    assert not CannedAnswer.objects.exists()
