"""The template tags behind the components, and the component page itself."""

import pathlib
import re

import django_tables2 as tables
import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, QueryDict
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import translation

from config.components import SampleFilterForm, SampleForm, components_page
from tenants.templatetags import zitting_ui

TEMPLATES = pathlib.Path(settings.BASE_DIR) / "templates"


def render(source: str, path: str = "/", **values: object) -> str:
    request = RequestFactory().get(path)
    return Template(source).render(Context({"request": request, **values}))


def test_icon_is_hidden_without_label_and_named_with_one():
    assert 'aria-hidden="true"' in zitting_ui.icon("check")
    assert 'role="img" aria-label="Klaar &amp; goed"' in zitting_ui.icon("check", label="Klaar & goed")


def test_icon_unknown_name_raises():
    with pytest.raises(KeyError):
        zitting_ui.icon("no-such-icon")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("name", "text"),
        ("password", "password"),
        ("code", "code"),
        ("born", "date"),
        ("position", "select"),
        ("answer", "radio"),
        ("positions", "checkboxes"),
        ("remark", "textarea"),
        ("file", "file"),
        ("agree", "checkbox"),
    ],
)
def test_field_kind_follows_the_widget(name, kind):
    assert zitting_ui.field_kind(SampleForm()[name]) == kind


def test_field_ties_hint_and_error_to_the_control():
    html = render_to_string("components/field.html", {"field": SampleForm({"name": ""})["name"]})
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert " required" not in html


def test_error_summary_links_to_the_first_choice_of_a_group():
    html = render_to_string("components/error_summary.html", {"form": SampleForm({})})
    assert 'href="#id_answer_0"' in html
    assert 'href="#id_name"' in html
    assert render_to_string("components/error_summary.html", {"form": SampleForm()}).strip() == ""


def test_form_escapes_what_people_typed():
    html = render_to_string(
        "components/form.html", {"form": SampleForm({"name": '"><script>x'}), "submit_label": "Ja"}
    )
    assert "<script>x" not in html


def test_choices_of_leaves_out_the_empty_choice():
    class Form(forms.Form):
        pick = forms.ChoiceField(
            choices=[("", "---------"), ("a", "A")], widget=forms.RadioSelect, required=False
        )

    assert [choice["value"] for choice in zitting_ui.choices_of(Form()["pick"])] == ["a"]


def test_query_with_keeps_the_filter_and_drops_none():
    html = render('{% query_with "page" 3 "sort" None %}', "/?q=jan&page=2&sort=name")
    assert QueryDict(html.removeprefix("?").replace("&amp;", "&")).dict() == {"q": "jan", "page": "3"}


def test_filter_chips_take_one_value_away_each():
    form = SampleFilterForm()
    context = Context({"request": RequestFactory().get("/?q=x&answer=yes&answer=no&page=4&position=chair")})
    chips = zitting_ui.filter_chips(context, type("Filter", (), {"form": form}))
    assert [(chip["label"], chip["value"]) for chip in chips] == [
        ("Functie", "Voorzitter"),
        ("Antwoord", "Ja, ik kan"),
        ("Antwoord", "Nee, ik kan niet"),
    ]
    assert chips[1]["remove_url"] == "?q=x&answer=no&position=chair"


def test_bar_segments_fill_the_bar_without_a_decimal_comma():
    segments = zitting_ui.bar_segments(1, "ok", 0, "maybe", 2, "open")
    assert segments == [
        {"x": "0.000", "width": "33.333", "tone": "ok"},
        {"x": "33.333", "width": "66.667", "tone": "open"},
    ]
    assert zitting_ui.bar_segments(0, "ok") == []


@pytest.mark.parametrize(
    ("name", "expected"), [("Sanne de Jong", "SJ"), ("Elif", "E"), ("", ""), (None, ""), ("'t Hart", "H")]
)
def test_initials_skip_prefixes(name, expected):
    assert zitting_ui.initials(name) == expected


def test_page_numbers_show_a_gap():
    assert zitting_ui.page_numbers(Paginator(range(100), 10).page(5)) == [1, None, 4, 5, 6, None, 10]


def test_components_page_shows_every_component(juinen, settings):
    settings.DEBUG = True
    request = RequestFactory().get("/_components/")
    request.tenant, request.resolver_match = juinen, None
    html = components_page(request).content.decode()
    assert "Er gaat nog iets niet goed" in html
    assert "{#" not in html
    assert "{%" not in html


def test_components_page_is_absent_without_debug(settings):
    settings.DEBUG = False
    with pytest.raises(Http404):
        components_page(RequestFactory().get("/_components/"))


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_template_obeys_the_content_security_policy(path):
    name = path.relative_to(TEMPLATES)
    source = path.read_text()
    get_template(str(name))
    assert not re.search(r"\{#[^}\n]*\n", source), "a comment over several lines is printed on the page"
    if name.parts[0] in {"mail", "pdf"}:
        return
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", source), "inline style or handler"
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)", source), "inline style or script element"


class SampleTable(tables.Table):
    selection = tables.Column(accessor="uuid", orderable=False, verbose_name="")
    name = tables.Column(verbose_name="<Naam>", attrs={"td": {"class": "z-cell-main"}})
    number = tables.Column(verbose_name="Nummer", localize=False)
    voters = tables.Column(verbose_name="Kiezers", localize=True)


class SampleRow(dict):
    def __str__(self):
        return self["name"]


def test_table_rows_escape_what_they_show_and_name_each_cell():
    row = SampleRow(uuid='"><b>', name="<script>x</script>", number=1234567, voters=1234.5)
    drawn = zitting_ui.table_rows(Context(), SampleTable([row]))
    assert drawn == (
        '<tr role="row" class="even">'
        '<td class="z-cell-select" role="cell"><input class="z-choice__input" type="checkbox" name="selection"'
        ' value="&quot;&gt;&lt;b&gt;" data-z-select aria-label="Selecteer &lt;script&gt;x&lt;/script&gt;"></td>'
        '<td role="cell" class="z-cell-main" data-label="&lt;Naam&gt;"><div class="z-cell">'
        "&lt;script&gt;x&lt;/script&gt;</div></td>"
        '<td role="cell" class="" data-label="Nummer"><div class="z-cell">1234567</div></td>'
        '<td role="cell" class="" data-label="Kiezers"><div class="z-cell">1234,5</div></td></tr>'
    )


@pytest.mark.parametrize(
    ("language", "shown"),
    [("nl", "5.000 leden, 1 lid, 1.234.567 leden"), ("en", "5,000 leden, 1 lid, 1,234,567 leden")],
)
def test_number_in_a_sentence_shows_its_thousands_and_chooses_the_plural(language, shown):
    text = "{% blocktranslate count n=number|grouped %}{{ n }} lid{% plural %}{{ n }} leden{% endblocktranslate %}"
    with translation.override(language):
        made = [render(text, number=number) for number in (5000, 1, 1234567)]
    assert ", ".join(made) == shown
