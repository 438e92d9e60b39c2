"""NL Design System design tokens from a file of a municipality: which we take over, as what, and what we leave.

A token is taken when its name stands in `TOKENS` and its value is of the kind that belongs to it; a value is written
anew from its parts, so that nothing of the file itself reaches a style sheet. Colours that make a text unreadable
are left too, with a colour that would do.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import ImageColor

from tenants.colours import TEXT_CONTRAST, contrast, nearest_readable

LINE_CONTRAST: Final = 3.0
"""WCAG 2.2 success criterion 1.4.11: the border that shows where a field is."""

Colours = dict[str, str]

SOURCE_SANS: Final = '"Source Sans 3", "Segoe UI", system-ui, sans-serif'
SHIPPED_FONTS: Final = ("source sans 3", "source sans pro")
SHIPPED_WEIGHTS: Final = {"400": "400", "normal": "400", "600": "600", "700": "700", "bold": "700"}
MOST_RADIUS: Final = 24.0
LEAST_LINE: Final = 1.0
MOST_LINE: Final = 4.0

INK: Final = "#0d1f3c"
BORDER: Final = "#6b7a92"
PAPER: Final = {
    "white": "#ffffff",
    "surface": "#f6f8fa",
    "ok": "#eaf7ee",
    "warning": "#fff3e8",
    "error": "#fef1f1",
    "info": "#eef6fc",
}
"""Grounds of text that no token changes (static/css/tokens.css); beside them stands the tint of the accent."""

_COLOUR: Final = re.compile(r"#[0-9a-f]{3,8}\Z|(rgb|hsl)\([0-9., %]{5,30}\)\Z")
_SIZE: Final = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)(px|rem)\Z")


class TokenError(ValueError):
    """Why a value is not taken over; the message is for the person who sent the file."""


@dataclass(frozen=True)
class Token:
    """What becomes of one token.

    clean: gives its value written anew; raises TokenError.
    target: the custom property of our pages that it sets.
    """

    clean: Callable[[str], str]
    target: str


@dataclass(frozen=True)
class Unreadable:
    """A text that cannot be read with these tokens. names: the tokens to blame; better: a colour that would do."""

    what: str | Promise
    ratio: float
    needed: float
    names: frozenset[str]
    better: str

    def __str__(self) -> str:
        text = _("%(what)s: het contrast is %(ratio)s. Er is minstens %(needed)s nodig.") % {
            "what": self.what,
            "ratio": _decimal(self.ratio),
            "needed": _decimal(self.needed),
        }
        return f"{text} {_('De kleur %s kan wel.') % self.better}" if self.better else text


def clean_colour(value: str) -> str:
    """`#rrggbb` of a colour in hexadecimals, rgb() or hsl(), without transparency.

    Raises:
        TokenError: for anything else, names of colours too.
    """
    text = value.strip().lower()
    if not _COLOUR.match(text):
        raise TokenError(_("Dit is geen kleur die wij kennen. Schrijf de kleur als #rrggbb."))
    try:
        red, green, blue, *rest = ImageColor.getrgb(text)
    except ValueError as error:
        raise TokenError(_("Dit is geen kleur die wij kennen. Schrijf de kleur als #rrggbb.")) from error
    if rest and rest[0] != 255:
        raise TokenError(_("Deze kleur is doorzichtig. Kies een dekkende kleur."))
    if max(red, green, blue) > 255:
        raise TokenError(_("Dit is geen kleur die wij kennen. Schrijf de kleur als #rrggbb."))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _clean_size(value: str, least: float, most: float) -> str:
    text = value.strip().lower()
    found = _SIZE.match("0px" if text == "0" else text)
    if not found:
        raise TokenError(_("Dit is geen maat die wij kennen. Schrijf de maat in px of rem."))
    number, unit = float(found[1]), found[2]
    pixels = number * 16 if unit == "rem" else number
    if not least <= pixels <= most:
        raise TokenError(
            _("Deze maat past niet. Kies een maat van %(least)s tot %(most)s px.")
            % {"least": int(least), "most": int(most)}
        )
    return f"{number:g}{unit}"


def clean_radius(value: str) -> str:
    """A rounding of at most 24 pixels. Raises TokenError."""
    return _clean_size(value, 0, MOST_RADIUS)


def clean_line(value: str) -> str:
    """A thickness of 1 to 4 pixels. Raises TokenError."""
    return _clean_size(value, LEAST_LINE, MOST_LINE)


def clean_weight(value: str) -> str:
    """A weight of letters that we have. Raises TokenError."""
    weight = SHIPPED_WEIGHTS.get(value.strip().lower())
    if weight is None:
        raise TokenError(_("Deze dikte hebben wij niet. Kies 400, 600 of 700."))
    return weight


def clean_font(value: str) -> str:
    """Our own font, when it is the first that the file names. Raises TokenError."""
    first = value.split(",")[0].strip(" \"'").lower()
    if first not in SHIPPED_FONTS:
        raise TokenError(_("Dit lettertype hebben wij niet. De pagina's houden Source Sans 3."))
    return SOURCE_SANS


_STATES: Final = ("", "hover-", "active-")


def _buttons() -> Iterator[tuple[str, Token]]:
    for part in ("background-color", "color", "border-color"):
        for state in _STATES:
            token = Token(clean_colour, f"--nl-button-primary-{state}{part}")
            yield f"nl-button-primary-{state}{part}", token
            yield f"utrecht-button-primary-action-{state}{part}", token


def _links() -> Iterator[tuple[str, Token]]:
    for state in _STATES:
        for family in ("nl", "utrecht"):
            yield f"{family}-link-{state}color", Token(clean_colour, f"--nl-link-{state}color")


def _headings() -> Iterator[tuple[str, Token]]:
    for level in (1, 2, 3):
        for name in (f"utrecht-heading-{level}", f"nl-heading-level-{level}"):
            yield f"{name}-color", Token(clean_colour, f"--nl-heading-level-{level}-color")
            yield f"{name}-font-weight", Token(clean_weight, f"--nl-heading-level-{level}-font-weight")
    for name in ("utrecht-heading", "basis-heading"):
        yield f"{name}-color", Token(clean_colour, "--basis-heading-color")
        yield f"{name}-font-weight", Token(clean_weight, "--basis-heading-font-weight")


TOKENS: Final[dict[str, Token]] = {
    **dict(_buttons()),
    **dict(_links()),
    **dict(_headings()),
    "utrecht-document-color": Token(clean_colour, "--z-ink"),
    "basis-color-default-color-document": Token(clean_colour, "--z-ink"),
    "utrecht-page-header-background-color": Token(clean_colour, "--zitting-head"),
    "utrecht-page-header-color": Token(clean_colour, "--zitting-on-head"),
    "utrecht-form-control-border-color": Token(clean_colour, "--basis-form-control-border-color"),
    "utrecht-textbox-border-color": Token(clean_colour, "--basis-form-control-border-color"),
    "basis-form-control-border-color": Token(clean_colour, "--basis-form-control-border-color"),
    "utrecht-button-border-radius": Token(clean_radius, "--zitting-button-radius"),
    "nl-button-border-radius": Token(clean_radius, "--zitting-button-radius"),
    "utrecht-form-control-border-radius": Token(clean_radius, "--basis-form-control-border-radius"),
    "utrecht-textbox-border-radius": Token(clean_radius, "--basis-form-control-border-radius"),
    "basis-form-control-border-radius": Token(clean_radius, "--basis-form-control-border-radius"),
    "utrecht-form-control-border-width": Token(clean_line, "--basis-form-control-border-width"),
    "utrecht-textbox-border-width": Token(clean_line, "--basis-form-control-border-width"),
    "basis-form-control-border-width": Token(clean_line, "--basis-form-control-border-width"),
    "utrecht-document-font-family": Token(clean_font, "--basis-text-font-family-default"),
    "basis-text-font-family-default": Token(clean_font, "--basis-text-font-family-default"),
    "utrecht-heading-font-family": Token(clean_font, "--basis-heading-font-family"),
    "basis-heading-font-family": Token(clean_font, "--basis-heading-font-family"),
}
"""Every token that a municipality may set. The names are those of the `voorbeeld` theme and the Utrecht components."""


@dataclass(frozen=True)
class Pair:
    """A colour and what it stands on. Both are names of custom properties or of a ground in `grounds`."""

    what: str | Promise
    colour: str
    ground: str
    needed: float = TEXT_CONTRAST


_ON_PAPER: Final = (
    (gettext_lazy("Tekst"), "--z-ink"),
    (gettext_lazy("Koppelingen"), "--nl-link-color"),
    (gettext_lazy("Koppelingen onder de muis"), "--nl-link-hover-color"),
    (gettext_lazy("Koppelingen bij het klikken"), "--nl-link-active-color"),
    (gettext_lazy("Titels"), "--basis-heading-color"),
    (gettext_lazy("Titel van de pagina"), "--nl-heading-level-1-color"),
    (gettext_lazy("Tussentitels"), "--nl-heading-level-2-color"),
    (gettext_lazy("Kleine tussentitels"), "--nl-heading-level-3-color"),
)
PAIRS: Final[tuple[Pair, ...]] = (
    *(Pair(what, colour, ground) for what, colour in _ON_PAPER for ground in (*PAPER, "soft")),
    Pair(gettext_lazy("Knoppen"), "--nl-button-primary-color", "--nl-button-primary-background-color"),
    Pair(
        gettext_lazy("Knoppen onder de muis"),
        "--nl-button-primary-hover-color",
        "--nl-button-primary-hover-background-color",
    ),
    Pair(
        gettext_lazy("Knoppen bij het klikken"),
        "--nl-button-primary-active-color",
        "--nl-button-primary-active-background-color",
    ),
    Pair(gettext_lazy("Kop van de pagina"), "--zitting-on-head", "--zitting-head"),
    Pair(gettext_lazy("Rand van velden"), "--basis-form-control-border-color", "white", LINE_CONTRAST),
)
"""What must stay readable whatever a file says."""

DECORATION: Final = frozenset(f"--nl-button-primary-{state}border-color" for state in _STATES)
"""Colours that nobody has to see: a button is known by its ground and its words."""


def grounds(*, accent: str, hover: str, soft: str, head: str, on_head: str) -> Colours:
    """The colours of our own that tokens stand beside or replace, by the names that `PAIRS` uses."""
    return {
        **PAPER,
        "soft": soft,
        "--z-ink": INK,
        "--nl-link-color": accent,
        "--nl-link-hover-color": hover,
        "--nl-link-active-color": hover,
        "--basis-heading-color": INK,
        "--nl-heading-level-1-color": INK,
        "--nl-heading-level-2-color": INK,
        "--nl-heading-level-3-color": INK,
        "--nl-button-primary-color": PAPER["white"],
        "--nl-button-primary-hover-color": PAPER["white"],
        "--nl-button-primary-active-color": PAPER["white"],
        "--nl-button-primary-background-color": accent,
        "--nl-button-primary-hover-background-color": hover,
        "--nl-button-primary-active-background-color": hover,
        "--zitting-head": head,
        "--zitting-on-head": on_head,
        "--basis-form-control-border-color": BORDER,
    }


def clean(name: str, value: str) -> str:
    """The value of a token, written anew.

    Raises:
        TokenError: when the name is not on the list, or the value not of its kind.
    """
    token = TOKENS.get(name)
    if token is None:
        raise TokenError(_("Dit onderdeel gebruiken onze pagina's niet."))
    return token.clean(value)


def properties(tokens: Mapping[str, str]) -> dict[str, str]:
    """The custom properties that tokens set. What is not a good token any more is left out."""
    return {target: value for target, (_name, value) in _by_target(tokens).items()}


def unreadable(tokens: Mapping[str, str], around: Colours) -> list[Unreadable]:
    """Every text or line that cannot be seen well with these tokens.

    around: the colours of the municipality, see `grounds`.
    """
    set_here = _by_target(tokens)
    colours = around | {target: value for target, (_name, value) in set_here.items() if target in around}
    found = []
    for pair in PAIRS:
        names = frozenset(set_here[side][0] for side in (pair.colour, pair.ground) if side in set_here)
        ratio = contrast(colours[pair.colour], colours[pair.ground])
        if names and ratio < pair.needed:
            better = _better(pair, colours, is_ground=pair.colour not in set_here)
            found.append(Unreadable(pair.what, ratio, pair.needed, names, better))
    return found


def readable_part(tokens: Mapping[str, str], around: Colours) -> tuple[dict[str, str], dict[str, str]]:
    """The tokens with which every text can be read, and the others, each with the reason."""
    kept, left = dict(tokens), {}
    # Without one token another may have to stand on a colour of ours: look again until nothing is left to say.
    while problems := unreadable(kept, around):
        for problem in problems:
            for name in problem.names:
                if kept.pop(name, None) is not None:
                    left[name] = str(problem)
    return kept, left


def _better(pair: Pair, colours: Colours, *, is_ground: bool) -> str:
    """A colour near to the one to blame that would do on everything it stands on."""
    if is_ground:
        return nearest_readable(colours[pair.ground], [colours[pair.colour]], pair.needed)
    under = [colours[each.ground] for each in PAIRS if each.colour == pair.colour]
    return nearest_readable(colours[pair.colour], under, pair.needed)


def _by_target(tokens: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Custom property to the token that sets it and its value; states that the file leaves out follow the first."""
    found: dict[str, tuple[str, str]] = {}
    for name, value in tokens.items():
        try:
            cleaned = clean(name, str(value))
        except TokenError:
            continue
        found[TOKENS[name].target] = (name, cleaned)
    for rest, state in _followers():
        if rest in found:
            found.setdefault(state, found[rest])
    return found


def _followers() -> Iterable[tuple[str, str]]:
    for part in ("background-color", "color", "border-color"):
        for state in _STATES[1:]:
            yield f"--nl-button-primary-{part}", f"--nl-button-primary-{state}{part}"
    for state in _STATES[1:]:
        yield "--nl-link-color", f"--nl-link-{state}color"


def _decimal(number: float) -> str:
    # Rounded down: 4.46 must not be called 4.5.
    return f"{int(number * 10) / 10:.1f}".replace(".", ",")
