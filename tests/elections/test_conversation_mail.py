"""Mails about messages: that something waits, never what, and not more often than somebody can bear."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from elections.actions import conversation as actions
from elections.actions.conversation import Draft
from elections.actions.conversation_mail import tell_team
from elections.actions.group_message import send_group_message, work_on_group_message
from elections.models import Conversation, Message, OutboxMail
from elections.notify import delivery
from elections.notify.digest import next_overview
from elections.notify.mails import Obsolete, compose
from tests import factories
from tests.elections.test_event_lock import wait_for_somebody_who_waits
from tests.elections.test_planning_race import at_once


@pytest.fixture
def member():
    return factories.make_member()


@pytest.fixture
def colleague():
    return factories.make_staff("planner")


def begin(member, colleague, body="Kom langs"):
    return actions.begin_conversation(member, "Onderwerp", Draft(body), by=colleague)


def ask(member, **values):
    conversation = actions.ask_team(member, "Onderwerp", Draft("Hoe laat?"), by=member.user)
    Conversation.objects.filter(pk=conversation.pk).update(**values)
    return conversation


def to_member():
    return OutboxMail.objects.filter(kind="message_received")


def to_team():
    return OutboxMail.objects.filter(kind="team_message").order_by("due_at")


def test_member_hears_that_something_waits_but_not_what(member, colleague):
    begin(member, colleague, body="Uw dienst vervalt")
    message = compose(to_member().get())
    said = f"{message.subject} {message.body} {message.alternatives[0][0]}"
    assert "/conversation/" in said
    assert not any(word in said for word in ("dienst", "vervalt", "Onderwerp"))


def test_no_second_mail_while_the_first_is_unread(member, colleague):
    begin(member, colleague)
    begin(member, colleague)
    assert to_member().count() == 1


def test_second_mail_after_reading_or_after_an_hour_or_when_the_first_failed(member, colleague):
    first = begin(member, colleague)
    actions.read_as_member(first, first.messages.all(), by=member.user)
    begin(member, colleague)
    assert to_member().count() == 2
    to_member().update(created_at=timezone.now() - timedelta(minutes=61))
    begin(member, colleague)
    assert to_member().count() == 3
    to_member().update(state="failed")
    begin(member, colleague)
    assert to_member().count() == 4


def test_mail_about_what_was_read_meanwhile_is_not_sent(member, colleague):
    conversation = begin(member, colleague)
    actions.read_as_member(conversation, conversation.messages.all(), by=member.user)
    with pytest.raises(Obsolete):
        compose(to_member().get())


def test_member_without_account_gets_no_mail(colleague):
    begin(factories.make_member(with_user=False), colleague)
    assert not OutboxMail.objects.exists()


def test_team_hears_at_its_own_mailbox(member, juinen):
    ask(member)
    mail = to_team().get()
    assert (mail.user, mail.to_email) == (None, juinen.email)
    message = compose(mail)
    assert "Hoe laat" not in message.body
    assert "/backoffice/conversation/" in message.body


def test_who_takes_care_hears_in_place_of_the_team(member, colleague):
    conversation = ask(member, assignee=colleague)
    OutboxMail.objects.all().delete()
    actions.answer_team(conversation, Draft("Nog iets"), by=member.user)
    assert [mail.user for mail in to_team()] == [colleague]


def test_who_lost_the_right_hears_nothing_and_the_team_does(member, colleague, juinen):
    conversation = ask(member, assignee=colleague)
    OutboxMail.objects.all().delete()
    colleague.role = "reader"
    colleague.save()
    actions.answer_team(conversation, Draft("Nog iets"), by=member.user)
    assert [mail.to_email for mail in to_team()] == [juinen.email]


def test_mailbox_gets_one_mail_a_quarter_and_nothing_is_forgotten(member):
    ask(member)
    ask(factories.make_member())
    assert to_team().count() == 1  # the first has not gone yet, and tells both
    to_team().update(state="sent")
    ask(factories.make_member())
    ask(factories.make_member())
    first, second = to_team()
    assert second.due_at == first.due_at + timedelta(minutes=15)
    to_team().update(due_at=timezone.now() - timedelta(minutes=16), state="sent")
    ask(factories.make_member())
    assert to_team().count() == 3


def test_mail_that_tells_a_new_message_too_does_not_leave_before_it(committed, juinen):
    ask(factories.make_member())
    conversation = ask(factories.make_member())
    told, pids = threading.Event(), []

    def write():
        with transaction.atomic():
            tell_team(conversation)
            told.set()
            wait_for_somebody_who_waits(pids)

    def send():
        assert told.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.append(cursor.fetchone()[0])
        delivery.deliver_due()

    at_once(juinen, write, send)
    assert to_team().get().state == "sent"


def test_mail_to_the_team_is_not_sent_when_all_was_read(member, colleague):
    conversation = ask(member)
    actions.read_as_team(conversation, conversation.messages.all(), by=colleague)
    with pytest.raises(Obsolete):
        compose(to_team().get())


def test_note_is_told_to_nobody(member, colleague):
    conversation = ask(member)
    OutboxMail.objects.all().delete()
    actions.add_note(conversation, Draft("Let op"), by=colleague)
    assert not OutboxMail.objects.exists()
    assert Message.objects.filter(kind="note").count() == 1


def test_message_to_a_group_that_waits_for_the_overview_does_not_silence_a_message_to_one(member, colleague):
    member.user.mail_rhythm = "daily"
    member.user.save()
    group = factories.make_group_message()
    job = send_group_message(group, count=1, version=group.version, by=colleague)
    work_on_group_message(job)
    assert to_member().get().due_at > timezone.now()
    begin(member, colleague)
    assert to_member().filter(due_at__lte=timezone.now()).count() == 1


def to_assignee():
    return OutboxMail.objects.filter(kind="conversation_assigned").order_by("due_at")


def test_colleague_hears_of_a_conversation_that_somebody_gave_but_not_of_an_own_choice(member, colleague):
    conversation, other = ask(member), factories.make_staff("planner")
    actions.take_conversation(conversation, by=colleague)
    actions.assign_conversation(conversation, colleague, by=colleague)
    assert not to_assignee().exists()
    actions.assign_conversation(conversation, other, by=colleague)
    mail = to_assignee().get()
    assert mail.user == other
    said = compose(mail)
    assert "/conversation/" in said.body
    assert not any(word in said.body for word in (member.last_name, "Onderwerp", "Hoe laat"))


def test_colleague_who_gets_many_conversations_hears_it_once_in_a_quarter_of_an_hour(member, colleague):
    other = factories.make_staff("planner")
    for _number in range(3):
        actions.assign_conversation(ask(member), other, by=colleague)
    first = to_assignee().get()
    to_assignee().update(state="sent")
    actions.assign_conversation(ask(member), other, by=colleague)
    actions.assign_conversation(ask(member), other, by=colleague)
    assert [mail.due_at for mail in to_assignee()] == [first.due_at, first.due_at + timedelta(minutes=15)]


def test_colleague_who_wants_one_mail_a_day_hears_of_a_conversation_then(juinen, member, colleague):
    other = factories.make_staff("planner", mail_rhythm="daily")
    with timezone.override(juinen.tz):
        actions.assign_conversation(ask(member), other, by=colleague)
        mail = to_assignee().get()
        assert mail.due_at == next_overview()
        digest = factories.make_mail(other, kind="digest")
        digest.bundled.add(mail)
        assert "van een collega kreeg" in compose(digest).body
        assert "/backoffice/" in compose(digest).body


@pytest.mark.parametrize("change", [{"state": "closed", "waiting_since": None}, {"assignee": None}])
def test_mail_about_a_conversation_that_is_done_or_given_on_is_not_sent(member, colleague, change):
    conversation, other = ask(member), factories.make_staff("planner")
    actions.assign_conversation(conversation, other, by=colleague)
    Conversation.objects.update(**change)
    with pytest.raises(Obsolete):
        compose(to_assignee().get())
