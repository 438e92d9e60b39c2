"""Many PDFs in one: whole, in order, readable aloud, in memory that does not grow."""

import subprocess
import sys

import pikepdf
import pytest
from pypdf import PdfReader

from elections.documents.pdf import render_pdf
from elections.documents.pdf_join import PdfJoin, join_pdfs


def _write(path, words):
    """A tagged document of ours with a heading."""
    content = render_pdf("pdf/station_badges.html", {"paper": {"title": words, "badges": []}}, title=words)
    path.write_bytes(content)
    return path


@pytest.fixture
def documents(tmp_path):
    return [_write(tmp_path / f"{n}.pdf", f"Bureau{n} (één)") for n in range(3)]


@pytest.fixture
def joined(documents, tmp_path):
    target = tmp_path / "joined.pdf"
    join_pdfs(
        documents, target, title="Alles (één)", language="nl", bookmarks=["Eerste", "Tweede (é)", "Derde"]
    )
    return target


def test_join_keeps_every_page_in_order_and_is_sound(joined):
    texts = [page.extract_text() for page in PdfReader(joined).pages]
    assert [f"Bureau{n} (één)" in text for n, text in enumerate(texts)] == [True, True, True]
    with pikepdf.open(joined) as document:
        assert document.check_pdf_syntax() == []


def test_join_has_title_language_and_bookmarks(joined):
    with pikepdf.open(joined) as document:
        assert str(document.docinfo.Title) == "Alles (één)"
        assert str(document.Root.Lang) == "nl"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        with document.open_metadata() as metadata:
            assert metadata["dc:title"] == "Alles (één)"
            assert metadata["pdfuaid:part"] == "1"
        with document.open_outline() as outline:
            assert [item.title for item in outline.root] == ["Eerste", "Tweede (é)", "Derde"]
            places = [document.pages.index(pikepdf.Page(item.destination[0])) for item in outline.root]
        assert places == [0, 1, 2]


def test_join_keeps_the_structure_of_each_page(joined):
    """What a screen reader does: from the number of a page, by the tree of parents, to the tags of its text."""
    with pikepdf.open(joined) as document:
        root = document.Root
        assert root.MarkInfo.Marked
        parents = pikepdf.NumberTree(root.StructTreeRoot.ParentTree)
        keys = [int(page.obj.StructParents) for page in document.pages]
        assert len(set(keys)) == 3
        for page in document.pages:
            tags = [element for element in parents[int(page.obj.StructParents)] if element is not None]
            assert tags
            assert all(element.Pg.objgen == page.obj.objgen for element in tags if "/Pg" in element)
            path = [_line(element, root.StructTreeRoot) for element in tags]
            assert "/H1" in {str(element.S) for line in path for element in line}
            assert {line[-1].objgen for line in path} <= {element.objgen for element in root.StructTreeRoot.K}


def _line(element, root):
    """From a tag up to the one under the root."""
    line = [element]
    while line[-1].P.objgen != root.objgen:
        line.append(line[-1].P)
    return line


def test_join_of_a_join_keeps_the_structure(joined, documents, tmp_path):
    target = tmp_path / "twice.pdf"
    join_pdfs([joined, documents[0]], target, title="Dubbel", language="nl")
    with pikepdf.open(target) as document:
        assert document.check_pdf_syntax() == []
        keys = [int(page.obj.StructParents) for page in document.pages]
        assert keys == sorted(set(keys))
        parents = pikepdf.NumberTree(document.Root.StructTreeRoot.ParentTree)
        assert all(key in parents for key in keys)


def test_join_for_the_printer_leaves_the_structure_out(documents, tmp_path):
    target = tmp_path / "print.pdf"
    with PdfJoin(target, tagged=False) as join:
        for document in documents:
            join.add(document, even=True)
        join.finish(title="Printen", language="nl", duplex=True)
    with pikepdf.open(target) as document:
        assert document.check_pdf_syntax() == []
        assert len(document.pages) == 6
        assert "/StructTreeRoot" not in document.Root
        assert all("/StructParents" not in page.obj for page in document.pages)
        assert [not page.obj.get("/Contents") for page in document.pages] == [False, True] * 3


def test_join_refuses_what_is_no_pdf(tmp_path):
    wrong = tmp_path / "wrong.pdf"
    wrong.write_text("geen PDF")
    with PdfJoin(tmp_path / "out.pdf", tagged=False) as join, pytest.raises(pikepdf.PdfError):
        join.add(wrong)


_JOIN_MANY = """
import resource, sys
from pathlib import Path
from elections.documents.pdf_join import PdfJoin
source, target, number = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
with PdfJoin(target, tagged=False) as join:
    for _ in range(number):
        join.add(source, even=True)
    join.finish(title="Veel", language="nl")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_join_needs_no_more_memory_for_more_documents(documents, tmp_path):
    def peak(number):
        arguments = [sys.executable, "-c", _JOIN_MANY, documents[0], tmp_path / "many.pdf", str(number)]
        return int(subprocess.run(arguments, capture_output=True, check=True, text=True).stdout)

    assert peak(800) - peak(100) < 8 * 1024  # kilobytes
