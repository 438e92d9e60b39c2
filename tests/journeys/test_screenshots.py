"""The pictures of the README, from the demo that runs: `make screenshots`."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from elections.demo.story import PASSWORD
from tests.journeys.conftest import DESKTOP, PHONE, Screen, Stage

pytestmark = [pytest.mark.journey, pytest.mark.screenshots, pytest.mark.xdist_group("journey")]
FOLDER = Path(os.environ.get("SCREENSHOTS", "docs/img"))


def test_picture_of_the_portal(browser: Browser, stage: Stage) -> None:
    """The task list of a member, on a phone with a sharp screen."""
    told = stage.manage("demo").partition("zonneiland.localhost")[2]
    username = re.search(r"lid +(\S+)", told)[1]
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, locale="nl-NL", has_touch=True)
    member = Screen(context.new_page(), stage, "zonneiland.localhost")
    number = re.search(r"\d+$", username)[0]
    member.log_in(username, PASSWORD, f"lid{number}@voorbeeld.example")
    member.go("/")
    member.page.screenshot(path=FOLDER / "portal-home.png")
    context.close()


def test_pictures_of_the_backoffice(screen: Callable[..., Screen]) -> None:
    """Where the team stands, and the places of one polling station."""
    team = screen("juinen.localhost")
    team.log_in("beheer@juinen.example", PASSWORD, "beheer@juinen.example")
    team.page.set_viewport_size(DESKTOP)
    team.go("/backoffice/")
    team.page.screenshot(path=FOLDER / "backoffice-home.png")
    team.go("/backoffice/assignment/")
    team.page.locator("main a[href*='/assignment/station/']").first.click()
    team.page.wait_for_load_state()
    team.page.screenshot(path=FOLDER / "assignment.png")
