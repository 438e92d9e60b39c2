"""Planning a whole event: from nothing to published places by mouse, and the moves once more by keyboard alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Screen, Stage, Town
from tests.journeys.files import STATIONS, member_list, station_form
from tests.journeys.test_main_job import (
    STAFF_PASSWORD,
    accept_invitation,
    create_event,
    import_members,
    import_stations,
    make_shifts,
)

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]
PROPOSAL_SECONDS = 120
# Thirty people who fill in their availability on thirty phones; the main journey shows one of them do it.
EVERYBODY_CAN = """
from django.utils import timezone
from django_tenants.utils import tenant_context
from elections.models import Availability, AvailabilityResponse, DayPart, ElectionEvent, Member
from tenants.models import Municipality
with tenant_context(Municipality.objects.get(domains__domain={host!r})):
    event = ElectionEvent.objects.get()
    for member in Member.objects.active():
        now = timezone.now()
        AvailabilityResponse.objects.create(member=member, event=event, submitted_at=now, changed_at=now)
        for part in DayPart.objects.filter(polling_day__event=event):
            Availability.objects.create(member=member, day_part=part, answer="yes")
"""


def test_planning_from_empty_event_to_published_places(
    stage: Stage, town: Town, screen: Callable[..., Screen], tmp_path: Path
) -> None:
    team = accept_invitation(stage, screen(town.host), town.administrator, STAFF_PASSWORD, town.administrator)
    team.set_up_app()
    import_members(team, member_list(tmp_path, host=town.host.removesuffix(".localhost")))
    create_event(team)
    import_stations(team, station_form(tmp_path))
    make_shifts(team)
    stage.manage("shell", "-c", EVERYBODY_CAN.format(host=town.host))

    board = Board(team)
    board.open()
    board.place_by_mouse()
    board.drag()
    board.swap_by_mouse()
    board.undo_by_mouse()

    board.open()
    board.place_by_keyboard()
    board.move_by_keyboard()
    board.undo_by_keyboard()
    board.lock_by_keyboard()

    take_over_a_proposal(team)
    publish(team)
    board.open()
    expect(team.page.locator("[data-person].z-seat--published").first).to_be_visible()
    take_a_published_place_back(team, board)


class Board:
    """The planning board as one colleague has it before them."""

    def __init__(self, team: Screen) -> None:
        self.team, self.page = team, team.page
        self.said = team.page.locator("#board-said")

    def open(self) -> None:
        self.team.go("/backoffice/board/")
        expect(self.page.locator("[data-row]").first).to_be_visible()

    def people(self) -> Locator:
        return self.page.locator("[data-person]")

    def row(self, number: int) -> Locator:
        return self.page.locator(f"[data-row='{number}']")

    def shift(self, row: int, position: str, column: int = 1) -> Locator:
        """The work of this position at a station, in the day part of this column."""
        cell = self.row(row).locator(f"[data-column='{column}']")
        return cell.locator(f"[data-shift][data-name^='{position},']")

    def check(self) -> None:
        self.team.check()

    # By mouse

    def place_by_mouse(self) -> None:
        """Two people at the first station: the panel tells who fits, best first, and why."""
        for row, position in ((1, "Voorzitter"), (2, "Stembureaulid")):
            self.shift(row, position).get_by_role("link", name="Open plaats").first.click()
            panel = self.page.locator("#board-panel")
            expect(panel.get_by_text("Kan op dit dagdeel").first).to_be_visible()
            self.check()
            panel.get_by_role("button", name="Deel in").first.click()
            expect(self.shift(row, position).locator("[data-person]")).to_have_count(1)
        self.check()

    def drag(self) -> None:
        """From the morning to the afternoon, for the same work."""
        person = self.shift(2, "Stembureaulid").locator("[data-person]")
        name = person.get_attribute("data-name") or ""
        later = self.shift(2, "Stembureaulid", 2)
        self.drag_to(person, later.get_by_role("link", name="Open plaats").first)
        expect(later.locator("[data-person]")).to_have_attribute("data-name", name)
        expect(self.shift(2, "Stembureaulid").locator("[data-person]")).to_have_count(0)
        self.check()

    def swap_by_mouse(self) -> None:
        """Put on somebody else, the board asks first."""
        chair, later = self.shift(1, "Voorzitter"), self.shift(1, "Voorzitter", 2)
        name = chair.locator("[data-person]").get_attribute("data-name") or ""
        later.get_by_role("link", name="Open plaats").first.click()
        # Whoever works in the morning may also work in the afternoon, and swaps with nobody then.
        others = self.page.locator("#board-panel li").filter(has_not_text=name)
        others.get_by_role("button", name="Deel in").first.click()
        expect(later.locator("[data-person]")).to_have_count(1)
        self.drag_to(chair.locator("[data-person]"), later.locator("[data-person]"))
        swap = self.page.locator("#board-panel").get_by_role("button", name="Wissel deze twee")
        expect(swap).to_be_visible()
        self.check()
        swap.click()
        expect(later.locator("[data-person]")).to_have_attribute("data-name", name)

    def undo_by_mouse(self) -> None:
        later = self.shift(1, "Voorzitter", 2).locator("[data-person]")
        name = later.get_attribute("data-name") or ""
        self.page.locator("[data-undo-button]").click()
        expect(later).not_to_have_attribute("data-name", name)
        expect(self.shift(1, "Voorzitter").locator("[data-person]")).to_have_attribute("data-name", name)
        self.check()

    def drag_to(self, person: Locator, target: Locator) -> None:
        person.scroll_into_view_if_needed()
        start, end = person.bounding_box(), target.bounding_box()
        assert start
        assert end
        mouse = self.page.mouse
        mouse.move(start["x"] + 15, start["y"] + start["height"] / 2)
        mouse.down()
        mouse.move(start["x"] + 40, start["y"] + 20, steps=4)
        mouse.move(end["x"] + 15, end["y"] + end["height"] / 2, steps=12)
        mouse.up()

    # By keyboard

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def walk_to(self, wanted: Locator) -> None:
        """With the arrows only, from the place that has the focus: up, then down the columns until it is there."""
        self.press("Home")
        for _column in range(6):
            for _step in range(60):
                if wanted.evaluate("seat => seat === document.activeElement"):
                    return
                before = self._focused()
                self.press("ArrowDown")
                if self._focused() == before:
                    break
            while True:
                before = self._focused()
                self.press("ArrowUp")
                if self._focused() == before:
                    break
            self.press("ArrowRight")
        raise AssertionError("the arrows do not get there")

    def _focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.id"))

    def tab_to_board(self) -> None:
        """The whole board is one stop of the Tab key."""
        for _stop in range(80):
            self.press("Tab")
            if self.page.evaluate("Boolean(document.activeElement.closest('#board [data-seat]'))"):
                return
        raise AssertionError("Tab does not reach the board")

    def tab_to(self, wanted: Locator) -> None:
        for _stop in range(80):
            if wanted.evaluate("button => button === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError("Tab does not reach the button")

    def place_by_keyboard(self) -> None:
        self.tab_to_board()
        self.walk_to(self.shift(2, "Stembureaulid").get_by_role("link", name="Open plaats").first)
        self.press("Enter")
        button = self.page.locator("#board-panel").get_by_role("button", name="Deel in").first
        expect(button).to_be_visible()
        self.tab_to(button)
        self.press("Enter")
        expect(self.shift(2, "Stembureaulid").locator("[data-person]")).to_have_count(1)
        self.check()

    def move_by_keyboard(self) -> None:
        person = self.shift(2, "Stembureaulid").locator("[data-person]")
        name = person.get_attribute("data-name") or ""
        self.walk_to(person)
        self.press("m")
        expect(self.page.locator("#board-live")).to_contain_text("is opgepakt")
        self.walk_to(self.shift(1, "Stembureaulid").get_by_role("link", name="Open plaats").first)
        self.press("Enter")
        expect(self.shift(1, "Stembureaulid").locator("[data-person]")).to_have_attribute("data-name", name)
        expect(self.shift(2, "Stembureaulid").locator("[data-person]")).to_have_count(0)
        self.check()

    def undo_by_keyboard(self) -> None:
        self.press("u")
        expect(self.shift(2, "Stembureaulid").locator("[data-person]")).to_have_count(1)
        expect(self.shift(1, "Stembureaulid").locator("[data-person]")).to_have_count(0)
        self.check()

    def lock_by_keyboard(self) -> None:
        self.walk_to(self.shift(2, "Stembureaulid").locator("[data-person]"))
        self.press("Enter")
        button = self.page.locator("#board-panel").get_by_role("button", name="Zet vast")
        expect(button).to_be_visible()
        self.check()
        self.tab_to(button)
        self.press("Enter")
        expect(self.shift(2, "Stembureaulid").get_by_text("vastgezet")).to_have_count(1)


def take_over_a_proposal(team: Screen) -> None:
    """The computer fills the rest; who was placed by hand stays."""
    team.go("/backoffice/proposal/create/")
    team.click("Reken het voorstel uit")
    expect(team.page.get_by_role("link", name="Neem over")).to_be_visible(timeout=PROPOSAL_SECONDS * 1000)
    team.check()
    team.click("Neem over", role="link")
    team.click("Neem ")
    team.check()


def publish(team: Screen) -> None:
    team.go("/backoffice/publication/")
    team.click("Publiceer ")


def take_a_published_place_back(team: Screen, board: Board) -> None:
    """The member keeps seeing the place until that is published too; the page says beforehand what they will hear."""
    chair = board.shift(1, "Voorzitter").locator("[data-person]")
    chair.click()
    panel = team.page.locator("#board-panel")
    panel.get_by_role("link", name="Haal weg").click()
    remove = panel.get_by_role("button", name="Haal weg")
    expect(remove).to_be_visible()
    board.check()
    remove.click()
    expect(chair).to_have_count(0)
    team.go("/backoffice/publication/")
    row = team.page.get_by_role("row").filter(has_text=STATIONS[0])
    expect(row.get_by_text("Vervalt")).to_be_visible()
    team.click("Publiceer ")
