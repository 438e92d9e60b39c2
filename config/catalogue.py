"""The translations of the Dutch texts in the source.

    python -m config.catalogue compile    make the compiled form, for what changed; the demo and the image do this
    python -m config.catalogue update     add new texts to locale/ (then translate them) and compile
    python -m config.catalogue check      say which texts are not translated, doubtful or wrong; used by `make lint`

`update` and `check` need gettext; `compile` does not, so the demo runs without it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en",)
SOURCES = ("backoffice", "config", "elections", "portal", "static/js", "templates", "tenants")


def update() -> int:
    """Take new texts into locale/ and compile; obsolete ones are dropped. Returns the exit code."""
    for language in LANGUAGES:
        _catalogue_file(ROOT, language).parent.mkdir(parents=True, exist_ok=True)
        for domain, file in _extract(ROOT, language).items():
            print(
                f"{language} {domain}: {sum(1 for _ in _faults(_read(file)))} texts need a translation in {file}"
            )
    return compile_all()


def compile_all() -> int:
    """Compile every catalogue that is newer than its compiled form. Returns the exit code."""
    for source in (ROOT / "locale").rglob("*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            with compiled.open("wb") as file:
                write_mo(file, _read(source))
    return 0


def check() -> int:
    """Compare the catalogues with the texts in the source. Returns 1, with the faults, when they differ."""
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in (*SOURCES, "locale"):
            if (ROOT / name).is_dir():
                shutil.copytree(
                    ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo")
                )
        for language in LANGUAGES:
            _catalogue_file(copy, language).parent.mkdir(parents=True, exist_ok=True)
            for domain, file in _extract(copy, language).items():
                faults += [f"{language} {domain}: {fault}" for fault in _faults(_read(file))]
    print("\n".join(faults) or "All texts are translated.")
    return 1 if faults else 0


def _extract(root: Path, language: str) -> dict[str, Path]:
    """Merge the texts of the source under `root` into its catalogues; returns them by domain."""
    files = {}
    for domain in ("django", "djangojs"):
        command = [sys.executable, "-m", "django", "makemessages", "--locale", language, "--domain", domain]
        command += ["--no-location", "--no-wrap", "--no-obsolete", "--verbosity", "0"]
        command += ["--ignore", "node_modules", "--ignore", ".venv", "--ignore", "var", "--ignore", "tests"]
        subprocess.run(command, cwd=root, check=True, env={"PATH": _path()})
        file = _catalogue_file(root, language, domain)
        if file.exists():
            files[domain] = file
    return files


def _faults(catalogue: Catalog) -> Iterator[str]:
    for message in catalogue:
        if message.id and (fault := _fault(message)):
            yield f"{fault}: {message.id if isinstance(message.id, str) else message.id[0]!r}"


def _fault(message: Message) -> str:
    """What is wrong with a translation; empty when nothing is."""
    texts = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    if not all(texts):
        return "not translated"
    if message.fuzzy:
        return "doubtful (fuzzy)"
    return "; ".join(str(error) for error in message.check())


def _read(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, abort_invalid=True)


def _catalogue_file(root: Path, language: str, domain: str = "django") -> Path:
    return root / "locale" / language / "LC_MESSAGES" / f"{domain}.po"


def _path() -> str:
    return f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin"


if __name__ == "__main__":
    actions = {"update": update, "check": check, "compile": compile_all}
    action = actions.get(sys.argv[1] if len(sys.argv) > 1 else "")
    sys.exit(action() if action else __doc__)
