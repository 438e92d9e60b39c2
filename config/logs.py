"""What the log of the platform may tell."""

import logging
import re

# The paths that open something for whoever has them: an invitation works for weeks, a calendar until it is off.
_KEYS = re.compile(r"(/(?:invitation|password/reset|calendar)/)[^/\s\"'?<]+")


class HideKeys(logging.Filter):
    """Take out of a line what would let its reader in (OWASP ASVS 5.0 row 14.2.1, BIO2 8.15.02).

    Django writes the path of a request that it refuses, and some paths are keys.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Every line goes on, without the keys in it."""
        text = record.getMessage()
        hidden = _KEYS.sub(r"\1•••", text)
        if hidden != text:
            record.msg, record.args = hidden, ()
        return True
