"""The proof of `make upgrade-proof` with two municipalities; and that it would have noticed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import last_release
from tests.upgrade_proof.old_platform import Platform, is_there
from tests.upgrade_proof.proof import VISITS_AFTER, prove
from tests.upgrade_proof.traffic import NEW_MEMBER, Traffic


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    if not is_there():
        pytest.skip(f"This clone lacks the last release: git fetch --unshallow, for {last_release.COMMIT}")
    made = Platform(tmp_path, 2)
    yield made
    made.remove()


def test_nobody_notices_an_upgrade_from_the_last_release(platform: Platform) -> None:
    proof = prove(platform)
    assert proof.failures == []
    assert proof.behind == 3
    assert min(proof.old, proof.new) >= VISITS_AFTER
    assert proof.during > 0
    assert min(proof.added) > 0
    assert platform.manage("upgrade", "--check").returncode == 0
    breaks_old_code(platform)


def breaks_old_code(platform: Platform) -> None:
    """What the rules for migrations forbid is seen by the visitors of the old code."""
    with platform.connection() as database:
        for statement in ("ADD x text NOT NULL DEFAULT ''", "ALTER x DROP DEFAULT"):
            database.execute(f"ALTER TABLE gm0001.elections_member {statement}")
    with platform.web(platform.old_code) as old:
        traffic = Traffic(platform.towns, [old])
        traffic.visit_once()
    assert [failure.split()[0] for failure in traffic.failures] == [f"dorp1.localhost{NEW_MEMBER}"]
