"""Programs of requirements-deploy.txt, which `make test` installs: linters, a proxy and a storage server."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

import pytest

ADVICE = "`make test` installs it, from requirements-deploy.txt"


def tool(name: str) -> str:
    """The path of a program. A test that needs one that is missing is skipped, and fails where CI is set."""
    here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    path = shutil.which(name, path=here)
    return path or _missing(name)


def needs_package(name: str) -> None:
    """The same for a package to import."""
    if importlib.util.find_spec(name) is None:
        _missing(name)


def _missing(name: str) -> str:
    reason = f"{name} is not installed: {ADVICE}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
