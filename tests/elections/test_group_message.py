"""A message to a group: everybody once, whatever dies in between, and what was seen is what is sent."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django_tenants.utils import tenant_context

from elections.actions import group_message as actions
from elections.actions.conversation import Draft, answer_team
from elections.actions.job import cancel_job
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Audience, Conversation, GroupMessage, Job, Member, Message, OutboxMail
from elections.queries.group_message import group_messages, receivers
from tests import factories
from tests.elections.test_planning_race import at_once


@pytest.fixture
def colleague():
    return factories.make_staff("planner")


@pytest.fixture
def members():
    return [factories.make_member() for _number in range(5)]


def everyone():
    return Audience.objects.create()


def write(colleague, **draft):
    made = Draft(**{"body": "Komt u ook?"} | draft)
    return actions.create_group_message("Training", made, choose_audience=everyone, by=colleague)


def change(group, colleague, **values):
    values = {"choose_audience": everyone, "version": group.version} | values
    return actions.update_group_message(group, "Anders", Draft("Tekst"), **values, by=colleague)


def send(group, colleague, count):
    return actions.send_group_message(group, count=count, version=group.version, by=colleague)


def test_everybody_gets_a_conversation_of_their_own_and_a_mail(colleague, members):
    group = write(colleague)
    actions.work_on_group_message(send(group, colleague, 5))
    group.refresh_from_db()
    talks = Conversation.objects.filter(group=group)
    assert {talk.member for talk in talks} == set(members)
    assert {(talk.state, talk.messages.get().body) for talk in talks} == {("answered", "Komt u ook?")}
    assert OutboxMail.objects.filter(kind="message_received").count() == 5
    assert group.sent_at
    assert Job.objects.get().state == "done"


def test_killed_in_the_middle_it_goes_on_and_nobody_gets_it_twice(colleague, members, monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 2)
    group = write(colleague)
    job = send(group, colleague, 5)
    give = actions._give

    def die_at_the_second(group, keys):
        give(group, keys)
        if Conversation.objects.count() >= 4:
            raise SystemExit

    monkeypatch.setattr(actions, "_give", die_at_the_second)
    with pytest.raises(SystemExit):
        actions.work_on_group_message(job)
    monkeypatch.setattr(actions, "_give", give)
    actions.work_on_group_message(job)
    assert Conversation.objects.filter(group=group).count() == 5
    assert Message.objects.count() == 5
    assert OutboxMail.objects.count() == 5


def test_working_twice_changes_nothing(colleague, members):
    group = write(colleague)
    job = send(group, colleague, 5)
    actions.work_on_group_message(job)
    Job.objects.update(state="running", finished_at=None)
    actions.work_on_group_message(job)
    assert (Message.objects.count(), OutboxMail.objects.count()) == (5, 5)


def test_database_refuses_a_second_conversation_of_one_message(colleague, members):
    group = write(colleague)
    actions.work_on_group_message(send(group, colleague, 5))
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.create(group=group, member=members[0], subject="Nog een")


def test_other_number_of_people_than_was_seen_is_not_sent(colleague, members):
    group = write(colleague)
    factories.make_member()
    with pytest.raises(ChangedElsewhere, match="6 leden"):
        send(group, colleague, 5)
    assert not Job.objects.exists()


def test_nobody_and_twice_are_refused(colleague):
    group = write(colleague)
    with pytest.raises(ActionError, match="niemand"):
        send(group, colleague, 0)
    factories.make_member()
    send(group, colleague, 1)
    with pytest.raises(ActionError, match="al verstuurd"):
        send(group, colleague, 1)
    with pytest.raises(ActionError, match="al verstuurd"):
        actions.discard_group_message(group, version=group.version, by=colleague)


def test_who_stopped_meanwhile_gets_nothing(colleague, members):
    group = write(colleague)
    job = send(group, colleague, 5)
    members[0].is_active = False
    members[0].save()
    actions.work_on_group_message(job)
    assert Conversation.objects.count() == 4


def test_stopped_job_stops_and_goes_on(colleague, members, monkeypatch):
    group = write(colleague)
    job = send(group, colleague, 5)
    cancel_job(job, by=colleague)
    actions.work_on_group_message(job)
    assert not Conversation.objects.exists()
    group.refresh_from_db()
    assert group.sent_at is None


def test_member_with_an_unread_mail_is_not_mailed_again(colleague, members):
    first, second = write(colleague), write(colleague)
    for group in (first, second):
        actions.work_on_group_message(send(group, colleague, 5))
    assert Conversation.objects.count() == 10
    assert OutboxMail.objects.count() == 5


def test_number_of_statements_does_not_grow_with_the_members(colleague, django_assert_max_num_queries):
    for number in (1, 6):
        while Member.objects.count() < number:
            factories.make_member()
        group = write(colleague)
        with django_assert_max_num_queries(16):
            actions._give(group, list(Member.objects.values_list("pk", flat=True)))


def test_page_tells_who_read_and_who_answered(colleague, members):
    group = write(colleague)
    actions.work_on_group_message(send(group, colleague, 5))
    talk = Conversation.objects.get(member=members[0])
    talk.messages.update(read_at=talk.created_at)
    answer_team(talk, Draft("Ja"), by=members[0].user)
    answer_team(talk, Draft("Tot dan"), by=members[0].user)
    counted = group_messages().get(pk=group.pk)
    assert (counted.got, counted.read, counted.answered) == (5, 1, 1)
    row = receivers(group).get(member=members[0])
    assert row.is_answered
    assert row.read_at == talk.created_at


def test_draft_can_be_changed_and_thrown_away_with_its_audience(colleague, members):
    group = write(colleague)
    other = Audience.objects.create()
    group = change(group, colleague, choose_audience=lambda: other)
    assert list(Audience.objects.all()) == [other]
    actions.discard_group_message(group, version=group.version, by=colleague)
    assert not (GroupMessage.objects.exists())
    assert not (Audience.objects.exists())


def test_form_sent_twice_makes_one_message(colleague):
    once = uuid4()
    first = write(colleague, once=once)
    assert write(colleague, once=once) == first
    assert (GroupMessage.objects.count(), Audience.objects.count()) == (1, 1)


def test_form_sent_again_with_other_words_is_not_lost_in_silence(colleague):
    once = uuid4()
    write(colleague, once=once)
    with pytest.raises(ActionError, match="bewaarde dit bericht al"):
        write(colleague, once=once, body="Iets anders")


def test_form_sent_twice_at_the_same_moment_makes_one_message(juinen, committed):
    with tenant_context(juinen):
        colleague = factories.make_staff("planner")
        once = uuid4()
        assert not at_once(juinen, *[lambda: write(colleague, once=once)] * 2)
        assert (GroupMessage.objects.count(), Audience.objects.count()) == (1, 1)


def test_what_a_colleague_changed_meanwhile_is_looked_at_first(colleague, members):
    group = write(colleague)
    change(group, factories.make_staff("planner"))
    with pytest.raises(ChangedElsewhere):
        change(group, colleague)
    with pytest.raises(ChangedElsewhere):
        send(group, colleague, 5)
    with pytest.raises(ChangedElsewhere):
        actions.discard_group_message(group, version=group.version, by=colleague)
    assert Audience.objects.count() == 1
    group.refresh_from_db()
    assert send(group, colleague, 5)


def test_what_a_colleague_threw_away_is_not_changed(colleague):
    group = write(colleague)
    actions.discard_group_message(group, version=group.version, by=colleague)
    group.pk = 0  # deleting took the key of the row in hand
    with pytest.raises(ChangedElsewhere, match="weggegooid"):
        change(group, colleague)
