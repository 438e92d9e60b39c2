"""The component page: every part of the product in every state, for who builds pages. Only with DEBUG."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import django_tables2 as tables
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

ANSWERS = [("yes", "Ja, ik kan"), ("if_needed", "Alleen als het nodig is"), ("no", "Nee, ik kan niet")]
POSITIONS = [("chair", "Voorzitter"), ("deputy", "Plaatsvervangend voorzitter"), ("member", "Stembureaulid")]


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="Naam", help_text="Zoals in uw paspoort.")
    email = forms.EmailField(label="E-mailadres", required=False)
    password = forms.CharField(
        label="Wachtwoord", widget=forms.PasswordInput, help_text="Minstens 12 tekens. Een zin mag ook."
    )
    code = forms.CharField(
        label="Inlogcode",
        help_text="Zes cijfers. De code staat in de e-mail die u net kreeg.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )
    born = forms.DateField(
        label="Geboortedatum",
        help_text="Bijvoorbeeld 31-12-1980.",
        widget=forms.DateInput(attrs={"inputmode": "numeric"}),
    )
    position = forms.ChoiceField(label="Functie", choices=[("", "Kies een functie"), *POSITIONS])
    answer = forms.ChoiceField(
        label="Kunt u op woensdag 17 maart 2027, 06.45 tot 14.00 uur?",
        choices=ANSWERS,
        widget=forms.RadioSelect,
    )
    positions = forms.MultipleChoiceField(
        label="Welke functies wilt u doen?",
        choices=POSITIONS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    remark = forms.CharField(label="Opmerking", widget=forms.Textarea(attrs={"rows": 4}), required=False)
    file = forms.FileField(label="Bestand", help_text="Excel of CSV, hoogstens 10 MB.")
    agree = forms.BooleanField(label="Ik heb de instructie gelezen")


class SampleFilterForm(forms.Form):
    """What django-filter makes of a FilterSet with a search box and two filters."""

    q = forms.CharField(label="Zoek op naam", required=False)
    position = forms.ChoiceField(label="Functie", choices=[("", "Alle functies"), *POSITIONS], required=False)
    answer = forms.MultipleChoiceField(
        label="Antwoord", choices=ANSWERS, widget=forms.CheckboxSelectMultiple, required=False
    )


class SampleTable(tables.Table):
    """A list with selection, sorting and a number."""

    selection = tables.Column(accessor="uuid", orderable=False, verbose_name="")
    name = tables.Column(
        verbose_name="Naam", attrs={"td": {"class": "z-cell-main"}}, linkify=lambda: "#tabel"
    )
    position = tables.Column(verbose_name="Functie")
    answer = tables.TemplateColumn(
        '{% include "components/badge.html" with label=record.answer tone=record.tone icon="" %}',
        verbose_name="Beschikbaar",
    )
    shifts = tables.Column(verbose_name="Diensten", attrs={"td": {"class": "z-num"}})

    class Meta:
        caption = "Leden"
        order_by = "name"
        empty_text = "Geen leden gevonden."


class Row(dict[str, Any]):
    """A sample record that names itself by its first column."""

    def __str__(self) -> str:
        return str(self["name"])


ROWS = [
    Row(uuid="1", name="Bakker, Noor", position="Voorzitter", answer="Ja", tone="ok", shifts=1),
    Row(
        uuid="2",
        name="Groot, Youssef de",
        position="Stembureaulid",
        answer="Als het nodig is",
        tone="warning",
        shifts=0,
    ),
    Row(
        uuid="3", name="Martina, Angélique", position="Plv. voorzitter", answer="Nee", tone="error", shifts=0
    ),
    Row(
        uuid="4",
        name="Şahin, Elif",
        position="Stembureaulid",
        answer="Niet geantwoord",
        tone="neutral",
        shifts=2,
    ),
]


def components_page(request: HttpRequest) -> HttpResponse:
    """Show all components. Raises Http404 unless DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    table = SampleTable(ROWS, order_by=request.GET.get("sort", "name"))
    table.paginate(page=1, per_page=3)
    faulty = SampleForm({"name": "Noor Bakker", "email": "noor@", "answer": ""}, prefix="faulty")
    faulty.add_error(None, "Deze gegevens zijn intussen door iemand anders gewijzigd.")
    return render(
        request,
        "components_page.html",
        {
            "sample_form": SampleForm(initial={"name": "Noor Bakker", "answer": "yes"}),
            "faulty_form": faulty,
            "filter": SimpleNamespace(form=SampleFilterForm(request.GET or None)),
            "table": table,
            "empty_table": SampleTable([]),
            "page": Paginator(range(240), 10).page(7),
            **_lists(),
        },
    )


def _lists() -> dict[str, Any]:
    """Return the sample data of the components that show a list."""
    moment = datetime(2027, 2, 3, 14, 30, tzinfo=UTC)
    return {
        "tones": ["neutral", "info", "ok", "warning", "error", "accent"],
        "alert_tones": ["info", "ok", "warning", "error"],
        "nav": [
            {"label": "Start", "url": "#", "icon": "home", "current": True},
            {"label": "Mijn gegevens", "url": "#", "icon": "person", "current": False},
            {"label": "Mijn plaats", "url": "#", "icon": "pin", "current": False},
            {"label": "Brieven", "url": "#", "icon": "letter", "current": False},
        ],
        "tasks": [
            {
                "title": "Uw gegevens",
                "url": "#",
                "hint": "Controleer uw adres en vul uw BSN in.",
                "status": "done",
            },
            {
                "title": "Uw beschikbaarheid",
                "url": "#",
                "hint": "Tot en met 19 februari 2027.",
                "status": "busy",
            },
            {
                "title": "Uw voorkeuren",
                "url": "#",
                "hint": "Welke functie en waar u graag zit.",
                "status": "todo",
            },
            {"title": "Uw plaats", "url": "", "hint": "Vanaf 24 februari 2027.", "status": "later"},
            {"title": "Aanmelden", "url": "", "hint": "Dit kon tot 1 februari 2027.", "status": "closed"},
        ],
        "steps": [
            {"title": "Bestand kiezen", "meta": "leden.xlsx", "status": "done", "url": "#"},
            {"title": "Kolommen koppelen", "meta": "12 van 14 kolommen", "status": "current"},
            {"title": "Controleren", "meta": "", "status": "todo"},
            {"title": "Klaar", "meta": "", "status": "todo"},
        ],
        "facts": [
            {"label": "Stembureau", "value": "12 De Regenboog", "url": "#"},
            {"label": "Adres", "value": "Schoolstraat 4\n1234 AB Juinen"},
            {"label": "Telefoon", "value": ""},
            {"label": "Plaatsen", "value": 7},
        ],
        "summary": [
            {"label": "Woensdag 17 maart, ochtend", "value": "Ja, ik kan", "change_url": "#"},
            {"label": "Woensdag 17 maart, avond", "value": "Alleen als het nodig is", "change_url": "#"},
            {"label": "Opmerking", "value": "", "change_url": "#"},
        ],
        "bars": [
            {
                "title": "Uw beschikbaarheid",
                "segments": [216, "ok", 12, "busy", 30, "todo", 9, "unreached"],
                "numbers": [
                    {"label": "klaar", "value": 216, "tone": "ok", "url": "#"},
                    {"label": "bezig", "value": 12, "tone": "busy", "url": "#"},
                    {"label": "niet begonnen", "value": 30, "tone": "todo", "url": "#"},
                    {"label": "niet bereikt", "value": 9, "tone": "unreached", "url": "#"},
                ],
            },
        ],
        "line": [(90, 5), (60, 30), (30, 81)],
        "earlier_line": [(90, 10), (60, 40), (30, 70), (0, 95)],
        "figures": [
            {"label": "Leden", "value": 267, "url": "#", "hint": "12 nieuw deze week", "icon": "people"},
            {
                "label": "Geantwoord",
                "value": "81%",
                "url": "#",
                "tone": "ok",
                "hint": "216 van 267",
                "icon": "check-circle",
            },
            {
                "label": "Open plaatsen",
                "value": 34,
                "url": "#",
                "tone": "warning",
                "hint": "in 9 stembureaus",
                "icon": "clock",
            },
            {
                "label": "Mislukte e-mails",
                "value": 3,
                "url": "#",
                "tone": "error",
                "hint": "bekijk de adressen",
                "icon": "mail",
            },
        ],
        "events": [
            {"title": "Benoemingsbrief klaargezet", "actor": "M. Jansen", "when": moment, "tone": "ok"},
            {
                "title": "Ingedeeld bij De Regenboog",
                "actor": "M. Jansen",
                "when": moment,
                "text": "Stembureaulid.",
                "tone": "info",
            },
            {"title": "E-mail niet aangekomen", "actor": "", "when": moment, "tone": "error"},
            {"title": "Uitgenodigd", "actor": "A. de Wit", "when": moment},
        ],
        "crumbs": [
            {"label": "Stembureaus", "url": "#"},
            {"label": "12 De Regenboog", "url": "#"},
            {"label": "Diensten"},
        ],
        "tabs": [
            {"label": "Gegevens", "url": "#", "current": True, "count": None},
            {"label": "Diensten", "url": "#", "current": False, "count": 6},
            {"label": "Logboek", "url": "#", "current": False, "count": 12},
        ],
        "bulk_actions": [
            {"value": "invite", "label": "Uitnodigen", "icon": "send"},
            {"value": "label", "label": "Kenmerk geven", "icon": "tag"},
        ],
        "letter": SimpleNamespace(title="Benoemingsbrief 17 maart 2027", meta="PDF, 48 kB, 3 februari 2027"),
    }
