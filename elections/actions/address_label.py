"""Sheets of address labels for a selection of members, as one PDF made in the background."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections import audit
from elections.actions.job import start_job
from elections.documents.address_label import PER_SHEET, label_of, render_address_labels
from elections.documents.pdf import LANGUAGE
from elections.documents.pdf_join import join_pdfs
from elections.enums import JobKind, LabelSheet
from elections.errors import ActionError
from elections.models import Job, Member, User
from elections.models.member import confidential_today
from elections.queries.job import running_jobs
from elections.queries.member_selection import has_address
from tenants.locks import hold_lock
from tenants.numbers import grouped

SHEETS_PER_PART: Final = 10


@transaction.atomic
def start_address_labels(members: Iterable[Member], kind: LabelSheet, *, by: User) -> Job:
    """Start making a label for each of `members` with a whole address.

    Nobody whose address is confidential gets one: a file is passed on more easily than a page.

    Raises:
        ActionError: when nobody is left, or labels are being made just now.
    """
    hold_lock("address-labels")  # two at the same moment would not see each other's job
    if running_jobs(kind=JobKind.ADDRESS_LABELS):
        raise ActionError(_("Er worden nu al adresetiketten gemaakt. Kijk bij de taken hoe ver het is."))
    keys = list(_with_label([member.pk for member in members]).values_list("pk", flat=True))
    if not keys:
        raise ActionError(_("Van deze leden heeft niemand een adres dat op een etiket kan."))
    parameters = {"members": keys, "sheet": kind.value}
    job = start_job(JobKind.ADDRESS_LABELS, by=by, total=len(keys), parameters=parameters)
    audit.record("member.make_labels", by=by, on=job, label=job.get_kind_display(), members=len(keys))
    return job


class AddressLabels:
    """One part is some sheets. Who lost their address meanwhile, or got a confidential one, is not on them."""

    def __init__(self, job: Job) -> None:
        self.members: list[int] = job.parameters["members"]
        self.kind = LabelSheet(job.parameters["sheet"])
        self.per_part = PER_SHEET[self.kind] * SHEETS_PER_PART
        self.parts = -(-len(self.members) // self.per_part)
        self.file_name = "adresetiketten.pdf"

    def done_after(self, parts: int) -> int:
        """The labels of so many parts."""
        return min(parts * self.per_part, len(self.members))

    def make_part(self, number: int, path: Path) -> None:
        """Some sheets, in the order of the list; nothing when all of them are gone."""
        keys = self.members[number * self.per_part :][: self.per_part]
        labels = [label_of(member) for member in _with_label(keys)]
        path.write_bytes(render_address_labels(labels, self.kind) if labels else b"")

    def make_file(self, parts: list[Path], path: Path, progress: Callable[[int], None]) -> None:
        """All sheets behind each other."""
        filled = [part for part in parts if part.stat().st_size]
        if not filled:
            raise ActionError(_("Van deze leden heeft niemand een adres dat op een etiket kan."))
        progress(len(self.members))
        join_pdfs(filled, path, title="Adresetiketten", language=LANGUAGE)

    def result(self) -> str:
        """How many labels there are."""
        count = _with_label(self.members).count()
        return ngettext("%(n)s etiket gemaakt.", "%(n)s etiketten gemaakt.", count) % {"n": grouped(count)}


def _with_label(keys: list[int]) -> QuerySet[Member]:
    found = Member.objects.present().filter(has_address(), ~confidential_today(), pk__in=keys)
    return found.by_name()
