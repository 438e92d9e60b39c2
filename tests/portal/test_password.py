"""Forgotten password and user name: helpful to the owner, silent to everybody else."""

import pytest

from elections.actions.account_question import answer_open_questions
from elections.models import OutboxMail
from tests import factories
from tests.portal.test_login import without_tokens

PAGES = [
    ("/password/forgotten/", "username", "anna", "niemand"),
    ("/username/forgotten/", "email", "anna@voorbeeld.example", "niemand@voorbeeld.example"),
]


@pytest.fixture(autouse=True)
def user():
    return factories.make_user(username="anna", email="anna@voorbeeld.example")


@pytest.mark.parametrize(("path", "field", "known", "unknown"), PAGES)
def test_known_and_unknown_get_the_same_answer(client, path, field, known, unknown):
    answers = []
    for value in (known, unknown):
        response = client.post(path, {field: value})
        page = client.get(response.headers["Location"])
        answers.append(
            (response.status_code, response.headers["Location"], page.status_code, without_tokens(page))
        )
    assert answers[0][:3] == (302, f"{path}sent/", 200)
    assert answers[0] == answers[1]
    assert answer_open_questions() == 2
    assert OutboxMail.objects.count() == 1


@pytest.mark.parametrize(("path", "field", "known", "unknown"), PAGES)
def test_who_asks_too_often_is_told_to_wait(client, path, field, known, unknown):
    for _number in range(30):
        client.post(path, {field: unknown})
    answers = [client.post(path, {field: value}) for value in (known, unknown)]
    assert {answer.status_code for answer in answers} == {429}
    assert without_tokens(answers[0]) == without_tokens(answers[1])
    assert "over een uur" in answers[0].content.decode()


@pytest.mark.parametrize(("path", "field", "known", "unknown"), PAGES)
def test_empty_form_is_explained(client, path, field, known, unknown):
    assert "Vul uw" in client.post(path, {field: ""}).content.decode()
    assert client.get(path).status_code == 200


def test_reset_link_leads_to_a_page_with_a_button(client, user):
    link = f"/password/reset/{factories.make_invitation(user, kind='password_reset').token}/"
    body = client.get(link).content.decode()
    assert "anna" in body
    assert client.post(link).headers["Location"] == "/password/choose/"
