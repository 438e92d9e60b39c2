"""The team builds a survey, publishes it, reminds members, and reads what came out."""

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from elections.actions.survey_response import Given, save_answer, send_response
from elections.models import AuditEvent, OutboxMail, PortalStep, Question, Survey
from elections.queries.survey_result import results_of, why_hidden
from tests import factories

URL = "/backoffice/survey/"
QUESTION = "/backoffice/question/"
RESULT = "/backoffice/survey-result/"


@pytest.fixture
def browser(client_for: Any, juinen: Any) -> Any:
    factories.make_portal_step(factories.make_event(), "surveys")
    return client_for(juinen, factories.make_staff("communication"))


def answered(question: Any, *given: Given) -> None:
    for each in given:
        member = factories.make_member()
        save_answer(member, question, each)
        send_response(question.survey, member, by=member.user)


def over(survey: Any) -> None:
    now = timezone.now()
    Survey.objects.filter(pk=survey.pk).update(
        publishes_at=now - timedelta(days=2), ends_at=now - timedelta(days=1)
    )
    survey.refresh_from_db()


def test_survey_is_made_built_and_published(browser: Any) -> None:
    assert "Er is nog geen enquête" in browser.get(URL).content.decode()
    factories.make_member()
    form = {"title": "Terugblik", "who": "anonymous", "audience-who": "everyone", "tells_by_mail": "on"}
    address = browser.post(f"{URL}create/", form).headers["Location"]
    survey = Survey.objects.get()
    assert (survey.state, survey.is_anonymous) == ("draft", True)
    create = f"{QUESTION}create/{survey.uuid}/?kind="
    choices = {"text": "Wat ging goed?", "added": "De uitleg\nHet tellen\n", "is_required": "on"}
    browser.post(f"{create}yes_no", {"text": "Was u er?", "is_required": "on"})
    yes = survey.questions.get().choices.get(rank=1)
    browser.post(f"{create}several_choices", choices | {"shown_if_choice": str(yes.uuid)})
    page = browser.get(address).content.decode()
    assert "Alleen bij het antwoord “Ja” op “Was u er?”" in page
    assert "Het tellen" in browser.get(f"{URL}{survey.uuid}/preview/").content.decode()
    survey.refresh_from_db()
    page = browser.get(f"{URL}{survey.uuid}/publish/").content.decode()
    assert "2 vragen" in page
    browser.post(f"{URL}{survey.uuid}/publish/", {"version": survey.version})
    survey.refresh_from_db()
    assert survey.is_showing
    assert OutboxMail.objects.filter(kind="survey_published").count() == 1


def test_survey_without_questions_cannot_be_published(browser: Any) -> None:
    factories.make_member()
    survey = factories.make_survey(state="draft", publishes_at=None)
    page = browser.post(f"{URL}{survey.uuid}/publish/", {"version": survey.version}, follow=True)
    assert "Voeg eerst een vraag toe" in page.content.decode()
    survey.refresh_from_db()
    assert survey.state == "draft"
    assert not OutboxMail.objects.exists()


def test_publishing_switches_the_part_of_the_portal_on(browser: Any) -> None:
    PortalStep.objects.update(is_on=False)
    factories.make_member()
    question = factories.make_question(factories.make_survey(state="draft", publishes_at=None))
    browser.post(f"{URL}{question.survey.uuid}/publish/", {"version": question.survey.version})
    assert PortalStep.objects.get(kind="surveys").is_on


@pytest.mark.parametrize(
    ("added", "words"),
    [("rood", "2 tot 20 antwoorden"), ("rood\nRood", "maar één keer"), ("x" * 201 + "\nrood", "korter")],
)
def test_wrong_choices_come_back_with_what_to_do(browser: Any, added: str, words: str) -> None:
    survey = factories.make_survey(state="draft", publishes_at=None)
    form = {"text": "Welke kleur?", "added": added}
    page = browser.post(f"{QUESTION}create/{survey.uuid}/?kind=one_choice", form).content.decode()
    assert words in page
    assert not Question.objects.exists()


def test_question_moves_up_and_down_but_not_before_what_it_depends_on(browser: Any) -> None:
    survey = factories.make_survey()
    first = factories.make_question(survey, "yes_no", text="Eerste?")
    second = factories.make_question(
        survey, "date", text="Tweede?", shown_if=first, shown_if_choice=first.choices.get(rank=1)
    )
    third = factories.make_question(survey, text="Derde?")
    browser.post(f"{QUESTION}{third.uuid}/move/", {"up": "1"})
    assert list(survey.questions.values_list("text", flat=True)) == ["Eerste?", "Derde?", "Tweede?"]
    browser.post(f"{QUESTION}{third.uuid}/move/", {"up": "1"})
    page = browser.post(f"{QUESTION}{second.uuid}/move/", {"up": "1"}, follow=True).content.decode()
    assert "moet daarna komen" in page
    page = browser.post(f"{QUESTION}{first.uuid}/remove/", follow=True).content.decode()
    assert "hangt van deze vraag af" in page
    assert survey.questions.count() == 3


def test_after_the_first_answer_only_words_change(browser: Any) -> None:
    question = factories.make_question(
        factories.make_survey(is_anonymous=False), "one_choice", "rood", "blaw", text="Welke klear?"
    )
    red, blue = question.choices.order_by("rank")
    answered(question, Given(choices=(red,)))
    survey = question.survey
    survey.refresh_from_db()

    def post(**values: Any) -> str:
        survey.refresh_from_db()
        words = {f"choice_{red.pk}": "rood", f"choice_{blue.pk}": "blauw", "added": "groen"}
        form = {"version": survey.version, "text": "Welke kleur?", "is_required": "on"} | words | values
        return str(browser.post(f"{QUESTION}{question.uuid}/edit/", form, follow=True).content.decode())

    refused = "al aan het invullen"
    assert refused in post(is_required="")
    assert refused in post(**{f"choice_{blue.pk}": ""})
    for act in ("move", "copy", "remove"):
        page = browser.post(f"{QUESTION}{question.uuid}/{act}/", follow=True).content.decode()
        assert refused in page, act
    create = f"{QUESTION}create/{survey.uuid}/?kind=date"
    assert refused in browser.post(create, {"text": "Wanneer?"}).content.decode()
    survey.refresh_from_db()
    form = {"version": survey.version, "title": "x", "who": "anonymous", "audience-who": "everyone"}
    browser.post(f"{URL}{survey.uuid}/edit/", form)
    survey.refresh_from_db()
    assert survey.is_anonymous is False
    assert "De vraag is bewaard" in post()
    assert list(question.choices.order_by("rank").values_list("text", flat=True)) == [
        "rood",
        "blauw",
        "groen",
    ]
    assert Question.objects.get().text == "Welke kleur?"


def test_colleague_who_is_second_does_not_write_over_the_first(browser: Any) -> None:
    question = factories.make_question(factories.make_survey(), text="Oud?")
    form = {"version": question.survey.version, "text": "Nieuw?"}
    browser.post(f"{QUESTION}{question.uuid}/edit/", form)
    page = browser.post(f"{QUESTION}{question.uuid}/edit/", form | {"text": "Anders?"}).content.decode()
    assert "intussen gewijzigd" in page
    assert Question.objects.get().text == "Nieuw?"


def test_reminder_goes_to_who_did_not_answer_once_a_day(browser: Any) -> None:
    question = factories.make_question(factories.make_survey())
    answered(question, Given(text="Goed"))
    waiting = factories.make_member()
    address = f"{URL}{question.survey.uuid}/remind/"
    assert "<strong>1</strong>" in browser.get(address).content.decode()
    browser.post(address)
    assert [mail.user for mail in OutboxMail.objects.filter(kind="survey_reminder")] == [waiting.user]
    assert "al een herinnering" in browser.post(address, follow=True).content.decode()
    assert OutboxMail.objects.filter(kind="survey_reminder").count() == 1


def test_nobody_is_reminded_of_a_page_that_does_not_open_for_them(browser: Any) -> None:
    survey = factories.make_question(factories.make_survey()).survey
    inside, _outside = factories.make_member(), factories.make_member()
    audience = factories.make_audience(kind="members")
    audience.members.set([inside])
    PortalStep.objects.update(audience=audience)
    address = f"{URL}{survey.uuid}/remind/"
    assert "<strong>1</strong>" in browser.get(address).content.decode()
    browser.post(address)
    assert [mail.user for mail in OutboxMail.objects.filter(kind="survey_reminder")] == [inside.user]


def test_no_reminder_goes_while_the_part_of_surveys_is_closed(browser: Any) -> None:
    survey = factories.make_question(factories.make_survey()).survey
    factories.make_member()
    PortalStep.objects.update(is_on=False)
    page = browser.post(f"{URL}{survey.uuid}/remind/", follow=True).content.decode()
    assert "Leden zien het onderdeel “Enquêtes” nu niet" in page
    assert not OutboxMail.objects.filter(kind="survey_reminder").exists()


def test_anonymous_results_wait_for_the_end_and_for_five_answers(browser: Any) -> None:
    question = factories.make_question(factories.make_survey(), "short_text")
    survey = question.survey
    answered(question, *[Given(text=f"Mening {number}") for number in range(4)])
    addresses = (
        f"{RESULT}{survey.uuid}/",
        f"{RESULT}{question.uuid}/texts/",
        f"{RESULT}{survey.uuid}/export/?format=csv",
    )
    for ended in (False, True):
        if ended:
            over(survey)
        for address in addresses:
            assert "Mening" not in browser.get(address, follow=True).content.decode()
    Survey.objects.filter(pk=survey.pk).update(ends_at=None)
    answered(question, Given(text="Mening 5"))
    assert "Mening" not in browser.get(addresses[1], follow=True).content.decode()
    over(survey)
    assert why_hidden(survey) == ""
    for address in addresses[1:]:
        assert "Mening 5" in browser.get(address, follow=True).content.decode()


def test_survey_whose_anonymous_answers_were_told_offers_a_copy_and_no_publishing(browser: Any) -> None:
    question = factories.make_question(factories.make_survey())
    answered(question, *[Given(text="Goed")] * 5)
    address = f"{URL}{question.survey.uuid}/"
    browser.post(f"{address}withdraw/", {"version": question.survey.version})
    page = browser.get(address).content.decode()
    assert f"{address}publish/" not in page
    assert f"{address}copy/" in page
    version = Survey.objects.get().version
    page = browser.post(f"{address}publish/", {"version": version}, follow=True).content.decode()
    assert "antwoorden op deze anonieme enquête zijn al te zien" in page
    assert Survey.objects.get().state == "withdrawn"


def test_results_have_a_chart_a_table_and_what_it_was_last_time(browser: Any) -> None:
    old = factories.make_question(factories.make_survey(is_anonymous=False), "one_choice", "rood", "blauw")
    red, blue = old.choices.order_by("rank")
    answered(old, Given(choices=(red,)), Given(choices=(blue,)))
    browser.post(f"{URL}{old.survey.uuid}/copy/")
    copy = Survey.objects.get(previous=old.survey)
    assert copy.state == "draft"
    Survey.objects.filter(pk=copy.pk).update(state="published", publishes_at=timezone.now())
    question = copy.questions.get()
    answered(question, *[Given(choices=(question.choices.get(text="rood"),))] * 3)
    copy.refresh_from_db()
    question.choices.filter(text="blauw").update(text="blauw of paars")
    (result,) = results_of(copy)
    assert [(bar.label, bar.count, bar.percent, bar.before) for bar in result.bars] == [
        ("rood", 3, 100, 50),
        ("blauw of paars", 0, 0, 50),
    ]
    page = browser.get(f"{RESULT}{copy.uuid}/").content.decode()
    assert "<svg" in page
    assert "Vorige keer" in page
    assert "3 van 5 leden (60%)" in page


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("number", [Given(number=number) for number in range(3, 25)], "van 3 tot en met 24"),
        (
            "date",
            [Given(date=date(2027, 3, day)) for day in range(1, 23)],
            "van 1 maart 2027 tot en met 22 maart 2027",
        ),
    ],
)
def test_many_different_numbers_or_days_are_told_by_their_bounds(
    browser: Any, kind: str, given: list[Given], words: str
) -> None:
    question = factories.make_question(factories.make_survey(is_anonymous=False), kind)
    answered(question, *given)
    (result,) = results_of(question.survey)
    assert result.bars == []
    assert words in browser.get(f"{RESULT}{question.survey.uuid}/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_results_take_the_same_number_of_queries(
    browser: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    survey = factories.make_survey(is_anonymous=False)
    for _number in range(count):
        answered_one = factories.make_question(survey, "yes_no", is_required=False)
    answered(answered_one, *[Given(choices=(answered_one.choices.get(rank=1),))] * count)
    with django_assert_max_num_queries(20):
        browser.get(f"{RESULT}{survey.uuid}/")


def test_file_of_named_answers_has_people_and_no_formulas_and_is_logged(browser: Any) -> None:
    question = factories.make_question(factories.make_survey(is_anonymous=False), text="Tip?")
    answered(question, Given(text="=1+1"))
    address = f"{RESULT}{question.survey.uuid}/export/"
    lines = browser.get(address, {"format": "csv"}).content.decode().splitlines()
    assert "Noor" in lines[1] or "Bakker" in lines[1]
    assert '"\'=1+1"' in lines[1]
    answer = browser.get(address, {"format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cell = sheet.cell(row=2, column=4)
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert AuditEvent.objects.filter(action="survey.export").count() == 2


def test_file_of_anonymous_answers_has_nobody_in_it(browser: Any) -> None:
    question = factories.make_question(factories.make_survey(), text="Tip?")
    answered(question, *[Given(text="Meer koffie")] * 5)
    over(question.survey)
    text = browser.get(f"{RESULT}{question.survey.uuid}/export/", {"format": "csv"}).content.decode()
    assert text.removeprefix("\ufeff").splitlines() == ['"Tip?"', *['"Meer koffie"'] * 5]


@pytest.mark.parametrize("role", ["reader", "finance"])
def test_role_without_the_right_gets_nothing(client_for: Any, juinen: Any, role: str) -> None:
    survey = factories.make_survey()
    browser = client_for(juinen, factories.make_staff(role))
    for address in (URL, f"{URL}{survey.uuid}/", f"{RESULT}{survey.uuid}/"):
        assert browser.get(address).status_code == 403
