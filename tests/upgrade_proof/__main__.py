"""`make upgrade-proof`: 50 municipalities of the last release are upgraded while visitors come five times a second."""

import os
import sys
import tempfile
import time
from pathlib import Path

from tests import last_release
from tests.upgrade_proof.old_platform import Platform, is_there
from tests.upgrade_proof.proof import prove
from tests.upgrade_proof.traffic import PER_SECOND


def main() -> int:
    """Exit code 0 when nobody noticed, 1 when somebody did, 2 when it cannot be tried here."""
    if not is_there():
        print(f"This checkout lacks the last release: git fetch --unshallow origin {last_release.COMMIT}")
        return 2
    count = int(os.environ.get("CITIES") or 50)
    with tempfile.TemporaryDirectory() as folder:
        begin = time.monotonic()
        print(f"{count} municipalities by the code of {last_release.TAG} ...", flush=True)
        platform = Platform(Path(folder), count)
        print(
            f"  {time.monotonic() - begin:.0f} s. Upgrading, with {PER_SECOND} requests a second ...",
            flush=True,
        )
        try:
            proof = prove(platform)
        finally:
            platform.remove()
    print(proof.output)
    print(f"schemas behind      {proof.behind}")
    print(f"upgrade             {proof.seconds:.1f} s")
    print(f"old code            {proof.old} good answers, {proof.during} of them during the upgrade")
    print(f"new code            {proof.new} good answers")
    print(f"members added       {proof.added[0]} by the old code, {proof.added[1]} by the new")
    print(f"slowest answer      {proof.longest:.2f} s")
    print(f"failed requests     {len(proof.failures)}")
    for failure in proof.failures:
        print(f"  {failure}")
    return 1 if proof.failures else 0


if __name__ == "__main__":
    sys.exit(main())
