"""Talking: who may write what and how often, the version, once is once, reading, closing, and what leaves the team."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from elections.actions import conversation as actions
from elections.actions.conversation import MESSAGES_PER_DAY, Draft
from elections.actions.privacy import erase_member
from elections.actions.retention import clean_up
from elections.errors import ActionError, ChangedElsewhere
from elections.exports.person import export_person, person_sections
from elections.models import Attachment, AuditEvent, Conversation, GroupMessage, Message
from elections.person_numbers import without_person_numbers
from elections.queries.conversation import inbox_counts, thread, unread_by_member, unread_by_team
from tests import factories


@pytest.fixture
def member():
    return factories.make_member()


@pytest.fixture
def colleague():
    return factories.make_staff("planner", name="Pim Planning")


@pytest.fixture
def conversation(member):
    return factories.make_conversation(member)


def upload(name="vraag.txt", content=b"Een lijst"):
    return SimpleUploadedFile(name, content)


def ask(member, body="Mag ik ruilen?", **draft):
    return actions.ask_team(member, "Ruilen", Draft(body, **draft), by=member.user)


def answer(conversation, colleague, body="Dat mag.", **values):
    conversation.refresh_from_db()
    values = {"version": conversation.version} | values
    actions.answer_member(conversation, Draft(body), by=colleague, **values)
    conversation.refresh_from_db()


def test_question_waits_for_the_team(member):
    conversation = ask(member)
    assert (conversation.state, conversation.assignee) == ("open", None)
    assert [message.kind for message in conversation.messages.all()] == ["from_member"]


def test_pressing_twice_sends_once(member, colleague):
    once = uuid4()
    first, second = ask(member, once=once), ask(member, once=once)
    assert first == second
    for _time in range(2):
        actions.answer_team(first, Draft("Nog iets", once=first.uuid), by=member.user)
    assert Message.objects.count() == 2


def test_number_of_a_form_cannot_hide_or_overwrite_the_message_of_somebody_else(member, colleague):
    theirs = ask(factories.make_member(), body="Van een ander").messages.get()
    mine = ask(member, body="Van mij", once=theirs.uuid)
    theirs.refresh_from_db()
    assert (theirs.body, mine.messages.get().body) == ("Van een ander", "Van mij")


def test_member_writes_so_often_a_day_and_again_the_next(member):
    conversation = ask(member)
    for _time in range(MESSAGES_PER_DAY - 1):
        actions.answer_team(conversation, Draft("Nog iets"), by=member.user)
    with pytest.raises(ActionError, match="vandaag al 20"):
        actions.answer_team(conversation, Draft("Te veel"), by=member.user)
    with pytest.raises(ActionError, match="vandaag al 20"):
        ask(member)
    conversation.messages.update(created_at=timezone.now() - timedelta(hours=25))
    actions.answer_team(conversation, Draft("Weer een dag"), by=member.user)


def test_limit_of_one_member_does_not_stop_another(member):
    for _time in range(MESSAGES_PER_DAY):
        ask(member)
    ask(factories.make_member())


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 5001])
def test_empty_and_too_long_are_refused(member, body):
    with pytest.raises(ActionError):
        ask(member, body=body)
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("number", ["111222333", "1112.22.333", "111 222 333", "NL02ABNA0123456789"])
def test_number_of_a_person_is_refused_and_taken_out_of_what_is_shown_again(member, number):
    text = f"Mijn nummer is {number}, bel 06 12345678 op 17-3-2027."
    with pytest.raises(ActionError, match="BSN"):
        ask(member, body=text)
    assert number not in without_person_numbers(text)
    assert "06 12345678 op 17-3-2027" in without_person_numbers(text)


def test_line_ends_count_once_and_stay(member):
    body = "\r\n".join(["y"] * 2500) + "z"
    assert ask(member, body=body).messages.get().body == body.replace("\r\n", "\n")


def test_answer_makes_it_answered_and_a_new_question_opens_it(member, conversation, colleague):
    answer(conversation, colleague)
    assert (conversation.state, conversation.waiting_since) == ("answered", None)
    actions.answer_team(conversation, Draft("En dan?"), by=member.user)
    conversation.refresh_from_db()
    assert conversation.state == "open"
    assert conversation.waiting_since is not None


def test_second_question_keeps_the_place_in_the_queue(member, conversation):
    since = timezone.now() - timedelta(hours=5)
    Conversation.objects.update(waiting_since=since)
    actions.answer_team(conversation, Draft("Bent u daar?"), by=member.user)
    conversation.refresh_from_db()
    assert conversation.waiting_since == since


def test_closed_conversation_opens_when_the_member_writes(member, conversation, colleague):
    answer(conversation, colleague, close=True)
    assert conversation.state == "closed"
    actions.answer_team(conversation, Draft("Toch nog iets"), by=member.user)
    conversation.refresh_from_db()
    assert conversation.state == "open"


def test_answer_over_the_answer_of_a_colleague_is_refused(conversation, colleague):
    seen = conversation.version
    answer(conversation, colleague)
    with pytest.raises(ChangedElsewhere, match="bijgekomen"):
        actions.answer_member(conversation, Draft("Anders"), version=seen, by=factories.make_staff())
    assert conversation.messages.filter(kind="from_team").count() == 1


@pytest.mark.parametrize("what", ["close", "note", "question"])
def test_answer_over_anything_new_is_refused(member, conversation, colleague, what):
    seen = conversation.version
    {
        "close": lambda: actions.close_conversation(conversation, by=colleague),
        "note": lambda: actions.add_note(conversation, Draft("Let op"), by=colleague),
        "question": lambda: actions.answer_team(conversation, Draft("Laat maar"), by=member.user),
    }[what]()
    with pytest.raises(ChangedElsewhere):
        actions.answer_member(conversation, Draft("Anders"), version=seen, by=colleague)


def test_note_is_no_answer_and_never_counts_as_unread(conversation, colleague):
    actions.add_note(conversation, Draft("Belt vaak"), by=colleague)
    conversation.refresh_from_db()
    assert conversation.state == "open"
    assert unread_by_member(conversation.member) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        conversation.messages.filter(kind="note").update(read_at=timezone.now())


def test_nobody_writes_to_who_is_not_active(member, conversation, colleague):
    member.is_active = False
    member.save()
    with pytest.raises(ActionError, match="niet meer actief"):
        answer(conversation, colleague)
    with pytest.raises(ActionError, match="niet meer actief"):
        actions.begin_conversation(member, "Dag", Draft("Dag"), by=colleague)
    actions.add_note(conversation, Draft("Is gestopt"), by=colleague)


def test_reading_is_noted_once_by_the_other_side_only(member, conversation, colleague):
    answer(conversation, colleague)
    assert (unread_by_team(), unread_by_member(member)) == (1, 1)
    actions.read_as_member(conversation, conversation.messages.all(), by=member.user)
    actions.read_as_team(conversation, conversation.messages.all(), by=colleague)
    assert (unread_by_team(), unread_by_member(member)) == (0, 0)
    before = conversation.messages.get(kind="from_team").read_at
    actions.read_as_member(conversation, conversation.messages.all(), by=member.user)
    assert conversation.messages.get(kind="from_team").read_at == before


def test_what_comes_in_after_the_page_was_made_stays_unread(member, conversation, colleague):
    answer(conversation, colleague)
    shown = list(conversation.messages.all())
    factories.make_message(conversation, kind="from_team")
    factories.make_message(conversation)
    actions.read_as_member(conversation, shown, by=member.user)
    actions.read_as_team(conversation, shown, by=colleague)
    assert (unread_by_member(member), unread_by_team()) == (1, 1)


def test_who_is_first_takes_it(conversation, colleague):
    actions.take_conversation(conversation, by=colleague)
    with pytest.raises(ActionError, match="Pim Planning pakt dit gesprek al op"):
        actions.take_conversation(conversation, by=factories.make_staff())


@pytest.mark.parametrize("role", ["reader", "finance"])
def test_who_may_not_answer_cannot_be_given_a_conversation(conversation, colleague, role):
    with pytest.raises(ActionError):
        actions.assign_conversation(conversation, factories.make_staff(role), by=colleague)
    actions.assign_conversation(conversation, None, by=colleague)


def test_counts_leave_out_copies_of_a_message_to_a_group_that_nobody_answered(member, colleague):
    group = factories.make_group_message(sent_at=timezone.now())
    silent = Conversation.objects.create(member=member, subject="Groep", state="answered", group=group)
    assert inbox_counts(colleague).answered == 0
    factories.make_message(silent)
    assert inbox_counts(colleague).answered == 1


def test_thread_needs_the_same_queries_for_one_and_three(conversation, colleague, django_assert_num_queries):
    for _time in range(2):
        with django_assert_num_queries(2):
            thread(conversation, with_notes=True)
        for _more in range(2):
            factories.make_message(conversation, kind="from_team", author=factories.make_staff())


def test_file_comes_with_its_message_and_goes_with_the_conversation(
    member, django_capture_on_commit_callbacks
):
    ask(member, uploads=[upload()])
    name = Attachment.objects.get().file
    assert default_storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_conversations(list(Conversation.objects.all()))
    assert not default_storage.exists(name)


def test_refused_file_leaves_nothing_behind(member):
    with pytest.raises(ActionError):
        ask(member, uploads=[upload(), upload("plaatje.png", b"geen plaatje")])
    assert not (Conversation.objects.exists())
    assert not (Attachment.objects.exists())
    assert (
        not default_storage.exists("uploads/messages") or not default_storage.listdir("uploads/messages")[1]
    )


def test_four_files_are_too_many(member):
    with pytest.raises(ActionError, match="hoogstens 3"):
        ask(member, uploads=[upload() for _number in range(4)])
    assert not Message.objects.exists()


def test_log_knows_the_conversation_but_not_what_was_said(member, colleague):
    conversation = actions.ask_team(member, "Ziekte", Draft("Ik ben ziek"), by=member.user)
    answer(conversation, colleague, body="Beterschap")
    actions.add_note(conversation, Draft("Vaker ziek"), by=colleague)
    told = str(list(AuditEvent.objects.values()))
    assert member.full_name in told
    assert not any(word in told for word in ("Ziekte", "ziek", "Beterschap"))


def test_erasing_takes_conversations_with_notes_and_files(
    member, conversation, colleague, django_capture_on_commit_callbacks
):
    actions.add_note(conversation, Draft("Belt vaak"), by=colleague)
    file = factories.make_attachment(message=conversation.messages.first())
    other = factories.make_conversation(factories.make_member())
    with django_capture_on_commit_callbacks(execute=True):
        erase_member(member, by=colleague, reason="term")
    assert list(Conversation.objects.all()) == [other]
    assert not default_storage.exists(file.file)
    left = AuditEvent.objects.filter(object_id=str(conversation.uuid), blanked_at=None)
    assert not left.exists()


def test_export_holds_what_was_said_and_the_files_but_no_note(member, conversation, colleague):
    answer(conversation, colleague, body="Het antwoord van het team")
    actions.add_note(conversation, Draft("GEHEIME-NOTITIE"), by=colleague)
    factories.make_attachment(b"de bijlage", message=conversation.messages.first())
    said = str(person_sections(member))
    assert "Een vraag" in said
    assert "Het antwoord van het team" in said
    assert "Pim Planning" not in said
    archive = export_person(member)
    assert "GEHEIME-NOTITIE" not in said
    assert b"bijlagen/" in archive


def test_conversation_goes_a_year_after_its_last_message_open_or_closed(
    member, django_capture_on_commit_callbacks
):
    old, kept = factories.make_conversation(member), factories.make_conversation(member)
    file = factories.make_attachment(message=old.messages.first())
    group = factories.make_group_message(created_at=timezone.now() - timedelta(days=400))
    Conversation.objects.filter(pk=old.pk).update(last_message_at=timezone.now() - timedelta(days=367))
    Conversation.objects.filter(pk=kept.pk).update(last_message_at=timezone.now() - timedelta(days=360))
    with django_capture_on_commit_callbacks(execute=True):
        clean_up()
    assert list(Conversation.objects.all()) == [kept]
    assert not default_storage.exists(file.file)
    assert not GroupMessage.objects.filter(pk=group.pk).exists()


def test_search_finds_subject_name_and_text_with_every_word(member, conversation):
    found = Conversation.objects
    Conversation.objects.update(subject="Dienst ruilen")
    for sought in ("ruilen", member.last_name, "vraag", f"vraag {member.first_name}"):
        assert list(found.search(sought)) == [conversation]
    assert not found.search("vraag onvindbaar").exists()
