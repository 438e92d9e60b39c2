"""Ticking members in the list with the keyboard and with Shift, and what the bar then counts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests import factories
from tests.pages.visitor import Clock, Visitor

pytestmark = pytest.mark.pages
ROW = "input[data-z-select]"


@pytest.fixture
def colleague(juinen: Any, client_for: Any, browser: Browser) -> Iterator[Visitor]:
    for name in ("Aalbers", "Bakker", "Cremer", "Dijk", "Evers"):
        factories.make_member(with_user=False, last_name=name)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="nl-NL")
    made = Visitor(context.new_page(), client_for(juinen), Clock(datetime.now(tz=UTC)))
    made.listen()
    made.log_in(factories.make_staff())
    yield made
    context.close()


def ticked(colleague: Visitor) -> list[bool]:
    return [row.is_checked() for row in colleague.page.locator(ROW).all()]


def counted(colleague: Visitor) -> str:
    return colleague.page.locator("[data-z-bulk-count]").inner_text()


def test_arrows_walk_the_rows_and_tick_along_with_shift(colleague: Visitor) -> None:
    colleague.go("/backoffice/member/")
    rows, keyboard = colleague.page.locator(ROW), colleague.page.keyboard
    rows.first.focus()
    keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    keyboard.press("Shift+ArrowDown")
    keyboard.press("Shift+ArrowDown")
    assert ticked(colleague) == [False, True, True, True, False]
    assert counted(colleague) == "3"
    keyboard.press("End")
    expect(rows.nth(4)).to_be_focused()
    keyboard.press("ArrowDown")  # there is no row below: the focus stays
    expect(rows.nth(4)).to_be_focused()
    keyboard.press("Home")
    keyboard.press("Space")
    assert ticked(colleague) == [True, True, True, True, False]


def test_shift_and_a_click_tick_all_rows_between(colleague: Visitor) -> None:
    colleague.go("/backoffice/member/")
    rows = colleague.page.locator(ROW)
    rows.nth(1).click()
    rows.nth(3).click(modifiers=["Shift"])
    assert ticked(colleague) == [False, True, True, True, False]
    rows.nth(2).click()
    rows.nth(3).click(modifiers=["Shift"])
    assert ticked(colleague) == [False, True, False, False, False]
    assert counted(colleague) == "1"


def test_other_actions_wait_behind_more_and_escape_closes_them(colleague: Visitor) -> None:
    colleague.go("/backoffice/member/")
    page = colleague.page
    page.locator(ROW).first.check()
    more = page.locator(".z-bulk__more > summary")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Op niet actief zetten")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Op niet actief zetten")).to_be_hidden()
    expect(more).to_be_focused()
