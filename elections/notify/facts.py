"""What the facts of every mail are made with."""

from typing import Any

from django.urls import reverse

from tenants.context import current_municipality
from tenants.links import absolute_url

Context = dict[str, Any]


class Obsolete(Exception):
    """This mail makes no sense any more; the text says why, for staff."""


def one_line(text: str) -> str:
    """`text` without line breaks and other control characters, so that a name cannot write mail headers.

    Nor by way of an encoded word ("=?utf-8?q?…?="), which only the mail program of the reader would unfold.
    """
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return plain.replace("=?", "= ?")


def portal_page(name: str) -> str:
    """The absolute address of a page of the portal, by its name."""
    return absolute_url(current_municipality(), reverse(f"portal:{name}"))
