"""The Dockerfile, as far as it can be judged without Docker."""

import re
import subprocess
from pathlib import Path

from django.conf import settings

from tests.tools import tool

DOCKERFILE = Path(settings.BASE_DIR) / "Dockerfile"


def test_dockerfile_has_no_faults():
    found = subprocess.run(
        [tool("hadolint"), "--no-color", "--failure-threshold", "info", f"{DOCKERFILE}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stdout) == (0, "")


def test_linter_sees_a_fault(tmp_path):
    worse = tmp_path / "Dockerfile"
    worse.write_text(DOCKERFILE.read_text().replace("python:3.13-slim-trixie", "python:latest"))
    found = subprocess.run([tool("hadolint"), f"{worse}"], capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "DL3007" in found.stdout


def test_image_runs_without_root_and_is_built_from_the_locks():
    last = DOCKERFILE.read_text().rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (.*)$", last, re.MULTILINE) == ["10001"]
    assert "--require-hashes -r requirements.txt" in DOCKERFILE.read_text()
    assert "npm ci" in DOCKERFILE.read_text()
    assert "apt-get" not in last.partition("USER 10001")[2], "nothing is installed after root is gone"


def test_secrets_and_data_of_a_checkout_stay_out_of_the_image():
    ignored = (DOCKERFILE.parent / ".dockerignore").read_text().split()
    assert {".*", "*.env", "var", "master-key*.json", "tests"} <= set(ignored)
