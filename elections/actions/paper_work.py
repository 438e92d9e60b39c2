"""Which work belongs to which kind of job that ends in a file."""

from collections.abc import Callable
from typing import Any, Final

from elections.actions.address_label import AddressLabels
from elections.actions.job_file import work_on_file
from elections.actions.letter_bundle import LetterPrint, LetterZip
from elections.actions.station_paper import StationPapers
from elections.enums import JobKind
from elections.models import Job

WORK: Final[dict[str, Callable[[Job], Any]]] = {
    JobKind.LETTER_PRINT: LetterPrint,
    JobKind.LETTER_ZIP: LetterZip,
    JobKind.STATION_DOSSIERS: StationPapers,
    JobKind.BADGES: StationPapers,
    JobKind.PRESENCE_LISTS: StationPapers,
    JobKind.CONTACT_SHEETS: StationPapers,
    JobKind.ADDRESS_LABELS: AddressLabels,
}


def work_on_papers(job: Job) -> bool:
    """Go on with a job of one of these kinds, for as long as a task may take. Returns whether there is more to do."""
    return work_on_file(job, lambda: WORK[job.kind](job))
