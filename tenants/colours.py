"""Contrast of colours as WCAG 2.2 defines it; house styles are built on it."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WHITE = "#ffffff"
BLACK = "#000000"
TEXT_CONTRAST = 4.5
"""WCAG 2.2 success criterion 1.4.3, normal text."""

_HEX = re.compile(r"#[0-9a-f]{6}\Z", re.IGNORECASE)


def validate_hex_colour(value: str) -> None:
    """Accept only `#rrggbb`: the value is written into a style sheet.

    Raises:
        ValidationError: for anything else.
    """
    if not _HEX.match(value):
        raise ValidationError(
            _("Vul een kleur in als # met zes cijfers of letters a tot en met f."), code="colour"
        )


def contrast(one: str, other: str) -> float:
    """The contrast ratio between two `#rrggbb` colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(background: str) -> str:
    """White when it can be read on `background`, else black: one of the two always reaches 4.5 : 1."""
    return WHITE if contrast(background, WHITE) >= TEXT_CONTRAST else BLACK


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0 to 1) of `other` in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def darkened_for(colour: str, background: str, ratio: float = TEXT_CONTRAST) -> str:
    """`colour`, made darker in small steps until it has the contrast `ratio` on `background`."""
    for step in range(21):
        darker = mix(colour, BLACK, step / 20)
        if contrast(darker, background) >= ratio:
            return darker
    return BLACK


def nearest_readable(colour: str, backgrounds: Iterable[str], ratio: float = TEXT_CONTRAST) -> str:
    """The shade of `colour` nearest to it with the contrast `ratio` on all backgrounds, darker or lighter.

    Empty when there is none, because one background is light and another dark.
    """
    against = list(backgrounds)
    for step in range(256):
        for end in (BLACK, WHITE):
            shade = mix(colour, end, step / 255)
            if all(contrast(shade, background) >= ratio for background in against):
                return shade
    return ""


def _channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (v / 255 for v in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
