"""All letters as one file: which, in what order, where the address stands, and what is left out."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from django.core.files.storage import default_storage
from pypdf import PdfReader

from elections.actions import letter_bundle as actions
from elections.actions.letter import make_letters, publish_letters, withdraw_letter, work_on_letters
from elections.actions.paper_work import work_on_papers
from elections.enums import JobKind
from elections.errors import ActionError
from elections.models import AppointmentLetter
from elections.queries.letter_bundle import LetterGroup, letter_bundle
from tests import factories

MM = 72 / 25.4
# What the window of a C5/6 (DL) and of a C5 envelope both show of a folded A4, in mm from the left and the top of the
# sheet. The open window of DIN 680: 90 x 45 mm, 20 mm from the left and 15 mm from below on an envelope of 110 mm, so
# 50-95 mm from its top; the sheet, folded to 105 mm, lies up to 5 mm lower or higher. Narrower windows of 35 mm begin
# at 39 to 44 mm. What lies between 50 and 79 mm shows in all of them.
WINDOW = (20, 48, 105, 82)  # with 2 mm for the heights of the letters above, and 3 mm of rest below


@pytest.fixture
def event():
    made = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    factories.make_election(made, name="Provinciale Staten")
    return made


@pytest.fixture
def shift(event):
    day_part = factories.make_day_part(factories.make_polling_day(event))
    return factories.make_shift(
        factories.make_polling_station(event), day_part, factories.make_position(event), places=50
    )


@pytest.fixture
def planner():
    return factories.make_staff("planner")


def _appoint(shift, **member):
    address = {"street": "Dorpsstraat", "house_number": "1", "postcode": "1234 AB", "city": "Juinen"}
    made = factories.make_member(**address | member)
    factories.make_assignment(made, shift)
    return made


def _make(event):
    work_on_letters(make_letters(event, by=None))


def _bundle(event, planner, kind=JobKind.LETTER_PRINT, **options):
    job = actions.start_letter_bundle(event, kind, by=planner, **options)
    while work_on_papers(job):
        pass
    job.refresh_from_db()
    return job


def _reader(job):
    return PdfReader(default_storage.path(job.file))


def _addressees(reader):
    """The last word of the first line of each letter's address, in the order of the file."""
    return [
        text.partition("Geachte ")[2].split(",")[0].split()[-1]
        for text in (page.extract_text() for page in reader.pages)
        if "Geachte " in text
    ]


def test_print_is_in_post_order_and_without_address_comes_last(event, shift, planner):
    for name, postcode, number in (
        ("Derde", "9999 ZZ", "1"),
        ("Tweede", "1234 AB", "10"),
        ("Eerste", "1234 AB", "9a"),
        ("Laatste", "", ""),
    ):
        _appoint(
            shift, last_name=name, postcode=postcode, house_number=number, city="Juinen" if postcode else ""
        )
    _make(event)
    job = _bundle(event, planner)
    assert _addressees(_reader(job)) == ["Eerste", "Tweede", "Derde", "Laatste"]
    assert "1 brief heeft geen adres en ligt achteraan." in job.result


def test_print_begins_each_letter_on_a_sheet_of_its_own(event, shift, planner):
    for _number in range(3):
        _appoint(shift)
    _make(event)
    pages = {len(PdfReader(default_storage.path(letter.file)).pages) for letter in event.letters.all()}
    texts = [page.extract_text() for page in _reader(_bundle(event, planner, duplex=True)).pages]
    begins = [place for place, text in enumerate(texts) if "Geachte" in text]
    assert pages <= {1, 2}
    assert begins == [0, 2, 4]
    assert len(texts) == 6


def _one_page_pdf(path, pages=1):
    pdf = pikepdf.Pdf.new()
    for _page in range(pages):
        pdf.add_blank_page()
    pdf.save(path)


def test_print_adds_an_empty_page_behind_an_odd_letter_only_when_asked(event, shift, planner):
    for _number in range(2):
        _appoint(shift)
    _make(event)
    for letter in event.letters.all():
        _one_page_pdf(default_storage.path(letter.file), pages=3)
    assert len(_reader(_bundle(event, planner, duplex=True)).pages) == 8
    assert len(_reader(_bundle(event, planner, duplex=False)).pages) == 6


def test_print_is_sound_titled_and_asks_for_both_sides(event, shift, planner):
    _appoint(shift)
    _make(event)
    job = _bundle(event, planner, duplex=True)
    with pikepdf.open(default_storage.path(job.file)) as document:
        assert document.check_pdf_syntax() == []
        assert str(document.Root.Lang) == "nl"
        assert str(document.docinfo.Title) == f"Benoemingsbrieven {event}"
        assert document.Root.ViewerPreferences.Duplex == pikepdf.Name.DuplexFlipLongEdge
        assert "/StructTreeRoot" not in document.Root


def _lines_on(page):
    """Each piece of text of a page with its place, in mm from the left and the top."""
    found = []

    def visit(text, matrix, text_matrix, _font, _size):
        if text.strip():
            x = text_matrix[4] * matrix[0] + text_matrix[5] * matrix[2] + matrix[4]
            y = text_matrix[4] * matrix[1] + text_matrix[5] * matrix[3] + matrix[5]
            found.append((text.strip(), x / MM, (float(page.mediabox.height) - y) / MM))

    page.extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize(
    "name", ["Berg", "Wolfeschlegelsteinhausenbergerdorff-van den Heuvel tot Westerhout"]
)
def test_address_stands_in_the_window_of_the_envelope(event, shift, planner, name):
    """And nothing else does: a line of the letter in the window would be read by the postman."""
    _appoint(shift, last_name=name, street="Burgemeester van Lanschotlaan", house_number="1234a")
    _make(event)
    left, top, right, bottom = WINDOW
    lines = _lines_on(_reader(_bundle(event, planner)).pages[0])
    inside = [line for line in lines if left <= line[1] <= right and top <= line[2] <= bottom]
    inside.sort(key=lambda line: line[2])
    words = " ".join(text for text, _x, _y in inside)
    assert words.split()[1:] == [
        *name.split(),
        "Burgemeester",
        "van",
        "Lanschotlaan",
        "1234a",
        "1234",
        "AB",
        "Juinen",
    ]
    assert {round(x) for _text, x, _y in inside} == {25}
    assert all(top + 5 <= y <= bottom - 3 for _text, _x, y in inside)


def test_bundle_leaves_out_what_is_not_true_and_says_why(event, shift, planner):
    changed, withdrawn, gone, failed, _kept = (_appoint(shift, last_name=f"Lid{n}") for n in range(5))
    _make(event)
    publish_letters(event, by=None)
    changed.street = "Nieuwe straat"
    changed.save()
    withdraw_letter(withdrawn.letters.get(), by=None)
    gone.assignments.all().delete()
    failed.letters.update(state="failed")
    _appoint(shift)
    bundle = letter_bundle(event)
    assert [letter.member for letter in bundle.letters] == [_kept]
    assert dict(bundle.left_out) == {
        "outdated": 1, "withdrawn": 1, "no_shift": 1, "failed": 1, "not_made": 1,
    }  # fmt: skip
    job = _bundle(event, planner)
    assert _addressees(_reader(job)) == ["Lid4"]
    for words in ("klopt niet meer", "is ingetrokken", "zonder dienst", "is mislukt", "nog niet gemaakt"):
        assert words in job.result


def test_bundle_of_members_who_cannot_log_in(event, shift):
    _appoint(shift)
    without = _appoint(shift, with_user=False)
    disabled = _appoint(shift)
    disabled.user.is_active = False
    disabled.user.save()
    invited = _appoint(shift)
    invited.user.set_unusable_password()
    invited.user.save()
    _make(event)
    found = letter_bundle(event, LetterGroup.WITHOUT_LOGIN).letters
    assert {letter.member for letter in found} == {without, disabled, invited}


def test_bundle_of_stations(event, shift):
    here = _appoint(shift)
    other = factories.make_shift(
        factories.make_polling_station(event), shift.day_part, shift.position, places=5
    )
    there = _appoint(other)
    _make(event)
    found = letter_bundle(event, LetterGroup.STATIONS, [other.polling_station]).letters
    assert [letter.member for letter in found] == [there]
    both = letter_bundle(event, LetterGroup.STATIONS, [other.polling_station, shift.polling_station]).letters
    assert {letter.member for letter in both} == {here, there}


@pytest.mark.parametrize("letters", [1, 3])
def test_bundle_needs_the_same_queries_for_any_number(event, shift, letters, django_assert_max_num_queries):
    for _number in range(letters):
        _appoint(shift)
    _make(event)
    with django_assert_max_num_queries(11):
        assert len(letter_bundle(event).letters) == letters


def test_letter_that_changes_meanwhile_is_not_in_the_file(event, shift, planner):
    first, second = _appoint(shift, last_name="Eerste"), _appoint(shift, last_name="Tweede")
    _make(event)
    job = actions.start_letter_bundle(event, JobKind.LETTER_PRINT, by=planner)
    withdraw_letter(first.letters.get(), by=None)
    work_on_papers(job)
    job.refresh_from_db()
    assert _addressees(_reader(job)) == [second.last_name]
    assert "1 brief in één bestand." in job.result
    assert "1 brief veranderde intussen" in job.result


def test_letter_that_says_something_else_meanwhile_is_not_in_the_file(event, shift, planner):
    """It was made again after the choice: what lies in the file would have another place in post order."""
    first, second = _appoint(shift, last_name="Eerste"), _appoint(shift, last_name="Tweede")
    _make(event)
    job = actions.start_letter_bundle(event, JobKind.LETTER_PRINT, by=planner)
    first.postcode = "9999 ZZ"
    first.save()
    _make(event)
    work_on_papers(job)
    job.refresh_from_db()
    assert _addressees(_reader(job)) == [second.last_name]


def test_bundle_whose_letters_all_changed_fails_with_a_sentence(event, shift, planner):
    member = _appoint(shift)
    _make(event)
    job = actions.start_letter_bundle(event, JobKind.LETTER_PRINT, by=planner)
    withdraw_letter(member.letters.get(), by=None)
    work_on_papers(job)
    job.refresh_from_db()
    assert (job.state, job.errors) == ("failed", ["Alle brieven zijn intussen veranderd. Begin opnieuw."])


def test_bundle_of_nothing_is_refused_with_the_reason(event, shift, planner):
    with pytest.raises(ActionError, match="Er zijn geen brieven"):
        actions.start_letter_bundle(event, JobKind.LETTER_PRINT, by=planner)
    _appoint(shift)
    with pytest.raises(ActionError, match="1 brief is nog niet gemaakt"):
        actions.start_letter_bundle(event, JobKind.LETTER_PRINT, by=planner)


def test_bundle_waits_for_letters_and_for_itself(event, shift, planner):
    _appoint(shift)
    making = make_letters(event, by=None)
    with pytest.raises(ActionError, match="Er worden nu brieven gemaakt"):
        actions.start_letter_bundle(event, JobKind.LETTER_PRINT, by=planner)
    work_on_letters(making)
    actions.start_letter_bundle(event, JobKind.LETTER_PRINT, by=planner)
    with pytest.raises(ActionError, match="wordt al gemaakt"):
        actions.start_letter_bundle(event, JobKind.LETTER_PRINT, by=planner)


def test_zip_has_each_letter_under_numbers_alone(event, shift, planner):
    members = [_appoint(shift, last_name="Geheimenaam", first_name="Geheim") for _number in range(3)]
    _make(event)
    job = _bundle(event, planner, JobKind.LETTER_ZIP)
    with zipfile.ZipFile(default_storage.path(job.file)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert sorted(names) == sorted(
            f"{letter.reference}-lid-{letter.member.number}.pdf" for letter in AppointmentLetter.objects.all()
        )
        assert "geheim" not in " ".join(names).lower()
        text = PdfReader(io.BytesIO(archive.read(names[0]))).pages[0].extract_text()
    assert len(members) == len(names)
    assert "Geachte" in text


def test_letters_themselves_are_only_read(event, shift, planner):
    _appoint(shift)
    _make(event)
    path = Path(default_storage.path(event.letters.get().file))
    before = path.read_bytes()
    _bundle(event, planner)
    _bundle(event, planner, JobKind.LETTER_ZIP)
    assert path.read_bytes() == before
