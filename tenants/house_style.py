"""Colours, design tokens and pictures of a municipality."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from django.db import transaction

from tenants import design_tokens
from tenants.colours import BLACK, TEXT_CONTRAST, WHITE, contrast, darkened_for, mix, text_on
from tenants.models import DEFAULT_ACCENT, Corners, HouseStyle, Logo, Municipality
from tenants.pictures import draw_background, draw_logo

SCOPE: Final = ":root"
THEME: Final = ".voorbeeld-theme.zitting"
COLOUR_FIELDS: Final = ("accent", "head", "corners")
RADII: Final[dict[str, tuple[str, str]]] = {
    Corners.SQUARE: ("0", "0"),
    Corners.SOFT: ("0.5rem", "0.875rem"),
    Corners.ROUND: ("1rem", "1.5rem"),
}


@dataclass(frozen=True)
class Style:
    """Everything that the style sheet of a municipality is made from."""

    accent: str = DEFAULT_ACCENT
    head: str = ""
    corners: str = Corners.SOFT
    tokens: Mapping[str, str] = field(default_factory=dict)


def style_of(municipality: Municipality) -> Style:
    """The style as it is in the database now: what a web server remembers may be half a minute old."""
    fresh = Municipality.objects.only("accent", "head", "corners").get(pk=municipality.pk)
    return Style(fresh.accent, fresh.head, fresh.corners, tokens_of(municipality))


def tokens_of(municipality: Municipality) -> dict[str, str]:
    """The design tokens that a municipality uploaded, by name."""
    found = HouseStyle.objects.filter(pk=municipality.pk).values_list("tokens", flat=True).first()
    return found if isinstance(found, dict) else {}


def css(accent: str) -> str:
    """The style sheet of a style with only an accent colour; that of documents. See `style_sheet`."""
    return style_sheet(Style(accent))


def style_sheet(style: Style, scope: str = SCOPE) -> str:
    """A style sheet with the custom properties that templates and style sheets build on.

    - `--zitting-accent`: the municipality's colour, for backgrounds; text on it has `--zitting-on-accent`.
    - `--zitting-accent-strong`: the same colour, dark enough to be text on white and on the soft colour (4.5
      : 1); text on it is white.
    - `--zitting-accent-soft`: a very light tint, for backgrounds behind dark text.
    - `--zitting-head`, `--zitting-on-head`: the head of the page and the text on it.

    Corners and design tokens follow for the elements of the theme, where they are not those of the product.

    scope: a selector; that of the preview holds one box.
    """
    rules = [_rule(scope, _colours(style))]
    theme = design_tokens.properties(style.tokens)
    if scope != SCOPE or style.corners != Corners.SOFT:
        small, large = RADII[style.corners]
        theme = {"--z-radius": small, "--z-radius-lg": large} | theme
    if theme:
        rules.append(_rule(THEME if scope == SCOPE else scope, theme))
    return "".join(rules)


def soft_of(accent: str) -> str:
    """The light tint behind dark text that belongs to an accent colour."""
    return mix(accent, WHITE, 0.92)


def readable_accent(accent: str) -> str:
    """`accent` itself when it can be read on white and on its own tint, else the nearest darker shade that can."""
    shades = (mix(accent, BLACK, step / 255) for step in range(256))
    return next(shade for shade in shades if contrast(shade, soft_of(shade)) >= TEXT_CONTRAST)


def unreadable(style: Style) -> list[design_tokens.Unreadable]:
    """The texts that design tokens make unreadable with the colours of `style`; see design_tokens.unreadable."""
    return design_tokens.unreadable(style.tokens, grounds_of(style))


def digest(content: bytes) -> str:
    """A short name for a version of a file."""
    return hashlib.sha256(content).hexdigest()[:16]


def set_colours(municipality: Municipality, *, accent: str, head: str, corners: str) -> None:
    """Choose the accent, the colour of the head (empty: the accent) and the corners.

    Raises:
        ValidationError: for a colour that is none, or unknown corners.
    """
    municipality.accent, municipality.head, municipality.corners = accent.lower(), head.lower(), corners
    others = {each.name for each in Municipality._meta.fields} - set(COLOUR_FIELDS)
    municipality.clean_fields(exclude=others)
    municipality.save(update_fields=COLOUR_FIELDS)


def set_logo(municipality: Municipality, upload: BinaryIO) -> Logo:
    """Make `upload` the logo: a PNG, WebP or JPEG of at most 2 MB, drawn anew as a small PNG.

    Drawing anew throws away everything in the file that is not the picture. SVG is refused: it can hold
    scripts.

    Raises:
        PictureError: when the file is no such picture, or too large.
    """
    png, width, height = draw_logo(upload)
    with transaction.atomic():
        logo, _created = Logo.objects.update_or_create(
            municipality=municipality, defaults={"png": png, "width": width, "height": height}
        )
        municipality.logo_version = digest(png)
        municipality.save(update_fields=["logo_version"])
    return logo


def remove_logo(municipality: Municipality) -> None:
    """Go back to the name of the municipality in letters."""
    with transaction.atomic():
        Logo.objects.filter(municipality=municipality).delete()
        municipality.logo_version = ""
        municipality.save(update_fields=["logo_version"])


def set_background(municipality: Municipality, upload: BinaryIO | None) -> None:
    """Make `upload` the picture above the log-in and the start of the portal; None takes it away.

    Raises:
        PictureError: when the file is no picture, or too large or small.
    """
    jpeg = draw_background(upload) if upload else None
    with transaction.atomic():
        HouseStyle.objects.update_or_create(municipality=municipality, defaults={"background": jpeg})
        municipality.background_version = digest(jpeg) if jpeg else ""
        municipality.save(update_fields=["background_version"])


def set_tokens(municipality: Municipality, tokens: Mapping[str, str], file_name: str = "") -> None:
    """Keep the design tokens that `tenants.design_tokens` accepted; none of them goes back to our own."""
    chosen = dict(sorted(tokens.items()))
    with transaction.atomic():
        HouseStyle.objects.update_or_create(
            municipality=municipality, defaults={"tokens": chosen, "tokens_file": file_name[:100]}
        )
        municipality.tokens_version = digest(json.dumps(chosen).encode()) if chosen else ""
        municipality.save(update_fields=["tokens_version"])


def reset(municipality: Municipality) -> None:
    """Go back to the style of the product: colours, corners, tokens, logo and picture."""
    with transaction.atomic():
        set_colours(municipality, accent=DEFAULT_ACCENT, head="", corners=Corners.SOFT)
        set_tokens(municipality, {})
        set_background(municipality, None)
        remove_logo(municipality)


def _colours(style: Style) -> dict[str, str]:
    head = style.head or style.accent
    return {
        "--zitting-accent": style.accent.lower(),
        "--zitting-on-accent": text_on(style.accent),
        "--zitting-accent-strong": darkened_for(style.accent, soft_of(style.accent), TEXT_CONTRAST),
        "--zitting-accent-soft": soft_of(style.accent),
        "--zitting-head": head.lower(),
        "--zitting-on-head": text_on(head),
    }


def grounds_of(style: Style) -> design_tokens.Colours:
    """What the colours of the tokens stand beside, by the property that a token would replace."""
    colours = _colours(style)
    strong = colours["--zitting-accent-strong"]
    return design_tokens.grounds(
        accent=strong,
        hover=mix(strong, BLACK, 0.18),
        soft=colours["--zitting-accent-soft"],
        head=colours["--zitting-head"],
        on_head=colours["--zitting-on-head"],
    )


def _rule(selector: str, properties: Mapping[str, str]) -> str:
    lines = "\n".join(f"  {name}: {value};" for name, value in properties.items())
    return f"{selector} {{\n{lines}\n}}\n"
