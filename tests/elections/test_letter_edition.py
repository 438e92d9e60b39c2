"""The texts of letters: blocks for some, placeholders, and editions that are kept."""

import threading
from datetime import date

import pytest
from django.db import IntegrityError, connections, transaction
from django_tenants.utils import tenant_context

from elections.actions.letter import make_letters, work_on_letters
from elections.actions.letter_edition import restore_letter_edition, save_letter_texts
from elections.errors import ActionError
from elections.letter_texts import (
    MOST_BLOCKS,
    OBJECTION,
    PLACEHOLDERS,
    LetterBlock,
    Passage,
    passages,
    proposed_blocks,
    unknown_placeholders,
)
from elections.models import AppointmentLetter, AuditEvent, ElectionEvent, LetterEdition
from elections.queries.letter_edition import blocks_of, current_edition, draft_edition, editions_of
from elections.queries.letter_facts import letter_facts
from tests import factories


@pytest.fixture
def event():
    made = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    factories.make_election(made, name="Provinciale Staten")
    return made


@pytest.fixture
def station(event):
    return factories.make_polling_station(event, number=7, name="De Brug")


@pytest.fixture
def day_part(event):
    return factories.make_day_part(factories.make_polling_day(event))


def _appoint(station, day_part, kind, *, cents=0, **member):
    position = factories.make_position(station.event, kind=kind, name=kind, allowance_cents=cents)
    shift = factories.make_shift(station, day_part, position)
    made = factories.make_member(qualified_for=[kind], **member)
    factories.make_assignment(made, shift)
    return made


def _save(event, *blocks, by=None, **values):
    head = {"decision_date": event.decision_date, "signatory": event.signatory, "signatory_title": ""}
    return save_letter_texts(event, blocks=blocks, **head | values, by=by)


def _read(event, member, *blocks):
    """All that the texts of the letter of `member` say."""
    facts = letter_facts(event, [member.pk], edition=draft_edition(event, list(blocks)))[member.pk]
    return [line for text in facts.texts for passage in text.passages for line in passage.lines]


# --- texts ---


def test_texts_become_paragraphs_and_lists():
    text = "Beste {naam},\nwelkom.\n\n- een\n- twee\n  en meer\n\nBel {telefoon}.\nTot dan."
    assert passages(text, {"naam": "Noor {email}", "telefoon": "", "email": "x"}) == (
        Passage(is_list=False, lines=("Beste Noor {email}, welkom.",)),
        Passage(is_list=True, lines=("een", "twee en meer")),
        Passage(is_list=False, lines=("Tot dan.",)),
    )


def test_texts_know_no_template_language():
    assert unknown_placeholders("{naam} {{ member.bsn }} {% load x %} {gemeente}") == [
        " member.bsn ",
        "% load x %",
    ]


def test_a_value_of_two_thousand_words_is_shortened():
    (passage,) = passages("Bij {stembureau}.", {"stembureau": "woord " * 2000})
    assert len(passage.lines[0]) < 250
    assert passage.lines[0].endswith("….")


def test_a_value_at_the_beginning_of_a_line_gets_a_capital():
    assert passages("{college} besluit.", {"college": "het college"})[0].lines == ("Het college besluit.",)


def test_every_proposed_text_can_be_filled_in():
    for block in (*proposed_blocks(), *proposed_blocks(is_public_body=True), OBJECTION):
        assert not unknown_placeholders(block.text + block.heading)


# --- for whom ---


@pytest.mark.parametrize("kind", ["chair", "deputy_chair", "member", "counter", "reserve"])
def test_a_block_is_read_by_the_positions_it_is_for(event, station, day_part, kind):
    member = _appoint(station, day_part, kind)
    blocks = [
        LetterBlock("iedereen"),
        LetterBlock("leiding", kinds=("chair", "deputy_chair")),
        LetterBlock("lid", kinds=("member",)),
        LetterBlock("teller", kinds=("counter",)),
        LetterBlock("reserve", kinds=("reserve",)),
    ]
    own = {"chair": "leiding", "deputy_chair": "leiding", "member": "lid", "counter": "teller"}.get(
        kind, kind
    )
    assert _read(event, member, *blocks) == ["iedereen", own]


def test_a_block_can_be_for_own_staff_or_for_others(event, station, day_part):
    own = _appoint(station, day_part, "chair", is_own_staff=True)
    other = _appoint(station, day_part, "member")
    blocks = [LetterBlock("salaris", staff="only"), LetterBlock("rekening", staff="not")]
    assert _read(event, own, *blocks) == ["salaris"]
    assert _read(event, other, *blocks) == ["rekening"]


def test_a_block_can_be_for_who_is_paid_or_not(event, station, day_part):
    paid = _appoint(station, day_part, "chair", cents=20000)
    unpaid = _appoint(station, day_part, "reserve")
    blocks = [LetterBlock("U krijgt {vergoeding}.", pay="paid"), LetterBlock("niets", pay="unpaid")]
    assert _read(event, paid, *blocks) == ["U krijgt € 200,00."]
    assert _read(event, unpaid, *blocks) == ["niets"]


def test_a_block_of_which_nothing_is_left_goes_out_with_its_heading(event, station, day_part):
    member = _appoint(station, day_part, "chair")
    blocks = [LetterBlock("Het is {vergoeding}.", heading="Geld")]
    edition = draft_edition(event, blocks)
    assert letter_facts(event, [member.pk], edition=edition)[member.pk].texts == ()


# --- placeholders ---


def test_every_placeholder_has_a_value(event, station, day_part, juinen):
    event.shares_chair_phone = True
    _appoint(station, day_part, "chair", last_name="Voor", initials="A.", infix="", phone="+31 6 12345678")
    member = _appoint(station, day_part, "member", cents=16900)
    juinen.phone, juinen.email = "14 0123", "team@juinen.example"
    text = "\n\n".join(f"{name}={{{name}}}" for name in PLACEHOLDERS)
    said = dict(line.split("=", 1) for line in _read(event, member, LetterBlock(text)))
    assert set(said) == set(PLACEHOLDERS)
    assert said["voorzitter"] == "A. Voor"
    assert said["telefoon_voorzitter"] == "+31\N{NO-BREAK SPACE}6\N{NO-BREAK SPACE}12345678"
    assert said["aankomsttijd"] == "06.45 uur"
    assert said["stembureau"] == "7 De Brug"
    assert said["functie"] == "lid van een stembureau"
    assert said["college"] == "het college van burgemeester en wethouders"


def test_the_phone_of_the_chair_stays_out_until_the_municipality_shares_it(event, station, day_part):
    chair = _appoint(station, day_part, "chair", phone="+31 6 12345678")
    member = _appoint(station, day_part, "member")
    block = LetterBlock("Uw voorzitter is {voorzitter}.\nBel {telefoon_voorzitter}.")
    event.shows_team_mates = True  # the names of the team: that says nothing about phone numbers
    assert "12345678" not in " ".join(_read(event, member, block))
    assert not letter_facts(event)[chair.pk].shares_phone
    event.shares_chair_phone = True
    assert "12345678" in " ".join(_read(event, member, block))
    assert letter_facts(event)[chair.pk].shares_phone


def test_the_chair_of_another_station_or_day_part_is_not_named(event, station, day_part):
    other = factories.make_polling_station(event)
    _appoint(other, day_part, "chair", last_name="Elders")
    position = factories.make_position(event, kind="member", name="Lid")
    member = factories.make_member()
    factories.make_assignment(member, factories.make_shift(station, day_part, position))
    assert _read(event, member, LetterBlock("Uw voorzitter is {voorzitter}.")) == []


def test_a_public_body_has_its_own_words(zonneiland):
    with tenant_context(zonneiland):
        event = factories.make_event()
        day_part = factories.make_day_part(factories.make_polling_day(event))
        member = _appoint(factories.make_polling_station(event), day_part, "member", cents=5000)
        said = _read(event, member, LetterBlock("{college} van {gemeente_voluit}: {vergoeding}"))
        proposed = " ".join(row["text"] for row in current_edition(event).blocks)
    assert said == ["Het bestuurscollege van het openbaar lichaam Zonneiland: US$ 50,00"]
    assert "Belastingdienst" not in proposed


# --- editions ---


def test_other_texts_make_a_new_edition_and_the_same_texts_do_not(event):
    assert _save(event, LetterBlock("Een")).version == 1
    assert _save(event, LetterBlock("Een"), signatory="P. Pen").version == 1
    assert _save(event, LetterBlock("Twee")).version == 2
    assert [edition.version for edition in editions_of(event)] == [2, 1]
    event.refresh_from_db()
    assert event.signatory == "J. de Wit"  # of the last time that it was saved


def test_the_proposal_becomes_an_edition_when_it_is_saved_unchanged(event):
    assert not current_edition(event).pk
    _save(event, *proposed_blocks())
    assert blocks_of(LetterEdition.objects.get()) == blocks_of(current_edition(event))


def test_an_edition_is_never_changed(event):
    edition = _save(event, LetterBlock("Een"))
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        LetterEdition.objects.filter(pk=edition.pk).update(blocks=[])


def test_restoring_makes_a_new_edition_with_the_old_texts(event):
    first = _save(event, LetterBlock("Een"))
    _save(event, LetterBlock("Twee"))
    made = restore_letter_edition(first, by=None)
    assert (made.version, made.restored_from, made.blocks) == (3, 1, first.blocks)
    assert AuditEvent.objects.filter(action="letter_edition.restore").exists()
    with pytest.raises(ActionError, match="al in gebruik"):
        restore_letter_edition(first, by=None)


def test_a_letter_keeps_the_edition_that_it_was_made_with(event, station, day_part):
    _appoint(station, day_part, "chair")
    first = _save(event, LetterBlock("Een"))
    work_on_letters(make_letters(event, by=None))
    _save(event, LetterBlock("Twee"))
    assert AppointmentLetter.objects.get().edition == first
    work_on_letters(make_letters(event, by=None))
    assert AppointmentLetter.objects.get().edition.version == 2


def test_letters_made_with_the_proposal_keep_it(event, station, day_part):
    _appoint(station, day_part, "chair")
    work_on_letters(make_letters(event, by=None))
    assert AppointmentLetter.objects.get().edition == LetterEdition.objects.get()


def test_an_event_goes_with_its_letters_and_editions(event, station, day_part):
    letter = factories.make_letter(factories.make_member(), event, edition=_save(event, LetterBlock("Een")))
    ElectionEvent.objects.filter(pk=event.pk).delete()
    assert not AppointmentLetter.objects.filter(pk=letter.pk).exists()
    assert not LetterEdition.objects.exists()


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([], "ten minste één tekst"),
        ([LetterBlock("  ")], "leeg of te lang"),
        ([LetterBlock("x" * 3001)], "leeg of te lang"),
        ([LetterBlock("x", heading="x" * 81)], "leeg of te lang"),
        ([LetterBlock("x")] * (MOST_BLOCKS + 1), "hoogstens"),
        ([LetterBlock("x", kinds=("mayor",))], "groep die niet bestaat"),
        ([LetterBlock("x", place="margin")], "groep die niet bestaat"),
        ([LetterBlock("x", staff="some")], "groep die niet bestaat"),
        ([LetterBlock("x", pay="some")], "groep die niet bestaat"),
        ([LetterBlock("Uw rekening: {iban}")], "iban"),
    ],
)
def test_save_letter_texts_refuses_what_no_letter_can_hold(event, blocks, message):
    with pytest.raises(ActionError, match=message):
        _save(event, *blocks)
    assert not LetterEdition.objects.exists()


def test_two_colleagues_who_save_at_once_get_two_versions(committed, juinen):
    event = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    start = threading.Barrier(2)

    def save(text):
        with tenant_context(juinen):
            start.wait(30)
            _save(ElectionEvent.objects.get(pk=event.pk), LetterBlock(text))
            connections["default"].close()

    threads = [threading.Thread(target=save, args=(text,)) for text in ("Een", "Twee")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(LetterEdition.objects.values_list("version", flat=True)) == [1, 2]
