"""The questions of the walk find what they are there for: one page with all that may be wrong."""

import re
from dataclasses import dataclass

import pytest

pytestmark = pytest.mark.pages
LOGIN = "/login/"
LABEL = re.compile(rb"<label[^>]*>.*?</label>", re.DOTALL)
WRONG = b"""
<style>
  .z-help__title { color: #ddd }
  main button:focus-visible { outline: none !important; box-shadow: none !important; background: #154273 !important;
    border-color: #154273 !important; color: #fff !important }
  main button { outline: none !important; box-shadow: none !important; background: #154273 !important;
    border-color: #154273 !important; color: #fff !important }
  .of-shadow:focus-visible { outline: none !important; box-shadow: 0 0 0 4px #000 !important }
  .cut { inline-size: 5em; overflow: hidden; white-space: nowrap }
  .wide { inline-size: 400px }
  .over { position: relative; inset-block-start: -1em }
  .ours { color: #123456; forced-color-adjust: preserve-parent-color }
  @media (width <= 320px) { .when-small { color: #eee } }
  @media (prefers-color-scheme: dark) { .at-night { color: #eee } }
  @media (prefers-contrast: more) { .for-sharp-eyes { color: #eee } }
  .lid { display: none }
  @media (height <= 450px) { .lid { display: block; position: fixed; inset: 40% 0 0; background: #fff } }
</style>
<p class="cut">Dit is een lange zin die niet past</p>
<div class="wide">Breed</div>
<div><p>Een regel</p><p class="over">Een regel die eroverheen ligt</p></div>
<p class="when-small">Klein</p><p class="at-night">Avond</p><p class="for-sharp-eyes">Scherp</p>
<a class="of-shadow" href="/privacy/">Alleen een schaduw</a>
<svg class="ours" viewBox="0 0 9 9" width="9" height="9"><path d="M0 0h9" stroke="currentcolor"/></svg>
<div class="lid"></div>
<h1>Nog een kop</h1>
<button id="trap" type="button">Val</button><a href="/help/">Na de val</a>
<script>
  document.getElementById("trap").addEventListener("keydown", (event) => event.preventDefault());
  setTimeout(() => { throw new Error("kapot") });
</script>
</main>"""


@dataclass
class Answer:
    content: bytes


@pytest.fixture
def faults(client, viewer):
    page = LABEL.sub(b"", client.get(LOGIN).content, count=1)
    return viewer(client).faults(Answer(page.replace(b"</main>", WRONG)), LOGIN, name="wrong")


def test_viewer_finds_nothing_on_a_page_that_is_right(client, viewer):
    assert viewer(client).faults(client.get(LOGIN), LOGIN, name="right") == []


def test_viewer_finds_all_that_is_wrong(faults):
    expected = [
        r"desk: label \[\['#id_username'\]",
        r"desk: color-contrast .*z-help__title",
        r"320 pixels: color-contrast .*when-small",
        r"dark: color-contrast .*at-night",
        r"more contrast: color-contrast .*for-sharp-eyes",
        r"high contrast: a drawing in a colour of ours: ours",
        r"Tab: no visible focus on <button> Inloggen",
        r"Tab: the keyboard does not reach <a> Na de val",
        r"high contrast: no visible focus on <a> Alleen een schaduw",
        r"200 %: focus out of sight on <a> Privacy",
        r"desk: cut off: <p> Dit is een lange zin",
        r"320 pixels: 4\d\d pixels wide",
        r"200 %: over each other: <p> Een regel and <p> Een regel die",
        r"2 headings of the first level",
        r"mistake in a script: kapot",
    ]
    assert [each for each in expected if not any(re.search(each, fault) for fault in faults)] == [], faults


def test_viewer_finds_no_wrong_focus_where_it_is_right(faults):
    assert not [fault for fault in faults if "no visible focus on <a> Na de val" in fault]
    assert "Tab: no visible focus on <a> Alleen een schaduw" not in faults
