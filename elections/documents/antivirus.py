"""The virus scanner of the organisation, if it has one: a command that gets a path and answers with its exit code."""

import logging
import os
import shlex
import subprocess
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from elections.errors import ActionError

logger = logging.getLogger(__name__)

# As clamdscan and clamscan answer.
CLEAN: Final = 0
INFECTED: Final = 1


def check_for_viruses(path: Path) -> None:
    """Let the scanner of ANTIVIRUS_COMMAND look at the file; without that setting nothing happens.

    Raises:
        ActionError: when it found something; and when it cannot be asked, answers something else, or takes longer
            than ANTIVIRUS_SECONDS: a file of which nobody knows whether it is clean is refused.
    """
    if not settings.ANTIVIRUS_COMMAND:
        return
    answer = _answer([*shlex.split(settings.ANTIVIRUS_COMMAND), str(path)])
    if answer == CLEAN:
        return
    if answer == INFECTED:
        logger.warning("the virus scanner refused an upload")
        raise ActionError(_("In dit bestand is een virus gevonden. Het bestand is niet bewaard."))
    raise ActionError(
        _("Dit bestand kon niet worden gecontroleerd op virussen. Probeer het over een paar minuten opnieuw.")
    )


def _answer(command: list[str]) -> int | None:
    """The exit code; None when there is none. The scanner gets none of our environment, which holds keys."""
    environment = {"PATH": os.environ.get("PATH", os.defpath)}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=settings.ANTIVIRUS_SECONDS,
            env=environment,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        logger.exception("the virus scanner cannot be asked")
        return None
    if done.returncode not in (CLEAN, INFECTED):
        logger.error("the virus scanner answered %s", done.returncode)
    return done.returncode
