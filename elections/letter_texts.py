"""The municipality's own words in letters: what Zitting proposes, and how they become paragraphs and lists.

Texts are plain. A blank line ends a paragraph, a line that begins with "- " is an item of a list, and a few names
in braces are filled in; a line for which one of them is empty is left out. There is no template language: whoever
writes a letter can never read anything else.
"""

import re
from dataclasses import dataclass
from typing import Final

INTRODUCTION: Final = (
    "Fijn dat u meehelpt. Dankzij u kan iedereen in {gemeente} stemmen. "
    "In deze brief leest u waar en wanneer u werkt."
)
DUTIES: Final = """\
- Is er een training voor uw functie? Volg die vóór de verkiezing. U krijgt daarvoor apart bericht.
- Kom op tijd. De tijd waarop u er moet zijn, staat bij uw dienst.
- Wees neutraal. Draag geen kleding of tekens van een politieke partij.
- Houd geheim wat u over kiezers ziet of hoort.
- Volg de aanwijzingen van de voorzitter van uw stembureau."""
CLOSING: Final = (
    "Hebt u vragen? Bel of mail het team verkiezingen: {telefoon} of {email}.\nAlvast bedankt voor uw hulp."
)
DEFAULTS: Final = {"introduction": INTRODUCTION, "duties": DUTIES, "closing": CLOSING}

# What may stand between braces, with what it is.
PLACEHOLDERS: Final = {
    "naam": "de naam van het lid",
    "gemeente": "de naam van de gemeente",
    "telefoon": "het telefoonnummer van het team verkiezingen",
    "email": "het e-mailadres van het team verkiezingen",
}
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True)
class Block:
    """One paragraph (one line) or one list (its items)."""

    is_list: bool
    lines: tuple[str, ...]


def unknown_placeholders(text: str) -> list[str]:
    """The words between braces in `text` that nothing can be filled in for."""
    return sorted({name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS})


def blocks(text: str, values: dict[str, str]) -> tuple[Block, ...]:
    """The paragraphs and lists of `text`, with `values` filled in for the placeholders."""
    made: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        plain: list[str] = []
        items: list[str] = []
        for line in filter(None, map(str.strip, paragraph.splitlines())):
            if any(values.get(name) == "" for name in _PLACEHOLDER.findall(line)):
                continue
            filled = _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), line)
            if line.startswith(("- ", "• ")):
                items.append(filled[2:].strip())
            elif items:
                items[-1] += f" {filled}"
            else:
                plain.append(filled)
        if plain:
            made.append(Block(is_list=False, lines=(" ".join(plain),)))
        if items:
            made.append(Block(is_list=True, lines=tuple(items)))
    return tuple(made)
