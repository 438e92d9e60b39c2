"""What people call the device that they log in with: "Chrome op Windows"."""

import re
from typing import Final

from django.utils.translation import gettext as _
from ua_parser import parse

# The rules tell the phone's edition of a browser apart; to its owner it is the same browser.
EDITIONS: Final = re.compile(r"\b(Mobile|WebView|iOS|UI/WKWebView)\b")
SYSTEMS: Final = {"Mac OS X": "Mac"}
APPLE: Final = ("iPhone", "iPad")
LONGEST: Final = 30


def device_name(user_agent: str) -> str:
    """Browser and system in plain words, as far as the browser tells; anybody can make a browser tell otherwise."""
    found = parse(user_agent)
    browser = _plain(EDITIONS.sub("", found.user_agent.family)) if found.user_agent else ""
    system = found.os.family if found.os else ""
    system = _plain(SYSTEMS.get(system, system))
    if found.device and found.device.family in APPLE:
        system = found.device.family
    if browser and system:
        return _("%(browser)s op %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("onbekend apparaat")


def _plain(text: str) -> str:
    """Short, and nothing that a mail program would make a link of: the text may be the visitor's own."""
    return " ".join(re.sub(r"[^\w -]", "", text).split())[:LONGEST]
