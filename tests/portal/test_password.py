"""Forgotten password and user name: helpful to the owner, silent to everybody else."""

import time

import pytest

from elections.models import OutboxMail
from portal.sign_in import ANSWER_SECONDS
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
def test_known_and_unknown_get_the_same_answer_in_the_same_time(client, path, field, known, unknown):
    answers, times = [], []
    for value in (known, unknown):
        begin = time.monotonic()
        response = client.post(path, {field: value})
        times.append(time.monotonic() - begin)
        page = client.get(response.headers["Location"])
        answers.append(
            (response.status_code, response.headers["Location"], page.status_code, without_tokens(page))
        )
    assert answers[0][:3] == (302, f"{path}sent/", 200)
    assert answers[0] == answers[1]
    assert min(times) >= ANSWER_SECONDS
    assert OutboxMail.objects.count() == 1


@pytest.mark.parametrize(("path", "field", "known", "unknown"), PAGES)
def test_empty_form_is_explained(client, path, field, known, unknown):
    assert "Vul uw" in client.post(path, {field: ""}).content.decode()
    assert client.get(path).status_code == 200


def test_reset_link_leads_to_a_page_with_a_button(client, user):
    link = f"/password/reset/{factories.make_invitation(user, kind='password_reset').token}/"
    body = client.get(link).content.decode()
    assert "anna" in body
    assert client.post(link).headers["Location"] == "/password/choose/"
