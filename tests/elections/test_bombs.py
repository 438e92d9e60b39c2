"""Bombs: each gets a friendly answer, soon, in little memory, and whoever opened it works on (security-ux §4.2, 15)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from elections.errors import ActionError
from elections.imports import reader
from elections.models import ImportFile
from tests import factories
from tests.elections import bombs
from tests.elections.test_upload import kept_files, store

SECONDS, MEBIBYTES = 5, 512
BOMB, BROKEN = str(reader.REFUSALS["bomb"]), str(reader.REFUSALS["broken"])
EXPECTED = {
    "zeros": BOMB,
    "parts": BOMB,
    "repetition": BOMB,
    "entities": BROKEN,
    "far row": BROKEN,
    "dense grid": str(reader.REFUSALS["columns"]),
    "one shared text": BOMB,
    "ods, repeated": str(reader.REFUSALS["columns"]),
    "ods, entities": BROKEN,
    "zip that lies": BROKEN,
    "pixels": "Deze afbeelding is te groot. Maak haar kleiner dan 40 miljoen beeldpunten.",
    "pdf": "Dit bestand is beschadigd. Open het, sla het opnieuw op en kies het nog eens.",
    "svg": "Dit soort bestand kunt u hier niet gebruiken.",
}

# Opens every file as a worker would, and tells what came of it and what it cost: processor seconds of each child, and
# the most memory that the worker and the largest child held.
PROGRAM = """
import json, resource, sys
from pathlib import Path
import django
django.setup()
from elections.errors import ActionError
from elections.imports.reader import read_table

def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

answers = {}
for path, name in json.loads(sys.argv[1]).items():
    before = spent()
    try:
        answer = len(read_table(Path(path), name).rows)
    except ActionError as problem:
        answer = problem.message
    answers[path] = [answer, spent() - before]
own = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
most = max(int(own.split()[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(json.dumps({"answers": answers, "mebibytes": most / 1024}))
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of opening all sheets in one worker, and a good one after them."""
    folder = tmp_path_factory.mktemp("bombs")
    files = {}
    for name, (file_name, make) in bombs.SHEETS.items():
        (folder / name).write_bytes(make())
        files[str(folder / name)] = file_name
    (folder / "good").write_text("Naam;Plaats\nJansen;Juinen\n")
    files[str(folder / "good")] = "leden.csv"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(files)],
        cwd=settings.BASE_DIR,
        env=dict(os.environ),
        check=True,
        capture_output=True,
        text=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    told["answers"] = {Path(path).name: answer for path, answer in told["answers"].items()}
    return told


@pytest.mark.parametrize("bomb", bombs.SHEETS)
def test_sheet_is_refused_soon_in_a_friendly_sentence(opened: dict[str, Any], bomb: str) -> None:
    message, seconds = opened["answers"][bomb]
    assert message == EXPECTED[bomb]
    assert seconds < SECONDS


def test_worker_lives_and_never_held_much_memory(opened: dict[str, Any]) -> None:
    assert opened["answers"]["good"][0] == 1
    assert opened["mebibytes"] < MEBIBYTES


@pytest.mark.parametrize("bomb", bombs.SHEETS)
def test_import_page_tells_it_and_keeps_nothing(bomb: str, juinen: Any, client_for: Any) -> None:
    planner = client_for(juinen, factories.make_staff("planner"))
    name, make = bombs.SHEETS[bomb]
    page = planner.post(reverse("backoffice:member-import"), {"file": SimpleUploadedFile(name, make())})
    assert page.status_code == 200
    assert EXPECTED[bomb] in page.content.decode()
    assert not ImportFile.objects.exists()
    good = SimpleUploadedFile("leden.csv", b"Naam;Plaats\nJansen;Juinen\n")
    assert planner.post(reverse("backoffice:member-import"), {"file": good}).status_code == 302


@pytest.mark.parametrize("bomb", bombs.DOCUMENTS)
def test_document_is_refused_in_a_friendly_sentence_and_not_kept(bomb: str) -> None:
    name, make = bombs.DOCUMENTS[bomb]
    with pytest.raises(ActionError) as refused:
        store(name, make())
    assert refused.value.message.startswith(EXPECTED[bomb])
    assert kept_files() == []
