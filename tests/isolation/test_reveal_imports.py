"""Numbers in the clear have one reader: nothing but the payment run asks for them, and few places uncover them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

PACKAGES = ("backoffice", "bench", "config", "elections", "portal", "tenants")
REVEAL = "elections.actions.reveal"
MAY_REVEAL = {"elections/actions/payment_run.py"}
MAY_UNCOVER = {
    "elections/secrets.py",  # the last characters of an IBAN
    "elections/one_time_codes.py",  # the seed of an authenticator app, to check its code and to show it once
    "elections/work_account.py",  # the client secret, for the provider that gave it
    "elections/brp.py",  # the number of who is looked up, in the body of the question; the key in its header
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    base = Path(settings.BASE_DIR)
    for package in PACKAGES:
        for path in sorted((base / package).rglob("*.py")):
            yield str(path.relative_to(base)), ast.parse(path.read_text())


def imported(module: ast.Module) -> Iterator[str]:
    """Every module or name that is imported, in full."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_nobody_but_the_payment_run_reveals_numbers():
    users = {path for path, module in modules() if any(name.startswith(REVEAL) for name in imported(module))}
    assert users - MAY_REVEAL == set()


def test_numbers_are_uncovered_in_few_places():
    users = {
        path
        for path, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr == "uncover"
    }
    assert users - MAY_UNCOVER - MAY_REVEAL == set()


def test_nobody_but_the_check_asks_the_register():
    """`elections.brp.ask` takes numbers in the clear; reading them is logged where it is called."""
    users = {
        path
        for path, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
        and node.attr == "ask"
        and isinstance(node.value, ast.Name)
        and node.value.id == "brp"
    }
    users |= {path for path, module in modules() if "elections.brp.ask" in imported(module)}
    assert users == {"elections/actions/brp_check.py"}


def test_import_of_reveal_is_seen():
    """The detector itself, on every way to import it."""
    for text in (
        "import elections.actions.reveal",
        "from elections.actions import reveal as show",
        "from elections.actions.reveal import reveal",
    ):
        assert any(name.startswith(REVEAL) for name in imported(ast.parse(text)))
