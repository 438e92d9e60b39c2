"""The papers of many polling stations as one file: one PDF to print, or a ZIP with a PDF for each station."""

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.actions.job import start_job
from elections.documents.pdf import LANGUAGE
from elections.documents.pdf_join import join_pdfs
from elections.documents.station_paper import FILE_NAMES, TITLES, render_station_paper, station_file_name
from elections.enums import JobKind, StationPaperKind
from elections.errors import ActionError
from elections.models import ElectionEvent, Job, PollingStation, User
from elections.permissions import can
from elections.queries.job import running_jobs
from elections.queries.station_paper import StationPaper, station_papers
from tenants.locks import hold_lock

JOB_KINDS: Final = {
    StationPaperKind.DOSSIER: JobKind.STATION_DOSSIERS,
    StationPaperKind.BADGES: JobKind.BADGES,
    StationPaperKind.PRESENCE_LIST: JobKind.PRESENCE_LISTS,
    StationPaperKind.CONTACT_SHEET: JobKind.CONTACT_SHEETS,
}
PAPER_KINDS: Final = {job: paper for paper, job in JOB_KINDS.items()}
# Whoever may place people may also hand out their numbers.
PHONE_RIGHT: Final = "planning.edit"


@transaction.atomic
def start_station_papers(
    event: ElectionEvent,
    kind: StationPaperKind,
    *,
    stations: Iterable[PollingStation] | None = None,
    as_zip: bool = False,
    with_phones: bool = False,
    by: User,
) -> Job:
    """Start making a paper for each station.

    stations: of this event; all of them when left out.
    with_phones: put telephone numbers in the dossiers. A contact sheet always has them, the other papers have none.

    Raises:
        ActionError: without stations, when the numbers are not for this colleague, or while it is being made already.
    """
    hold_lock("station-paper")  # two at the same moment would not see each other's job
    phones = kind == StationPaperKind.CONTACT_SHEET or (with_phones and kind == StationPaperKind.DOSSIER)
    if (phones or with_phones) and not can(by, PHONE_RIGHT):
        raise ActionError(_("U mag geen telefoonnummers op papier zetten."))
    if running_jobs(event=event, kind=JOB_KINDS[kind]):
        raise ActionError(_("Dit wordt al gemaakt. Kijk bij de taken hoe ver het is."))
    chosen = event.polling_stations.order_by("number")
    if stations is not None:
        chosen = chosen.filter(pk__in=[station.pk for station in stations])
    keys = list(chosen.values_list("pk", flat=True))
    if not keys:
        raise ActionError(_("Er zijn nog geen stembureaus. Voeg ze eerst toe."))
    parameters = {"stations": keys, "as_zip": as_zip, "with_phones": phones}
    return start_job(JOB_KINDS[kind], by=by, event=event, total=len(keys), parameters=parameters)


class StationPapers:
    """One part is one station. A station that went meanwhile has an empty part and is not in the file."""

    def __init__(self, job: Job) -> None:
        self.kind = PAPER_KINDS[JobKind(job.kind)]
        self.stations: list[int] = job.parameters["stations"]
        self.as_zip = bool(job.parameters["as_zip"])
        self.with_phones = bool(job.parameters["with_phones"])
        self.event = job.event
        self.parts = len(self.stations)
        self.file_name = f"{FILE_NAMES[self.kind]}.{'zip' if self.as_zip else 'pdf'}"
        self.made = 0

    def done_after(self, parts: int) -> int:
        """One station for each part."""
        return parts

    def make_part(self, number: int, path: Path) -> None:
        """The paper of one station."""
        papers = self._papers([self.stations[number]])
        path.write_bytes(render_station_paper(self.kind, papers[0]) if papers else b"")

    def make_file(self, parts: list[Path], path: Path, progress: Callable[[int], None]) -> None:
        """All papers behind each other, or side by side in a ZIP."""
        filled = [(part, key) for part, key in zip(parts, self.stations, strict=True) if part.stat().st_size]
        by_key = self._papers_by_key([key for _part, key in filled])
        together = [(part, by_key[key]) for part, key in filled if key in by_key]
        if not together:
            raise ActionError(_("Deze stembureaus zijn er niet meer. Begin opnieuw."))
        self.made = len(together)
        progress(self.parts)
        if self.as_zip:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
                for part, paper in together:
                    archive.write(part, station_file_name(self.kind, paper))
        else:
            title = f"{TITLES[self.kind]} {self.event}"
            names = [paper.title for _part, paper in together]
            join_pdfs(
                [part for part, _paper in together], path, title=title, language=LANGUAGE, bookmarks=names
            )

    def result(self) -> str:
        """How many stations are in the file, and how many are not because they went meanwhile."""
        text = ngettext("Voor %(n)s stembureau gemaakt.", "Voor %(n)s stembureaus gemaakt.", self.made)
        words = [text % {"n": self.made}]
        if gone := self.parts - self.made:
            text = ngettext(
                "%(n)s stembureau is er niet meer en zit er niet in.",
                "%(n)s stembureaus zijn er niet meer en zitten er niet in.",
                gone,
            )
            words.append(text % {"n": gone})
        return " ".join(words)

    def _papers(self, keys: list[int]) -> list[StationPaper]:
        stations = PollingStation.objects.filter(pk__in=keys, event=self.event)
        return station_papers(stations, with_phones=self.with_phones)

    def _papers_by_key(self, keys: list[int]) -> dict[int, StationPaper]:
        """The papers of those that are still there; one may go between two queries."""
        keys_by_number = dict(
            PollingStation.objects.filter(pk__in=keys, event=self.event).values_list("number", "pk")
        )
        papers = {paper.number: paper for paper in self._papers(keys)}
        return {key: papers[number] for number, key in keys_by_number.items() if number in papers}
