"""`make audit` tells a weakness from silence, and `make sbom` names every package."""

import json
import os
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest

from config import dependencies

CLEAN = {"dependencies": [{"name": "django", "version": "5.2", "vulns": []}]}
WEAK = {
    "dependencies": [
        {"name": "pillow", "version": "1.0",
         "vulns": [{"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["1.1"], "description": "…"}]}
    ]
}  # fmt: skip
SKIPPED = {"dependencies": [*CLEAN["dependencies"], {"name": "pillow", "skip_reason": "not found on PyPI"}]}
NPM_CLEAN = {"auditReportVersion": 2, "vulnerabilities": {}}
NPM_WEAK = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "leaflet": {"via": [{"url": "https://github.com/advisories/GHSA-aaaa"}], "fixAvailable": False}
    },
}
NPM_AWAY = {"message": "405 Method Not Allowed", "error": {}}


@pytest.fixture
def answers(tmp_path, monkeypatch):
    """The tools say this: an answer, and the exit code that they end with."""
    monkeypatch.setattr(dependencies, "TOOLS", tmp_path)
    monkeypatch.setattr(dependencies, "ACCEPTED", tmp_path / "accepted")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("AUDIT_STRICT", raising=False)
    (tmp_path / "accepted").write_text("# nothing\n")

    def say(python=CLEAN, node=NPM_CLEAN, code=0):
        for name, answer in (("pip-audit", python), ("npm", node)):
            text = answer if isinstance(answer, str) else json.dumps(answer)
            (tmp_path / f"{name}.said").write_text(text)
            (tmp_path / name).write_text(f"#!/bin/sh\ncat {tmp_path}/{name}.said\nexit {code}\n")
            (tmp_path / name).chmod(0o755)

    return say


def test_nothing_known_is_good(answers, capsys):
    answers()
    assert dependencies.audit() == 0
    assert "Python: no known weaknesses" in capsys.readouterr().out


@pytest.mark.parametrize(("python", "node", "named"), [
    (WEAK, NPM_CLEAN, "pillow 1.0: PYSEC-2026-1, CVE-2026-1; mended in 1.1"),
    (CLEAN, NPM_WEAK, "leaflet: GHSA-aaaa; not mended yet"),
    (WEAK, NPM_AWAY, "pillow 1.0"),
])  # fmt: skip
def test_known_weakness_is_named_and_fails(answers, capsys, python, node, named):
    answers(python, node, 1)
    assert dependencies.audit() == 1
    assert named in capsys.readouterr().out


@pytest.mark.parametrize(("python", "node"), [
    ("", NPM_CLEAN), ("connection refused", NPM_CLEAN), (SKIPPED, NPM_CLEAN), ({"dependencies": []}, NPM_CLEAN),
    (CLEAN, NPM_AWAY), (CLEAN, ""),
])  # fmt: skip
def test_database_that_does_not_answer_stops_no_build_and_is_no_answer_either(
    answers, capsys, monkeypatch, python, node
):
    answers(python, node)
    assert dependencies.audit() == 0
    assert "NOT CHECKED" in capsys.readouterr().out
    monkeypatch.setenv("AUDIT_STRICT", "1")
    assert dependencies.audit() == 2


@pytest.mark.parametrize(("days", "code"), [(0, 0), (30, 0), (-1, 1)])
def test_weakness_can_be_accepted_until_a_day(answers, days, code):
    answers(WEAK)
    last = datetime.now(UTC).date() + timedelta(days=days)
    dependencies.ACCEPTED.write_text(f"CVE-2026-1 {last} not used here\n")
    assert dependencies.audit() == code


@pytest.mark.parametrize("line", ["CVE-2026-1", "CVE-2026-1 2026-01-01", "CVE-2026-1 later not used"])
def test_acceptance_without_day_or_reason_is_refused(tmp_path, line):
    path = tmp_path / "accepted"
    path.write_text(f"{line}\n")
    with pytest.raises(ValueError, match="is not: id"):
        dependencies.accepted(path, date(2026, 1, 1))


def test_accepted_weaknesses_of_the_product_can_be_read():
    dependencies.accepted(dependencies.ACCEPTED, date(2026, 1, 1))


@pytest.mark.skipif(shutil.which("npm") is None, reason="no npm outside the environment of make")
def test_bill_of_materials_names_every_package(tmp_path, monkeypatch):
    monkeypatch.setattr(dependencies, "TOOLS", tmp_path)
    tool = tmp_path / "cyclonedx-py"  # its own packages are not among those of the tests
    tool.write_text('#!/bin/sh\necho \'{"components": [{"name": "django"}]}\'\n')
    tool.chmod(0o755)
    assert dependencies.sbom(tmp_path / "sbom") == 0
    found = json.loads((tmp_path / "sbom" / "node.cdx.json").read_text())
    assert found["bomFormat"] == "CycloneDX"
    locked = json.loads((dependencies.ROOT / "package.json").read_text())["dependencies"]
    assert set(locked) <= {part["name"] for part in found["components"]}
