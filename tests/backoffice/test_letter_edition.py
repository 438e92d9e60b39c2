"""The editor of the letter texts, its preview, and the editions that are kept."""

import io
from datetime import date

import pytest
from django.urls import reverse
from pypdf import PdfReader

from elections.letter_texts import MOST_BLOCKS, OBJECTION, LetterBlock, proposed_blocks
from elections.models import AppointmentLetter, LetterEdition
from elections.queries.letter_edition import blocks_of
from tests import factories

HEAD = {"decision_date": "2027-01-12", "signatory": "J. de Wit", "signatory_title": "burgemeester"}


@pytest.fixture
def event():
    return factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")


@pytest.fixture
def shift(event):
    day_part = factories.make_day_part(factories.make_polling_day(event))
    station = factories.make_polling_station(event)
    return factories.make_shift(station, day_part, factories.make_position(event), places=50)


def _url(verb, edition=None):
    return reverse(f"backoffice:letter-edition-{verb}", kwargs={"uuid": edition.uuid} if edition else None)


def _appoint(shift, **member):
    return factories.make_assignment(factories.make_member(**member), shift).member


def _form(*blocks, **values):
    """What the editor sends for these blocks."""
    form = {"block-TOTAL_FORMS": str(len(blocks)), "block-INITIAL_FORMS": "0"}
    for number, block in enumerate(blocks):
        form |= {f"block-{number}-{name}": value for name, value in block.as_json().items()}
    return HEAD | form | values


def _texts(response):
    """The texts in the fields of the editor, in order."""
    return [form["text"].value() for form in response.context["blocks"].forms]


def _words(response):
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


ONE, TWO = LetterBlock("Een", place="above"), LetterBlock("Twee")


# --- the editor ---


def test_edit_begins_with_the_proposal(planner, event):
    page = planner.get(_url("edit"))
    assert _texts(page) == [block.text for block in proposed_blocks()]
    assert "Voor wie: voorzitter, plaatsvervangend voorzitter" in page.content.decode()


def test_edit_saves_blocks_and_signatory(planner, event):
    block = LetterBlock(
        "Welkom {naam}.", heading="Hallo", kinds=("chair", "reserve"), staff="not", pay="paid"
    )
    answer = planner.post(_url("edit"), _form(ONE, block), follow=True)
    assert "bewaard als versie 1" in answer.content.decode()
    event.refresh_from_db()
    assert event.signatory_title == "burgemeester"
    assert blocks_of(LetterEdition.objects.get()) == [ONE, block]


def test_edit_says_at_the_block_what_cannot_be_filled_in(planner, event):
    page = planner.post(_url("edit"), _form(ONE, LetterBlock("Uw {iban}")))
    text = page.content.decode()
    assert "Dit kan Zitting niet invullen: {iban}" in text
    assert 'href="#id_block-1-text"' in text
    assert not page.context["blocks"].forms[0].errors
    assert not LetterEdition.objects.exists()


@pytest.mark.parametrize(
    ("act", "texts"),
    [
        ("up:2", ["a", "c", "b"]),
        ("down:1", ["a", "c", "b"]),
        ("up:1", ["a", "b", "c"]),  # over the shifts: the order stays
        ("up:0", ["a", "b", "c"]),
        ("down:2", ["a", "b", "c"]),
        ("remove:1", ["a", "c"]),
        ("remove:9", ["a", "b", "c"]),
        ("up:x", ["a", "b", "c"]),
        ("add:above", ["a", "", "b", "c"]),
        ("add:below", ["a", "b", "c", ""]),
        ("add:margin", ["a", "b", "c"]),
        ("objection", ["a", "b", "c", OBJECTION.text]),
        ("search", ["a", "b", "c"]),
    ],
)
def test_buttons_of_the_list_work_without_script_and_save_nothing(planner, event, act, texts):
    blocks = [LetterBlock("a", place="above"), LetterBlock("b"), LetterBlock("c")]
    page = planner.post(_url("edit"), _form(*blocks, act=act, signatory=""))
    assert _texts(page) == texts
    assert "Er gaat nog iets niet goed" not in page.content.decode()
    assert not LetterEdition.objects.exists()


@pytest.mark.parametrize(("act", "places"), [("up:1", ["above", "above"]), ("down:0", ["below", "below"])])
def test_a_text_moves_over_the_shifts_to_the_other_place(planner, event, act, places):
    page = planner.post(_url("edit"), _form(ONE, TWO, act=act))
    assert [form["place"].value() for form in page.context["blocks"].forms] == places


def test_with_script_only_the_list_comes_back(planner, event):
    page = planner.post(
        _url("edit"), _form(ONE, TWO, act="remove:0"), headers={"HX-Request": "true"}
    ).content.decode()
    assert page.strip().startswith('<div class="z-stack" id="blocks">')
    assert "De tekst is weggehaald. Nog 1 over." in page
    assert "<html" not in page


def test_there_is_room_for_so_many_texts_and_no_more(planner, event):
    page = planner.post(_url("edit"), _form(*[TWO] * MOST_BLOCKS, act="add:below"))
    assert len(_texts(page)) == MOST_BLOCKS
    assert f"hoogstens {MOST_BLOCKS} teksten" in page.content.decode()
    planner.post(_url("edit"), _form(*[TWO] * (MOST_BLOCKS + 1)))
    assert not LetterEdition.objects.exists()


def test_a_list_that_was_tampered_with_is_no_mistake_of_ours(planner, event):
    for total in ("", "x", "-1", "999999999999"):
        for act in ("", "up:0"):
            form = _form(ONE) | {"block-TOTAL_FORMS": total, "act": act}
            assert planner.post(_url("edit"), form).status_code == 200
    form = _form(ONE) | {"block-0-place": "margin", "block-0-kinds": "mayor", "block-0-pay": "some"}
    assert planner.post(_url("edit"), form).status_code == 200
    assert not LetterEdition.objects.exists()


def test_hostile_texts_are_text(planner, event, shift):
    _appoint(shift)
    hostile = LetterBlock("<script>alert(1)</script> <img src=http://evil.example/x>", heading="<b>kop</b>")
    page = planner.post(_url("edit"), _form(hostile, act="search")).content.decode()
    assert "<script>alert(1)" not in page
    assert "<b>kop" not in page
    assert "<script>alert(1)</script>" in _words(planner.post(_url("preview"), _form(hostile)))


def test_edit_lists_every_word_with_its_meaning(planner, event):
    page = planner.get(_url("edit")).content.decode()
    assert "{aankomsttijd}" in page
    assert "hoe laat het lid er moet zijn" in page


# --- the preview ---


def test_preview_shows_unsaved_texts_of_the_chosen_member(planner, event, shift):
    _appoint(shift, last_name="Aalders")
    chosen = _appoint(shift, last_name="Zonneveld")
    words = _words(planner.post(_url("preview"), _form(LetterBlock("Hallo {naam}."), member=chosen.uuid)))
    assert f"Hallo {chosen.full_name}." in words
    assert "VOORBEELD" in words
    assert not LetterEdition.objects.exists()
    assert not AppointmentLetter.objects.exists()
    event.refresh_from_db()
    assert event.signatory_title == ""


@pytest.mark.parametrize("member", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_preview_of_nobody_is_one_of_somebody(planner, event, shift, member):
    first = _appoint(shift, last_name="Aalders")
    words = _words(planner.post(_url("preview"), _form(LetterBlock("Hallo {naam}."), member=member)))
    assert f"Hallo {first.full_name}." in words


def test_preview_of_a_member_without_a_place_is_refused(planner, event, shift):
    first, other = _appoint(shift), factories.make_member(last_name="Zonderplaats")
    words = _words(planner.post(_url("preview"), _form(LetterBlock("Hallo {naam}."), member=other.uuid)))
    assert f"Hallo {first.full_name}." in words
    assert "Zonderplaats" not in words


def test_preview_of_a_wrong_text_shows_the_form_again(planner, event, shift):
    _appoint(shift)
    assert (
        "Dit kan Zitting niet invullen"
        in planner.post(_url("preview"), _form(LetterBlock("{x}"))).content.decode()
    )


def test_preview_without_members_explains(planner, event):
    assert "Deel eerst iemand in" in planner.get(_url("preview"), follow=True).content.decode()


def test_pages_are_pictures_within_the_content_policy(planner, event, shift):
    _appoint(shift)
    page = planner.post(_url("pages"), _form(ONE))
    assert 'src="data:image/png;base64,' in page.content.decode()
    assert "img-src 'self' data:" in planner.get(_url("edit"))["Content-Security-Policy"]
    assert "data:" not in planner.get(_url("list"))["Content-Security-Policy"]


def test_pages_say_which_text_is_not_right(planner, event, shift):
    _appoint(shift)
    page = planner.post(_url("pages"), _form(LetterBlock("Uw {iban}", heading="Geld"))).content.decode()
    assert "Geld: Dit kan Zitting niet invullen: {iban}" in page
    assert "data:image" not in page


def test_people_offers_one_of_each_kind_and_finds_others(planner, event, shift):
    member = _appoint(shift, last_name="Aalders")
    other = _appoint(shift, last_name="Özdemir")
    factories.make_member(last_name="Ozonder")
    page = planner.get(_url("people")).content.decode()
    assert member.list_name in page
    assert other.list_name not in page
    page = planner.get(_url("people"), {"q": "oz"}).content.decode()
    assert other.list_name in page
    assert "Ozonder" not in page
    assert "Geen lid met een dienst gevonden" in planner.get(_url("people"), {"q": "qqq"}).content.decode()


# --- the editions ---


def test_list_tells_which_edition_made_how_many_letters(planner, event, shift):
    assert "nog geen versie" in planner.get(_url("list")).content.decode()
    first = factories.make_letter_edition(event)
    factories.make_letter_edition(event, version=2, restored_from=1)
    factories.make_letter(_appoint(shift), event, edition=first)
    page = planner.get(_url("list")).content.decode()
    assert "1 brief" in page
    assert "0 brieven" in page
    assert "teruggezet van versie 1" in page


@pytest.mark.parametrize("editions", [1, 3])
def test_list_needs_the_same_queries_for_any_number(planner, event, editions, django_assert_num_queries):
    for version in range(1, editions + 1):
        factories.make_letter_edition(event, version=version)
    planner.get(_url("list"))
    with django_assert_num_queries(6):
        planner.get(_url("list"))


def test_restore_asks_first_and_keeps_the_present_texts(planner, event):
    first = factories.make_letter_edition(event)
    factories.make_letter_edition(event, version=2, blocks=[TWO.as_json()])
    assert "Zet terug" in planner.get(_url("detail", first)).content.decode()
    assert "blijft bewaard" in planner.get(_url("restore", first)).content.decode()
    page = planner.post(_url("restore", first), follow=True).content.decode()
    assert "weer in gebruik, als versie 3" in page
    assert "al in gebruik" in planner.post(_url("restore", first), follow=True).content.decode()


def test_reader_may_see_editions_but_not_change_them(juinen, client_for, event):
    first = factories.make_letter_edition(event)
    factories.make_letter_edition(event, version=2)
    reader = client_for(juinen, factories.make_staff("reader"))
    assert "Zet terug" not in reader.get(_url("detail", first)).content.decode()
    assert reader.post(_url("restore", first)).status_code == 403
    assert reader.get(_url("edit")).status_code == 403
