"""All letters as one file: a PDF for the printer, or a ZIP with each letter on its own."""

import shutil
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.actions.job import start_job
from elections.documents.pdf import LANGUAGE
from elections.documents.pdf_join import PdfJoin
from elections.enums import JobKind
from elections.errors import ActionError
from elections.models import AppointmentLetter, ElectionEvent, Job, PollingStation, User
from elections.queries.job import running_jobs
from elections.queries.letter_bundle import (
    LetterGroup,
    left_out_words,
    letter_bundle,
    letters_still_true,
)
from tenants.locks import hold_lock
from tenants.numbers import grouped
from tenants.storage import private_files

LETTERS_PER_PART: Final = 250  # two seconds each
ALIVE_EVERY: Final = 50  # letters in the ZIP file between two signs of life


@transaction.atomic
def start_letter_bundle(
    event: ElectionEvent,
    kind: JobKind,
    *,
    group: str = LetterGroup.EVERYBODY,
    stations: Iterable[PollingStation] = (),
    duplex: bool = False,
    by: User,
) -> Job:
    """Start putting letters into one file. Which ones, and in what order, is settled now.

    kind: LETTER_PRINT or LETTER_ZIP.
    duplex: begin each letter on a sheet of its own, for printing on both sides.

    Raises:
        ActionError: while letters or such a file are being made, or when no letter of the group can be in it.
    """
    hold_lock("letter-bundle")  # two at the same moment would not see each other's job
    if running_jobs(event=event, kind=JobKind.LETTERS):
        raise ActionError(_("Er worden nu brieven gemaakt. Wacht tot dat klaar is."))
    if running_jobs(event=event, kind=kind):
        raise ActionError(_("Dit bestand wordt al gemaakt. Kijk bij de taken hoe ver het is."))
    bundle = letter_bundle(event, group, stations)
    if not bundle.letters:
        reasons = "; ".join(bundle.reasons)
        if reasons:
            raise ActionError(_("Geen enkele brief kan in het bestand: %(reasons)s.") % {"reasons": reasons})
        raise ActionError(_("Er zijn geen brieven van deze leden. Maak eerst de brieven."))
    parameters = {
        "letters": [[letter.pk, letter.content_digest] for letter in bundle.letters],
        "left_out": dict(bundle.left_out),
        "without_address": bundle.without_address,
        "duplex": duplex,
    }
    return start_job(kind, by=by, event=event, total=len(bundle.letters), parameters=parameters)


class _Bundle:
    """What both kinds of file share."""

    def __init__(self, job: Job) -> None:
        assert job.event is not None  # noqa: S101 - start_letter_bundle gives it
        self.job = job
        self.event: ElectionEvent = job.event
        self.wanted: list[tuple[int, str]] = [(pk, digest) for pk, digest in job.parameters["letters"]]

    def letters(self, part: int, wanted: list[tuple[int, str]]) -> list[AppointmentLetter]:
        """Those of the letters whose file is still what was asked for; how many are not is kept for `result`."""
        found = letters_still_true(self.event, wanted)
        there = [letter for letter in found if default_storage.exists(letter.file)]
        with transaction.atomic():
            job = Job.objects.select_for_update().get(pk=self.job.pk)
            job.parameters.setdefault("changed", {})[str(part)] = len(wanted) - len(there)
            job.save(update_fields=["parameters"])
        return there

    def sentences(self) -> list[str]:
        """What is in the file, what is not, and why."""
        parameters = Job.objects.values_list("parameters", flat=True).get(pk=self.job.pk)
        changed = sum(parameters.get("changed", {}).values())
        count = len(self.wanted) - changed
        if not count:
            raise ActionError(_("Alle brieven zijn intussen veranderd. Begin opnieuw."))
        words = [
            ngettext("%(n)s brief in één bestand.", "%(n)s brieven in één bestand.", count)
            % {"n": grouped(count)}
        ]
        reasons = left_out_words(parameters["left_out"])
        if changed:
            text = ngettext("%(n)s brief veranderde intussen", "%(n)s brieven veranderden intussen", changed)
            reasons.append(text % {"n": grouped(changed)})
        if reasons:
            words.append(_("Niet in het bestand: %(reasons)s.") % {"reasons": "; ".join(reasons)})
        return words

    def result(self) -> str:
        """The sentences as one text."""
        return " ".join(self.sentences())


class LetterPrint(_Bundle):
    """One PDF in post order. It is for the printer alone: members read their own, accessible letter in the portal."""

    file_name = "brieven-om-te-printen.pdf"

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.parts = -(-len(self.wanted) // LETTERS_PER_PART)

    def done_after(self, parts: int) -> int:
        """Letters in that many parts."""
        return min(len(self.wanted), parts * LETTERS_PER_PART)

    def make_part(self, number: int, path: Path) -> None:
        """Two hundred and fifty letters behind each other."""
        begin = number * LETTERS_PER_PART
        wanted = self.wanted[begin : begin + LETTERS_PER_PART]
        duplex = bool(self.job.parameters["duplex"])
        with PdfJoin(path, tagged=False) as join:
            for letter in self.letters(number, wanted):
                with private_files.local_copy(letter.file) as copy:
                    join.add(copy, even=duplex)
            join.finish(title=self.file_name, language=LANGUAGE)

    def make_file(self, parts: list[Path], path: Path, progress: Callable[[int], None]) -> None:
        """The parts behind each other."""
        title = _("Benoemingsbrieven %(event)s") % {"event": self.event}
        with PdfJoin(path, tagged=False) as join:
            for part in parts:
                join.add(part)
                progress(len(self.wanted))
            join.finish(title=title, language=LANGUAGE, duplex=bool(self.job.parameters["duplex"]))

    def result(self) -> str:
        """Also what to look at before the envelopes are filled."""
        words, missing = self.sentences(), self.job.parameters["without_address"]
        if missing:
            text = ngettext(
                "%(n)s brief heeft geen adres en ligt achteraan.",
                "%(n)s brieven hebben geen adres en liggen achteraan.",
                missing,
            )
            words.append(text % {"n": grouped(missing)})
        return " ".join(words)


class LetterZip(_Bundle):
    """Each letter as a PDF. Number and member number name it: whoever sees the list of files learns no names (AVG
    art. 5(1)(c)), and the team finds anybody by the number in the member file."""

    file_name = "brieven.zip"

    def make_file(self, parts: list[Path], path: Path, progress: Callable[[int], None]) -> None:
        """Straight to disk, one letter at a time; PDFs do not get smaller by packing them again."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for place, letter in enumerate(self.letters(0, self.wanted)):
                if place % ALIVE_EVERY == 0:
                    progress(place)
                name = f"{letter.reference}-lid-{letter.member.number}.pdf"
                with default_storage.open(letter.file) as source, archive.open(name, "w") as target:
                    shutil.copyfileobj(source, target)
        progress(len(self.wanted))
