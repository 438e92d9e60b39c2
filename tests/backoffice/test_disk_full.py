"""A full disk: whoever wants to keep something hears so, nothing is kept by halves, and everything else works.

Test 12 of the design's list, on a real disk of 20 MiB for the files of the municipality and the temporary ones.
"""

import os
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import time
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from elections import models
from elections.actions import letter_bundle
from elections.actions.letter import make_letter_again, make_letters, work_on_letters
from elections.actions.paper_work import work_on_papers
from elections.documents import pdf
from elections.enums import JobKind
from elections.tasks import clean_up_data, sweep
from tests import factories
from tests.small_disk import MEBIBYTE, NoSmallDisk, SmallDisk, small_disk

KIBIBYTE = 1024
SPARE = 64 * KIBIBYTE  # of room for a file of four times as much
NO_ROOM = "Er is geen ruimte om dit bestand te bewaren. Vraag de beheerder om hulp."
FULL_PAGE = "De schijf van de server is vol"
PAGES = ("home", "member-list", "document-list", "conversation-list", "member-import", "event-list")
LONG_TEXT = ("Een lange tekst. " * 16_000).encode()
# Larger than what Django keeps in memory, so that it goes through a temporary file.
LARGE = 3 * MEBIBYTE


@pytest.fixture
def disk(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallDisk]:
    pdf.warm_up()  # a process keeps the fonts for its letters in temporary files, also for the tests that come next
    try:
        with small_disk(tmp_path / "disk") as made:
            for name in ("media", "tmp"):
                (made.folder / name).mkdir()
            settings.MEDIA_ROOT = str(made.folder / "media")
            monkeypatch.setattr(tempfile, "tempdir", str(made.folder / "tmp"))
            yield made
    except NoSmallDisk as reason:
        pytest.skip(f"A real full disk needs a mount: {reason}.")


@pytest.fixture
def colleague(disk: SmallDisk, juinen: Any, client_for: Any) -> Any:
    return client_for(juinen, factories.make_staff(), raise_request_exception=False)


@pytest.fixture
def member(disk: SmallDisk) -> models.Member:
    return factories.make_member()


@pytest.fixture
def as_member(member: models.Member, juinen: Any, client_for: Any) -> Any:
    return client_for(juinen, member.user, raise_request_exception=False)


def _file(name: str = "uitleg.txt", content: bytes = LONG_TEXT) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def _document() -> dict[str, Any]:
    return {"title": "De gids", "audience-who": "everyone", "file": _file()}


def _member_list(*, size: int = 4 * SPARE) -> SimpleUploadedFile:
    row = "Jansen;" + "Dorpsstraat " * 8 + "\n"
    return _file("leden.csv", ("Achternaam;Straat\n" + row * (size // len(row))).encode())


def _text(response: Any) -> str:
    return str(response.content.decode())


def _pages_work(client: Any) -> None:
    for name in PAGES:
        assert client.get(reverse(f"backoffice:{name}")).status_code == 200, name


def _nothing_left(disk: SmallDisk) -> None:
    """No file, and none that a sweep would have to find either."""
    assert disk.files() == []


def test_document_is_refused_with_a_sentence_and_leaves_nothing(colleague, disk):
    disk.fill(spare=SPARE)
    answer = colleague.post(reverse("backoffice:document-create"), _document())
    assert answer.status_code == 200
    assert NO_ROOM in _text(answer)
    assert not models.Document.objects.exists()
    assert not models.Audience.objects.exists()
    _nothing_left(disk)
    _pages_work(colleague)
    disk.free()
    assert colleague.post(reverse("backoffice:document-create"), _document()).status_code == 302
    assert models.Document.objects.get().size == len(LONG_TEXT)


def test_message_with_a_file_is_not_sent_by_halves_and_its_text_stays(as_member, disk):
    disk.fill(spare=SPARE)
    small, large = _file("kort.txt", b"Een korte tekst."), _file()
    sent = {"subject": "Onderwerp", "body": "Mijn lange verhaal", "uploads": [small, large]}
    answer = as_member.post(reverse("portal:conversation-create"), sent)
    assert answer.status_code == 200
    page = _text(answer)
    assert NO_ROOM in page
    assert "Mijn lange verhaal" in page
    assert not models.Conversation.objects.exists()
    assert not models.Attachment.objects.exists()
    _nothing_left(disk)
    without_file = {"subject": "Onderwerp", "body": "Mijn lange verhaal"}
    assert as_member.post(reverse("portal:conversation-create"), without_file).status_code == 302
    assert models.Message.objects.count() == 1


def test_member_list_is_refused_with_a_sentence_and_leaves_nothing(colleague, disk):
    disk.fill(spare=SPARE)
    answer = colleague.post(reverse("backoffice:member-import"), {"file": _member_list()})
    assert answer.status_code == 200
    assert NO_ROOM in _text(answer)
    assert not models.ImportFile.objects.exists()
    _nothing_left(disk)
    _pages_work(colleague)
    disk.free()
    assert colleague.post(reverse("backoffice:member-import"), {"file": _member_list()}).status_code == 302
    assert [path.stat().st_size for path in disk.files()] == [_member_list().size]


@pytest.mark.parametrize("room", [0, MEBIBYTE])
def test_no_room_for_a_temporary_file_is_said_on_a_page(colleague, disk, room):
    disk.fill(spare=room)
    answer = colleague.post(reverse("backoffice:member-import"), {"file": _member_list(size=LARGE)})
    assert answer.status_code == 507
    assert FULL_PAGE in _text(answer)
    assert not models.ImportFile.objects.exists()
    _nothing_left(disk)
    _pages_work(colleague)


@pytest.fixture
def event(disk: SmallDisk) -> models.ElectionEvent:
    """Two members with a place, who get a letter."""
    event = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    day_part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(
        factories.make_polling_station(event), day_part, factories.make_position(event), places=2
    )
    for name in ("Jansen", "Pietersen"):
        member = factories.make_member(
            last_name=name, street="Dorpsstraat", house_number="1", postcode="1234 AB", city="Juinen"
        )
        factories.make_assignment(member, shift)
    return event


def _page_of(client: Any, job: models.Job) -> str:
    answer = client.get(reverse("backoffice:job-detail", args=[job.uuid]))
    assert answer.status_code == 200
    return _text(answer)


def test_letters_say_that_the_disk_is_full_and_can_be_made_when_it_is_not(colleague, disk, event):
    disk.fill(spare=4 * KIBIBYTE)
    job = make_letters(event, by=None)
    work_on_letters(job)
    job.refresh_from_db()
    letters = list(models.AppointmentLetter.objects.order_by("number"))
    assert (job.state, [letter.state for letter in letters]) == ("done", ["failed", "failed"])
    assert [letter.file for letter in letters] == ["", ""]
    assert all(FULL_PAGE in letter.error for letter in letters)
    assert FULL_PAGE in _page_of(colleague, job)
    _nothing_left(disk)
    _pages_work(colleague)
    disk.free()
    for letter in letters:
        work_on_letters(make_letter_again(letter, by=None))
    made = set(models.AppointmentLetter.objects.values_list("state", "file"))
    assert {state for state, _file in made} == {"made"}
    assert len(disk.files()) == len({file for _state, file in made}) == 2


@pytest.mark.parametrize("kind", [JobKind.LETTER_PRINT, JobKind.LETTER_ZIP])
def test_file_of_all_letters_says_that_the_disk_is_full_and_leaves_no_part(colleague, disk, event, kind):
    work_on_letters(make_letters(event, by=None))
    letters = disk.files()
    assert len(letters) == 2
    disk.fill(spare=4 * KIBIBYTE)
    job = letter_bundle.start_letter_bundle(event, kind, by=factories.make_staff("planner"))
    while work_on_papers(job):
        pass
    job.refresh_from_db()
    assert (job.state, job.file) == ("failed", "")
    assert FULL_PAGE in _page_of(colleague, job)
    assert disk.files() == letters
    _pages_work(colleague)


def _leave_by_a_dead_process(path: Path) -> None:
    """Two days ago somebody wrote beside this file, once to the end and once not, and was killed; each file is empty,
    which a full disk still allows."""
    for name in (f"{'0' * 32}{path.suffix}", "begun.part"):
        orphan = path.with_name(name)
        orphan.touch()
        os.utime(orphan, (time() - 2 * 86_400,) * 2)


def test_sweeps_work_on_a_full_disk_and_leave_no_orphan(colleague, disk, event, juinen):
    work_on_letters(make_letters(event, by=None))
    assert colleague.post(reverse("backoffice:document-create"), _document()).status_code == 302
    assert colleague.post(reverse("backoffice:member-import"), {"file": _member_list()}).status_code == 302
    disk.fill()
    colleague.post(reverse("backoffice:document-create"), _document())
    colleague.post(reverse("backoffice:member-import"), {"file": _member_list()})
    for path in disk.files():
        _leave_by_a_dead_process(path)
    sweep()
    clean_up_data()
    rows = [
        *models.AppointmentLetter.objects.values_list("file", flat=True),
        *models.Document.objects.values_list("file", flat=True),
        *models.ImportFile.objects.values_list("file", flat=True),
    ]
    root = Path(settings.MEDIA_ROOT) / juinen.schema_name
    assert sorted(path.relative_to(root).as_posix() for path in disk.files()) == sorted(rows)
    assert len(rows) == 4
