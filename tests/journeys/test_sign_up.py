"""Somebody who wants to help: from the public form on a phone to the first answers about when they can work."""

import random
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from portal.forms.sign_up import SHORTEST
from tests.journeys.conftest import Screen, Stage, Town, link_in
from tests.journeys.test_main_job import (
    STAFF_PASSWORD,
    accept_invitation,
    become_member,
    create_event,
    give_availability,
    open_step,
)

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]


def test_from_sign_up_to_first_availability(stage: Stage, town: Town, screen: Callable[..., Screen]) -> None:
    team = accept_invitation(stage, screen(town.host), town.administrator, STAFF_PASSWORD, town.administrator)
    team.set_up_app()
    create_event(team)
    open_step(team, "Uw beschikbaarheid")

    phone = screen(town.host, phone=True)
    phone.go("/sign-up/")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Aanmelden kan nu niet")
    open_form(team)

    address = f"sanne{random.randrange(10_000, 99_999)}@voorbeeld.example"
    sign_up(phone, address)
    see_nobody(team)
    confirm(stage, phone, address)
    accept(team)

    member = become_member(stage, screen(town.host, phone=True), address)
    give_availability(member)
    team.go("/backoffice/member/answers/?answer=done")
    expect(team.page.get_by_role("main").get_by_text("Visser").first).to_be_visible()


def open_form(team: Screen) -> None:
    team.go("/backoffice/sign-up/")
    team.page.get_by_label("Ja, het formulier staat open").check()
    team.fill("Tekst boven het formulier", "Wij zoeken mensen voor 17 maart.")
    team.click("Bewaar")


def sign_up(phone: Screen, address: str) -> None:
    """A mistake first: what was typed stays. Then as people do it, which takes longer than a program needs."""
    phone.go("/login/")
    phone.click("Ik wil meehelpen", role="link")
    expect(phone.page.get_by_text("Wij zoeken mensen voor 17 maart.")).to_be_visible()
    for label, text in (
        ("Voornaam", "Sanne"),
        ("Achternaam", "Visser"),
        ("Geboortedatum", "12 mei 1991"),
        ("Woonplaats", "Reisdorp"),
        ("E-mailadres", "sanne"),
        ("Telefoonnummer", "06 12345678"),
    ):
        phone.fill(label, text)
    phone.page.get_by_label("Nee", exact=True).check()
    phone.page.wait_for_timeout(SHORTEST.total_seconds() * 1000 + 500)
    phone.click("Meld mij aan")
    expect(phone.page.get_by_label("Voornaam")).to_have_value("Sanne")
    phone.fill("E-mailadres", address)
    phone.click("Meld mij aan")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Kijk in uw e-mail")


def see_nobody(team: Screen) -> None:
    """Whoever did not answer the mail is not there for the team."""
    team.go("/backoffice/application/")
    expect(team.page.get_by_text("1 aanmelding is nog niet bevestigd")).to_be_visible()
    expect(team.page.get_by_text("Visser")).to_have_count(0)


def confirm(stage: Stage, phone: Screen, address: str) -> None:
    """The mail tells nothing of what was typed; opening its link is not enough."""
    text = stage.mail(address, "Bevestig")
    assert "Sanne" not in text
    phone.page.goto(link_in(text))
    phone.check()
    phone.click("Bevestig mijn aanmelding")
    expect(phone.page.get_by_text("Uw aanmelding is bevestigd.")).to_be_visible()


def accept(team: Screen) -> None:
    team.go("/backoffice/")
    team.click("1 nieuwe aanmelding", role="link")
    team.click("Sanne Visser", role="link")
    expect(team.page.get_by_text("staat niemand die hierop lijkt")).to_be_visible()
    team.click("Neem aan", role="link")
    team.click("Neem aan")
    expect(team.page.get_by_text("Sanne Visser is aangenomen.")).to_be_visible()
