"""Dutch and English."""

import pytest

from elections.models import LoginChallenge
from tests import factories


def test_language_is_remembered_in_the_browser(client):
    response = client.post("/language/", {"language": "en", "next": "/username/forgotten/"})
    assert response.headers["Location"] == "/username/forgotten/"
    assert 'lang="en"' in client.get("/login/").content.decode()


def test_language_of_who_is_logged_in_holds_for_mails_too(client_for, juinen):
    user = factories.make_member().user
    client_for(juinen, user).post("/language/", {"language": "en"})
    user.refresh_from_db()
    assert user.language == "en"


def test_language_chosen_before_the_log_in_goes_on_after_it(client):
    user = factories.make_member().user
    client.post("/language/", {"language": "en"})
    client.post("/login/", {"username": user.username, "password": factories.PASSWORD})
    client.post("/login/code/", {"code": LoginChallenge.objects.get().code})
    assert 'lang="en"' in client.get("/").content.decode()
    user.refresh_from_db()
    assert user.language == "en"


@pytest.mark.parametrize("language", ["", "xx", "en\r\nSet-Cookie: a=b"])
def test_unknown_language_is_refused(client, language):
    assert client.post("/language/", {"language": language}).status_code == 400


def test_language_never_leads_to_another_site(client):
    assert (
        client.post("/language/", {"language": "en", "next": "//boef.example"}).headers["Location"]
        == "/login/"
    )
