"""Texts that the team writes with a little formatting: a small part of Markdown, turned into safe HTML.

Headings, lists, quotes, bold, italic and links; no HTML, no pictures, no code. The parser refuses HTML, and nh3 lets
only the named tags through, so that a mistake in one of the two shows as text and not as a script (OWASP ASVS 5.0 row
1.3.1).
"""

from collections.abc import Sequence
from html import unescape
from typing import Final
from urllib.parse import urlsplit

import nh3
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

LINK_SCHEMES: Final = frozenset({"https", "mailto", "tel"})
TAGS: Final = frozenset(
    {"p", "br", "hr", "h2", "h3", "h4", "h5", "ul", "ol", "li", "blockquote", "strong", "em", "a"}
)
LAST_HEADING: Final = 5
MAX_NESTING: Final = 12
RULES: Final = (
    "autolink",
    "blockquote",
    "emphasis",
    "entity",
    "escape",
    "heading",
    "hr",
    "link",
    "list",
    "newline",
)


def formatted(text: str, *, first_heading: int = 2) -> SafeString:
    """The HTML of a Markdown text, safe to put in a page.

    Parameters:
        first_heading: the level that the highest heading of the text gets in the page, so that the page has one h1
            and skips no level, however the text begins.
    """
    tokens = _PARSER.parse(text)
    _shift_headings(tokens, first_heading)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={"a": {"href"}, "ol": {"start"}, "*": set()},
        url_schemes=set(LINK_SCHEMES),
        link_rel="noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308 - cleaned on the line above


def plain(text: str) -> str:
    """The words of a Markdown text on one line, for an excerpt in a list. Not HTML: still to be escaped."""
    return " ".join(unescape(strip_tags(formatted(text))).split())


def _is_allowed(url: str) -> bool:
    """Whether a link may be one. What has no scheme would be an address of our own that nobody checked."""
    return urlsplit(url).scheme.lower() in LINK_SCHEMES


def _shift_headings(tokens: Sequence[Token], first: int) -> None:
    """Give the levels that the text uses the levels from `first` on, without a gap."""
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    ranks = {tag: rank for rank, tag in enumerate(sorted({token.tag for token in headings}))}
    for token in headings:
        token.tag = f"h{min(first + ranks[token.tag], LAST_HEADING)}"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": MAX_NESTING}).enable(RULES)
    parser.validateLink = _is_allowed  # type: ignore[method-assign]
    return parser


_PARSER: Final = _parser()
