"""A list as municipalities have it, with faults: back with a column of faults, mended, read in, undone, and invited."""

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.elections.sheet_files import ods
from tests.journeys.conftest import Screen, Stage, Town
from tests.journeys.test_main_job import (
    STAFF_PASSWORD,
    accept_invitation,
    become_member,
    wait_until_ended,
)

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]
TEST_BSN = "999993653"


def test_list_with_faults_becomes_members_who_log_in(
    stage: Stage, town: Town, screen: Callable[..., Screen], tmp_path: Path
) -> None:
    team = accept_invitation(stage, screen(town.host), town.administrator, STAFF_PASSWORD, town.administrator)
    team.set_up_app()
    mail_domain = f"{town.host.removesuffix('.localhost')}.example"

    upload(team, list_with_faults(tmp_path, mail_domain))
    point_out_columns(team)
    returned = see_faults_and_take_the_list_back(team, tmp_path)
    upload(team, mended(returned, mail_domain))
    read_in_without_pointing_out_again(team)

    upload(team, list_that_moves_everybody(tmp_path))
    read_in(team)
    see_city_of(team, "Bakker", "Verhuisdorp")
    undo(team)
    see_city_of(team, "Bakker", "Juinen")

    invite_everybody(team)
    member = become_member(stage, screen(town.host, phone=True), f"anna@{mail_domain}")
    expect(member.page.get_by_role("heading", level=1)).to_be_visible()
    member.go("/personal-data/")
    expect(member.page.get_by_text("Dorpsstraat 12").first).to_be_visible()
    assert TEST_BSN not in member.page.content()


def list_with_faults(folder: Path, mail_domain: str) -> Path:
    """As Excel saves it on Windows: `;`, Windows-1252, a title, and headings of the municipality itself."""
    path = folder / "leden.csv"
    path.write_bytes(
        "Stembureauleden 2026;;;;;;;\r\n"
        "Nr;Wie;Vl;Geb. datum;Mailadres;Adres;Woonplaats;Sofi\r\n"
        f"1;van der Bakker;a b;17 mrt 1960;anna@{mail_domain};Dorpsstraat 12;Juinen;{TEST_BSN}\r\n"
        f"2;Özdemir, Cemil;;31-2-1971;cemil.{mail_domain};Kerkstraat 1a;Juinen;\r\n"
        "3;;X.;;;;Juinen;\r\n".encode("cp1252")
    )
    return path


def upload(team: Screen, path: Path) -> None:
    team.go("/backoffice/member-import/")
    team.page.locator("input[type=file]").set_input_files(path)
    with (
        team.page.expect_navigation()
    ):  # a file is on its way for a while, and the page stays until it has arrived
        team.page.get_by_role("button", name="Ga verder").first.click()
    team.check()


def point_out_columns(team: Screen) -> None:
    """Zitting knows all headings but one."""
    team.page.get_by_label("Wie", exact=True).select_option(label="Achternaam")
    assert TEST_BSN not in team.page.content()
    team.click("Controleer het bestand")


def see_faults_and_take_the_list_back(team: Screen, folder: Path) -> Path:
    for words in ("Dit is geen datum", "Dit is geen e-mailadres", "De achternaam is leeg"):
        expect(team.page.get_by_text(words).first).to_be_visible()
    expect(team.page.get_by_role("button", name="Lees de leden in")).to_have_count(0)
    with team.page.expect_download() as download:
        team.page.get_by_role("link", name="Download uw lijst met een kolom “Fout”").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def mended(path: Path, mail_domain: str) -> Path:
    """The same list, mended where the faults stand; the BSN, which never comes back, is typed in again."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    column = {cell.value: cell.column for cell in sheet[2]}
    assert next(iter(column)) == "Fout"
    assert "Dit is geen datum" in sheet.cell(4, 1).value
    assert "De achternaam is leeg" in sheet.cell(5, 1).value
    assert TEST_BSN not in str(list(sheet.values))
    sheet.cell(3, column["Sofi"], TEST_BSN)
    sheet.cell(4, column["Geb. datum"], "28-2-1971")
    sheet.cell(4, column["Mailadres"], f"cemil@{mail_domain}")
    sheet.cell(5, column["Wie"], "Visser")
    book.save(path)
    return path


def read_in_without_pointing_out_again(team: Screen) -> None:
    """The column that somebody pointed out is known now."""
    expect(team.page.get_by_label("Wie", exact=True)).to_have_value("last_name")
    expect(team.page.get_by_label("Fout", exact=True)).to_have_value("")
    read_in(team)
    team.go("/backoffice/member/")
    for name in ("Bakker", "Visser"):
        expect(team.page.get_by_text(name).first).to_be_visible()


def read_in(team: Screen) -> None:
    team.click("Controleer het bestand")
    team.click("Lees de leden in")
    wait_until_ended(team)


def list_that_moves_everybody(folder: Path) -> Path:
    """A sheet of LibreOffice that should never have been read in."""
    path = folder / "verkeerd.ods"
    rows = [
        ["1", "van der Bakker", "Verhuisdorp"],
        ["2", "Özdemir", "Verhuisdorp"],
        ["3", "Visser", "Verhuisdorp"],
    ]
    path.write_bytes(ods([["Lidnummer", "Achternaam", "Woonplaats"], *rows]))
    return path


def see_city_of(team: Screen, name: str, city: str) -> None:
    team.go(f"/backoffice/member/?q={name}")
    team.page.get_by_role("main").get_by_role("link", name=name).first.click()
    team.check()
    expect(team.page.get_by_text(city).first).to_be_visible()


def undo(team: Screen) -> None:
    """From the list of earlier files; first what it will do, then a clear yes."""
    team.go("/backoffice/member-import/")
    team.page.get_by_role("link", name=re.compile("^Ongedaan maken.*verkeerd")).click()
    team.check()
    expect(team.page.get_by_text("wordt teruggezet").first).to_be_visible()
    team.click("Maak het inlezen ongedaan")
    wait_until_ended(team)


def invite_everybody(team: Screen) -> None:
    team.go("/backoffice/member/")
    team.click("Iedereen uitnodigen die dat nog niet is", role="link")
    team.click("Nodig 2 leden uit")
    wait_until_ended(team)
