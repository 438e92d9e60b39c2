"""The log as a file, for an auditor: a spreadsheet or comma separated values. Every cell is text."""

import csv
import io
from collections.abc import Iterable, Iterator
from tempfile import NamedTemporaryFile
from typing import Final

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from elections.audit_words import action_words, fact_words, object_words
from elections.models import AuditEvent

# A cell that begins so is a formula to a spreadsheet program (OWASP ASVS 5.0 row 1.2.10).
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def headings() -> list[str]:
    """The first row."""
    return [
        *(_("Nummer"), _("Moment"), _("Actie"), _("Code"), _("Wie"), _("Nummer van wie"), _("Herkomst")),
        *(_("Wat"), _("Nummer van wat"), _("Resultaat"), _("Feiten"), _("Doel"), _("Verzoek")),
    ]


def cells(event: AuditEvent) -> list[str]:
    """One event; its moment in the time zone of the municipality."""
    facts = "; ".join(f"{name}: {value}" for name, value in fact_words(event.details))
    return [
        *(str(event.pk), timezone.localtime(event.at).isoformat(timespec="seconds")),
        *(action_words(event.action), event.action, event.actor, event.actor_id, event.origin),
        *(object_words(event), event.object_id, event.get_result_display(), facts, event.purpose),
        event.request_id,
    ]


def as_csv(events: Iterable[AuditEvent]) -> Iterator[str]:
    """The file line by line, with the separator and the mark that Dutch spreadsheet programs expect."""
    yield "\ufeff"
    for row in _rows(events):
        line = io.StringIO()
        csv.writer(line, delimiter=";", quoting=csv.QUOTE_ALL).writerow([_harmless(cell) for cell in row])
        yield line.getvalue()


def as_xlsx(events: Iterable[AuditEvent]) -> "NamedTemporaryFile[bytes]":  # type: ignore[valid-type]
    """The file as a temporary one that goes when it is closed; memory does not grow with the log."""
    file = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 (the answer closes it)
    book = xlsxwriter.Workbook(
        file.name, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_("Logboek"))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 12, 22)
    bold = book.add_format({"bold": True})
    for number, row in enumerate(_rows(events)):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell[:32_000], None if number else bold)
    book.close()
    return file


def _rows(events: Iterable[AuditEvent]) -> Iterator[list[str]]:
    yield headings()
    for event in events:
        yield cells(event)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
