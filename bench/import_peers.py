"""The same list of 5,000 members, read in by the product and by django-import-export, each in a process of its own.

Both look first (a preview with all faults) and then read in, as a colleague does, and both are rolled back. The file
is the plainest there is: no BSN (the peer has no place to encrypt it), no labels, dates as dates and values in the way
in which they are stored. So the peer, which takes values as they are, has nothing to understand. It runs in its fastest
way: in bulk, without a comparison of old and new, and finds members by their number.

Run as a script it is one contender; it prints seconds and the most memory that its process held, as the kernel counts
that from the start of the process (VmHWM).
"""

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Any, Final

import xlsxwriter

ROWS: Final = 5_000
FIRST_NUMBER: Final = 900_001
BATCH: Final = 500
COLUMNS: Final = (
    ("Lidnummer", "number"), ("Voorletters", "initials"), ("Tussenvoegsel", "infix"), ("Achternaam", "last_name"),
    ("Geboortedatum", "birth_date"), ("E-mail", "email"), ("Telefoon", "phone"), ("Straat", "street"),
    ("Huisnummer", "house_number"), ("Postcode", "postcode"), ("Plaats", "city"),
)  # fmt: skip


@cache
def measured() -> dict[str, dict[str, float]]:
    """Seconds and mebibytes of the product and of the peer, which runs before and after it and counts with the mean."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "leden.xlsx"
        path.write_bytes(member_list())
        before, product, after = (_run(who, path) for who in ("peer", "product", "peer"))
    return {"product": product, "peer": {key: mean((before[key], after[key])) for key in product}}


def member_list() -> bytes:
    """A workbook with 5,000 people who are not in the member file of the bench."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "d-m-yyyy"})
    sheet = book.add_worksheet("Leden")
    sheet.write_row(0, 0, [heading for heading, _field in COLUMNS])
    for row in range(1, ROWS + 1):
        born = date(1950, 1, 1) + timedelta(days=row)
        sheet.write_row(
            row,
            0,
            [
                FIRST_NUMBER + row, "A.B.", "van der", f"Inleesman{row}", born, f"inlezen{row}@voorbeeld.example",
                f"+31 6 {10_000_000 + row}", "Dorpsstraat", f"{row}", "1234 AB", "Juinen",
            ],
        )  # fmt: skip
    book.close()
    return buffer.getvalue()


def _run(who: str, path: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.import_peers", who, str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def product(path: Path) -> int:
    """Upload, name the columns, look, and read in. Returns how many members there are more."""
    from django.core.files.uploadedfile import SimpleUploadedFile  # slow import: only in its own process

    from elections.actions import member_import  # slow import: as above
    from elections.imports.member_plan import DoubleChoices  # slow import: as above
    from elections.models import Member, User  # slow import: as above

    before = Member.objects.count()
    by = User.objects.filter(role="administrator").first()
    if by is None:
        raise RuntimeError("The bench has no administrator.")
    import_file = member_import.upload_member_list(SimpleUploadedFile("leden.xlsx", path.read_bytes()), by=by)
    mapping = {int(index): field for index, field in import_file.mapping.items()}
    member_import.map_columns(import_file, mapping, by=by)
    import_file.refresh_from_db()
    seen = member_import.plan_of(import_file).fingerprint
    job = member_import.start_member_import(import_file, seen=seen, choices=DoubleChoices(), by=by)
    member_import.run_member_import(job)
    return Member.objects.count() - before


def peer(path: Path) -> int:
    """The same with django-import-export: a dry run, which its preview page shows, and the import."""
    from import_export import fields, resources, widgets  # slow import: as above
    from tablib import Dataset  # slow import: as above

    from elections.models import Member  # slow import: as above

    class DayWidget(widgets.DateWidget):
        """Takes the moment that a workbook gives for a date."""

        def clean(self, value: Any, row: Any = None, **options: Any) -> Any:
            return value.date() if hasattr(value, "date") else super().clean(value, row, **options)

    special = {"birth_date": DayWidget(), "number": widgets.IntegerWidget()}
    columns = {
        name: fields.Field(
            attribute=name, column_name=heading, widget=special.get(name, widgets.CharWidget())
        )
        for heading, name in COLUMNS
    }
    meta = type(
        "Meta",
        (),
        {
            "model": Member, "fields": tuple(columns), "import_id_fields": ("number",), "use_bulk": True,
            "batch_size": BATCH, "skip_diff": True, "force_init_instance": False,
        },
    )  # fmt: skip
    resource = type("MemberResource", (resources.ModelResource,), {**columns, "Meta": meta})()
    before = Member.objects.count()
    for dry_run in (True, False):
        # Each page of the peer reads the file anew, as each page of the product does.
        data = Dataset().load(path.read_bytes(), format="xlsx")
        result = resource.import_data(data, dry_run=dry_run, raise_errors=True, use_transactions=True)
        if result.has_errors() or result.has_validation_errors():
            raise RuntimeError("The peer refused the file.")
    return Member.objects.count() - before


def _contend(contender: Callable[[Path], int], path: Path) -> dict[str, float]:
    import django  # slow import: only in its own process

    django.setup()
    from django.db import transaction  # slow import: as above
    from django_tenants.utils import tenant_context  # slow import: as above

    from bench import world  # slow import: as above
    from tenants.models import Municipality  # slow import: as above

    with tenant_context(Municipality.objects.get(code=world.CODE)), transaction.atomic():
        start = time.perf_counter()
        added = contender(path)
        seconds = time.perf_counter() - start
        transaction.set_rollback(True)
    if added != ROWS:
        raise RuntimeError(f"{added} members were added, not {ROWS}.")
    return {"seconds": seconds, "mebibytes": _most_memory()}


def _most_memory() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    print(json.dumps(_contend({"product": product, "peer": peer}[sys.argv[1]], Path(sys.argv[2]))))
