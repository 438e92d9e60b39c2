"""The portal is written in short sentences (language level B1): 12 words on average at most."""

from pathlib import Path

import pytest

from tests.language_level import average, portal_files, sentences, texts_of, words

MOST_ON_AVERAGE = 12
LONGEST = 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Opslaan", []),
        ("U bent klaar.", ["U bent klaar."]),
        ("Komt u? Laat het weten!", ["Komt u?", "Laat het weten!"]),
        ("Kies “Opslaan.” Daarna is het klaar.", ["Kies “Opslaan.”", "Daarna is het klaar."]),
        ("Om 9.00 uur begint het. Tot dan.", ["Om 9·00 uur begint het.", "Tot dan."]),
        ("Dag %(name)s. U hebt {n} brieven.", ["Dag X.", "U hebt X brieven."]),
    ],
)
def test_text_is_cut_into_its_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        ("U bent klaar.", 3),
        ("Vul uw e-mailadres in.", 4),
        ("Het is 18 maart 2027, 9.00 uur.", 7),
        ("Beste %(first_name)s, tot ziens.", 4),
        ("– !", 0),
    ],
)
def test_words_are_counted_as_a_reader_does(sentence: str, count: int) -> None:
    assert words(sentence) == count


def test_texts_come_from_templates_and_code(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "{% load i18n %}<p>Geen tekst voor de vertaling.</p>{% translate 'Dit is één.' %}"
        '{% translate "En dit twee." as title %}{% blocktranslate count n=n trimmed %}Er is {{ n }} lid.'
        "{% plural %}Er zijn {{ n }} leden.{% endblocktranslate %}"
    )
    code = tmp_path / "code.py"
    code.write_text("TEXT = _('Dit is drie.')\nOTHER = 'Geen tekst.'\nngettext('Een lid.', 'Leden.', 2)\n")
    assert sorted(texts_of([page, code, page])) == [
        "Dit is drie.",
        "Dit is één.",
        "Een lid.",
        "En dit twee.",
        "Er is %(n)s lid.",
        "Er zijn %(n)s leden.",
        "Leden.",
    ]


def test_average_sees_long_sentences() -> None:
    long = "Een zin met heel veel woorden die maar niet op wil houden en steeds doorgaat."
    assert average([long]) == 15
    assert average(["Kort.", "Label"]) == 1
    assert average([]) == 0


def test_sentences_of_the_portal_are_short() -> None:
    texts = list(texts_of(portal_files()))
    assert len(texts) > 500, "the texts of the portal are not found"
    assert average(texts) <= MOST_ON_AVERAGE
    long = [each for text in texts for each in sentences(text) if words(each) > LONGEST]
    assert long == []
