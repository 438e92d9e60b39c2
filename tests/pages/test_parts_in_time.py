"""One person works for two municipalities. Each sets its own style and opens its own parts; she sees what is hers, in
the colours of whom she works for, and every part opens and closes to the minute of the clock on that wall.

Juinen is in Europe/Amsterdam, where the clock goes back on 25 October 2026 and ahead on 28 March 2027, both at 01:00
UTC. Zonneiland is four hours behind UTC all year. Both teams type the same days and times.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_tenants.utils import tenant_context
from PIL import Image
from playwright.sync_api import Browser, ViewportSize

from elections.actions.event import create_event
from elections.enums import MailKind
from elections.event_plan import proposed_plan
from elections.models import (
    Availability,
    AvailabilityResponse,
    Label,
    LoginChallenge,
    OutboxMail,
    SurveyResponse,
)
from elections.notify import mails
from tests import factories
from tests.pages.visitor import Clock, Visitor

pytestmark = pytest.mark.pages

DESK: Final[ViewportSize] = {"width": 1280, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
# What both teams type: from the first minute after the hour that comes twice, until the one that never comes.
OPENS, CLOSES = ("2026-10-25", "03:00"), ("2026-11-13", "17:00")
SURVEY_OPENS, SURVEY_CLOSES = ("2027-03-18", "09:00"), ("2027-03-28", "03:00")
OPENS_WORDS = "Open vanaf zondag 25 oktober 2026, 03.00 uur"
CLOSED_WORDS = "gesloten sinds vrijdag 13 november 2026, 17.00 uur"
SURVEY_CLOSED_WORDS = "gesloten sinds zondag 28 maart 2027, 03.00 uur"
PIXEL_OF_LOGO = """image => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, 1, 1);
  return "#" + [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)]
    .map((part) => part.toString(16).padStart(2, "0")).join("");
}"""
TASKS = """Object.fromEntries([...document.querySelectorAll(".z-task")].map((task) => [
  task.querySelector(".z-task__link, .z-task__title").textContent.trim(),
  task.querySelector(".z-task__status").textContent.trim(),
]))"""


@dataclass
class Town:
    """A municipality, the colours its team chooses, and our member there."""

    municipality: Any
    accent: str
    head: str
    logo: str
    own_part: str
    label: str
    event: Any = None
    member: Any = None
    staff: Any = None
    survey: Any = None
    visitors: list[Visitor] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.municipality.display_name)

    @property
    def marks(self) -> tuple[str, ...]:
        """What may stand on no page, style sheet or mail of another municipality."""
        return (
            self.municipality.name, self.municipality.primary_domain, self.own_part, self.survey.title,
            self.accent, self.head, self.label,
        )  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    clock = Clock.__new__(Clock)
    clock.set("2026-09-01 09:00")
    return clock


@pytest.fixture
def towns(juinen: Any, zonneiland: Any, clock: Clock) -> tuple[Town, Town]:
    """The events, and Noor, who is new in juinen and experienced in zonneiland."""
    both = (
        Town(juinen, "#7a1f5c", "#4a0f3a", "#c81e64", "Fietsen achter het raadhuis", "Nieuweling"),
        Town(zonneiland, "#0b5d3b", "#06402a", "#1e8cc8", "Met de veerboot naar de overkant", "Eilander"),
    )
    for town in both:
        with tenant_context(town.municipality), clock.stands_still():
            town.event = create_event(
                proposed_plan(is_public_body=town.municipality.kind == "public_body"), by=None
            )
            user = factories.make_user(username="noor", email="noor@example.nl")
            town.member = factories.make_member(
                first_name="Noor", last_name="Bakker", email=user.email, user=user, qualified_for=["member"]
            )
            town.staff = factories.make_staff()
            for label in both:
                made = Label.objects.create(name=label.label if label is town else "Anders")
                if label is town:
                    town.member.labels.add(made)
            factories.make_training(name="Voor het stembureau")
            town.survey = factories.make_survey(
                title=f"Hoe ging het in {town.municipality.name}", is_anonymous=False
            )
            factories.make_question(town.survey, "yes_no", text="Ging het goed?")
            factories.make_question(town.survey, "long_text", text="Wat kan er beter?")
    return both


@pytest.fixture
def visit(browser: Browser, client_for: Callable[..., Any], clock: Clock) -> Iterator[Callable[..., Visitor]]:
    """`visit(town)`: our member there on her phone; `visit(town, staff=True)`: a colleague at a desk."""
    contexts = []

    def make(town: Town, *, staff: bool = False) -> Visitor:
        context = browser.new_context(
            viewport=DESK if staff else PHONE, locale="nl-NL", reduced_motion="reduce", has_touch=not staff
        )
        contexts.append(context)
        client = client_for(town.municipality, enforce_csrf_checks=not staff)
        made = Visitor(context.new_page(), client, clock, is_checked=not staff)
        made.listen()
        town.visitors.append(made)
        return made

    yield make
    for context in contexts:
        context.close()


def test_member_of_two_municipalities_sees_the_right_parts_at_the_right_time(
    towns: tuple[Town, Town], visit: Callable[..., Visitor], clock: Clock
) -> None:
    juinen, zonneiland = towns
    for town, training_for, letters_for in (
        (juinen, juinen.label, "Anders"),
        (zonneiland, "Anders", zonneiland.label),
    ):
        _set_up(town, visit(town, staff=True), training_for=training_for, letters_for=letters_for)
    here, there = (_enter(town, visit(town), clock) for town in towns)

    _opens(here, there, juinen, zonneiland, clock)
    _closes_half_way(here, there, juinen, zonneiland, clock)
    _survey_closes_in_the_night_of_the_leap(here, there, juinen, zonneiland, clock)
    _nothing_of_the_other(juinen, zonneiland)
    _nothing_of_the_other(zonneiland, juinen)


def _set_up(town: Town, staff: Visitor, *, training_for: str, letters_for: str) -> None:
    """The team at work: colours and logo, and the parts with their periods and audiences."""
    staff.log_in(town.staff)
    staff.go("/backoffice/house-style/colours/")
    staff.page.get_by_label("Hoofdkleur").fill(town.accent)
    staff.page.get_by_label("Kleur van de kop").fill(town.head)
    staff.click("Bewaar")
    picture = io.BytesIO()
    Image.new("RGB", (320, 120), town.logo).save(picture, "PNG")
    with staff.clock.stands_still():
        # A browser hides the content of files from who answers in the place of a server.
        answer = staff.client.post(
            "/backoffice/house-style/logo/",
            {"file": SimpleUploadedFile("logo.png", picture.getvalue(), "image/png")},
        )
    assert answer.status_code == 302, answer.content.decode()
    _set_part(town, staff, "availability", opens=OPENS, closes=CLOSES)
    _set_part(town, staff, "surveys", opens=SURVEY_OPENS, closes=SURVEY_CLOSES)
    _set_part(town, staff, "training", label=training_for)
    _set_part(town, staff, "letters", label=letters_for)
    staff.go("/backoffice/portal-step/create/")
    staff.page.get_by_label("Titel").fill(town.own_part)
    staff.page.get_by_label("Tekst", exact=True).fill("Kom op tijd.")
    staff.click("Bewaar")
    staff.page.close()


def _set_part(
    town: Town,
    staff: Visitor,
    kind: str,
    *,
    opens: tuple[str, str] = ("", ""),
    closes: tuple[str, str] = ("", ""),
    label: str = "",
) -> None:
    """Through the page of the part: on, from when until when, and for members with a label."""
    with tenant_context(town.municipality):
        step = town.event.portal_steps.get(kind=kind)
    staff.go(reverse("backoffice:portal-step-edit", args=[step.uuid], urlconf="config.urls_tenant"))
    page = staff.page
    page.get_by_label("Leden zien dit onderdeel").check()
    for name, (day, time) in (("opens", opens), ("closes", closes)):
        page.locator(f"#id_{name}_on").fill(day)
        page.locator(f"#id_{name}_time").fill(time)
    if label:
        page.get_by_label("Leden die aan voorwaarden voldoen").check()
        page.get_by_label(label, exact=True).check()
    staff.click("Bewaar")


def _enter(town: Town, noor: Visitor, clock: Clock) -> Visitor:
    """The door and the mail with the code have the style of the municipality, before anybody is known."""
    clock.set("2026-10-24 12:00")
    noor.go("/login/")
    _assert_style(town, noor)
    noor.page.get_by_label("Gebruikersnaam").fill("noor")
    noor.page.get_by_label("Wachtwoord", exact=True).fill(factories.PASSWORD)
    noor.click("Inloggen")
    town.municipality.refresh_from_db()  # as a worker reads it, after the team chose colours
    with tenant_context(town.municipality), clock.stands_still():
        code = LoginChallenge.objects.get(user=town.member.user).code
        mail = mails.compose(OutboxMail.objects.get(kind=MailKind.LOGIN_CODE, user=town.member.user))
    html = mail.alternatives[0].content
    assert f"background-color:{town.head}" in html
    assert town.name in html
    noor.seen.append(("the mail", f"{mail.subject} {mail.from_email} {mail.body} {html}"))
    noor.page.get_by_label("code").first.fill(code)
    noor.click("Verder")
    assert "Welkom, Noor" in noor.text()
    _assert_style(town, noor)
    return noor


def _assert_style(town: Town, noor: Visitor) -> None:
    """As the browser shows it: the head, a button, the logo and the title."""
    assert noor.style(".z-header", "backgroundColor") == _rgb(town.head)
    assert noor.style(".nl-button--primary", "backgroundColor") == _rgb(town.accent)
    assert noor.page.locator(".z-brand__logo").first.evaluate(PIXEL_OF_LOGO) == town.logo
    assert noor.page.title().endswith(f" - {town.name}")


def _rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


def _tasks(town: Town, noor: Visitor, clock: Clock, moment: str) -> dict[str, str]:
    """The task list at a moment in UTC, in the style of the town."""
    clock.set(moment)
    noor.log_in(town.member.user)
    noor.go("/")
    assert noor.page.title().endswith(f" - {town.name}")
    assert noor.style(".z-header", "backgroundColor") == _rgb(town.head)
    found: dict[str, str] = noor.page.evaluate(TASKS)
    return found


def _opens(here: Visitor, there: Visitor, juinen: Town, zonneiland: Town, clock: Clock) -> None:
    """25 October: three o'clock is an hour later than the summer had it, and four hours earlier than on the island."""
    part = "Uw beschikbaarheid"
    parts = {part: "Nog niet open", "Enquêtes": "Nog niet open"}
    # 2.59 in summer time, and 2.59 once more in winter time.
    for moment in ("2026-10-25 00:59", "2026-10-25 01:59"):
        expected = parts | {"Uw training": "Nog niet begonnen", juinen.own_part: "Nieuw"}
        assert _tasks(juinen, here, clock, moment) == expected
        here.go("/availability/")
        assert OPENS_WORDS in here.text()
        assert "Beginnen" not in here.text()
    assert _tasks(juinen, here, clock, "2026-10-25 02:00")[part] == "Nog niet begonnen"
    here.go("/availability/")
    assert "Open tot vrijdag 13 november 2026, 17.00 uur" in here.text()
    assert "Beginnen" in here.text()

    for moment in ("2026-10-25 02:00", "2026-10-25 06:59"):
        expected = parts | {"Uw brieven": "Nog geen brief", zonneiland.own_part: "Nieuw"}
        assert _tasks(zonneiland, there, clock, moment) == expected
    there.go("/availability/")
    assert OPENS_WORDS in there.text()
    # What the team does not mean for her is not there either for who knows the address.
    there.go("/training/")
    assert "De training is nu niet open" in there.text()
    assert _tasks(zonneiland, there, clock, "2026-10-25 07:00")[part] == "Nog niet begonnen"
    there.click(zonneiland.own_part, role="link")
    assert "Kom op tijd." in there.text()
    assert _tasks(zonneiland, there, clock, "2026-10-25 07:00")[zonneiland.own_part] == "Gelezen"


def _closes_half_way(here: Visitor, there: Visitor, juinen: Town, zonneiland: Town, clock: Clock) -> None:
    """13 November, five o'clock: in juinen while she types, on the island in the evening of the Netherlands."""
    part = "Uw beschikbaarheid"
    assert _tasks(juinen, here, clock, "2026-11-13 15:30")[part] == "Nog niet begonnen"
    _answer_a_day(here)
    assert _tasks(juinen, here, clock, "2026-11-13 15:59")[part] == "Bezig"
    here.go("/availability/remark/")
    here.page.get_by_label("Uw opmerking").fill("Ik kom met de fiets")
    clock.set("2026-11-13 16:00")
    here.click("Bewaar en ga verder")
    assert CLOSED_WORDS in here.text()
    assert "Uw wijziging is niet bewaard" in here.text()
    assert here.page.get_by_label("Uw opmerking").input_value() == "Ik kom met de fiets"
    with tenant_context(juinen.municipality):
        assert Availability.objects.filter(member=juinen.member, answer="yes").count() == 3
        assert AvailabilityResponse.objects.get(member=juinen.member).remark == ""
    assert _tasks(juinen, here, clock, "2026-11-13 16:00")[part] == "Gesloten"
    here.go("/availability/")
    assert "Let op: u hebt uw antwoorden niet verstuurd." in here.text()
    assert "Versturen" not in here.text()

    assert _tasks(zonneiland, there, clock, "2026-11-13 16:00")[part] == "Nog niet begonnen"
    _answer_a_day(there)
    _tasks(zonneiland, there, clock, "2026-11-13 20:59")
    there.go("/availability/")
    there.click("Verdergaan", role="link")
    _say_yes(there)
    there.go("/availability/")
    there.click("Versturen")
    assert "Uw antwoorden zijn verstuurd" in there.text()
    assert _tasks(zonneiland, there, clock, "2026-11-13 21:00")[part] == "Verstuurd"
    there.go("/availability/")
    assert "Deze stap is gesloten" in there.text()


def _answer_a_day(noor: Visitor) -> None:
    noor.go("/availability/")
    noor.click("Beginnen", role="link")
    _say_yes(noor)


def _say_yes(noor: Visitor) -> None:
    answers = noor.page.get_by_role("radio", name=re.compile("^Ja")).all()
    assert answers
    for answer in answers:
        answer.check()
    noor.click("Bewaar en ga verder")
    assert not noor.page.title().startswith("Fout")


def _survey_closes_in_the_night_of_the_leap(
    here: Visitor, there: Visitor, juinen: Town, zonneiland: Town, clock: Clock
) -> None:
    """28 March: in juinen the minute after 1.59 is 3.00. The island, where it is 21.00 then, goes on until 3.00."""
    assert _tasks(juinen, here, clock, "2027-03-28 00:59")["Enquêtes"] == "Nog niet begonnen"
    _answer_first_question(here, juinen)
    here.page.get_by_label("Uw antwoord").fill("Meer koffie")
    clock.set("2027-03-28 01:00")
    here.click("Bewaar en ga verder")
    assert SURVEY_CLOSED_WORDS in here.text()
    assert here.page.get_by_label("Uw antwoord").input_value() == "Meer koffie"
    with tenant_context(juinen.municipality):
        response = SurveyResponse.objects.get(survey=juinen.survey, member=juinen.member)
        assert not response.is_sent
        assert response.answers.count() == 1
    assert _tasks(juinen, here, clock, "2027-03-28 01:00")["Enquêtes"] == "Gesloten"

    assert _tasks(zonneiland, there, clock, "2027-03-28 06:59")["Enquêtes"] == "Nog niet begonnen"
    _answer_first_question(there, zonneiland)
    there.page.get_by_label("Uw antwoord").fill("Meer schaduw")
    there.click("Bewaar en ga verder")
    there.click("Versturen")
    assert "Uw antwoorden zijn verstuurd" in there.text()
    assert _tasks(zonneiland, there, clock, "2027-03-28 07:00")["Enquêtes"] == "Gesloten"


def _answer_first_question(noor: Visitor, town: Town) -> None:
    noor.go("/survey/")
    noor.click(town.survey.title, role="link")
    noor.click("Beginnen", role="link")
    _say_yes(noor)


def _nothing_of_the_other(town: Town, other: Town) -> None:
    """In every page, style sheet and mail of the whole journey."""
    seen = [each for visitor in town.visitors for each in visitor.seen]
    assert any(url.endswith("/house-style.css") or "/house-style.css?" in url for url, _text in seen)
    found = {
        (url, mark)
        for url, text in seen
        for mark in other.marks
        if re.search(re.escape(mark), text, re.IGNORECASE)
    }
    assert found == set()
