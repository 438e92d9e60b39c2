import logging

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from tests import factories


@pytest.fixture
def lines(tmp_path):
    """What the console of a server would show, with the filters of the settings."""
    path = tmp_path / "log"
    handler = logging.FileHandler(path)
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    root = logging.getLogger()
    root.addHandler(handler)
    yield path
    root.removeHandler(handler)
    handler.close()


@pytest.mark.parametrize("link", ["invitation", "password/reset"])
def test_refused_request_does_not_write_the_key_in_its_path_into_the_log(juinen, client_for, lines, link):
    token = factories.make_invitation(factories.make_user()).token
    path = f"/{link}/{token}/"
    answer = client_for(juinen, enforce_csrf_checks=True).post(path)
    assert answer.status_code == 403
    text = lines.read_text()
    assert f"/{link}/•••/" in text
    assert token not in text


def test_address_of_a_calendar_that_is_off_is_not_written_into_the_log(juinen, client_for, lines):
    feed = factories.make_calendar_feed(factories.make_member())
    token = feed.token
    feed.delete()
    assert client_for(juinen).get(f"/calendar/{token}.ics").status_code == 404
    text = lines.read_text()
    assert "/calendar/•••" in text
    assert token.partition(".")[0] not in text
