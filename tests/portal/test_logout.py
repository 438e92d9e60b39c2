"""The way out, wanted or not."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from elections.actions.login import end_sessions
from elections.models import AuditEvent
from tests import factories


@pytest.fixture
def member():
    return factories.make_member()


def is_out(client, page="/"):
    return client.get(page).headers.get("Location", "").startswith("/login/")


def test_logout_ends_the_session_and_clears_the_browser(client_for, juinen, member):
    client = client_for(juinen, member.user)
    cookies = client.cookies.copy()
    response = client.post("/logout/")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "uitgelogd" in client.get(response.headers["Location"]).content.decode()
    client.cookies = cookies
    assert is_out(client)
    assert AuditEvent.objects.filter(action="login.end", actor_id=str(member.user.uuid)).count() == 1


def test_logout_by_a_link_does_nothing(client_for, juinen, member):
    client = client_for(juinen, member.user)
    assert client.get("/logout/").status_code == 405
    assert not is_out(client)


def test_logout_without_session_is_harmless(client):
    assert client.post("/logout/").status_code == 302


@pytest.mark.parametrize(("make", "idle", "longest"), [("member", 30, 12 * 60), ("staff", 60, 10 * 60)])
def test_session_ends_by_doing_nothing_and_at_last_anyhow(client_for, juinen, make, idle, longest):
    user = factories.make_staff() if make == "staff" else factories.make_member().user
    page = "/backoffice/staff/" if make == "staff" else "/"
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        client = client_for(juinen, user)
        client.get(page)
    with time_machine.travel(start + timedelta(minutes=idle - 1), tick=False):
        assert not is_out(client, page)
    with time_machine.travel(start + timedelta(minutes=2 * idle), tick=False):
        assert is_out(client, page)
        assert "niet actief" in client.get("/login/").content.decode()
    with time_machine.travel(start, tick=False):
        client = client_for(juinen, user)
    minutes = 0
    while minutes + 20 < longest:
        minutes += 20
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert not is_out(client, page)
    with time_machine.travel(start + timedelta(minutes=longest + 1), tick=False):
        assert is_out(client, page)


def test_ended_sessions_are_out_at_once(client_for, juinen, member):
    client = client_for(juinen, member.user)
    end_sessions(member.user)
    assert is_out(client)


def test_part_of_a_page_is_not_replaced_by_the_login_page(client_for, juinen, member):
    client = client_for(juinen, member.user)
    end_sessions(member.user)
    response = client.get("/", headers={"HX-Request": "true"})
    assert (response.headers["HX-Refresh"], response.content) == ("true", b"")


def test_activity_is_written_once_a_minute(client_for, juinen, member, django_assert_num_queries):
    client = client_for(juinen, member.user)
    client.get("/help/")
    seen = client.session["seen_at"]
    client.get("/help/")
    assert client.session["seen_at"] == seen
