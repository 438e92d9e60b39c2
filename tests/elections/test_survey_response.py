"""Answering a survey: what is refused, what is dropped, and that anonymous is anonymous for the database too."""

import random
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from elections.actions.announcement import withdraw
from elections.actions.survey_response import Given, save_answer, send_response
from elections.errors import ActionError
from elections.models import Answer, AuditEvent, OutboxMail, SurveyParticipation, SurveyResponse
from elections.queries.survey import sheet_of
from tests import factories

TABLES = (
    "elections_surveyresponse",
    "elections_answer",
    "elections_answerchoice",
    "elections_surveyparticipation",
)


@pytest.fixture(autouse=True)
def open_part() -> Any:
    """The part of the portal in which surveys stand is open."""
    return factories.make_portal_step(factories.make_event(), "surveys")


@pytest.fixture
def member() -> Any:
    return factories.make_member()


def ask(kind: str, *choices: str, named: bool = True, **values: Any) -> Any:
    return factories.make_question(factories.make_survey(is_anonymous=not named), kind, *choices, **values)


def pick(question: Any, *ranks: int) -> Given:
    return Given(choices=tuple(question.choices.filter(rank__in=ranks)))


def answer_and_send(question: Any, member: Any, given: Given) -> None:
    save_answer(member, question, given)
    send_response(question.survey, member, by=member.user)


def test_named_answer_knows_who_and_when(member: Any) -> None:
    question = ask("short_text")
    answer_and_send(question, member, Given(text="Goed"))
    response = SurveyResponse.objects.get()
    assert (response.member, response.is_sent) == (member, True)
    assert response.submitted_at is not None
    assert not SurveyParticipation.objects.exists()
    assert AuditEvent.objects.filter(action="survey.submit").count() == 1


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("short_text", Given(text="x" * 201)),
        ("long_text", Given(text="x" * 10_000)),
        ("scale", Given(number=6)),
        ("scale", Given(number=0)),
        ("number", Given(number=13)),
        ("date", Given()),
        ("short_text", Given(number=3)),
        ("date", Given(text="morgen")),
    ],
)
def test_answer_that_the_question_does_not_allow_is_refused(member: Any, kind: str, given: Given) -> None:
    question = ask(kind, most=12)
    with pytest.raises(ActionError):
        save_answer(member, question, given)
    assert not Answer.objects.exists()


def test_choice_of_another_question_is_refused(member: Any) -> None:
    question, other = ask("one_choice", "rood", "blauw"), ask("one_choice", "rood", "blauw")
    with pytest.raises(ActionError):
        save_answer(member, question, pick(other, 1))


def test_two_choices_where_one_is_asked_are_refused(member: Any) -> None:
    question = ask("one_choice", "rood", "blauw")
    with pytest.raises(ActionError):
        save_answer(member, question, pick(question, 1, 2))


def test_required_question_that_was_skipped_stops_sending(member: Any) -> None:
    first = ask("short_text")
    factories.make_question(first.survey, "date")
    save_answer(member, first, Given(text="Goed"))
    with pytest.raises(ActionError):
        send_response(first.survey, member, by=member.user)
    assert SurveyResponse.objects.get().is_sent is False


def test_question_that_does_not_appear_is_not_required_and_its_answer_is_dropped(member: Any) -> None:
    first = ask("yes_no")
    survey = first.survey
    yes = first.choices.get(rank=1)
    second = factories.make_question(survey, "short_text", shown_if=first, shown_if_choice=yes)
    save_answer(member, first, pick(first, 1))
    save_answer(member, second, Given(text="Omdat"))
    save_answer(member, first, pick(first, 2))
    assert [each.pk for each in sheet_of(survey, member).path] == [first.pk]
    send_response(survey, member, by=member.user)
    assert list(Answer.objects.values_list("question", flat=True)) == [first.pk]


def test_question_behind_one_that_does_not_appear_does_not_appear_either(member: Any) -> None:
    first = ask("yes_no")
    survey = first.survey
    second = factories.make_question(
        survey, "yes_no", shown_if=first, shown_if_choice=first.choices.get(rank=1)
    )
    factories.make_question(survey, "date", shown_if=second, shown_if_choice=second.choices.get(rank=1))
    save_answer(member, first, pick(first, 1))
    save_answer(member, second, pick(second, 1))
    save_answer(member, first, pick(first, 2))
    assert sheet_of(survey, member).path == [first]


def test_sending_twice_sends_once(member: Any) -> None:
    for named in (True, False):
        question = ask("short_text", named=named)
        answer_and_send(question, member, Given(text="Goed"))
        send_response(question.survey, member, by=member.user)
        assert question.survey.responses.count() == 1


def test_answer_after_sending_is_refused(member: Any) -> None:
    for named in (True, False):
        question = ask("short_text", named=named)
        answer_and_send(question, member, Given(text="Goed"))
        with pytest.raises(ActionError):
            save_answer(member, question, Given(text="Toch niet"))
        assert question.survey.responses.count() == 1


@pytest.mark.parametrize("how", ["withdrawn", "ended", "part closed", "left the audience"])
def test_survey_that_closes_midway_refuses_and_loses_nothing(member: Any, how: str, open_part: Any) -> None:
    question = ask("short_text")
    survey = question.survey
    save_answer(member, question, Given(text="Goed"))
    if how == "withdrawn":
        withdraw(survey, version=survey.version, by=factories.make_staff())
    if how == "ended":
        survey.publishes_at = timezone.now() - timedelta(hours=2)
        survey.ends_at = timezone.now() - timedelta(hours=1)
        survey.save()
    if how == "part closed":
        open_part.closes_at = timezone.now() - timedelta(hours=1)
        open_part.save()
    if how == "left the audience":
        survey.audience.kind = "members"
        survey.audience.save()
    for act in (
        lambda: save_answer(member, question, Given(text="Anders")),
        lambda: send_response(survey, member, by=member.user),
    ):
        with pytest.raises(ActionError):
            act()
    assert Answer.objects.get().text == "Goed"


def test_draft_of_an_anonymous_survey_has_no_moment(member: Any) -> None:
    save_answer(member, ask("short_text", named=False), Given(text="Goed"))
    draft = SurveyResponse.objects.get()
    assert (draft.member, draft.started_at, draft.submitted_at) == (member, None, None)


def test_nothing_in_the_log_or_the_mail_tells_of_an_anonymous_answer(member: Any) -> None:
    answer_and_send(ask("short_text", named=False), member, Given(text="Geheim van Noor"))
    assert not AuditEvent.objects.exists()
    assert not OutboxMail.objects.exists()


def test_database_has_no_road_from_a_member_to_an_anonymous_answer() -> None:
    """Seen from the database: no column, key, order or transaction number of the rows that are there ties the two."""
    members = [factories.make_member() for _number in range(8)]
    question = ask("several_choices", "rood", "blauw", named=False)
    for member in members:
        answer_and_send(question, member, pick(question, 1, 2))
    assert not SurveyResponse.objects.exclude(member=None).exists()
    for table in TABLES:
        assert set(_types(table, "id")) == {"uuid"}, table
        assert not [
            name for name, kind in _columns(table) if kind.startswith("timestamp") and _filled(table, name)
        ]
    # Random keys say nothing of when a row was made; numbers that count up would.
    assert {row.id.version for row in SurveyResponse.objects.all()} == {4}
    # Who took part was written again by the last one who did: all in one transaction, in another order.
    assert len(_values("SELECT DISTINCT xmin::text FROM elections_surveyparticipation")) == 1
    kept = SurveyParticipation.objects.values_list("member", flat=True)
    assert sorted(kept) == sorted(member.pk for member in members)


def test_rows_of_who_took_part_do_not_lie_in_the_order_of_sending() -> None:
    """Of twelve people the chance that the order is right by accident is one in 479 million."""
    members = [factories.make_member() for _number in range(12)]
    question = ask("yes_no", named=False)
    for member in members:
        answer_and_send(question, member, pick(question, 1))
    lying = _values("SELECT member_id FROM elections_surveyparticipation ORDER BY ctid")
    assert not all(first < second for first, second in pairwise(lying))


def test_database_refuses_an_anonymous_answer_with_a_member_or_a_moment(member: Any) -> None:
    survey = factories.make_survey()
    named = factories.make_survey(is_anonymous=False)
    wrong = (
        {"survey": survey, "is_anonymous": True, "is_sent": True, "member": member},
        {"survey": survey, "is_anonymous": True, "is_sent": True, "submitted_at": timezone.now()},
        {"survey": survey, "is_anonymous": True, "member": member, "started_at": timezone.now()},
        {"survey": named, "is_anonymous": False, "is_sent": True, "submitted_at": timezone.now()},
        {"survey": named, "is_anonymous": False, "member": member},
        {"survey": survey, "is_anonymous": True},
    )
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            SurveyResponse.objects.create(**values)


def test_every_kind_of_answer_comes_back_as_it_was_given(member: Any) -> None:
    survey = factories.make_survey(is_anonymous=False)
    given = {
        "short_text": Given(text="kort"),
        "long_text": Given(text="lang"),
        "scale": Given(number=5),
        "number": Given(number=-3),
        "date": Given(date=date(2027, 3, 17)),
    }
    for kind, value in given.items():
        save_answer(member, factories.make_question(survey, kind), value)
    send_response(survey, member, by=member.user)
    answers = Answer.objects.order_by("question__rank")
    assert [(a.text, a.number, a.date) for a in answers] == [
        (g.text, g.number, g.date) for g in given.values()
    ]


def test_answers_by_many_in_random_order_are_each_kept_once() -> None:
    question = ask("scale", named=False)
    members = [factories.make_member() for _number in range(6)]
    numbers = [random.Random(7).randint(1, 5) for _member in members]
    for member, number in zip(members, numbers, strict=True):
        answer_and_send(question, member, Given(number=number))
    assert sorted(Answer.objects.values_list("number", flat=True)) == sorted(numbers)


def _values(query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


def _columns(table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = %s",
            [table],
        )
        return [(name, kind) for name, kind in cursor.fetchall()]


def _types(table: str, column: str) -> list[str]:
    return [kind for name, kind in _columns(table) if name == column]


def _filled(table: str, column: str) -> bool:
    return bool(_values(f"SELECT 1 FROM {table} WHERE {column} IS NOT NULL"))  # noqa: S608 - names of our own
