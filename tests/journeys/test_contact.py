"""Both sides of a conversation, news, a document and a letter: the team at a desk, a member on a phone."""

import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from elections.demo.story import PASSWORD
from tests.journeys.conftest import Screen, Stage, link_in
from tests.journeys.contact import (
    JOB_SECONDS,
    Person,
    address_of,
    false_pdf,
    fetched,
    make_letters,
    pdf_words,
    press_on,
    send_and_watch,
    small_pdf,
    type_into,
)
from tests.journeys.test_planning import fact

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]
LIVE_SECONDS = 45  # a page asks for news each quarter of a minute
NOTE = "Eerst de planner vragen; deze man was er vorige keer ook niet."
ANSWER = "Ruilen kan, als de ander ook op dat stembureau mag werken."  # of the demo's canned answer
HEADING = "De sleutel"
NOT_WHAT_IT_SAYS = "past niet bij wat erin staat"


def test_both_sides_of_a_conversation_news_document_and_letter(
    stage: Stage, zonneiland: str, screen: Callable[..., Screen], tmp_path: Path
) -> None:
    number = random.randrange(10_000, 99_999)
    team, phone = screen(zonneiland), screen(zonneiland, phone=True)
    team.log_in("beheer@zonneiland.example", PASSWORD, "beheer@zonneiland.example")
    person = choose_member(team)
    phone.log_in(person.username, PASSWORD, person.email)

    subject = f"Ruilen van dienst {number}"
    read_what_waits(phone)
    team.go("/backoffice/conversation/")
    ask_with_attachment(phone, subject, tmp_path)
    see_it_arrive(team, subject, person)
    write_note(team)
    answered_after = time.time() - 1
    answer_with_canned_text(team)
    read_mail_and_answer(stage, phone, person, subject, answered_after)
    close_conversation(team)
    talk_by_keyboard_alone(team, phone, f"Met alleen toetsen {number}")

    publish_news(team, f"Training {number}")
    read_news(phone, f"Training {number}")
    expect_read_by_one(team)
    add_document(team, f"Uw dag {number}", tmp_path)
    open_document(phone, f"Uw dag {number}")
    expect_read_by_one(team)

    subscribe_to_calendar(phone)
    change_letter_text(team, number)
    make_letters(team)
    read_letter(phone, f"Vraag aan de balie naar sleutel {number}, {person.name}")
    changed_after = time.time() - 1
    before = arrival_of(phone)
    move_to_another_time(team, person)
    make_letters(team)
    read_what_changed(stage, phone, person, changed_after, before, arrival_of(phone))
    download_papers(team, person, tmp_path)


def choose_member(team: Screen) -> Person:
    """The first ordinary member, by number, with one place in the morning."""
    team.go("/backoffice/member/?position=member&sort=number")
    links = team.page.locator("td.z-cell-main a")
    for address in [address_of(links.nth(row)) for row in range(links.count())]:
        team.page.goto(team.stage.address(team.host, address))
        section = team.page.locator("section").filter(
            has=team.page.get_by_role("heading", name="Ingedeeld", exact=True)
        )
        places = section.locator("li.z-card--soft")
        words = places.inner_text() if places.count() == 1 else ""
        if not ("Stembureaulid" in words and "Ochtend" in words):
            continue
        team.check()
        name = (team.page.locator("h1").text_content() or "").strip()
        station = places.locator("strong").inner_text()
        informal = f"{fact(team, 'Voornaam')} {name.partition(' ')[2]}"
        return Person(name, informal, fact(team, "Gebruikersnaam"), fact(team, "E-mailadres"), station)
    raise AssertionError("nobody has just one place")


# The conversation


def read_what_waits(phone: Screen) -> None:
    """Who has not read a message that they were mailed about gets no second mail within the hour."""
    phone.go("/conversation/")
    while phone.page.locator(".z-talks__row--new").count():
        phone.page.locator(".z-talks__row--new a").first.click()
        phone.page.wait_for_load_state()
        phone.go("/conversation/")


def ask_with_attachment(phone: Screen, subject: str, folder: Path) -> None:
    """A file that is not what it says is refused, and what was typed stays; the right one goes along."""
    phone.go("/conversation/")
    phone.click("Stel een vraag", role="link")
    phone.fill("Waar gaat het over?", subject)
    phone.fill("Uw bericht", "Mag mijn buurvrouw mijn dienst doen?")
    phone.page.get_by_label("Bijlagen").set_input_files(false_pdf(folder, "rooster.pdf"))
    phone.page.get_by_role("button", name="Verstuur").click()
    expect(phone.page.get_by_text(NOT_WHAT_IT_SAYS).first).to_be_visible()
    phone.check()
    expect(phone.page.get_by_label("Waar gaat het over?")).to_have_value(subject)
    expect(phone.page.get_by_label("Uw bericht")).to_have_value("Mag mijn buurvrouw mijn dienst doen?")
    phone.page.get_by_label("Bijlagen").set_input_files(small_pdf(folder, "rooster.pdf"))
    send_and_watch(phone, "Verstuur")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text(subject)
    phone.check()


def see_it_arrive(team: Screen, subject: str, person: Person) -> None:
    """The list of the inbox shows it by itself; then the colleague opens it, with its file."""
    arrived = team.page.get_by_role("link", name=subject)
    expect(arrived).to_be_visible(timeout=LIVE_SECONDS * 1000)
    team.check()
    arrived.click()
    expect(team.page.get_by_role("heading", level=1)).to_contain_text(subject)
    team.check()
    expect(team.page.locator(".z-message").get_by_text(person.name)).to_be_visible()
    media_type, content = fetched(team, address_of(team.page.get_by_role("link", name="rooster.pdf")))
    assert (media_type, content[:5]) == ("application/pdf", b"%PDF-")


def write_note(team: Screen) -> None:
    team.page.get_by_text("Schrijf een notitie voor het team").click()
    team.fill("Notitie", NOTE)
    team.click("Bewaar notitie")
    expect(team.page.locator(".z-message--note").get_by_text(NOTE)).to_be_visible()


def answer_with_canned_text(team: Screen) -> None:
    team.page.get_by_label("Standaardantwoord").select_option(label="Ruilen van een dienst")
    team.page.get_by_role("button", name="Zet in mijn antwoord").click()
    expect(team.page.get_by_label("Uw antwoord")).to_have_value(re.compile(re.escape(ANSWER)))
    team.click("Verstuur antwoord")
    expect(team.page.locator(".z-message--own").get_by_text(ANSWER)).to_be_visible()


def read_mail_and_answer(
    stage: Stage, phone: Screen, person: Person, subject: str, answered_after: float
) -> None:
    """The open page shows the answer by itself; the mail only says that something waits."""
    expect(phone.page.get_by_text(ANSWER)).to_be_visible(timeout=LIVE_SECONDS * 1000)
    mail = stage.mail(person.email, "stuurde u een bericht", after=answered_after)
    assert "uilen" not in mail, "a mail says that something waits, never what"
    phone.page.goto(link_in(mail))
    phone.check()
    phone.click(subject, role="link")
    expect(phone.page.get_by_text(ANSWER)).to_be_visible()
    assert NOTE not in phone.page.content()
    phone.fill("Uw bericht", "Dank u, dan vraag ik het haar.")
    phone.click("Verstuur")
    expect(phone.page.get_by_text("Dank u, dan vraag ik het haar.")).to_be_visible()


def close_conversation(team: Screen) -> None:
    """What the member wrote comes by itself; then it is done."""
    expect(team.page.get_by_text("Dank u, dan vraag ik het haar.")).to_be_visible(timeout=LIVE_SECONDS * 1000)
    team.click("Sluit dit gesprek af")
    expect(team.page.get_by_text("Afgesloten").first).to_be_visible()


def talk_by_keyboard_alone(team: Screen, phone: Screen, subject: str) -> None:
    """A question, an answer that closes, and the reading of it, without a mouse or a finger."""
    phone.go("/conversation/")
    press_on(phone, phone.page.get_by_role("link", name="Stel een vraag"))
    type_into(phone, "Waar gaat het over?", subject)
    type_into(phone, "Uw bericht", "Lukt dit ook zonder muis?")
    press_on(phone, phone.page.get_by_role("button", name="Verstuur"))
    team.go("/backoffice/conversation/")
    press_on(team, team.page.get_by_role("link", name=subject))
    type_into(team, "Uw antwoord", "Ja, dat lukt.")
    press_on(team, team.page.get_by_role("button", name="Verstuur en sluit af"))
    phone.go("/conversation/")
    press_on(phone, phone.page.get_by_role("link", name=subject))
    expect(phone.page.get_by_text("Ja, dat lukt.")).to_be_visible()
    expect(phone.page.get_by_text("Dit gesprek is afgesloten")).to_be_visible()


# News and documents


def publish_news(team: Screen, title: str) -> None:
    """With formatting, for those who are member of a polling station, after the question how many that are."""
    team.go("/backoffice/news-item/create/")
    team.fill("Titel", title)
    body = team.page.get_by_label("Tekst", exact=True)
    body.fill("Neem *koffie* mee.")
    team.page.get_by_role("button", name="Kop", exact=True).click()
    expect(team.page.locator("#voorbeeld em")).to_have_text("koffie")
    choose_ordinary_members(team)
    team.click("Bewaar")
    expect(team.page.locator(".z-prose em")).to_have_text("koffie")
    publish(team)


def choose_ordinary_members(team: Screen) -> None:
    team.page.get_by_label("Leden die aan voorwaarden voldoen").check()
    team.page.get_by_role("group", name="Ingedeeld als").get_by_label("stembureaulid").check()
    expect(team.page.locator("#audience-count").get_by_text("Dit zijn nu")).to_be_visible()
    team.check()


def publish(team: Screen) -> None:
    """The number of members is asked about first."""
    team.click("Publiceer", role="link")
    expect(team.page.get_by_text("leden kunnen dit lezen")).to_be_visible()
    team.click("Publiceer")
    expect(team.page.get_by_role("link", name=re.compile(r"^0 van \d+ leden$"))).to_be_visible()


def read_news(phone: Screen, title: str) -> None:
    phone.go("/")
    phone.go("/news-item/")
    phone.click(title, role="link")
    expect(phone.page.locator(".z-prose em")).to_have_text("koffie")


def expect_read_by_one(team: Screen) -> None:
    """The page of the news item or document counts its readers."""
    team.page.reload()
    team.click("1 van ", role="link")
    expect(team.page.get_by_text(re.compile(r"^1 van \d+ leden lazen dit"))).to_be_visible()


def add_document(team: Screen, title: str, folder: Path) -> None:
    """A false file is refused and loses nothing of what was typed; the right one shows how far it is."""
    team.go("/backoffice/document/create/")
    team.fill("Titel", title)
    team.fill("Soort", "Instructies")
    team.fill("Uitleg", "Wat u doet, van opening tot telling.")
    choose_ordinary_members(team)
    team.page.get_by_label("Bestand", exact=True).set_input_files(false_pdf(folder, "dag.pdf"))
    team.page.get_by_role("button", name="Bewaar").click()
    expect(team.page.get_by_text(NOT_WHAT_IT_SAYS).first).to_be_visible()
    team.check()
    expect(team.page.get_by_label("Titel")).to_have_value(title)
    expect(team.page.get_by_label("Uitleg")).to_have_value("Wat u doet, van opening tot telling.")
    expect(team.page.get_by_label("Leden die aan voorwaarden voldoen")).to_be_checked()
    team.page.get_by_label("Bestand", exact=True).set_input_files(small_pdf(folder, "dag.pdf"))
    send_and_watch(team, "Bewaar")
    expect(team.page.get_by_role("heading", level=1)).to_contain_text(title)
    team.check()
    publish(team)


def open_document(phone: Screen, title: str) -> None:
    phone.go("/document/")
    media_type, content = fetched(phone, address_of(phone.page.get_by_role("link", name=title)))
    assert (media_type, content[:5]) == ("application/pdf", b"%PDF-")


# Letters, papers and the calendar


def change_letter_text(team: Screen, number: int) -> None:
    """One more text, with a word from the list, for ordinary members only; the picture of the letter follows."""
    team.go("/backoffice/letter-edition/edit/")
    old = team.page.get_by_role("region", name=HEADING)
    if old.count():  # of an earlier journey
        old.get_by_role("button", name="Haal weg").click()
        expect(old).to_have_count(0)
    team.page.get_by_label("(stembureaulid)").check()
    pages = team.page.locator("#pages img")
    expect(pages.first).to_be_visible(timeout=JOB_SECONDS * 1000)
    blocks = team.page.locator(".z-letter-block")
    count = blocks.count()
    team.page.get_by_role("button", name="Tekst toevoegen onder de diensten").click()
    expect(blocks).to_have_count(count + 1)
    block = blocks.last
    block.get_by_label("Kop").fill(HEADING)
    block.get_by_label("Tekst", exact=True).fill(f"Vraag aan de balie naar sleutel {number}, ")
    block.locator("summary").click()
    block.get_by_label("stembureaulid", exact=True).check()
    block.get_by_label("Tekst", exact=True).press("Control+End")
    before = pages.last.get_attribute("src") or ""
    team.page.get_by_role("button", name="{naam}", exact=True).click()
    expect(block.get_by_label("Tekst", exact=True)).to_have_value(re.compile(r"\{naam\}$"))
    expect(pages.last).not_to_have_attribute("src", before, timeout=JOB_SECONDS * 1000)
    team.check()
    team.click("Bewaar")


def read_letter(phone: Screen, sentence: str) -> None:
    """The letter has the text that was added, with the member's own name."""
    phone.go("/letter/")
    media_type, content = fetched(
        phone, address_of(phone.page.get_by_role("link", name="Benoemingsbrief").first)
    )
    assert media_type == "application/pdf"
    assert sentence in pdf_words(content)


def move_to_another_time(team: Screen, person: Person) -> None:
    """From the morning to the afternoon, where somebody makes room, and published: it begins at another time."""
    open_station(team, person)
    later = team.page.locator("section.z-part").filter(has_text="Middag en avond").locator("li")
    later.filter(has_text="Stembureaulid").get_by_role("link", name="Haal weg").first.click()
    team.check()
    team.click("Haal weg")
    open_station(team, person)
    team.page.get_by_role("link", name=f"Verplaats {person.informal_name}").first.click()
    team.check()
    room = team.page.locator(".z-rows li").filter(has_text="Middag en avond").first
    room.get_by_role("button", name="Verplaats hierheen").click()
    team.page.wait_for_load_state()
    team.go("/backoffice/publication/")
    team.click("Publiceer ")


def arrival_of(phone: Screen) -> str:
    """When the member has to be there, as their page tells it."""
    phone.go("/placement/")
    line = phone.page.get_by_text("Wees er om").first.inner_text()
    return re.findall(r"Wees er om (\d\d\.\d\d uur)", line)[0]


def open_station(team: Screen, person: Person) -> None:
    team.go("/backoffice/assignment/")
    team.click(person.station.partition(" ")[2], role="link")


def read_what_changed(
    stage: Stage, phone: Screen, person: Person, after: float, before: str, now: str
) -> None:
    """A mail that tells nothing; beside the letter the old time and the new one."""
    mail = stage.mail(person.email, "aangepast", after=after)
    assert now not in mail, "a mail says that something waits, never what"
    phone.go("/letter/")
    changes = phone.page.get_by_text("Uw aankomsttijd").first
    expect(changes).to_contain_text(before)
    expect(changes).to_contain_text(now)
    _type, content = fetched(phone, address_of(phone.page.get_by_role("link", name="Benoemingsbrief").first))
    assert now in pdf_words(content)


def subscribe_to_calendar(phone: Screen) -> None:
    """An address of one's own, which a calendar can read."""
    phone.go("/calendar/")
    if phone.page.get_by_role("button", name="Zet uit").count():
        phone.click("Zet uit")
    phone.click("Maak mijn agenda-adres")
    address = (phone.page.locator("#calendar-address").inner_text()).strip()
    media_type, content = fetched(phone, address)
    assert media_type.startswith("text/calendar")
    assert content.count(b"BEGIN:VEVENT") == 1


def download_papers(team: Screen, person: Person, folder: Path) -> None:
    """All letters as one file for printing, and the dossier of the station."""
    team.go("/backoffice/letter-bundle/")
    team.click("Maak het bestand")
    file = team.page.locator("a[download]")
    team.page.wait_for_load_state()
    expect(file).to_be_visible(timeout=JOB_SECONDS * 1000)
    team.check()
    with team.page.expect_download() as download:
        file.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    open_station(team, person)
    _type, content = fetched(
        team, address_of(team.page.get_by_role("link", name="Download de stembureaumap", exact=True))
    )
    assert person.station.partition(" ")[2] in pdf_words(content)
