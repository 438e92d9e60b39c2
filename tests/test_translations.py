"""Every Dutch text has an English one, and pages use it."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import trans_real

from config import catalogue
from tests import factories


@pytest.fixture
def compiled() -> Any:
    """The catalogue as it is now, also when an older one was read before."""
    catalogue.compile_all()
    trans_real._translations.clear()
    yield
    trans_real._translations.clear()


def test_extraction_yields_no_new_untranslated_or_doubtful_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue.check() == 0, capsys.readouterr().out


def test_check_finds_a_text_that_is_not_translated(tmp_path: Any, monkeypatch: Any, capsys: Any) -> None:
    source = tmp_path / "portal" / "words.py"
    source.parent.mkdir()
    source.write_text("from django.utils.translation import gettext as _\n\nWORD = _('Nog niet vertaald')\n")
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    assert catalogue.check() == 1
    assert "not translated: 'Nog niet vertaald'" in capsys.readouterr().out


def _faults(tree: ast.AST) -> Iterator[str]:
    """Calls of gettext that makemessages does not see: under another name, or with a text that is made at run time."""
    words = {
        "gettext",
        "gettext_lazy",
        "gettext_noop",
        "ngettext",
        "ngettext_lazy",
        "pgettext",
        "pgettext_lazy",
    }
    words |= {"npgettext", "npgettext_lazy"}
    may_be_short = {"gettext", "gettext_lazy"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for name in node.names:
                if (
                    name.asname
                    and not (name.asname == "_" and name.name in may_be_short)
                    and name.name in words
                ):
                    yield f"line {node.lineno}: {name.name} as {name.asname}"
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in words:
            yield f"line {node.lineno}: another name for {node.value.id}"
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = node.args[:2] if called in words else node.args[:1]
            if called in words | {"_"} and any(isinstance(text, ast.JoinedStr | ast.BinOp) for text in texts):
                yield f"line {node.lineno}: a text that is made at run time"


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils.translation import gettext as now",
        "from django.utils.translation import ngettext as _",
        "_now = gettext",
        "_(f'{count} leden')",
        "ngettext('een lid', 'leden: ' + names, 2)",
    ],
)
def test_call_that_is_not_extracted_is_found(source: str) -> None:
    assert list(_faults(ast.parse(source)))


def test_every_call_of_gettext_is_one_that_is_extracted() -> None:
    faults = [
        f"{path.relative_to(catalogue.ROOT)}, {fault}"
        for folder in catalogue.SOURCES
        for path in sorted((catalogue.ROOT / folder).rglob("*.py"))
        for fault in _faults(ast.parse(path.read_text()))
    ]
    assert faults == []


def test_member_reads_the_portal_in_english(compiled: None, juinen: Any, client_for: Any) -> None:
    factories.make_portal_step(factories.make_event(), "availability")
    visitor = client_for(juinen, factories.make_member(first_name="Noor").user)
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = visitor.get("/").content.decode()
    assert '<html lang="en">' in page
    assert "Welcome, Noor" in page
    assert "Tell us when you can work and what you like to do most." in page
    assert "Not yet begun" in page


def test_dutch_is_the_language_of_whoever_chooses_none(compiled: None, client: Any) -> None:
    assert '<html lang="nl">' in client.get("/help/").content.decode()


@pytest.mark.parametrize("count", [1, 2])
def test_plurals_follow_the_language(compiled: None, count: int) -> None:
    dutch = {1: "1 stembureau", 2: "2 stembureaus"}
    english = {1: "1 polling station", 2: "2 polling stations"}
    for language, words in (("nl", dutch), ("en", english)):
        with translation.override(language):
            text = translation.ngettext("%(n)s stembureau", "%(n)s stembureaus", count) % {"n": count}
            assert text == words[count]
