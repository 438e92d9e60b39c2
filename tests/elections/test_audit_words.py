"""Every code that the product writes into the log has words on the screen."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from elections.audit_words import ACTIONS, FACTS, OBJECTS, action_words, fact_words, object_words
from elections.enums import SignInMethod
from elections.models import AuditEvent

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("config", "portal", "backoffice", "elections", "tenants")
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
WRITERS = ("record", "record_many", "record_view")
# What a writer takes besides facts.
NO_FACTS = {"by", "filters", "label", "on", "purpose", "result"}
# Facts that the functions of the database write (migration 0004).
OF_THE_DATABASE = {"before", "digest", "events", "through"}


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
                    if isinstance(found, str) and (
                        CODE.fullmatch(found) or found.rstrip(".") != found != "."
                    ):
                        yield found, str(path.relative_to(ROOT))


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def facts_of(tree: ast.AST) -> Iterator[str]:
    """The names of the facts that a module writes: keywords, and the keys of record_many next to what they are on."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in WRITERS):
        yield from (str(keyword.arg) for keyword in call.keywords if keyword.arg not in NO_FACTS)
    for place in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        calls = [node for node in ast.walk(place) if isinstance(node, ast.Call)]
        if not any(called(call) == "record_many" for call in calls):
            continue
        for pair in (node for node in ast.walk(place) if isinstance(node, ast.Tuple) and len(node.elts) == 2):
            if isinstance(pair.elts[1], ast.Dict):
                yield from (key.value for key in pair.elts[1].keys if isinstance(key, ast.Constant))


def facts() -> Iterator[tuple[str, str]]:
    """Each fact that is written, with the file that does it. The writers themselves pass theirs on."""
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for name in facts_of(ast.parse(path.read_text())):
            yield name, str(path.relative_to(ROOT))


def test_every_fact_has_words():
    written = {
        *facts(),
        *((name, "the database") for name in OF_THE_DATABASE),
        ("filter", "elections/audit.py"),
    }
    assert len({name for name, _place in written}) > 50
    unknown = {f"{name} in {place}" for name, place in written if name not in FACTS}
    assert not unknown, "give these words in elections/audit_words.py"
    assert not set(FACTS) - {name for name, _place in written}, "nobody writes these any more"


def test_facts_of_many_events_are_found():
    tree = ast.parse(
        "def act(rows):\n    audit.record_many('a.b', [(row, {'odd': 1}) for row in rows], by=None)"
    )
    assert list(facts_of(tree)) == ["odd"]


def test_every_object_is_a_model():
    known = {model._meta.model_name for model in apps.get_app_config("elections").get_models()}
    assert set(OBJECTS) <= known


def test_codes_in_facts_are_shown_in_words():
    assert fact_words({"method": "email_code", "new_browser": True}) == [
        ("Manier van inloggen", str(SignInMethod.EMAIL_CODE.label)),
        ("Nieuw apparaat", "ja"),
    ]


def test_every_code_has_words():
    written = set(codes())
    assert len(written) > 60
    unknown = {
        f"{code} in {place}"
        for code, place in written
        if not any(known == code or (code.endswith(".") and known.startswith(code)) for known in ACTIONS)
    }
    assert not unknown, "give these words in elections/audit_words.py"


@pytest.mark.parametrize("noun", ["news_item", "document"])
@pytest.mark.parametrize("act", ["create", "update", "publish", "withdraw", "delete"])
def test_what_happens_to_news_and_documents_has_words(noun, act):
    assert f"{noun}.{act}" in ACTIONS  # elections/actions/announcement.py puts these together


@pytest.mark.parametrize("words", [ACTIONS, OBJECTS, FACTS])
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
