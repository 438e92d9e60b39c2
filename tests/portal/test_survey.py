"""A member fills in a survey in the portal: page by page, check, send; and everything that may go wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from elections.actions.survey_response import Given, save_answer
from elections.models import Answer, PortalStep, SurveyResponse
from tests import factories

URL = "/survey/"


@pytest.fixture
def member() -> Any:
    factories.make_portal_step(factories.make_event(), "surveys")
    return factories.make_member()


@pytest.fixture
def browser(client_for: Any, juinen: Any, member: Any) -> Any:
    return client_for(juinen, member.user)


def page_of(question: Any) -> str:
    return f"{URL}{question.survey.uuid}/question/{question.uuid}/"


def test_list_without_surveys_says_so(browser: Any) -> None:
    assert "Er is nu geen enquête voor u" in browser.get(URL).content.decode()


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (
            {"closes_at": datetime(2026, 3, 1, 11, tzinfo=UTC)},
            "Gesloten sinds zondag 1 maart 2026, 12.00 uur",
        ),
        ({"opens_at": datetime(2100, 3, 1, 11, tzinfo=UTC)}, "Open vanaf maandag 1 maart 2100, 12.00 uur"),
    ],
)
def test_closed_part_says_since_or_until_when(browser: Any, period: dict[str, Any], words: str) -> None:
    survey = factories.make_survey()
    factories.make_question(survey)
    PortalStep.objects.filter(kind="surveys").update(**period)
    for url in (URL, f"{URL}{survey.uuid}/"):
        assert words in browser.get(url).content.decode()


def test_survey_says_until_when_by_what_ends_first(browser: Any) -> None:
    survey = factories.make_survey(ends_at=datetime(2100, 3, 2, 11, tzinfo=UTC))
    factories.make_question(survey)
    url = f"{URL}{survey.uuid}/"
    assert "Dat kan tot 2 maart 2100, 12.00 uur" in browser.get(url).content.decode()
    PortalStep.objects.filter(kind="surveys").update(closes_at=datetime(2100, 3, 1, 11, tzinfo=UTC))
    assert "Dat kan tot 1 maart 2100, 12.00 uur" in browser.get(url).content.decode()
    assert "Open tot 1 maart 2100, 12.00 uur" in browser.get(URL).content.decode()


def test_anonymous_survey_says_when_the_team_reads_the_answers(browser: Any) -> None:
    survey = factories.make_survey()
    factories.make_question(survey)
    page = browser.get(f"{URL}{survey.uuid}/").content.decode()
    assert "Het team leest de antwoorden pas als de enquête is afgelopen" in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_queries(
    browser: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(count):
        factories.make_question(factories.make_survey())
    with django_assert_max_num_queries(14):
        page = browser.get(URL).content.decode()
    assert page.count("Nog niet begonnen") == count


def test_whole_anonymous_survey_from_begin_to_thanks(browser: Any) -> None:
    survey = factories.make_survey()
    first = factories.make_question(survey, "yes_no", text="Ging het goed?")
    no = first.choices.get(rank=2)
    why = factories.make_question(
        survey, "long_text", text="Waarom niet?", shown_if=first, shown_if_choice=no
    )
    last = factories.make_question(survey, "scale", text="Welk cijfer?", high_label="heel goed")
    page = browser.get(f"{URL}{survey.uuid}/").content.decode()
    assert "Deze enquête is anoniem" in page
    assert page_of(first) in page
    page = browser.get(page_of(first)).content.decode()
    assert "Vraag 1 van 2" in page
    answer = browser.post(page_of(first), {"answer": no.uuid.hex})
    assert answer.headers["Location"] == page_of(why)
    page = browser.get(page_of(why)).content.decode()
    assert "Vraag 2 van 3" in page
    assert browser.post(page_of(why), {"answer": "Te druk"}).headers["Location"] == page_of(last)
    check = f"{URL}{survey.uuid}/check/"
    assert browser.post(page_of(last), {"answer": "4"}).headers["Location"] == check
    page = browser.get(check).content.decode()
    assert "Te druk" in page
    assert "4 van 5" in page
    done = browser.post(f"{URL}{survey.uuid}/send/").headers["Location"]
    assert "Uw antwoorden zijn verstuurd" in browser.get(done).content.decode()
    assert SurveyResponse.objects.get().member is None
    assert "U hebt deze enquête verstuurd" in browser.get(f"{URL}{survey.uuid}/").content.decode()
    # A second tab sends nothing twice.
    assert browser.post(f"{URL}{survey.uuid}/send/").headers["Location"] == done
    assert SurveyResponse.objects.count() == 1


def test_stopping_keeps_what_was_answered_and_goes_on_there(browser: Any) -> None:
    survey = factories.make_survey()
    first, second = factories.make_question(survey), factories.make_question(survey, "date")
    assert browser.post(page_of(first), {"answer": "Goed", "later": "1"}).headers["Location"] == URL
    assert "Bezig" in browser.get(URL).content.decode()
    page = browser.get(f"{URL}{survey.uuid}/").content.decode()
    assert "Verdergaan" in page
    assert page_of(second) in page
    assert browser.post(page_of(second), {"answer": "", "later": "1"}).headers["Location"] == URL


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("short_text", "", "Deze vraag is verplicht"),
        ("one_choice", "", "Deze vraag is verplicht"),
        ("long_text", "x" * 10_000, "hoogstens 4000 tekens"),
        ("number", "99", "van 1 tot en met 10"),
        ("number", "veel", "heel getal"),
        ("date", "31 februari", "Vul een datum in"),
        ("scale", "6", "Kies een antwoord uit de lijst"),
        ("one_choice", "00000000000000000000000000000000", "Kies een antwoord uit de lijst"),
    ],
)
def test_wrong_answer_comes_back_with_what_to_do(browser: Any, kind: str, typed: str, words: str) -> None:
    choices = ("rood", "blauw") if kind == "one_choice" else ()
    question = factories.make_question(factories.make_survey(), kind, *choices, least=1, most=10)
    page = browser.post(page_of(question), {"answer": typed}).content.decode()
    assert words in page
    assert not Answer.objects.exists()


def test_answer_that_need_not_be_given_can_be_taken_back(browser: Any) -> None:
    question = factories.make_question(factories.make_survey(), "yes_no", is_required=False)
    browser.post(page_of(question), {"answer": question.choices.get(rank=1).uuid.hex})
    assert Answer.objects.count() == 1
    browser.post(page_of(question), {"answer": ""})
    assert not Answer.objects.exists()


def test_survey_that_was_withdrawn_midway_says_so_and_keeps_what_was_typed(browser: Any) -> None:
    question = factories.make_question(factories.make_survey())
    browser.post(page_of(question), {"answer": "Eerste"})
    question.survey.state = "withdrawn"
    question.survey.save()
    page = browser.post(page_of(question), {"answer": "Tweede"}).content.decode()
    assert "gesloten of ingetrokken" in page
    assert "Tweede" in page
    assert Answer.objects.get().text == "Eerste"
    page = browser.get(f"{URL}{question.survey.uuid}/").content.decode()
    assert "Deze enquête is gesloten" in page


@pytest.mark.parametrize("values", [{"state": "draft"}, {"state": "withdrawn"}, {"ends_at": "over"}])
def test_survey_that_does_not_show_is_not_there(browser: Any, values: dict[str, Any]) -> None:
    if values.get("ends_at"):
        now = timezone.now()
        values = {"publishes_at": now - timedelta(hours=2), "ends_at": now - timedelta(hours=1)}
    question = factories.make_question(factories.make_survey(**values))
    for address in (f"{URL}{question.survey.uuid}/", page_of(question)):
        assert browser.get(address).status_code == 404
    assert browser.post(page_of(question), {"answer": "Goed"}).status_code == 404


def test_survey_for_others_is_not_there(browser: Any) -> None:
    question = factories.make_question(factories.make_survey(factories.make_member()))
    assert browser.get(page_of(question)).status_code == 404
    assert browser.post(f"{URL}{question.survey.uuid}/send/").status_code == 404


def test_question_of_another_survey_is_not_there(browser: Any) -> None:
    question, other = (factories.make_question(factories.make_survey()) for _number in range(2))
    assert browser.get(f"{URL}{question.survey.uuid}/question/{other.uuid}/").status_code == 404


def test_closed_part_shows_no_surveys_and_takes_no_answers(browser: Any) -> None:
    question = factories.make_question(factories.make_survey())
    PortalStep.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    assert "Er is nu geen enquête voor u" in browser.get(URL).content.decode()
    assert "gesloten" in browser.post(page_of(question), {"answer": "Goed"}).content.decode()
    assert not Answer.objects.exists()


def test_home_tells_how_far_the_member_is(browser: Any) -> None:
    assert "Geen enquête" in browser.get("/").content.decode()
    question = factories.make_question(factories.make_survey())
    assert "Nog niet begonnen" in browser.get("/").content.decode()
    browser.post(page_of(question), {"answer": "Goed"})
    assert "Bezig" in browser.get("/").content.decode()
    browser.post(f"{URL}{question.survey.uuid}/send/")
    assert "Ingevuld" in browser.get("/").content.decode()


def test_colleague_who_looks_along_sees_no_answers(client_for: Any, juinen: Any, member: Any) -> None:
    first = factories.make_question(factories.make_survey(member), "yes_no")
    survey, yes = first.survey, first.choices.get(rank=1)
    after_yes = factories.make_question(survey, shown_if=first, shown_if_choice=yes)
    save_answer(member, first, Given(choices=(yes,)))
    colleague = client_for(juinen, factories.make_staff())
    begun = colleague.post(f"/backoffice/look/{member.uuid}/", {"reason": "Het lid belde met een vraag"})
    assert begun.status_code == 302
    for address in (page_of(first), page_of(after_yes), f"{URL}{survey.uuid}/check/"):
        assert colleague.get(address).status_code == 403
    # Where the member goes on would tell the answer: this question appears after "yes" only.
    page = colleague.get(f"{URL}{survey.uuid}/")
    assert page.status_code == 200
    assert str(after_yes.uuid) not in page.content.decode()
    assert "Verdergaan" not in page.content.decode()
