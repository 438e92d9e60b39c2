"""A member corrects data on a phone: what the team asks itself, what counts at once, and what waits for the team."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Screen, Stage, Town
from tests.journeys.test_main_job import (
    STAFF_PASSWORD,
    accept_invitation,
    become_member,
    create_event,
    open_step,
)

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]
DECLARATION = "Ik sta niet op een kandidatenlijst."
REASON = "Om eten te bestellen voor de lange dag."


def test_member_corrects_data_on_a_phone(stage: Stage, town: Town, screen: Callable[..., Screen]) -> None:
    """A question and a declaration of the team's own, a mistake that is told, and a name that waits for the team."""
    team = accept_invitation(stage, screen(town.host), town.administrator, STAFF_PASSWORD, town.administrator)
    team.set_up_app()
    create_event(team)
    open_step(team, "Uw gegevens")
    ask_diet(team)
    ask_declaration(team)
    look_at_names_first(team)
    address = f"noor@{town.host.removesuffix('.localhost')}.example"
    add_member(team, address)

    member = become_member(stage, screen(town.host, phone=True), address)
    see_what_is_missing(member)
    correct_phone(member)
    fill_in_address(member)
    answer_diet(member)
    declare(member)
    correct_name(member)

    take_over(team)
    mail = stage.mail(address, "wijziging")
    assert "naam" not in mail.lower(), "a mail says that something waits, never what"
    see_the_new_name(member)


def ask_diet(team: Screen) -> None:
    """An own question: a choice, with the reason for asking."""
    team.go("/backoffice/own-field/")
    team.page.get_by_label("Soort vraag").select_option(label="keuze uit een lijst")
    team.click("Maak een vraag")
    team.fill("Vraag", "Dieetwensen")
    team.fill("Waarom vraagt u dit?", REASON)
    team.fill("Antwoorden om uit te kiezen", "geen\nvegetarisch\nhalal")
    team.page.get_by_label("Leden moeten dit invullen").check()
    team.click("Bewaar")
    expect(team.page.get_by_role("heading", name="Dieetwensen")).to_be_visible()


def ask_declaration(team: Screen) -> None:
    team.click("Verklaringen", role="link")
    team.click("Maak een verklaring", role="link")
    team.fill("Titel", "Geen kandidaat")
    team.fill("Wat verklaart het lid?", DECLARATION)
    team.fill("Waarom vraagt u dit?", "Zodat kiezers het stembureau vertrouwen.")
    team.click("Bewaar")
    expect(team.page.get_by_text(DECLARATION)).to_be_visible()


def look_at_names_first(team: Screen) -> None:
    team.go("/backoffice/personal-data-change/")
    team.click("Kies wat op u wacht", role="link")
    team.page.get_by_label("naam", exact=True).check()
    team.click("Bewaar")


def add_member(team: Screen, address: str) -> None:
    """By hand, with a telephone number that is not theirs any more; then the invitation."""
    team.go("/backoffice/member/create/")
    for label, value in (
        ("Voorletters", "N."),
        ("Voornaam", "Noor"),
        ("Achternaam", "Dijk"),
        ("Geboortedatum", "27-3-1958"),
        ("E-mailadres", address),
        ("Telefoonnummer", "0612345678"),
    ):
        team.fill(label, value)
    team.click("Voeg toe")
    team.click("Nodig uit")


def see_what_is_missing(member: Screen) -> None:
    """The reasons stand beside the questions, and the page says what is still empty."""
    member.go("/personal-data/")
    member.click("Mijn gegevens kloppen")
    missing = member.page.get_by_text("Vul eerst nog in:")
    expect(missing).to_contain_text("Dieetwensen")
    expect(missing).to_contain_text("Geen kandidaat")
    row = member.page.locator(".z-summary__row", has_text="Dieetwensen")
    row.get_by_text("Waarom vragen wij dit?").click()
    expect(row.get_by_text(REASON)).to_be_visible()
    member.check()


def correct_phone(member: Screen) -> None:
    """A number that cannot be is told; the right one counts at once."""
    open_row(member, "Telefoonnummer")
    member.fill("Telefoonnummer", "06123")
    member.click("Bewaar")
    expect(member.page).to_have_title(re.compile("^Fout"))
    member.fill("Telefoonnummer", "06 87 65 43 21")
    member.click("Bewaar")
    expect(member.page.get_by_text("+31 6 87654321")).to_be_visible()


def fill_in_address(member: Screen) -> None:
    open_row(member, "Adres")
    for label, value in (
        ("Straat", "Dorpsstraat"),
        ("Huisnummer", "12"),
        ("Postcode", "1234ab"),
        ("Woonplaats", "Reisdorp"),
    ):
        member.fill(label, value)
    member.click("Bewaar")
    expect(member.page.get_by_text("1234 AB")).to_be_visible()


def answer_diet(member: Screen) -> None:
    open_row(member, "Dieetwensen")
    member.page.get_by_label("vegetarisch").check()
    member.click("Bewaar")
    expect(member.page.locator(".z-summary__row", has_text="Dieetwensen")).to_contain_text("vegetarisch")


def declare(member: Screen) -> None:
    open_row(member, "Geen kandidaat")
    expect(member.page.get_by_text(DECLARATION)).to_be_visible()
    member.page.get_by_label("Dit verklaar ik").check()
    member.click("Bewaar")
    expect(member.page.locator(".z-summary__row", has_text="Geen kandidaat")).to_contain_text("Ja, op")


def correct_name(member: Screen) -> None:
    """The name waits for the team; everything else is done."""
    open_row(member, "Naam")
    member.fill("Achternaam", "Dijkstra")
    member.click("Bewaar")
    expect(member.page.get_by_text("Het team kijkt nog naar uw wijziging")).to_be_visible()
    expect(member.page.locator(".z-summary__row", has_text="Naam").first).not_to_contain_text("Dijkstra")
    member.click("Mijn gegevens kloppen")
    expect(member.page.get_by_text("Dank u wel. Uw gegevens zijn nagekeken.")).to_be_visible()


def open_row(member: Screen, label: str) -> None:
    """The page of one subject, by the link in its row."""
    member.go("/personal-data/")
    row = member.page.locator(".z-summary__row").filter(has=member.page.locator("dt", has_text=label)).first
    row.get_by_role("link").first.click()
    member.page.wait_for_load_state()
    member.check()


def take_over(team: Screen) -> None:
    team.go("/backoffice/personal-data-change/")
    team.click("Dijk, Noor", role="link")
    expect(team.page.get_by_text("Dijkstra")).to_be_visible()
    team.click("Neem over")
    expect(team.page.get_by_text("Er wacht niets op u")).to_be_visible()


def see_the_new_name(member: Screen) -> None:
    member.go("/personal-data/")
    expect(member.page.locator(".z-summary__row", has_text="Naam").first).to_contain_text("Dijkstra")
    expect(member.page.get_by_text("Het team kijkt nog naar uw wijziging")).to_have_count(0)
