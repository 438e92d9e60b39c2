"""What a file with design tokens may change, and what not."""

import io
import json
from typing import Any

import pytest
from django_tenants.utils import tenant_context
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants import design_tokens, house_style, token_file
from tenants.colours import contrast
from tenants.design_tokens import PAIRS, TOKENS, clean_colour, unreadable
from tenants.house_style import Style, grounds_of, style_sheet
from tenants.token_file import TokenFileError, read_tokens

AROUND = grounds_of(Style("#154273"))
HEX = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
COLOUR_NAMES = sorted(name for name, token in TOKENS.items() if token.clean is clean_colour)


def read(tokens: Any) -> token_file.Reading:
    content = tokens if isinstance(tokens, bytes) else json.dumps(tokens).encode()
    return read_tokens(io.BytesIO(content), AROUND)


def reasons(tokens: Any) -> dict[str, str]:
    return {left.name: left.reason for left in read(tokens).left}


LINK = {"utrecht-link-color": "#00664f"}


@pytest.mark.parametrize(
    "tokens",
    [
        {"--utrecht-link-color": "#00664F"},
        {"utrecht.link.color": "rgb(0, 102, 79)"},
        {"utrecht": {"link": {"color": {"value": "#00664f", "type": "color"}}}},
        {"utrecht": {"link": {"color": {"$value": "#00664f", "$type": "color"}}}},
        {
            "merk/utrecht": {"utrecht": {"link": {"color": {"$value": "{merk.groen}"}}}},
            "merk": {"groen": {"$value": "#00664f"}},
        },
        {
            "utrecht": {"link": {"color": {"value": "{a.b}"}}},
            "a": {"b": {"value": "{c.d}"}},
            "c": {"d": {"value": "#064"}},
        }
        | {"c": {"d": {"value": "#00664f"}}},
    ],
)
def test_token_is_read_however_it_is_written(tokens: Any) -> None:
    assert read(tokens).taken == LINK


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{utrecht.link.color}", "zichzelf"),
        ("{weg.is.weg}", "niet in het bestand"),
        ("#00664f; } body { display: none", "geen kleur"),
        ("url(https://evil.example/x)", "geen kleur"),
        ("expression(alert(1))", "geen kleur"),
        ("#00664f/**/", "geen kleur"),
        ("rgb(999, 0, 0)", "geen kleur"),
        ("rgba(0, 0, 0, 0.1)", "geen kleur"),
        ("#00664f80", "doorzichtig"),
        ("\\23 00664f", "geen kleur"),
        ("rood", "geen kleur"),
        ("navy", "geen kleur"),
        ("hsv(240, 100%, 30%)", "geen kleur"),
        ("rgb(\uff10, 0, 99)", "geen kleur"),
        ("", "geen kleur"),
        ("#ffffff", "contrast is 1,0"),
    ],
)
def test_bad_colour_stays_out_with_the_reason(value: str, said: str) -> None:
    left = read({"utrecht": {"link": {"color": {"value": value}}}})
    assert left.taken == {}
    assert said in left.left[0].reason


def test_two_tokens_that_point_at_each_other_stay_out() -> None:
    tokens = {
        "utrecht.link.color": "{utrecht.document.color}",
        "utrecht.document.color": "{utrecht.link.color}",
    }
    assert set(reasons(tokens).values()) == {"Dit token verwijst naar zichzelf."}


@pytest.mark.parametrize(
    ("name", "value", "clean"),
    [
        ("utrecht-button-border-radius", "4px", "4px"),
        ("utrecht-button-border-radius", "0", "0px"),
        ("utrecht-button-border-radius", "1.5rem", "1.5rem"),
        ("utrecht-button-border-radius", "25px", None),
        ("utrecht-button-border-radius", "-4px", None),
        ("utrecht-button-border-radius", "calc(1px)", None),
        ("utrecht-button-border-radius", "4px}", None),
        ("utrecht-textbox-border-width", "2px", "2px"),
        ("utrecht-textbox-border-width", "0", None),
        ("utrecht-heading-1-font-weight", 700, "700"),
        ("utrecht-heading-1-font-weight", "bold", "700"),
        ("utrecht-heading-1-font-weight", "350", None),
        ("utrecht-document-font-family", ["Source Sans 3", "Arial"], design_tokens.SOURCE_SANS),
        ("utrecht-document-font-family", "Comic Sans MS", None),
        ("utrecht-document-font-family", "x; } @import url(//evil.example)", None),
        ("utrecht-focus-outline-color", "#000000", None),
    ],
)
def test_value_is_kept_when_it_is_of_its_kind(name: str, value: Any, clean: str | None) -> None:
    assert read({name: {"value": value}}).taken.get(name) == clean


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"geen json",
        b"[1, 2]",
        b'"tekst"',
        b"\xff\xfe\x00",
        b"\x89PNG\r\n\x1a\n",
        b"{}",
        b'{"$schema": "x"}',
        b"[" * 90_000,
        b'{"a":' * 15_000 + b"1" + b"}" * 15_000,
        json.dumps({f"a{number}": "1" for number in range(6_000)}).encode(),
        b'{"utrecht-link-color": "' + b"x" * 100_001 + b'"}',
    ],
)
def test_junk_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(TokenFileError):
        read(content)


def test_what_we_do_not_use_is_listed_after_what_can_be_mended() -> None:
    left = read({"utrecht.accordion.color": "#000000", "utrecht.link.color": "rood"}).left
    assert [token.name for token in left] == ["utrecht-link-color", "utrecht-accordion-color"]


def test_unreadable_button_says_which_colour_would_do() -> None:
    tokens = {"nl.button.primary.background-color": "#f5c400"}
    reason = reasons(tokens)["nl-button-primary-background-color"]
    assert "Er is minstens 4,5 nodig" in reason
    better = reason.rsplit("#", 1)[1][:6]
    assert contrast(f"#{better}", "#ffffff") >= 4.5


def test_dark_letters_make_a_light_button_readable() -> None:
    tokens = {"nl-button-primary-background-color": "#f5c400", "nl-button-primary-color": "#000000"}
    reading = read(tokens)
    assert reading.left == []
    # Under the mouse the button keeps its colours: ours would be white on yellow, or black on dark blue.
    sheet = style_sheet(Style("#154273", tokens=reading.taken))
    assert "--nl-button-primary-hover-background-color: #f5c400;" in sheet
    assert "--nl-button-primary-hover-color: #000000;" in sheet


def test_every_colour_stands_in_a_pair_or_needs_no_contrast() -> None:
    watched = {side for pair in PAIRS for side in (pair.colour, pair.ground)} | design_tokens.DECORATION
    assert {TOKENS[name].target for name in COLOUR_NAMES} <= watched
    assert {side for pair in PAIRS for side in (pair.colour, pair.ground)} <= AROUND.keys()


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(COLOUR_NAMES), HEX), HEX, st.one_of(st.just(""), HEX))
def test_whatever_a_file_says_every_text_can_be_read(tokens: dict[str, str], accent: str, head: str) -> None:
    around = grounds_of(Style(accent, head))
    reading = read_tokens(io.BytesIO(json.dumps(tokens | {"x": "1"}).encode()), around)
    assert unreadable(reading.taken, around) == []
    assert reading.taken.keys() | {left.name for left in reading.left} >= tokens.keys()


@settings(deadline=None)
@given(
    st.dictionaries(st.one_of(st.sampled_from(sorted(TOKENS)), st.text(max_size=20)), st.text(max_size=60))
)
def test_style_sheet_holds_nothing_of_a_stored_value_that_is_none(tokens: dict[str, str]) -> None:
    sheet = style_sheet(Style("#154273", tokens=tokens))
    assert sheet.count("{") == sheet.count("}") <= 2
    assert not any(word in sheet for word in ("url(", "@", "<", "\\", "expression"))


def test_style_sheet_of_one_municipality_never_shows_the_tokens_of_another(
    client_for: Any, juinen: Any, zonneiland: Any
) -> None:
    house_style.set_tokens(juinen, LINK)
    assert "#00664f" in client_for(juinen).get("/house-style.css").content.decode()
    assert "#00664f" not in client_for(zonneiland).get("/house-style.css").content.decode()
    with tenant_context(zonneiland):
        house_style.set_tokens(zonneiland, {"utrecht-link-color": "#7a1f5c"})
    assert "#7a1f5c" not in client_for(juinen).get("/house-style.css").content.decode()


def test_address_of_the_style_sheet_changes_with_the_style(client_for: Any, juinen: Any) -> None:
    def address() -> str:
        return (
            client_for(juinen)
            .get("/help/")
            .content.decode()
            .split('href="/house-style.css?v=')[1]
            .split('"')[0]
        )

    before = address()
    house_style.set_tokens(juinen, LINK)
    tokens = address()
    house_style.set_colours(juinen, accent="#00664f", head="#f5c400", corners="round")
    assert len({before, tokens, address()}) == 3


@pytest.mark.parametrize(
    "content",
    [b'{"utrecht-link-color\\ud800": "#00664f"}', b'{"nl": {"\\udfff": {"value": ["\\ud800"]}}}'],
)
def test_half_a_character_in_a_file_can_be_shown(content: bytes) -> None:
    """JSON lets half a pair of UTF-16 through; a page that holds it cannot be sent."""
    for left in read(content).left:
        assert f"{left.name} {left.reason}".encode().decode()
