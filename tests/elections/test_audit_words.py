"""Every code that the product writes into the log has words on the screen."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from elections.audit_words import ACTIONS, OBJECTS, action_words, fact_words, object_words
from elections.models import AuditEvent

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("config", "portal", "backoffice", "elections", "tenants")
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
WRITERS = ("record", "record_many", "record_view")


def codes() -> Iterator[tuple[str, str]]:
    """Each code that is written, with the file that does it; "noun." for one that is put together."""
    trees = {path: ast.parse(path.read_text()) for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    constants = {}
    for tree in trees.values():
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if isinstance(getattr(node, "value", None), ast.Constant) and isinstance(targets[0], ast.Name):
                constants[targets[0].id] = node.value.value
    for path, tree in trees.items():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            texts = [keyword.value for keyword in call.keywords if keyword.arg == "action"]
            if name in WRITERS and call.args:
                texts += [call.args[0]]
            for text in texts:
                for part in ast.walk(text):
                    found = (
                        constants.get(part.id) if isinstance(part, ast.Name) else getattr(part, "value", None)
                    )
                    if isinstance(found, str) and (CODE.fullmatch(found) or found.endswith(".")):
                        yield found, str(path.relative_to(ROOT))


def test_every_code_has_words():
    written = set(codes())
    assert len(written) > 60
    unknown = {
        f"{code} in {place}"
        for code, place in written
        if not any(known == code or (code.endswith(".") and known.startswith(code)) for known in ACTIONS)
    }
    assert not unknown, "give these words in elections/audit_words.py"


@pytest.mark.parametrize("words", [ACTIONS, OBJECTS])
def test_words_are_words(words):
    assert all(CODE.fullmatch(str(text)) is None and str(text) for text in words.values())


def test_words_of_an_event():
    event = AuditEvent(action="member.update", object_type="member", object_label="Noor Bakker")
    assert action_words(event.action) == "Gegevens van lid gewijzigd"
    assert object_words(event) == "lid: Noor Bakker"
    assert action_words("gone.long_ago") == "gone.long_ago"
    assert fact_words({"fields": ["email", "phone"], "count": 2}) == [
        ("Aantal", "2"),
        ("Velden", "email, phone"),
    ]
