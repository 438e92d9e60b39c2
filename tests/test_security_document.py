"""docs/security.md cannot lie: every test that it names exists, and every chosen row of OWASP ASVS 5.0 is in it."""

import ast
import re
from pathlib import Path

from django.conf import settings

TESTS = Path(settings.BASE_DIR) / "tests"
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")
CODE = re.compile(r"`((?:config|portal|backoffice|elections|tenants|tests)/[\w/]+\.py)`")
TABLE_ROW = re.compile(r"^\| (\d+\.\d+\.\d+(?:, \d+\.\d+\.\d+)*) \| (.+) \| (.+) \|$", re.MULTILINE)
WORDS = ("document", "not yet", "not applicable")
CHOSEN = """
1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.2.10 1.3.1 1.3.4 1.3.6 1.3.7 1.3.11 1.3.12 1.5.1
2.1.3 2.2.3 2.3.1 2.3.2 2.3.3 2.3.4 2.3.5 2.4.1
3.2.1 3.3.1 3.3.2 3.3.3 3.3.4 3.4.1 3.4.3 3.4.4 3.4.5 3.4.6 3.4.7 3.4.8 3.5.1 3.5.3 3.5.4 3.5.8 3.7.2
4.1.3 4.1.4
5.1.1 5.2.1 5.2.2 5.2.3 5.2.4 5.2.6 5.3.1 5.3.2 5.4.1 5.4.2 5.4.3
6.1.1 6.1.2 6.1.3 6.2.1 6.2.3 6.2.4 6.2.5 6.2.7 6.2.9 6.2.10 6.2.11 6.2.12
6.3.2 6.3.3 6.3.4 6.3.5 6.3.6 6.3.7 6.3.8 6.4.1 6.4.3 6.4.4 6.4.6
6.5.1 6.5.2 6.5.3 6.5.4 6.5.5 6.6.2 6.6.3 6.8.1 6.8.4
7.1.1 7.1.2 7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2 7.5.3 7.6.2
8.1.1 8.1.2 8.2.1 8.2.2 8.2.3 8.3.1 8.3.2 8.4.1
10.1.2 10.2.1 10.2.2 10.5.1 10.5.2 10.5.3 10.5.4
11.1.1 11.1.2 11.2.2 11.3.2 11.3.3 11.3.4 11.5.1
13.2.4 13.3.1 13.3.4 13.4.1 13.4.2 13.4.3 13.4.4 13.4.5 13.4.6 13.4.7
14.1.1 14.1.2 14.2.1 14.2.2 14.2.6 14.2.7 14.3.1 14.3.2
15.1.2 15.1.3 15.2.2 15.3.1 15.3.3 15.3.4 15.4.2
16.2.1 16.2.2 16.2.3 16.2.4 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1 16.4.2 16.4.3
16.5.1 16.5.2 16.5.3 16.5.4
"""


def document() -> str:
    return (Path(settings.BASE_DIR) / "docs" / "security.md").read_text()


def names_in(path: Path) -> set[str]:
    """The names of the tests in a file."""
    if not path.is_file():
        return set()
    nodes = ast.walk(ast.parse(path.read_text()))
    return {
        node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_test_that_is_named_exists():
    named = NAMED.findall(document())
    assert len(named) > 100
    files = {file: names_in(TESTS / file) for file, _name in named}
    assert [f"{file}::{name}" for file, name in named if name not in files[file]] == []


def test_every_module_that_is_named_exists():
    named = CODE.findall(document())
    assert named
    assert [path for path in named if not (Path(settings.BASE_DIR) / path).is_file()] == []


def test_every_chosen_row_has_a_test_or_says_why_not():
    rows = {}
    for numbers, _what, proof in TABLE_ROW.findall(document()):
        for number in numbers.split(", "):
            assert number not in rows, f"{number} stands twice"
            rows[number] = proof
    assert sorted(rows) == sorted(CHOSEN.split())
    without = [
        number for number, proof in rows.items() if not NAMED.search(proof) and not proof.startswith(WORDS)
    ]
    assert without == []
