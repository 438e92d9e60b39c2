"""The new code upgrades the platform of the last release while its visitors go on, and none of them notices."""

import re
import time
from dataclasses import dataclass
from typing import Final

from tests.upgrade_proof.old_platform import NEW_CODE, Platform
from tests.upgrade_proof.traffic import PAGES, Traffic

BEFORE_SECONDS: Final = 3
VISITS_AFTER: Final = 2 * len(PAGES)
"""How many good answers of old and new each are waited for after the upgrade."""


@dataclass(frozen=True)
class Proof:
    """What was seen. seconds: of the upgrade. behind: how many schemas missed migrations before.

    old, new: good answers of the old web server (before, during and after) and of the new one (after); during: those of
    the old one while the upgrade ran. added: members that each of them added. longest: the slowest answer in seconds.
    """

    seconds: float
    behind: int
    during: int
    old: int
    new: int
    added: tuple[int, int]
    longest: float
    failures: list[str]
    output: str


def prove(platform: Platform, *, processes: int = 2, seconds_after: float = 300) -> Proof:
    """Upgrade under way: visitors on the old code before and during it, and on old and new by turns afterwards."""
    plan = platform.manage("upgrade", "--plan").stdout
    with platform.web(platform.old_code) as old:
        traffic = Traffic(platform.towns, [old])
        traffic.start()
        try:
            time.sleep(BEFORE_SECONDS)
            before, begin = traffic.answered[old], time.monotonic()
            done = platform.manage("upgrade", "--processes", str(processes))
            seconds, during = time.monotonic() - begin, traffic.answered[old] - before
            with platform.web(NEW_CODE) as new:
                mark = traffic.answered[old]
                traffic.ports.append(new)
                end = time.monotonic() + seconds_after
                while time.monotonic() < end and not (
                    traffic.answered[old] >= mark + VISITS_AFTER and traffic.answered[new] >= VISITS_AFTER
                ):
                    time.sleep(0.2)
                traffic.stop()
        finally:
            traffic.stop()
    failures = list(traffic.failures)
    if done.returncode:
        failures.append(f"manage.py upgrade ended with {done.returncode}: {done.stderr}")
    return Proof(
        seconds=seconds,
        behind=sum(int(number) for number in re.findall(r"^(\d+) schemas miss", plan, re.M)),
        during=during,
        old=traffic.answered[old],
        new=traffic.answered[new],
        added=(traffic.written[old], traffic.written[new]),
        longest=traffic.longest,
        failures=failures,
        output=done.stdout,
    )
