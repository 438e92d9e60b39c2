"""The main job, from an Excel list of people to appointment letters that they read on their phones."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Screen, Stage, Town, link_in
from tests.journeys.files import STATIONS, member_list, station_form

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]
STAFF_PASSWORD = "kastanjes rapen in oktober"
MEMBER_PASSWORD = "fietsen langs de vaart"
TEST_BSN = "999993653"
JOB_SECONDS = 90


def test_main_job_from_excel_to_letter(
    stage: Stage, town: Town, screen: Callable[..., Screen], tmp_path: Path
) -> None:
    """A new municipality: import, event, stations, shifts, invitations, answers, places, letters."""
    team = accept_invitation(stage, screen(town.host), town.administrator, STAFF_PASSWORD, town.administrator)
    team.set_up_app()
    import_members(team, member_list(tmp_path, host=town.host.removesuffix(".localhost")))
    create_event(team)
    import_stations(team, station_form(tmp_path))
    make_shifts(team)
    open_step(team, "Uw gegevens")
    open_step(team, "Uw beschikbaarheid")
    invite_everybody(team)

    address = f"lid1@{town.host.removesuffix('.localhost')}.example"
    member = become_member(stage, screen(town.host, phone=True), address)
    give_availability(member)
    give_person_number(member)

    see_who_answered(team)
    assign_a_board(team)
    publish_places(team)
    make_letters(team)
    open_step(team, "Uw plaats")
    open_step(team, "Uw brieven")

    letter_mail = stage.mail(address, "klaar")
    assert STATIONS[0] not in letter_mail, "a mail says that something waits, never what"
    read_placement_and_letter(member)


def accept_invitation(stage: Stage, person: Screen, address: str, password: str, username: str) -> Screen:
    """Mail, button, own password, log-in with the code."""
    person.page.goto(link_in(stage.mail(address, "uitnodig")))
    person.check()
    person.click("Begin")
    person.fill("Nieuw wachtwoord", password)
    person.fill("Herhaal het wachtwoord", password)
    person.page.get_by_role("main").get_by_role("button", name="wachtwoord").last.click()
    person.page.wait_for_load_state()
    person.check()
    person.log_in(username, password, address)
    return person


def become_member(stage: Stage, person: Screen, address: str) -> Screen:
    text = stage.mail(address, "uitnodig")
    username = text.split("ebruikersnaam")[1].split(":")[1].split()[0]
    return accept_invitation(stage, person, address, MEMBER_PASSWORD, username)


def wait_until_ended(person: Screen) -> None:
    """Stay on the page of a long job; its progress and its end come by themselves."""
    expect(person.page.get_by_text("Geëindigd", exact=True)).to_be_visible(timeout=JOB_SECONDS * 1000)
    person.check()


def import_members(team: Screen, path: Path) -> None:
    """Upload, check the columns, look at the preview, read in."""
    team.go("/backoffice/")
    team.click("Leden inlezen", role="link")
    team.page.locator("input[type=file]").set_input_files(path)
    team.click("Ga verder")
    team.click("Controleer het bestand")
    team.click("Lees de leden in")
    wait_until_ended(team)
    team.go("/backoffice/member/")
    expect(team.page.get_by_text("Özdemir").first).to_be_visible()


def create_event(team: Screen) -> None:
    """Everything is filled in for the next vote; only the button is left."""
    team.go("/backoffice/event/create/")
    team.click("Verkiezingsronde maken")
    expect(team.page.get_by_role("heading", level=1)).to_contain_text("Provinciale Staten")


def import_stations(team: Screen, path: Path) -> None:
    """The national form, sideways."""
    team.go("/backoffice/polling-station-import/")
    team.page.locator("input[type=file]").set_input_files(path)
    team.click("Bestand controleren")
    for name in STATIONS:
        expect(team.page.get_by_text(name).first).to_be_visible()
    team.click(f"{len(STATIONS)} stembureaus inlezen")
    team.go("/backoffice/polling-station/")
    expect(team.page.get_by_text(STATIONS[0]).first).to_be_visible()


def make_shifts(team: Screen) -> None:
    """The template as it is proposed, for all stations."""
    team.go("/backoffice/shift/")
    team.click("Sjabloon nakijken", role="link")
    team.click("Bewaar en ga verder")
    team.click("Diensten maken")
    team.go("/backoffice/shift/")
    expect(team.page.get_by_text(STATIONS[0]).first).to_be_visible()


def open_step(team: Screen, name: str) -> None:
    """Put a part of the portal on, without dates."""
    team.go("/backoffice/portal-step/")
    team.page.get_by_role("link", name=f"Aanpassen {name}").first.click()
    team.check()
    team.page.get_by_label("Leden zien dit onderdeel").check()
    team.click("Bewaar")


def invite_everybody(team: Screen) -> None:
    """The number of people first, then the mails."""
    team.go("/backoffice/member/")
    team.click("Iedereen uitnodigen die dat nog niet is", role="link")
    expect(team.page.get_by_text("leden krijgen een uitnodiging")).to_be_visible()
    team.click("Nodig 30 leden uit")
    wait_until_ended(team)


def give_availability(member: Screen) -> None:
    """Yes to everything, one day per page, and the answers once more before they go."""
    member.go("/")
    member.click("Uw beschikbaarheid", role="link")
    member.click("Beginnen", role="link")
    while not member.page.get_by_role("button", name="Versturen").count():
        for question in member.page.locator("fieldset:has(input[value=yes])").all():
            question.locator("input[value=yes]").check()
        member.page.locator("main .nl-button--primary").last.click()
        member.page.wait_for_load_state()
        member.check()
    expect(member.page.get_by_text("Kijk uw antwoorden na")).to_be_visible()
    member.click("Versturen")
    expect(member.page.get_by_role("heading", level=1)).to_have_text("Uw antwoorden zijn verstuurd")


def give_person_number(member: Screen) -> None:
    """Typed once, never shown again."""
    member.go("/personal-data/")
    member.page.get_by_role("main").locator("a[href$='person-number/']").first.click()
    member.check()
    member.page.get_by_role("main").get_by_role("textbox").first.fill(TEST_BSN)
    member.page.get_by_role("main").get_by_role("button").last.click()
    member.page.wait_for_load_state()
    member.check()
    member.go("/personal-data/")
    assert TEST_BSN not in member.page.content()
    member.click("Mijn gegevens kloppen")


def see_who_answered(team: Screen) -> None:
    team.go("/backoffice/member/answers/?answer=done")
    expect(team.page.get_by_role("main").get_by_text("Vries").first).to_be_visible()


def assign_a_board(team: Screen) -> None:
    """Fill the morning of the first station: chair, deputy and three members."""
    team.go("/backoffice/assignment/")
    team.click(STATIONS[0], role="link")
    station = team.page.url
    morning = team.page.locator("section.z-part").first
    expect(morning.get_by_text("Geen voorzitter").first).to_be_visible()
    for _place in range(5):
        team.page.goto(station)
        team.page.locator("section.z-part").first.get_by_role("link", name="Kies iemand").first.click()
        team.check()
        team.page.get_by_role("button", name="Deel in").first.click()
        team.page.wait_for_load_state()
    team.page.goto(station)
    team.check()
    expect(team.page.locator("section.z-part").first.get_by_text("Geen voorzitter")).to_have_count(0)


def publish_places(team: Screen) -> None:
    team.go("/backoffice/publication/")
    team.click("Publiceer 5 plaatsen")


def make_letters(team: Screen) -> None:
    """Who signs, then all letters, then publish them."""
    team.go("/backoffice/letter-edition/edit/")
    team.fill("Datum van het besluit", "2027-02-09")
    team.page.get_by_label("Ondertekenaar", exact=False).first.fill("A.M. Verkade")
    team.click("Bewaar")
    team.go("/backoffice/letter/")
    team.click("Maak 5 brieven")
    expect(team.page.get_by_role("link", name="Publiceer 5 brieven")).to_be_visible(
        timeout=JOB_SECONDS * 1000
    )
    team.check()
    team.click("Publiceer 5 brieven", role="link")
    team.click("Publiceer 5 brieven")


def read_placement_and_letter(member: Screen) -> None:
    """On the phone: where and when, and the letter itself."""
    member.go("/")
    expect(member.page.get_by_text(STATIONS[0]).first).to_be_visible()
    member.go("/placement/")
    expect(member.page.get_by_text("Voorzitter").first).to_be_visible()
    member.go("/letter/")
    address = member.page.locator("main a[href^='/letter/']").first.get_attribute("href")
    kind, begin = member.page.evaluate(
        "async (path) => { const letter = await fetch(path);"
        " return [letter.headers.get('content-type'), (await letter.text()).slice(0, 5)] }",
        address,
    )
    assert (kind, begin) == ("application/pdf", "%PDF-")
