"""Help is open to everybody."""

from typing import Any


def test_help_is_open_before_and_after_log_in(client: Any, as_member: Any) -> None:
    for visitor in (client, as_member):
        content = visitor.get("/help/").content.decode()
        assert "0123 456 789" in content
        assert "verkiezingen@juinen.example" in content


def test_help_cannot_be_posted_to(client: Any) -> None:
    assert client.post("/help/").status_code == 405
