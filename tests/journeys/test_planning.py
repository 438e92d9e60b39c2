"""Planning a round in Demodam: from an empty event to published places by mouse, and the moves by keyboard alone."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from elections.demo.story import PASSWORD
from tests.journeys.conftest import Screen, Stage
from tests.journeys.files import STATIONS, station_form
from tests.journeys.test_main_job import give_availability, import_stations, make_shifts, open_step

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]
PROPOSAL_SECONDS = 120
PEOPLE = 5  # who answer on their phones; all can be chair too


@dataclass(frozen=True)
class Account:
    """With what a member of Demodam logs in, and where the code goes."""

    username: str
    email: str


def test_planning_from_empty_event_to_published_places(
    stage: Stage, demodam: str, screen: Callable[..., Screen], tmp_path: Path
) -> None:
    team = screen(demodam)
    team.log_in("beheer@demodam.example", PASSWORD, "beheer@demodam.example")
    # Everybody of the demo is free on a Wednesday of its own, also when the journey was there before.
    day = date(2027, 4, 7) + timedelta(weeks=random.randrange(500))
    create_empty_event(team, f"Oefenronde {day}", day)
    import_stations(team, station_form(tmp_path, day=day.isoformat()))
    make_shifts(team)
    open_step(team, "Uw beschikbaarheid")
    accounts = chairs_of(team)
    phones = [
        answer_on_a_phone(screen(demodam, phone=True, is_first=account == accounts[0]), account)
        for account in accounts
    ]
    see_all_answers(team)

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
    told_after = time.time() - 1
    publish(team)
    board.open()
    expect(team.page.locator("[data-person].z-seat--published").first).to_be_visible()
    read_and_accept(stage, phones[0], accounts[0], told_after)
    take_a_published_place_back(team, board)
    put_in_the_archive(team)


def create_empty_event(team: Screen, name: str, day: date) -> None:
    """One day of voting; the proposed day of counting goes away."""
    team.go("/backoffice/event/")
    team.click("Nieuwe verkiezingsronde", role="link")
    team.fill("Naam van de verkiezingsronde", name)
    team.fill("Datum", day.isoformat())
    team.click("Dag weghalen Dag 2")
    team.click("Verkiezingsronde maken")
    expect(team.page.get_by_role("heading", level=1)).to_contain_text(name)


def chairs_of(team: Screen) -> list[Account]:
    """The first few who may be chair; their pages tell the names with which they log in."""
    team.go("/backoffice/member/?position=chair&sort=number")
    links = team.page.locator("td.z-cell-main a")
    addresses = [links.nth(row).get_attribute("href") or "" for row in range(PEOPLE)]
    accounts = []
    for address in addresses:
        team.go(address)
        accounts.append(Account(fact(team, "Gebruikersnaam"), fact(team, "E-mailadres")))
    return accounts


def fact(team: Screen, label: str) -> str:
    """The value beside a label on the page of a member."""
    row = team.page.locator(".z-facts__row").filter(has=team.page.get_by_text(label, exact=True))
    return (row.locator("dd").text_content() or "").strip()


def answer_on_a_phone(member: Screen, account: Account) -> Screen:
    """Log in, answer one question a page, check the answers, send them."""
    member.log_in(account.username, PASSWORD, account.email)
    give_availability(member)
    return member


def see_all_answers(team: Screen) -> None:
    """Everybody who answered, and nobody else: the event was empty."""
    team.go("/backoffice/member/answers/?answer=done")
    expect(team.page.locator("td.z-cell-main a")).to_have_count(PEOPLE)


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
        others = self.page.locator("#board-panel li").filter(has_not_text=name, has_text="Kan op dit dagdeel")
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


def read_and_accept(stage: Stage, member: Screen, account: Account, told_after: float) -> None:
    """One mail that tells nothing; on the phone everything, and the button to say yes."""
    mail = stage.mail(account.email, "klaar", after=told_after)
    assert not any(name in mail for name in STATIONS), "a mail says that something waits, never what"
    member.go("/placement/")
    expect(member.page.locator(".z-place").first).to_be_visible()
    member.click("Ja, ik kom")
    expect(member.page.get_by_text("U hebt gezegd dat u komt").first).to_be_visible()


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


def put_in_the_archive(team: Screen) -> None:
    """The demo shows its own round again."""
    team.go("/backoffice/event/")
    team.page.locator("main").get_by_role("link", name="Oefenronde").first.click()
    team.click("In het archief zetten", role="link")
    team.click("In het archief zetten")
    expect(team.page.get_by_text("staat in het archief")).to_be_visible()
