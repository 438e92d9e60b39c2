import pytest
from babel.messages.catalog import Catalog

from config import catalogue


def faults(*, string: str, flags: tuple[str, ...] = (), text: str = "%(count)s leden") -> list[str]:
    made = Catalog(locale="en")
    made.add(text, string, flags=("python-format", *flags))
    return list(catalogue._faults(made))


def test_translated_text_has_no_fault():
    assert faults(string="%(count)s members") == []


@pytest.mark.parametrize(
    ("string", "flags", "fault"),
    [
        ("", (), "not translated"),
        ("%(count)s members", ("fuzzy",), "doubtful"),
        ("%(number)s members", (), "unknown named placeholder"),
    ],
)
def test_untranslated_doubtful_and_broken_texts_are_found(string, flags, fault):
    (found,) = faults(string=string, flags=flags)
    assert fault in found


def test_catalogue_is_compiled_when_it_is_newer(tmp_path, monkeypatch):
    source = tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "lid"\nmsgstr "member"\n'
    )
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    assert catalogue.compile_all() == 0
    assert b"member" in source.with_suffix(".mo").read_bytes()
