"""Dutch and English."""

import pytest

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


@pytest.mark.parametrize("language", ["", "xx", "en\r\nSet-Cookie: a=b"])
def test_unknown_language_is_refused(client, language):
    assert client.post("/language/", {"language": language}).status_code == 400


def test_language_never_leads_to_another_site(client):
    assert (
        client.post("/language/", {"language": "en", "next": "//boef.example"}).headers["Location"]
        == "/login/"
    )
