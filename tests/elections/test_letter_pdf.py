"""The letter as PDF/UA for each kind of member: tagged in reading order, whatever the texts hold."""

import io
from datetime import date

import pikepdf
import pytest
from pypdf import PdfReader

from elections.documents.appointment_letter import render_letter
from elections.documents.pdf_pages import MOST_PAGES, page_pictures
from elections.letter_texts import OBJECTION, LetterBlock, proposed_blocks
from elections.queries.letter_edition import draft_edition
from elections.queries.letter_facts import letter_facts
from tests import factories

KINDS = {
    "chair": "U leidt het stembureau",
    "deputy_chair": "U leidt het stembureau",
    "member": "Wat wij van u vragen",
    "counter": "Zo telt u",
    "reserve": "Wat doet een reserve?",
}


def _letter(kind, *blocks, station="De Brug", cents=16900):
    event = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    factories.make_election(event, name="Provinciale Staten")
    day_part = factories.make_day_part(factories.make_polling_day(event))
    position = factories.make_position(event, kind=kind, name=kind, allowance_cents=cents)
    shift = factories.make_shift(factories.make_polling_station(event, name=station), day_part, position)
    member = factories.make_member(qualified_for=[kind])
    factories.make_assignment(member, shift)
    edition = draft_edition(event, list(blocks) or proposed_blocks())
    facts = letter_facts(event, [member.pk], edition=edition)[member.pk]
    return render_letter(facts, number="2027-0012")


def _words(content):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def _tags(node):
    """The kinds of all parts of the structure tree, in reading order."""
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from _tags(each)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S)
        if "/K" in node:
            yield from _tags(node.K)


@pytest.mark.parametrize(("kind", "heading"), KINDS.items())
def test_letter_of_each_kind_is_tagged_in_reading_order(kind, heading):
    content = _letter(kind)
    with pikepdf.open(io.BytesIO(content)) as document:
        tags = list(_tags(document.Root.StructTreeRoot))
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "nl"
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
    assert tags.count("/H1") == 1
    assert tags.index("/H1") < tags.index("/H2")
    assert {"/Table", "/TH", "/TD", "/L", "/LI"} <= set(tags)
    words = _words(content)
    assert heading in words
    assert (
        words.index("Uw dienst") < words.index("Wat wij van u vragen") < words.index("Met vriendelijke groet")
    )
    assert len(PdfReader(io.BytesIO(content)).pages) == 2


def test_letter_holds_what_the_domain_asks():
    words = _words(_letter("member", *proposed_blocks(), OBJECTION))
    for part in (
        "Op grond van artikel E 4 van de Kieswet",
        "identiteitsbewijs",
        "Wees er om 06.45 uur",
        "training",
        "neutraal",
        "Houd geheim",
        "pauzes",
        "Kunt u niet komen?",
        "€ 169,00",
        "bruto",
        "Belastingdienst",
        "bezwaar maken tot zes weken",
    ):
        assert part in words


def test_unpaid_reserve_reads_what_standing_by_pays():
    words = _words(_letter("reserve", cents=0))
    assert "U krijgt geen vergoeding" in words
    assert "Valt u in als reserve?" in words
    assert "U krijgt in totaal" not in words


@pytest.mark.parametrize(
    "text",
    [
        "woord " * 499,
        "x" * 3000,
        "- punt\n" * 400,
        "<table><tr><td>" * 100,
        "\u202e\u0000\ufffe emoji \U0001f4ec",
    ],
)
def test_letter_bears_any_text(text):
    content = _letter("member", LetterBlock(text.replace("\x00", ""), heading="k" * 80), station="s" * 200)
    assert content.startswith(b"%PDF")
    assert page_pictures(content)[0].startswith(b"\x89PNG")


def test_pictures_are_of_the_first_pages_only():
    content = _letter("member", *[LetterBlock("woord " * 499)] * 20)
    assert len(PdfReader(io.BytesIO(content)).pages) > MOST_PAGES
    assert len(page_pictures(content)) == MOST_PAGES
