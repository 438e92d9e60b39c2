"""Libraries and programs that only the operating system can bring: look for them, and install them when root.

    python3 config/system.py demo     what the pages and the letters need
    python3 config/system.py test     what the tests need as well: a browser and gettext

Runs before anything is installed, so it uses the standard library only.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

# What is looked for -> the Debian package that has it.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",  # without it a letter takes three times as long
}
GETTEXT = "gettext"
CHROMIUM = "chromium"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT = ["apt-get", "-o", "Dpkg::Use-Pty=0", "-qq"]


def missing_packages(purpose: str) -> list[str]:
    """Names of the Debian packages that this machine still needs; empty when it is ready."""
    missing = []
    if sys.platform == "linux":
        missing += [package for library, package in LIBRARIES.items() if not _loads(library)]
    if not _has_module("ensurepip") and not shutil.which("uv"):
        missing.append("python3-venv")
    if purpose == "test":
        if not shutil.which("xgettext"):
            missing.append(GETTEXT)
        if not (os.environ.get("CHROMIUM") or any(map(shutil.which, BROWSERS)) or _playwright_browser()):
            missing.append(CHROMIUM)
    return missing


def install(packages: list[str]) -> bool:
    """Install Debian packages. Answers whether that worked; False when this user or this system cannot."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing {' '.join(packages)} with apt ...", flush=True)
    subprocess.run([*APT, "update"], env=environment, stdout=subprocess.DEVNULL, check=False)
    command = [*APT, "install", "--yes", "--no-install-recommends", *packages]
    return subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0


def main(purpose: str) -> int:
    """Make the machine ready. Returns the exit code; 1 with a message that names what is missing."""
    missing = missing_packages(purpose)
    if missing and install(missing):
        missing = missing_packages(purpose)
    if not missing:
        return 0
    print("This machine still needs a few packages that Python cannot install:\n", file=sys.stderr)
    print(f"  Debian, Ubuntu:  sudo apt-get install {' '.join(missing)}", file=sys.stderr)
    print(
        "  macOS:           brew install pango gettext   (and Google Chrome for the tests)", file=sys.stderr
    )
    print("\nThen run the same command again.", file=sys.stderr)
    return 1


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_module(name: str) -> bool:
    return (
        subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, check=False).returncode
        == 0
    )


def _playwright_browser() -> bool:
    """A browser that Playwright downloaded before, or Chrome on macOS."""
    caches = (Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright")
    chrome = Path("/Applications/Google Chrome.app")
    return chrome.exists() or any(next(cache.glob("chromium-*"), None) for cache in caches)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "demo"))
