"""Dragging the parts of the portal into another order, by mouse and with the keys that the buttons have anyway."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser

from elections.actions.event import create_event
from elections.event_plan import proposed_plan
from tests import factories
from tests.pages.visitor import Clock, Visitor

pytestmark = pytest.mark.pages
ROWS = "[data-z-order] > li"


@pytest.fixture
def colleague(juinen: Any, client_for: Any, browser: Browser) -> Iterator[Visitor]:
    create_event(proposed_plan(is_public_body=False), by=None)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="nl-NL")
    made = Visitor(context.new_page(), client_for(juinen), Clock(datetime.now(tz=UTC)))
    made.listen()
    made.log_in(factories.make_staff())
    yield made
    context.close()


def names(colleague: Visitor) -> list[str]:
    return colleague.page.locator(f"{ROWS} .z-person__name").all_inner_texts()


def drag(colleague: Visitor, row: int, to: int, *, drop: bool = True) -> None:
    """Take the handle of a row, go past the middle of another one, and let go or press Escape."""
    rows = colleague.page.locator(ROWS)
    handle = rows.nth(row).locator(".z-order__handle").bounding_box()
    goal = rows.nth(to).bounding_box()
    assert handle
    assert goal
    mouse, before = colleague.page.mouse, names(colleague)
    mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    mouse.down()
    mouse.move(goal["x"] + 20, goal["y"] + goal["height"] / 2, steps=12)
    assert names(colleague) != before
    if drop:
        with colleague.page.expect_navigation(url="**/portal-step/"):
            mouse.up()
        colleague.look()
    else:
        colleague.page.keyboard.press("Escape")
        mouse.up()


def test_part_is_dragged_to_another_place(colleague: Visitor) -> None:
    colleague.go("/backoffice/portal-step/")
    before = names(colleague)
    drag(colleague, 2, 0)
    assert names(colleague) == [before[2], before[0], before[1], *before[3:]]
    assert f"“{before[2]}” is verplaatst." in colleague.text()
    drag(colleague, 0, len(before) - 1)
    assert names(colleague)[-1] == before[2]


def test_escape_puts_the_part_back(colleague: Visitor) -> None:
    colleague.go("/backoffice/portal-step/")
    before = names(colleague)
    drag(colleague, 2, 0, drop=False)
    assert names(colleague) == before
    assert "is verplaatst" not in colleague.text()


def test_buttons_do_the_same_by_keyboard(colleague: Visitor) -> None:
    colleague.go("/backoffice/portal-step/")
    before = names(colleague)
    button = colleague.page.get_by_role("button", name=f"Omlaag {before[0]}")
    button.focus()
    with colleague.page.expect_navigation(url="**/portal-step/"):
        colleague.page.keyboard.press("Enter")
    assert names(colleague)[:2] == [before[1], before[0]]
