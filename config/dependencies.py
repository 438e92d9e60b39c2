"""What the product is made of (SBOM), and what is known to be wrong with that. Development only.

    python -m config.dependencies sbom     write var/sbom/*.cdx.json from the lock files
    python -m config.dependencies audit    compare the lock files with the databases of known weaknesses

The exit code of `audit` is 0 when nothing is known, 1 when a package has a known weakness that nobody accepted, and 2
when a database could not be asked, but only with AUDIT_STRICT=1: a network that is down must stop no build, and must
not look like an answer either.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
ACCEPTED = ROOT / ".ci" / "accepted-weaknesses"
ACCEPTED_LINE = re.compile(r"(\S+)\s+(\d{4}-\d\d-\d\d)\s+(\S.*)")
SECONDS = 300


class NotChecked(RuntimeError):
    """A database of weaknesses gave no answer, or none about every package."""


@dataclass(frozen=True)
class Weakness:
    """A known weakness of a package in a lock file. `remedy` is the version that mends it, as the database says it."""

    package: str
    ids: tuple[str, ...]
    remedy: str

    def __str__(self) -> str:
        return f"{self.package}: {', '.join(self.ids)}; {self.remedy}"


def python_weaknesses(lock: Path) -> list[Weakness]:
    """What PyPI knows of the packages of a lock file with hashes.

    Raises:
        NotChecked: when it did not answer, or does not know a package.
    """
    answer = _json_of(
        [TOOLS / "pip-audit", "--requirement", lock, "--require-hashes", "--disable-pip", "--format", "json",
         "--progress-spinner", "off", "--timeout", "15"]
    )  # fmt: skip
    packages = answer.get("dependencies") or []
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    found = [
        Weakness(
            f"{package['name']} {package['version']}",
            (known["id"], *known.get("aliases", ())),
            f"mended in {', '.join(known['fix_versions'])}" if known["fix_versions"] else "not mended yet",
        )
        for package in packages
        for known in package.get("vulns", ())
    ]
    if not found and (skipped or not packages):
        raise NotChecked(f"{len(skipped)} of {len(packages)} packages are unknown to the database")
    return found


def node_weaknesses(folder: Path) -> list[Weakness]:
    """What the npm registry knows of the packages of the product in package-lock.json.

    Raises:
        NotChecked: when it did not answer.
    """
    answer = _json_of(["npm", "audit", "--package-lock-only", "--omit=dev", "--json"], folder)
    if "vulnerabilities" not in answer:
        raise NotChecked(answer.get("message") or "no answer")
    return [
        Weakness(
            name, _ids(found), "mended in a newer version" if found["fixAvailable"] else "not mended yet"
        )
        for name, found in answer["vulnerabilities"].items()
    ]


def _ids(found: dict[str, Any]) -> tuple[str, ...]:
    """The advisories of a package, or the packages that bring the weakness in."""
    return tuple(via if isinstance(via, str) else via["url"].rsplit("/", 1)[-1] for via in found["via"])


def _json_of(command: Sequence[str | Path], folder: Path = ROOT) -> dict[str, Any]:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NotChecked(f"no answer within {SECONDS} seconds") from error
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError as error:
        raise NotChecked(done.stderr.strip().rpartition("\n")[2] or "no answer") from error


def accepted(path: Path, today: date) -> set[str]:
    """The weaknesses that somebody accepted: id, last day and reason on each line. What is over counts not.

    Raises:
        ValueError: when a line is not of that form.
    """
    found = set()
    for line in path.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        parts = ACCEPTED_LINE.fullmatch(line)
        if parts is None:
            raise ValueError(f"{path.name}: “{line}” is not: id, YYYY-MM-DD, reason")
        if date.fromisoformat(parts[2]) >= today:
            found.add(parts[1])
    return found


def audit() -> int:
    """Tell what is known to be wrong; returns the exit code that stands at the top of this file."""
    known, unchecked = accepted(ACCEPTED, datetime.now(UTC).date()), False
    bad = False
    for name, look in (
        ("Python", lambda: python_weaknesses(ROOT / "requirements.txt")),
        ("Node.js", lambda: node_weaknesses(ROOT)),
    ):
        try:
            found = [weakness for weakness in look() if not known.intersection(weakness.ids)]
        except NotChecked as reason:
            unchecked = True
            _say(f"{name}: NOT CHECKED: {reason}")
            continue
        bad = bad or bool(found)
        _say(f"{name}: {len(found) or 'no'} known weaknesses", *(f"  {weakness}" for weakness in found))
    if bad:
        return 1
    return 2 if unchecked and os.environ.get("AUDIT_STRICT") == "1" else 0


def sbom(folder: Path) -> int:
    """Write the bills of materials (CycloneDX) of the product into a folder. Asks no network."""
    folder.mkdir(parents=True, exist_ok=True)
    commands: dict[str, list[str | Path]] = {
        "python": [TOOLS / "cyclonedx-py", "requirements", ROOT / "requirements.txt", "--pyproject",
                   ROOT / "pyproject.toml", "--output-reproducible", "--output-format", "JSON"],
        "node": ["npm", "sbom", "--package-lock-only", "--omit=dev", "--sbom-format", "cyclonedx"],
    }  # fmt: skip
    for name, command in commands.items():
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
        if done.returncode:
            sys.stderr.write(done.stderr)
            return 1
        parts = json.loads(done.stdout)["components"]
        path = folder / f"{name}.cdx.json"
        path.write_text(done.stdout)
        _say(f"{path}: {len(parts)} packages")
    return 0


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["audit"]:
        sys.exit(audit())
    if sys.argv[1:] == ["sbom"]:
        sys.exit(sbom(ROOT / "var" / "sbom"))
    sys.exit(__doc__)
