"""How long the sentences of the portal are, from the texts in its source: the measure of the language check."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from django.utils.translation import template

ROOT: Final = Path(__file__).resolve().parent.parent
KEYWORDS: Final = ("_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy")

_STRING: Final = r"""(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
_LITERAL: Final = re.compile(_STRING)
# What Django makes of {% translate %} and {% blocktranslate %}: gettext('…'), ngettext('…', '…', count).
_CALL: Final = re.compile(rf"\b(?:_|n?gettext)\(u?{_STRING}(?:,\s*u?{_STRING})?")
_PLACEHOLDER: Final = re.compile(r"%\(\w+\)s|%s|\{\w*\}")
_SENTENCE_END: Final = re.compile(r"[.!?:]+[”’\"')]*(?:\s+|$)|\n\s*\n")
_WORD: Final = re.compile(r"[^\W_]+(?:[-'’./@][^\W_]+)*", re.UNICODE)
# "9.00 tot", "bijv. een": a full stop inside a time or after an abbreviation ends nothing.
_NO_END: Final = re.compile(r"\b(?:art|bijv|blz|nr|enz|t/m)\.(?=\s)|(?<=\d)\.(?=\d)", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    """The sentences of a text; what has no full stop, such as a label, is none."""
    plain = _NO_END.sub("·", _PLACEHOLDER.sub("X", text))
    found, start = [], 0
    for end in _SENTENCE_END.finditer(plain):
        found.append(plain[start : end.end()].strip())
        start = end.end()
    return [sentence for sentence in found if _WORD.search(sentence)]


def words(sentence: str) -> int:
    """How many words; a number, a time and a word with a dash are one, and a value that is filled in, too."""
    return len(_WORD.findall(_PLACEHOLDER.sub("X", sentence)))


def average(texts: Iterable[str]) -> float:
    """The average number of words of a sentence; 0 without sentences."""
    lengths = [words(sentence) for text in texts for sentence in sentences(text)]
    return sum(lengths) / len(lengths) if lengths else 0.0


def texts_of(paths: Iterable[Path]) -> Iterator[str]:
    """Every text for people in templates and Python files, once."""
    seen = set()
    for path in paths:
        source = path.read_text(encoding="utf-8")
        found = _in_code(source) if path.suffix == ".py" else _in_template(source, str(path))
        for text in found:
            if text not in seen:
                seen.add(text)
                yield text


def portal_files() -> list[Path]:
    """What a member reads: templates and code of the portal, the log-in pages and the parts they share."""
    folders = (ROOT / "templates/portal", ROOT / "templates/components", ROOT / "portal")
    found = [path for folder in folders for path in folder.rglob("*") if path.suffix in (".html", ".py")]
    return sorted([*found, ROOT / "templates/base_door.html", ROOT / "templates/base_error.html"])


def _in_code(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KEYWORDS:
            for argument in node.args[:2]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def _in_template(source: str, name: str) -> Iterator[str]:
    for call in _CALL.finditer(template.templatize(source, name)):
        for literal in _LITERAL.finditer(call[0]):
            yield str(ast.literal_eval(literal[0]))
