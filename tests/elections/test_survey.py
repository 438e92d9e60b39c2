"""The promises of a survey: anonymous stays anonymous, and what was looked at gets no more answers."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from elections.actions import announcement
from elections.actions.announcement import Posting
from elections.actions.privacy import export_member, export_own_data
from elections.actions.question import remove_question
from elections.actions.retention import clean_up
from elections.actions.survey import About, publish_survey, update_survey
from elections.actions.survey_response import Given, save_answer, send_response
from elections.errors import ActionError
from elections.models import Answer, AuditEvent, PortalStep, Question, Survey, SurveyResponse
from elections.notify import mails
from elections.queries.portal_step import moment_text
from elections.queries.survey_result import FEWEST_ANONYMOUS, why_hidden
from tests import factories
from tests.elections.test_event_lock import wait_for_somebody_who_waits
from tests.elections.test_planning_race import at_once
from tests.elections.test_privacy import read


@pytest.fixture(autouse=True)
def open_part() -> Any:
    """The part of the portal in which surveys stand is open."""
    return factories.make_portal_step(factories.make_event(), "surveys")


def asked(*, answers: int = 0, **values: Any) -> Question:
    """One question of a survey that shows now, with this many answers that were sent."""
    question: Question = factories.make_question(factories.make_survey(**values))
    for number in range(answers):
        member = factories.make_member()
        save_answer(member, question, Given(text=f"Mening {number}"))
        send_response(question.survey, member, by=member.user)
    return question


def withdrawn(survey: Survey) -> Survey:
    announcement.withdraw(survey, version=survey.version, by=factories.make_staff())
    survey.refresh_from_db()
    return survey


def change(survey: Survey, *, ends_at: Any = None, is_anonymous: bool | None = None, title: str = "") -> None:
    about = About(is_anonymous=survey.is_anonymous if is_anonymous is None else is_anonymous)
    update_survey(
        survey,
        Posting(title or survey.title, survey.publishes_at, ends_at),
        about,
        choose_audience=lambda: survey.audience,
        version=survey.version,
        by=factories.make_staff(),
    )
    survey.refresh_from_db()


def ended(survey: Survey) -> Survey:
    now = timezone.now()
    survey.publishes_at, survey.ends_at = now - timedelta(days=2), now - timedelta(days=1)
    survey.save()
    return survey


def test_withdrawn_survey_whose_anonymous_answers_were_told_is_not_published_again() -> None:
    """Otherwise: withdraw, look, publish, wait for one answer, withdraw and look again. That one answer has a name."""
    survey = withdrawn(asked(answers=FEWEST_ANONYMOUS).survey)
    assert why_hidden(survey) == ""
    with pytest.raises(ActionError, match="al te zien"):
        publish_survey(survey, version=survey.version, by=factories.make_staff())
    survey.refresh_from_db()
    assert survey.state == "withdrawn"


@pytest.mark.parametrize("days", [None, 7])
def test_ended_survey_whose_anonymous_answers_were_told_gets_no_later_end(days: int | None) -> None:
    survey = ended(asked(answers=FEWEST_ANONYMOUS).survey)
    with pytest.raises(ActionError, match="al te zien"):
        change(survey, ends_at=timezone.now() + timedelta(days=days) if days else None)
    change(survey, ends_at=survey.ends_at, title="Zonder tikfout")
    assert (survey.title, survey.is_showing) == ("Zonder tikfout", False)


@pytest.mark.parametrize(
    ("answers", "words"),
    [(FEWEST_ANONYMOUS - 1, "Opent het team de enquête weer?"), (FEWEST_ANONYMOUS, "niet meer beantwoorden")],
)
def test_who_did_not_send_in_time_reads_whether_it_can_open_again(
    client_for: Any, juinen: Any, answers: int, words: str
) -> None:
    question, member = asked(answers=answers), factories.make_member()
    save_answer(member, question, Given(text="Nog niet verstuurd"))
    ended(question.survey)
    assert words in client_for(juinen, member.user).get(f"/survey/{question.survey.uuid}/").content.decode()


@pytest.mark.parametrize("is_anonymous", [True, False])
def test_survey_opens_again_while_nobody_could_look_or_names_are_known_anyway(is_anonymous: bool) -> None:
    answers = FEWEST_ANONYMOUS - 1 if is_anonymous else FEWEST_ANONYMOUS
    survey = withdrawn(asked(answers=answers, is_anonymous=is_anonymous).survey)
    publish_survey(survey, version=survey.version, by=factories.make_staff())
    change(ended(Survey.objects.get(pk=survey.pk)))
    assert Survey.objects.get().is_showing


def test_survey_for_later_asks_whether_its_part_is_open_by_then() -> None:
    now = timezone.now()
    factories.make_member()
    step = PortalStep.objects.get()
    step.opens_at, step.closes_at = now + timedelta(days=2), now + timedelta(days=4)
    step.save()
    for days, opens in ((1, False), (3, True), (5, False)):
        draft = asked(state="draft", publishes_at=now + timedelta(days=days)).survey
        if opens:
            publish_survey(draft, version=draft.version, by=factories.make_staff())
        else:
            with pytest.raises(ActionError, match="“Enquêtes” dan niet"):
                publish_survey(draft, version=draft.version, by=factories.make_staff())


def test_mail_about_a_survey_does_not_go_when_its_part_is_not_for_the_member() -> None:
    member = factories.make_member()
    survey = factories.make_survey(member)
    mail = factories.make_mail(member.user, kind="survey_published", reference=survey.uuid)
    assert mails.survey_published(mail)["url"]
    PortalStep.objects.update(audience=factories.make_audience(kind="members"))
    with pytest.raises(mails.Obsolete):
        mails.survey_published(mail)


def test_published_survey_does_not_go_from_anonymous_to_named() -> None:
    """A member who read "anonymous" and is typing would send the answer by name."""
    survey = asked().survey
    with pytest.raises(ActionError, match="niet meer wijzigen"):
        change(survey, is_anonymous=False)
    draft = asked(state="draft", publishes_at=None).survey
    change(draft, is_anonymous=False)
    change(draft, is_anonymous=True)
    named = asked(is_anonymous=False).survey
    change(named, is_anonymous=True)
    assert [row.is_anonymous for row in (survey, draft, named)] == [True, True, True]


def test_file_for_a_colleague_has_no_draft_of_an_anonymous_survey() -> None:
    member = factories.make_member()
    for is_anonymous in (True, False):
        words = "Stil geheim" if is_anonymous else "Open en bloot"
        save_answer(member, asked(is_anonymous=is_anonymous), Given(text=words))
    for_colleague = read(export_member(member, by=factories.make_staff()))["gegevens.json"].decode()
    assert "Stil geheim" not in for_colleague
    assert "Open en bloot" in for_colleague
    assert "U bent begonnen" in for_colleague
    own = read(export_own_data(member, factories.PASSWORD, by=member.user))["gegevens.json"].decode()
    assert "Stil geheim" in own
    assert "U bent begonnen" not in own


def test_question_is_not_taken_away_under_a_first_answer(committed: None, juinen: Any) -> None:
    question, member = asked(), factories.make_member()
    saved, refused = threading.Event(), threading.Event()
    pids: list[int] = []

    def answer() -> None:
        with transaction.atomic():
            save_answer(member, question, Given(text="Goed"))
            saved.set()
            wait_for_somebody_who_waits(pids)

    def remove() -> None:
        assert saved.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.append(cursor.fetchone()[0])
        with pytest.raises(ActionError, match="al aan het invullen"):
            remove_question(question, by=factories.make_staff())
        refused.set()

    at_once(juinen, answer, remove)
    assert refused.is_set()
    assert Answer.objects.get().text == "Goed"


def test_first_answers_do_not_wait_for_each_other(committed: None, juinen: Any) -> None:
    question, members = asked(), [factories.make_member() for _number in range(2)]
    both = threading.Barrier(2, timeout=30)

    def answer(member: Any) -> None:
        with transaction.atomic():
            save_answer(member, question, Given(text="Goed"))
            both.wait()

    at_once(juinen, lambda: answer(members[0]), lambda: answer(members[1]))
    assert SurveyResponse.objects.count() == 2


def test_term_of_a_withdrawn_survey_begins_when_it_is_withdrawn() -> None:
    """It showed for years without an end: what members filled in is not cleaned up the night after."""
    question, member = asked(), factories.make_member()
    save_answer(member, question, Given(text="Nog niet verstuurd"))
    Survey.objects.update(updated_at=timezone.now() - timedelta(days=1000))
    survey = Survey.objects.get()
    withdrawn(survey)
    clean_up()
    assert Answer.objects.get().text == "Nog niet verstuurd"
    Survey.objects.update(updated_at=timezone.now() - timedelta(days=1000))
    clean_up()
    assert not Answer.objects.exists()


@pytest.mark.parametrize("is_anonymous", [True, False])
def test_two_tabs_that_send_at_once_send_one_answer(committed: None, juinen: Any, is_anonymous: bool) -> None:
    question, member = asked(is_anonymous=is_anonymous), factories.make_member()
    save_answer(member, question, Given(text="Goed"))
    sent, pids = threading.Event(), list[int]()

    def first() -> None:
        with transaction.atomic():
            send_response(question.survey, member, by=member.user)
            sent.set()
            wait_for_somebody_who_waits(pids)

    def second() -> None:
        assert sent.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.append(cursor.fetchone()[0])
        send_response(question.survey, member, by=member.user)

    at_once(juinen, first, second)
    assert SurveyResponse.objects.filter(is_sent=True).count() == 1
    assert Answer.objects.get().text == "Goed"
    assert AuditEvent.objects.filter(action="survey.submit").count() == (0 if is_anonymous else 1)


# The answers themselves, and the question that they point to.
OF_THE_ANSWERS = {
    *("elections_surveyresponse", "elections_answer", "elections_answerchoice"),
    *("elections_question", "elections_choice", "elections_survey"),
}


def test_no_row_of_the_whole_schema_shares_a_transaction_with_an_anonymous_answer(
    committed: None, juinen: Any
) -> None:
    """PostgreSQL notes in each row which transaction wrote it (xmin) and which locked it last (xmax).

    The newest answer is left out: its transaction wrote and locked everybody's row of who took part.
    """
    question, members = asked(), [factories.make_member() for _number in range(4)]
    for member in members:
        save_answer(member, question, Given(text="Goed"))
    for member in reversed(members):
        send_response(question.survey, member, by=member.user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM elections_surveyresponse ORDER BY xmin::text::bigint")
        sent = [number for (number,) in cursor.fetchall()]
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        )
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE xmin::text = ANY(%s) OR xmax::text = ANY(%s)',  # noqa: S608
                [sent[:-1], sent[:-1]],
            )
            if cursor.fetchone()[0]:
                found.append(table)
        cursor.execute("SELECT count(*) FROM elections_member WHERE xmax::text = %s", [sent[-1]])
        locked_last = cursor.fetchone()[0]
    assert len(set(sent)) == len(members)
    assert set(found) - OF_THE_ANSWERS == set()
    assert locked_last == len(members)


def test_mail_names_the_end_of_the_part_when_that_comes_first(open_part: Any) -> None:
    member = factories.make_member(user=factories.make_user())
    survey = factories.make_survey(member, ends_at=timezone.now() + timedelta(days=9))
    mail = factories.make_mail(member.user, kind="survey_published", reference=survey.uuid)
    open_part.closes_at = timezone.now() + timedelta(days=2)
    open_part.save()
    assert mails.survey_published(mail)["closes"] == moment_text(open_part.closes_at)
