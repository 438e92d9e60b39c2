"""Questions about privacy: the list, the count on the dashboard, the answer."""

import pytest

from elections.models import OutboxMail, PrivacyRequest
from tests import factories

URL = "/backoffice/privacy-request/"


@pytest.fixture
def colleague(client_for, juinen):
    return client_for(juinen, factories.make_staff("administrator"))


def test_empty_list_says_what_will_be_here(colleague):
    assert "Er zijn geen vragen" in colleague.get(URL).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_queries(colleague, count, django_assert_max_num_queries):
    for _number in range(count):
        factories.make_privacy_request(factories.make_member())
    with django_assert_max_num_queries(12):
        page = colleague.get(URL).content.decode()
    assert page.count("/backoffice/privacy-request/") > count


def test_list_can_be_filtered(colleague):
    waiting = factories.make_privacy_request(factories.make_member())
    answered = factories.make_privacy_request(factories.make_member(), state="refused")
    page = colleague.get(f"{URL}?state=open").content.decode()
    assert str(waiting.uuid) in page
    assert str(answered.uuid) not in page
    assert "Geen vragen gevonden" in colleague.get(f"{URL}?state=granted").content.decode()


def test_dashboard_counts_open_questions_for_who_may_answer(client_for, juinen, colleague):
    factories.make_event()
    factories.make_privacy_request(factories.make_member())
    factories.make_privacy_request(factories.make_member(), state="refused")
    assert "1 vraag over privacy" in colleague.get("/backoffice/").content.decode()
    planner = client_for(juinen, factories.make_staff("planner"))
    assert "vraag over privacy" not in planner.get("/backoffice/").content.decode()


def test_answer_is_kept_and_mailed(colleague):
    member = factories.make_member()
    question = factories.make_privacy_request(member, text="Mijn naam is fout.")
    page = colleague.get(f"{URL}{question.uuid}/").content.decode()
    assert "Mijn naam is fout." in page
    answer = colleague.post(f"{URL}{question.uuid}/", {"state": "granted", "answer": "Aangepast."})
    assert answer.headers["Location"] == URL
    question.refresh_from_db()
    assert (question.state, question.answer) == ("granted", "Aangepast.")
    assert OutboxMail.objects.filter(user=member.user, kind="privacy_answered").count() == 1


def test_answered_question_is_only_shown(colleague):
    question = factories.make_privacy_request(
        factories.make_member(), state="refused", answer="Dat kan niet."
    )
    page = colleague.get(f"{URL}{question.uuid}/").content.decode()
    assert "Dat kan niet." in page
    assert 'name="answer"' not in page


def test_question_to_erase_is_granted_by_erasing(colleague):
    question = factories.make_privacy_request(factories.make_member(), kind="erase")
    page = colleague.get(f"{URL}{question.uuid}/").content.decode()
    assert f"/backoffice/privacy/{question.member.uuid}/erase/" in page
    colleague.post(f"{URL}{question.uuid}/", {"state": "granted", "answer": "Gedaan."})
    assert PrivacyRequest.objects.get().state == "open"


def test_answer_needs_words(colleague):
    question = factories.make_privacy_request(factories.make_member())
    page = colleague.post(f"{URL}{question.uuid}/", {"state": "refused", "answer": ""}).content.decode()
    assert "Schrijf een antwoord" in page
    assert not OutboxMail.objects.filter(kind="privacy_answered").exists()
