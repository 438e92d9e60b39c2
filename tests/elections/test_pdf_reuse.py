"""What letters share: the same bytes as without it, nothing half made, nothing of a document with a secret."""

from dataclasses import replace
from pathlib import Path

import pytest
import weasyprint
from django.conf import settings
from django_tenants.utils import tenant_context
from weasyprint import css
from weasyprint.layout import block, inline, preferred, table
from weasyprint.layout.percent import resolve_percentages
from weasyprint.text.line_break import split_first_line

from elections.documents import pdf, pdf_reuse
from elections.documents.appointment_letter import render_letter
from tests.elections.letter_example import facts_of_a_letter

ACCENT = "#154273"
SCHEMA = "gm0001"
SENTENCE = (
    "Spreek pauzes af met de voorzitter. Er blijven altijd drie leden van het stembureau in het stemlokaal. "
)
CELLS = "".join(f"<tr><th scope=row>Dag {row}</th><td>{SENTENCE}</td></tr>" for row in range(30))
# What a style sheet of letters could say one day, and what a page with it.
DOCUMENTS = {
    "table over two pages": (
        "",
        f'<table class="shifts"><thead><tr><th>Dag<th>Plaats</thead>{CELLS}</table>',
    ),
    "collapsed borders": (
        "table { border-collapse: collapse } td { border: 1px solid; box-sizing: border-box; width: 40% }"
        "td + td { border-left: 6px solid red }",
        f"<table>{CELLS}<tr><td>a<td>b</table>",
    ),
    "overflow of the root": ("body { overflow: hidden; height: 3cm }", f"<h1>Kop</h1><p>{SENTENCE}</p>"),
    "justified": ("p { text-align: justify }", f"<p>{SENTENCE * 4}</p>"),
    "cut off": (
        "p { line-clamp: 2 } h2 { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; width: 5cm }",
        f"<h2>{SENTENCE}</h2><p>{SENTENCE * 4}</p>",
    ),
    "first letter and line": (
        "p::first-letter { font-size: 3em } p::first-line { color: red }",
        f"<p>{SENTENCE * 3}</p>",
    ),
    "broken words": ("div { hyphens: auto; width: 3cm }", f"<div>{SENTENCE * 2}<p>{'lang' * 60}</p></div>"),
    "own style": (
        "",
        f'<style>p {{ color: red }}</style><p>{SENTENCE}</p><p style="color: blue">{SENTENCE}</p>',
    ),
    "another language": ("", '<p lang="en">Chair of a polling station</p><p lang="ar">رئيس مكتب التصويت</p>'),
}
LIST = f"<ul><li>{SENTENCE}<li>kort<ol><li>{SENTENCE}</ol></ul><p>{SENTENCE}</p>"


@pytest.fixture
def engine():
    return pdf._Engine()


@pytest.fixture
def facts():
    return facts_of_a_letter()


def _page(body):
    return f'<html lang="nl"><title>Brief</title>{body}</html>'


def _write(engine, body, *, alike=SCHEMA, accent=ACCENT):
    return engine.write(_page(body), accent=accent, alike=alike)


def _kept(engine):
    """Everything that is kept with the styles of letters, anonymous styles included."""
    styles = [style for reuse in engine._reuse.values() for style in reuse.styles.values()]
    return [each.kept for style in styles for each in (style, style.anonymous_style) if hasattr(each, "kept")]


def test_this_version_of_weasyprint_was_tried():
    """When this fails: add the version, and see whether the other tests here still pass."""
    assert weasyprint.__version__ in pdf_reuse.KNOWN_VERSIONS


@pytest.mark.parametrize(("sheet", "body"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_document_is_the_same_to_the_byte(engine, sheet, body):
    engine._sheets["letter"] = engine.sheet(pdf.style_sheet("letter") + sheet)
    plain = [_write(engine, each, alike="") for each in (body, LIST)]
    assert [_write(engine, each) for each in (body, LIST, body, LIST, body)] == [*plain, *plain, plain[0]]


def test_each_accent_has_its_own_styles(engine):
    accents = (ACCENT, "#a90061")
    plain = [_write(engine, LIST, accent=accent, alike="") for accent in accents]
    assert [_write(engine, LIST, accent=accent) for accent in accents] == plain
    assert plain[0] != plain[1]


def test_municipalities_share_nothing(juinen, zonneiland):
    pdf._engine.cache_clear()
    for municipality in (juinen, zonneiland):
        with tenant_context(municipality):
            pdf.render_pdf("pdf/base.html", {}, title="Brief", alike=True)
    assert {schema for schema, *_look in pdf._engine()._reuse} == {"gm0001", "gm9009"}


def test_letters_are_the_same_to_the_byte(facts, monkeypatch):
    letters = [
        facts,
        replace(facts, name="R. " + "Lang" * 40),
        replace(facts, shifts=facts.shifts * 9),
        facts,
    ]
    shared = [render_letter(letter, number=str(number)) for number, letter in enumerate(letters)]
    monkeypatch.setattr(pdf_reuse, "KNOWN_VERSIONS", frozenset())
    plain = [render_letter(letter, number=str(number)) for number, letter in enumerate(letters)]
    assert shared == plain


def test_second_letter_finds_all_styles_and_lines_of_the_first(engine):
    _write(engine, LIST)
    styles = [list(reuse.styles) for reuse in engine._reuse.values()]
    lines = [list(kept.lines) for kept in _kept(engine)]
    _write(engine, LIST)
    assert sum(map(len, styles)) > 10
    assert sum(map(len, lines)) > 3
    assert [list(reuse.styles) for reuse in engine._reuse.values()] == styles
    assert [list(kept.lines) for kept in _kept(engine)] == lines


def test_what_is_kept_has_bounds(engine):
    for part in range(3):
        _write(engine, "".join(f"<p>Regel {part} {row}</p>" for row in range(pdf_reuse.MOST_LINES)))
    _write(engine, "<p>" + "woord " * pdf_reuse.LONGEST_TEXT)
    kept = _kept(engine)
    assert 0 < max(len(each.lines) for each in kept) <= pdf_reuse.MOST_LINES
    assert max(len(each.sizes) for each in kept) <= pdf_reuse.MOST_SIZES
    assert max(len(text) for each in kept for text, *_rest in each.lines) <= pdf_reuse.LONGEST_TEXT
    for number in range(pdf.MOST_IN_REUSE + 2):
        _write(engine, "<p>x", accent=f"#00000{number}")
    assert len(engine._reuse) == pdf.MOST_IN_REUSE


def test_page_with_a_sheet_of_its_own_adds_nothing(engine):
    _write(engine, DOCUMENTS["own style"][1])
    assert [reuse.styles for reuse in engine._reuse.values()] == [{}]


def test_styles_that_never_come_back_are_let_go(engine, monkeypatch):
    monkeypatch.setattr(pdf_reuse, "MOST_STYLES", 50)
    sizes = []
    for width in range(6):
        _write(engine, "".join(f'<p style="width: {width}{row}px">x' for row in range(30)))
        sizes.append(len(engine._reuse[SCHEMA, ACCENT].styles))
    assert max(sizes) < 2 * min(sizes)


def test_document_that_breaks_leaves_nothing_behind(engine):
    _write(engine, LIST)
    with pytest.raises(BaseException, match="Error fetching"):
        _write(engine, '<p>x</p><img src="file:///etc/passwd" alt="">')
    assert engine._reuse[SCHEMA, ACCENT].styles == {}
    assert _weasyprints_own()


def test_only_the_document_at_hand_is_touched(engine):
    with pdf_reuse.Reuse().in_use():
        assert not _weasyprints_own()
    assert _weasyprints_own()


def test_version_that_was_not_tried_is_not_touched(monkeypatch):
    monkeypatch.setattr(pdf_reuse, "KNOWN_VERSIONS", frozenset())
    with pdf_reuse.Reuse().in_use():
        assert _weasyprints_own()


def _weasyprints_own():
    lines = {inline.split_first_line, preferred.split_first_line}
    sizes = {block.resolve_percentages, table.resolve_percentages}
    return (css.StyleFor, lines, sizes) == (pdf_reuse.StyleFor, {split_first_line}, {resolve_percentages})


def test_every_user_of_the_sizes_is_known():
    """A module of WeasyPrint that is not in SIZED would only be slow, but nobody would notice."""
    folder = Path(weasyprint.__file__).parent / "layout"
    users = {path.stem for path in folder.glob("*.py") if "import resolve_percentages" in path.read_text()}
    known = {module.__name__.rpartition(".")[2] for module in pdf_reuse.SIZED}
    assert {user for user in users if "resolve_percentages(" in (folder / f"{user}.py").read_text()} <= known


def test_document_with_a_secret_leaves_nothing_in_memory(engine):
    _write(engine, "<p>Uw code is 4711-0815</p>", alike="")
    assert engine._reuse == {}


def test_only_the_appointment_letter_is_kept():
    folder = Path(settings.BASE_DIR) / "elections" / "documents"
    assert [path.name for path in folder.glob("*.py") if "alike=True" in path.read_text()] == [
        "appointment_letter.py"
    ]


def test_style_sheets_of_documents_use_no_viewport_units():
    for sheet in (Path(settings.BASE_DIR) / "static" / "css" / "pdf").glob("*.css"):
        assert not {"vw", "vh", "vmin", "vmax"} & {
            word.strip("0123456789.;,") for word in sheet.read_text().split()
        }
