"""Texts with formatting: what they become, and that nothing hostile survives."""

import time
from html.parser import HTMLParser

import pytest

from elections.formatting import TAGS, formatted, plain

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>klik</a>",
    "[klik](javascript:alert(1))",
    "[klik](JaVaScRiPt:alert(1))",
    "[klik](java\tscript:alert(1))",
    "[klik](&#106;avascript:alert(1))",
    "[klik](javascript&colon;alert(1))",
    "[klik](data:text/html;base64,PHNjcmlwdD4=)",
    "[klik](vbscript:msgbox(1))",
    "[klik](http://juinen.example)",
    "[klik](//evil.example)",
    "[klik](/backoffice/)",
    "[klik](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "![plaatje](https://evil.example/x.png)",
    "![plaatje](javascript:alert(1))",
    '[klik](https://juinen.example" onclick="alert(1))',
    '[klik](https://juinen.example "titel\\" onmouseover=\\"alert(1)")',
    "[a]: javascript:alert(1)\n\n[a]",
    "# <svg/onload=alert(1)>",
    "**<b onclick=alert(1)>**",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<style>body{display:none}</style>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<!--<script>-->alert(1)<!--</script>-->",
    "\x00<script\x00>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "[<img src=x onerror=alert(1)>](https://juinen.example)",
    "- <iframe src=javascript:alert(1)>",
    "> <form action=https://evil.example><input>",
]


class Tags(HTMLParser):
    """The tags with their attributes, as a browser finds them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_becomes_harmless_words(text: str) -> None:
    for tag, attributes in Tags(formatted(text)).found:
        assert tag in TAGS
        assert set(attributes) <= {"href", "rel"}
        assert (attributes.get("href") or "https:").startswith(("https:", "mailto:", "tel:"))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Beste leden,\n\nTot morgen.", "<p>Beste leden,</p>\n<p>Tot morgen.</p>\n"),
        ("een\ntwee", "<p>een<br>\ntwee</p>\n"),
        ("**vet** en *schuin*", "<p><strong>vet</strong> en <em>schuin</em></p>\n"),
        ("- een\n- twee", "<ul>\n<li>een</li>\n<li>twee</li>\n</ul>\n"),
        ("3. drie", '<ol start="3">\n<li>drie</li>\n</ol>\n'),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>\n"),
        ("<em>schuin</em>", "<p>&lt;em&gt;schuin&lt;/em&gt;</p>\n"),
        ("", ""),
    ],
)
def test_formatting(text: str, html: str) -> None:
    assert formatted(text) == html


@pytest.mark.parametrize(
    "url", ["https://juinen.nl/stemmen", "mailto:verkiezingen@juinen.nl", "tel:+31123456789"]
)
def test_link_opens_without_telling_who_sent_the_reader(url: str) -> None:
    assert f'<a href="{url}" rel="noopener noreferrer">hier</a>' in formatted(f"[hier]({url})")


def test_headings_begin_under_the_title_of_the_page_and_skip_no_level() -> None:
    html = formatted("### Eerst\n\n##### Daaronder\n\n### Weer")
    assert html == "<h2>Eerst</h2>\n<h3>Daaronder</h3>\n<h2>Weer</h2>\n"
    assert formatted("# Kop", first_heading=3) == "<h3>Kop</h3>\n"
    assert "<h1" not in formatted("# a\n## b\n### c\n#### d\n##### e\n###### f")
    assert "<h6" not in formatted("# a\n## b\n### c\n#### d\n##### e\n###### f")


def test_excerpt_is_words_alone() -> None:
    assert plain("# Kop\n\nMet **vet** en [een link](https://juinen.nl) en 1 < 2") == (
        "Kop Met vet en een link en 1 < 2"
    )


@pytest.mark.parametrize(
    "unit", ["[", "*a ", "**a", "> ", "<", "![[](", "[a](b", "- ", "_*", "&#", "[a]: b ", "\\", "<a:", "1. "]
)
def test_long_line_takes_time_in_proportion(unit: str) -> None:
    """Four times the text may take some times as long, not the sixteenfold of a parser that starts over and over."""

    def cost(length: int) -> float:
        text = (unit * length)[:length]
        best = 9.0
        for _try in range(4):
            begin = time.process_time()
            formatted(text)
            best = min(best, time.process_time() - begin)
        return best

    cost(1_000)
    # Under a few milliseconds the clock measures itself.
    assert cost(10_000) < 12 * max(cost(2_500), 0.004)
