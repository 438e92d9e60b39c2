"""An import at full size (security-ux §4.2, test 14): 5,000 rows, 300 faults, a kill halfway, twice, and changed."""

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from elections.actions.job import resume_job
from elections.actions.member_import import (
    map_columns,
    plan_of,
    start_member_import,
    upload_member_list,
)
from elections.enums import ImportState, JobState
from elections.errors import ActionError
from elections.imports.member_plan import DoubleChoices, Outcome
from elections.models import ImportedMember, ImportFile, Job, Member, MemberSecret, User
from elections.person_numbers import looks_secret
from tenants.context import current_schema
from tests.factories import make_staff
from tests.killed import run_until_killed

BASE = Path(__file__).parents[2]
ROWS, FAULTS = 5_000, 300
SECONDS, MEBIBYTES = 60, 512
IBAN = "NL91ABNA0417164300"
HEADINGS = (
    "Lidnummer", "Voorletters", "Tussenvoegsel", "Achternaam", "Geboortedatum", "E-mail", "Telefoon", "Straat",
    "Huisnummer", "Postcode", "Plaats", "Functie", "Kenmerken", "BSN", "IBAN",
)  # fmt: skip
# What a column holds that is wrong, and what the fault says.
WRONG = {
    "Geboortedatum": ("31-2-1960", "Dit is geen datum."),
    "E-mail": ("jan.voorbeeld.nl", "Dit is geen e-mailadres."),
    "Telefoon": ("geen", "Dit is geen telefoonnummer."),
    "Postcode": ("12AB", "postcode"),
    "Functie": ("koffiejuf", "Wij kennen de functie"),
    "BSN": ("123456789", "Dit nummer klopt niet."),
}

# Dies after it encrypted half of the numbers: the members are written by then, and nothing is committed.
KILLED = f"""
import os, signal
import django
django.setup()
from django_tenants.utils import tenant_context
from elections import secrets
from elections.actions.member_import import run_member_import
from elections.models import Job
from tenants.models import Municipality

encrypt, done = secrets._encrypt, []

def encrypt_or_die(*arguments):
    done.append(1)
    if len(done) == {ROWS}:
        os.kill(os.getpid(), signal.SIGKILL)
    return encrypt(*arguments)

secrets._encrypt = encrypt_or_die
with tenant_context(Municipality.objects.get(schema_name="%s")):
    run_member_import(Job.objects.get(kind="member_import"))
"""

# Does the whole road as the workers do it, and tells what it cost. The memory is that of this process alone, which the
# kernel counts from its own start (VmHWM); the child that opens the file has a limit of its own.
MEASURED = """
import json, resource, sys
import django
django.setup()
from django_tenants.utils import tenant_context
from elections.actions.member_import import plan_of, run_member_import
from elections.models import ImportFile, Job
from tenants.models import Municipality

with tenant_context(Municipality.objects.get(schema_name=sys.argv[1])):
    plan_of(ImportFile.objects.get())
    run_member_import(Job.objects.get(kind="member_import"))
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({
    "seconds": sum(each.ru_utime + each.ru_stime for each in used),
    "mebibytes": int(next(line for line in open("/proc/self/status") if "VmHWM" in line).split()[1]) / 1024,
}))
"""


def people() -> list[list[str]]:
    """5,000 people, each with a BSN of their own."""
    numbers = (str(number) for number in range(100_000_000, 999_999_999) if looks_secret(str(number)))
    infixes = ("", "van", "van der", "de", "'t")
    return [
        [
            f"{n}", "A.B.", infixes[n % 5], f"Naam{n}", f"{n % 28 + 1}-{n % 12 + 1}-{1950 + n % 50}",
            f"lid{n}@voorbeeld.nl", f"06{n + 10_000_000}", "Dorpsstraat", f"{n}", "1234 AB", "Juinen",
            "voorzitter, teller", "oud", number, IBAN,
        ]
        for n, number in enumerate(islice(numbers, ROWS), start=1)
    ]  # fmt: skip


def as_file(rows: list[list[str]]) -> SimpleUploadedFile:
    text = "\r\n".join(";".join(row) for row in [list(HEADINGS), *rows])
    return SimpleUploadedFile("leden.csv", text.encode("cp1252"))


def mapped(rows: list[list[str]], *, by: User) -> ImportFile:
    import_file = upload_member_list(as_file(rows), by=by)
    assert len(import_file.mapping) == len(HEADINGS)
    map_columns(import_file, {int(index): field for index, field in import_file.mapping.items()}, by=by)
    import_file.refresh_from_db()
    return import_file


def start(import_file: ImportFile, *, by: User) -> Job:
    seen = plan_of(import_file).fingerprint
    return start_member_import(import_file, seen=seen, choices=DoubleChoices(), by=by)


def measured() -> dict[str, Any]:
    """What reading the file in cost, in a process of its own."""
    database = connection.settings_dict
    address = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, current_schema()],
        env={**os.environ, "DATABASE_URL": address},
        cwd=BASE,
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_three_hundred_faults_are_all_told_with_row_and_column_and_nothing_is_read_in() -> None:
    staff, rows = make_staff(), people()
    expected = {}
    for fault in range(FAULTS):
        place = fault * (ROWS // FAULTS)
        column = list(WRONG)[fault % len(WRONG)]
        value, words = WRONG[column]
        rows[place][HEADINGS.index(column)] = value
        expected[place + 2, column] = words
    plan = plan_of(mapped(rows, by=staff))
    assert {(fault.row, fault.column) for fault in plan.faults} == set(expected)
    assert len(plan.faults) == FAULTS
    assert all(expected[fault.row, fault.column] in fault.message for fault in plan.faults)
    with pytest.raises(ActionError, match="Er staan nog fouten in het bestand"):
        start(ImportFile.objects.get(), by=staff)
    assert not Member.objects.exists()


def test_killed_halfway_twice_the_same_and_changed_after_the_check(
    committed: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MEDIA_ROOT", "MASTER_KEY_FILE"):
        monkeypatch.setenv(
            name, getattr(settings, name)
        )  # where the other processes find the file and the key
    staff, rows = make_staff(), people()
    import_file = mapped(rows, by=staff)
    job = start(import_file, by=staff)
    run_until_killed(KILLED)
    assert not Member.objects.exists()
    assert not MemberSecret.objects.exists()
    assert not ImportedMember.objects.exists()
    import_file.refresh_from_db()
    assert (import_file.state, default_storage.exists(import_file.file)) == (ImportState.RUNNING, True)

    # What the minute sweep does with a job whose worker fell silent.
    kept = import_file.file
    used = measured()
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, "5.000 nieuwe leden.")
    assert (Member.objects.count(), MemberSecret.objects.count()) == (ROWS, 2 * ROWS)
    assert not default_storage.exists(kept)
    assert used["seconds"] < SECONDS
    assert used["mebibytes"] < MEBIBYTES
    with pytest.raises(ActionError):
        resume_job(job, by=staff)

    again = mapped(rows, by=staff)
    plan = plan_of(again)
    assert (plan.count(Outcome.NEW), plan.count(Outcome.CHANGED)) == (0, 0)
    assert plan.count(Outcome.UNCHANGED) == ROWS
    with pytest.raises(ActionError, match="niets om in te lezen"):
        start(again, by=staff)

    rows[0][HEADINGS.index("Plaats")] = "Elders"
    changed = mapped(rows, by=staff)
    seen = plan_of(changed).fingerprint
    with open(default_storage.path(changed.file), "ab") as stored:
        stored.write(b"\r\n")
    with pytest.raises(ActionError, match="veranderd na het uploaden"):
        start_member_import(changed, seen=seen, choices=DoubleChoices(), by=staff)
    assert not Member.objects.filter(city="Elders").exists()
