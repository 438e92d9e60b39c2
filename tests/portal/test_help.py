"""Help and privacy are open to everybody."""

from typing import Any

import pytest


@pytest.mark.parametrize("page", ["/help/", "/help/privacy/"])
def test_help_is_open_before_and_after_log_in(client: Any, as_member: Any, page: str) -> None:
    for visitor in (client, as_member):
        content = visitor.get(page).content.decode()
        assert "0123 456 789" in content
        assert "verkiezingen@juinen.example" in content


def test_privacy_uses_the_words_of_a_public_body(zonneiland: Any, client_for: Any) -> None:
    page = client_for(zonneiland).get("/help/privacy/").content.decode()
    assert "BSN of ID-nummer" in page
    assert "Openbaar lichaam Zonneiland" in page


def test_help_cannot_be_posted_to(client: Any) -> None:
    assert client.post("/help/").status_code == 405
