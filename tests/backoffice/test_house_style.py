"""The house style as administrators change it."""

import io
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from elections.actions.house_style import update_colours
from elections.errors import ActionError
from elections.models import AuditEvent
from tenants import house_style
from tenants.colours import contrast
from tenants.models import DEFAULT_ACCENT, HouseStyle, Logo, Municipality
from tests import factories

URL = "/backoffice/house-style/"
GOOD = {"accent": "#00664f", "head": "", "corners": "round"}


@pytest.fixture
def administrator(juinen: Any, client_for: Any) -> Any:
    return client_for(juinen, factories.make_staff("administrator"))


def fresh(municipality: Any) -> Municipality:
    return Municipality.objects.get(pk=municipality.pk)


def photo(size: tuple[int, int] = (1700, 700), mode: str = "RGB", format: str = "PNG") -> io.BytesIO:
    out = io.BytesIO()
    Image.new(mode, size, "#2d6a4f").save(out, format)
    out.name = "foto.png"
    out.seek(0)
    return out


def test_administrator_chooses_colours(administrator: Any, juinen: Any, zonneiland: Any) -> None:
    answer = administrator.post(f"{URL}colours/", GOOD)
    assert answer.headers["Location"] == URL
    assert (fresh(juinen).accent, fresh(juinen).corners) == ("#00664f", "round")
    assert fresh(zonneiland).accent == "#f5c400"
    sheet = administrator.get("/house-style.css").content.decode()
    assert "--zitting-accent: #00664f;" in sheet
    assert "--z-radius: 1rem;" in sheet
    event = AuditEvent.objects.get(action="house_style.colours")
    assert event.details == {"fields": ["accent", "corners"]}


def test_colour_that_no_text_survives_on_is_refused_with_the_nearest_good_one(
    administrator: Any, juinen: Any
) -> None:
    before = fresh(juinen).accent
    page = administrator.post(f"{URL}colours/", {**GOOD, "accent": "#f5c400"}).content.decode()
    better = house_style.readable_accent("#f5c400")
    assert "te licht" in page
    assert f"Gebruik {better}" in page
    assert contrast(better, "#ffffff") >= 4.5
    assert fresh(juinen).accent == before


def test_button_of_the_proposal_keeps_the_colour_for_the_head(administrator: Any, juinen: Any) -> None:
    better = house_style.readable_accent("#f5c400")
    administrator.post(f"{URL}colours/", {**GOOD, "accent": "#f5c400", "use": better})
    assert (fresh(juinen).accent, fresh(juinen).head) == (better, "#f5c400")
    sheet = administrator.get("/house-style.css").content.decode()
    assert "--zitting-head: #f5c400;" in sheet
    assert "--zitting-on-head: #000000;" in sheet


def test_trying_saves_nothing(administrator: Any, juinen: Any) -> None:
    before = fresh(juinen).accent
    page = administrator.post(f"{URL}colours/", {**GOOD, "act": "try"}).content.decode()
    assert "sample.css?accent=%2300664f" in page
    assert fresh(juinen).accent == before


def test_sample_shows_colours_that_are_tried_and_nothing_else(administrator: Any, juinen: Any) -> None:
    sheet = administrator.get(f"{URL}sample.css?accent=%23f5c400&corners=square").content.decode()
    assert ".z-sample {" in sheet
    assert "--zitting-accent: #f5c400;" in sheet
    assert "--z-radius: 0;" in sheet
    for bad in ("red;}body{display:none", "%23fff}", "url(x)", "#12345"):
        sheet = administrator.get(
            f"{URL}sample.css", {"accent": bad, "head": bad, "corners": bad}
        ).content.decode()
        assert f"--zitting-accent: {juinen.accent};" in sheet
        assert "body" not in sheet


@pytest.mark.parametrize("colour", ["", "rood", "#12345", "#00664f;", "#gggggg"])
def test_what_is_no_colour_is_refused(administrator: Any, juinen: Any, colour: str) -> None:
    before = fresh(juinen).accent
    assert administrator.post(f"{URL}colours/", {**GOOD, "accent": colour}).status_code == 200
    assert fresh(juinen).accent == before


@pytest.mark.parametrize("colours", [{"accent": "blauw"}, {"accent": ""}, {"head": "#12345g"}])
def test_action_says_in_words_what_is_no_colour(juinen: Any, colours: dict[str, str]) -> None:
    with pytest.raises(ActionError, match="Vul een kleur in"):
        update_colours(juinen, **GOOD | colours, by=factories.make_staff("administrator"))


def test_colours_that_make_a_token_unreadable_are_refused(administrator: Any, juinen: Any) -> None:
    house_style.set_tokens(juinen, {"utrecht-page-header-color": "#ffffff"})
    page = administrator.post(f"{URL}colours/", {**GOOD, "head": "#f5c400"}).content.decode()
    assert "passen niet bij de kleuren uit uw bestand" in page
    assert fresh(juinen).head == ""


def test_database_refuses_a_colour_that_is_none(juinen: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Municipality.objects.filter(pk=juinen.pk).update(head="red")


def test_svg_is_refused_with_what_to_do(administrator: Any) -> None:
    svg = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    svg.name = "logo.svg"
    page = administrator.post(f"{URL}logo/", {"file": svg}).content.decode()
    assert "Sla de afbeelding op als PNG" in page
    assert not Logo.objects.exists()


def test_logo_is_chosen_and_taken_away(administrator: Any, juinen: Any) -> None:
    administrator.post(f"{URL}logo/", {"file": photo((300, 100))})
    assert fresh(juinen).logo_version
    administrator.post(f"{URL}logo/", {"act": "remove"})
    assert fresh(juinen).logo_version == ""


def test_background_is_drawn_anew_and_stands_above_the_log_in(
    administrator: Any, client_for: Any, juinen: Any, zonneiland: Any
) -> None:
    upload = photo((1700, 700), "RGBA")
    upload.seek(0, io.SEEK_END)
    upload.write(b"<script>alert(1)</script>")
    upload.seek(0)
    administrator.post(f"{URL}background/", {"file": upload})
    picture = client_for(juinen).get("/house-style/background.jpg")
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/jpeg")
    assert b"script" not in picture.content
    assert Image.open(io.BytesIO(picture.content)).size == (1600, 400)
    assert 'class="z-banner' in client_for(juinen).get("/login/").content.decode()
    assert client_for(zonneiland).get("/house-style/background.jpg").status_code == 404
    assert 'class="z-banner' not in client_for(zonneiland).get("/login/").content.decode()


@pytest.mark.parametrize("size", [(400, 100), (5000, 4000)])
def test_background_that_is_too_small_or_too_large_is_refused(
    administrator: Any, juinen: Any, size: tuple[int, int]
) -> None:
    assert administrator.post(f"{URL}background/", {"file": photo(size)}).status_code == 200
    assert fresh(juinen).background_version == ""


def test_tokens_are_read_and_each_is_told(administrator: Any, juinen: Any) -> None:
    file = io.BytesIO(b'{"utrecht.link.color": "#00664f", "utrecht.link.hover-color": "#eeeeee", "x.y": "1"}')
    file.name = "tokens.json"
    page = administrator.post(f"{URL}tokens/", {"file": file}).content.decode()
    assert "Wij namen 1 token over" in page
    assert "utrecht-link-hover-color" in page
    assert "Dit onderdeel gebruiken onze pagina" in page
    assert HouseStyle.objects.get(pk=juinen.pk).tokens == {"utrecht-link-color": "#00664f"}
    administrator.post(f"{URL}tokens/", {"act": "remove"})
    assert "#00664f" not in administrator.get("/house-style.css").content.decode()


def test_file_of_which_nothing_is_taken_changes_nothing(administrator: Any, juinen: Any) -> None:
    house_style.set_tokens(juinen, {"utrecht-link-color": "#00664f"})
    file = io.BytesIO(b'{"x.y": "1"}')
    file.name = "tokens.json"
    assert "niet veranderd" in administrator.post(f"{URL}tokens/", {"file": file}).content.decode()
    assert HouseStyle.objects.get(pk=juinen.pk).tokens == {"utrecht-link-color": "#00664f"}


def test_members_see_the_contact_that_was_chosen(administrator: Any, client: Any, juinen: Any) -> None:
    sent = {
        "email": "team@juinen.example",
        "phone": "088 123 45 67",
        "opening_hours": "Elke werkdag",
        "from_name": "Team",
    }
    assert administrator.post(f"{URL}contact/", sent).status_code == 302
    page = client.get("/help/").content.decode()
    assert "088 123 45 67" in page
    assert "Elke werkdag" in page
    assert fresh(juinen).sender_name == "Team"


def test_members_keep_a_way_to_reach_the_team(administrator: Any, juinen: Any) -> None:
    page = administrator.post(f"{URL}contact/", {"email": "", "phone": ""}).content.decode()
    assert "Leden moeten u kunnen bereiken" in page
    assert fresh(juinen).email


def test_standard_comes_back_after_a_question(administrator: Any, juinen: Any) -> None:
    administrator.post(f"{URL}colours/", GOOD)
    administrator.post(f"{URL}background/", {"file": photo()})
    assert "Terug naar standaard?" in administrator.get(f"{URL}reset/").content.decode()
    administrator.post(f"{URL}reset/")
    now = fresh(juinen)
    assert (now.accent, now.corners, now.background_version, now.tokens_version) == (
        DEFAULT_ACCENT,
        "soft",
        "",
        "",
    )
    assert now.email == juinen.email


def test_overview_names_the_addresses_and_what_the_sysadmin_does(administrator: Any, juinen: Any) -> None:
    page = administrator.get(URL).content.decode()
    assert juinen.primary_domain in page
    assert f"manage.py municipality set {juinen.code} --domain" in page


def test_head_of_mails_has_the_colour_of_the_head(juinen: Any) -> None:
    house_style.set_colours(juinen, accent="#00664f", head="#f5c400", corners="soft")
    assert juinen.head_colour == "#f5c400"
