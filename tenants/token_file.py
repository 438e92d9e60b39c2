"""Reading a file with design tokens: flat or nested, with references, made by whatever tool."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext as _

from tenants.design_tokens import TOKENS, Colours, TokenError, clean, readable_part

MAX_BYTES: Final = 100_000
MAX_DEPTH: Final = 12
MAX_TOKENS: Final = 5_000
MAX_REFERENCES: Final = 10
MAX_VALUE: Final = 200
ROOTS: Final = ("utrecht", "nl", "basis", "denhaag", "rhc", "ams")
"""Families of tokens. Some tools put the name of a set before them."""


class TokenFileError(ValueError):
    """The file cannot be read as design tokens; the message is for the person who sent it."""


@dataclass(frozen=True)
class Left:
    """A token that is not taken over, and why."""

    name: str
    reason: str


@dataclass
class Reading:
    """What became of a file. taken: name to clean value, to give to `house_style.set_tokens`."""

    taken: dict[str, str] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


def read_tokens(upload: BinaryIO, around: Colours) -> Reading:
    """Read a JSON file of at most 100 kB: flat (`"--utrecht-link-color"`, `"utrecht.link.color"`), or nested with
    `value` or `$value`. A value `{utrecht.color.red}` is looked up in the same file.

    around: the colours of the municipality (design_tokens.grounds), for the contrast.

    Raises:
        TokenFileError: when it is no such file, or none of its tokens is of use here.
    """
    values = _flat(_parsed(upload.read(MAX_BYTES + 1)))
    if not values:
        raise TokenFileError(_("In dit bestand staan geen design tokens."))
    reading = Reading()
    cleaned = {}
    for name, value in values.items():
        try:
            cleaned[name] = clean(name, _resolved(value, values) if name in TOKENS else value)
        except TokenError as problem:
            reading.left.append(Left(name, str(problem)))
    reading.taken, faint = readable_part(cleaned, around)
    # First what somebody may want to mend: the rest is only not ours.
    reading.left = [Left(name, reason) for name, reason in faint.items()] + sorted(
        reading.left, key=lambda each: (each.name not in TOKENS, each.name)
    )
    return reading


def _parsed(content: bytes) -> Any:
    if len(content) > MAX_BYTES:
        raise TokenFileError(_("Dit bestand is te groot. Kies een bestand van ten hoogste 100 kB."))
    try:
        parsed = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise TokenFileError(_("Dit is geen bestand met design tokens. Kies een JSON-bestand.")) from error
    if not isinstance(parsed, dict):
        raise TokenFileError(_("Dit is geen bestand met design tokens. Kies een JSON-bestand."))
    return parsed


def _flat(parsed: dict[str, Any]) -> dict[str, str]:
    values: dict[str, str] = {}
    for path, value in _leaves(parsed, ()):
        values[_name(path)] = value
        if len(values) > MAX_TOKENS:
            raise TokenFileError(_("In dit bestand staan te veel design tokens."))
    return values


def _leaves(node: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if len(path) > MAX_DEPTH:
        raise TokenFileError(_("De onderdelen van dit bestand zitten te diep in elkaar."))
    for key, value in node.items():
        here = (*path, key)
        if isinstance(value, dict):
            leaf = value.get("$value", value.get("value"))
            if leaf is None or isinstance(leaf, dict):
                yield from _leaves(value, here)
            else:
                yield here, _text(leaf)
        elif not key.startswith("$") and isinstance(value, str | int | float):
            yield here, _text(value)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return _sendable(", ".join(str(part) for part in value))[:MAX_VALUE]  # the fallbacks of a font
    return _sendable(str(value))[:MAX_VALUE]


def _sendable(text: str) -> str:
    """Half a pair of UTF-16 ("\\ud800"), which JSON lets through, cannot be sent in a page."""
    return text.encode(errors="replace").decode()


def _name(path: tuple[str, ...]) -> str:
    """`utrecht-link-color` of a path, however its parts are written."""
    parts = _sendable("-".join(path)).strip("-").replace(".", "-").lower().split("-")
    start = next((place for place, part in enumerate(parts) if part in ROOTS), 0)
    return "-".join(part for part in parts[start:] if part)[:MAX_VALUE]


def _resolved(value: str, values: dict[str, str]) -> str:
    """The value itself, or what a reference points at in the end.

    Raises:
        TokenError: when it points at nothing, or at itself.
    """
    for _step in range(MAX_REFERENCES):
        text = value.strip()
        if not (text.startswith("{") and text.endswith("}")):
            return value
        target = values.get(_name((text[1:-1],)))
        if target is None:
            raise TokenError(_("Dit token verwijst naar iets dat niet in het bestand staat."))
        value = target
    raise TokenError(_("Dit token verwijst naar zichzelf."))
