"""Every PDF: accessible, closed to the outside, and unmoved by hostile input."""

import io
import logging
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

from elections.documents import pdf
from elections.documents.appointment_letter import render_letter
from elections.documents.files import write_private
from tenants.models import Logo
from tests.elections.letter_example import facts_of_a_letter

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


@pytest.fixture
def facts():
    return facts_of_a_letter()


def _text(content):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_letter_is_tagged_titled_and_dutch(facts, caplog):
    with caplog.at_level(logging.WARNING):
        content = render_letter(facts, number="2027-0012")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    with pikepdf.open(io.BytesIO(content)) as document:
        root = document.Root
        assert root.MarkInfo.Marked
        assert "/StructTreeRoot" in root
        assert str(root.Lang) == "nl"
        assert root.ViewerPreferences.DisplayDocTitle
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Benoemingsbrief 2027-0012"
        assert all(font.FontDescriptor for font in _fonts(document))
    assert len(PdfReader(io.BytesIO(content)).pages) <= 2


def _fonts(document):
    for page in document.pages:
        for font in page.Resources.Font.values():
            yield font.DescendantFonts[0]


def test_letter_says_who_decided_on_what_ground(facts):
    text = _text(render_letter(facts, number="2027-0012"))
    assert "Op grond van artikel E 4 van de Kieswet heeft het college van burgemeester en wethouders" in text
    assert "op 12 januari 2027 benoemd tot lid van een stembureau" in text
    assert "Geachte A.B. van der Berg," in text
    assert "Wees er om 06.45 uur" in text
    assert "Pagina 1 van" in text


def test_letter_uses_only_our_own_fonts(facts):
    content = render_letter(replace(facts, name="Şahin Özdemir-Żółć"), number="1")
    with pikepdf.open(io.BytesIO(content)) as document:
        names = {str(font.BaseFont).partition("+")[2] for font in _fonts(document)}
    assert names
    assert all(name.startswith("Source-Sans-3") for name in names), names


def test_letter_shows_the_logo_with_the_name_for_who_cannot_see_it(facts, juinen):
    Logo.objects.create(municipality=juinen, png=PNG, width=1, height=1)
    juinen.logo_version = "1"
    with pikepdf.open(io.BytesIO(render_letter(facts, number="1"))) as document:
        assert len(list(document.pages[0].get_images())) == 1
    pdf._logo_address.cache_clear()


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "<link rel=attachment href=file:///etc/passwd>",
        "<img src=http://169.254.169.254/latest>",
        "</td><style>@import url(http://evil.example/x.css)</style>",
        "{% load static %}{{ member.bsn }}",
    ],
)
def test_letter_prints_hostile_names_as_they_are(facts, name):
    content = render_letter(replace(facts, name=name), number="1")
    assert name.split(">")[0][:20] in _text(content).replace(" \n", " ")
    with pikepdf.open(io.BytesIO(content)) as document:
        assert not document.attachments
        assert "/JavaScript" not in document.Root.get("/Names", pikepdf.Dictionary())


def test_letter_bears_a_station_name_of_two_thousand_words(facts):
    row = replace(facts.shifts[0], station="woord " * 2000)
    content = render_letter(replace(facts, shifts=(row,)), number="1")
    assert _text(content).count("woord") == 2000


def test_letter_bears_one_endless_word(facts):
    row = replace(facts.shifts[0], station="x" * 2000)
    assert len(PdfReader(io.BytesIO(render_letter(replace(facts, shifts=(row,)), number="1"))).pages) < 10


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "https://example.nl/x.png",
        "ftp://example.nl/x",
        "font:../../../etc/passwd",
        "font:onbekend.woff2",
        "data:text/html,<script>alert(1)</script>",
        "data:image/svg+xml,<svg/>",
    ],
)
def test_fetcher_refuses_every_address_that_is_not_on_the_list(address):
    with pytest.raises(ValueError, match="not allowed"):
        pdf.ClosedFetcher().fetch(address)


@pytest.mark.parametrize(
    "html",
    [
        '<img src="file:///etc/passwd">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<link rel="stylesheet" href="http://127.0.0.1:1/x.css">',
        '<style>@import url("http://127.0.0.1:1/x.css")</style>',
        '<style>@font-face { font-family: x; src: url("file:///etc/passwd") }</style>',
        '<p style="background: url(file:///etc/passwd)">x</p>',
    ],
)
def test_a_document_that_asks_for_something_else_is_not_made(html, monkeypatch):
    monkeypatch.setattr(
        pdf, "render_to_string", lambda *_args: f"<html lang=nl><title>x</title>{html}</html>"
    )
    with pytest.raises(pdf.PdfError):
        pdf.render_pdf("any.html", {}, "x")


def test_warm_up_loads_everything():
    pdf._engine.cache_clear()
    pdf.warm_up()
    assert pdf._engine.cache_info().currsize == 1


def test_write_private_replaces_and_leaves_nothing_unfinished(settings):
    write_private("letters/a/een.pdf", b"een")
    write_private("letters/a/een.pdf", b"twee")
    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in files] == [b"twee"]
    assert files[0].stat().st_mode & 0o777 == 0o600
