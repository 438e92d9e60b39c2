"""The list of polling stations: its columns and its filters."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from elections.enums import StationKind
from elections.models import PollingStation, Venue
from elections.queries.polling_station import search_stations

UNKNOWN = "unknown"


class PollingStationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Zoek op nummer, naam of adres"), method="search")
    kind = django_filters.ChoiceFilter(
        label=_("Soort"), choices=StationKind.choices, empty_label=_("Alle soorten")
    )
    step_free = django_filters.ChoiceFilter(
        label=_("Toegankelijk bij een lichamelijke beperking"),
        choices=(("ja", _("ja")), ("nee", _("nee")), (UNKNOWN, _("niet ingevuld"))),
        empty_label=_("Maakt niet uit"),
        method="filter_step_free",
    )
    shifts = django_filters.ChoiceFilter(
        label=_("Diensten"),
        choices=(
            ("none", _("nog geen diensten")),
            ("open", _("nog plaatsen vrij")),
            ("full", _("alle plaatsen bezet")),
        ),
        empty_label=_("Maakt niet uit"),
        method="filter_shifts",
    )

    class Meta:
        model = PollingStation
        fields = ("q", "kind", "step_free", "shifts")

    def search(self, stations: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return search_stations(stations, value)

    def filter_step_free(self, stations: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return stations.filter(Q(step_free__isnull=True) if value == UNKNOWN else Q(step_free=value))

    def filter_shifts(self, stations: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == "none":
            return stations.filter(places=0)
        if value == "open":
            return stations.filter(places__gt=F("taken"))
        return stations.filter(places__gt=0, places__lte=F("taken"))


class PollingStationTable(tables.Table):
    number = tables.Column(verbose_name=_("Nummer"), attrs={"td": {"class": "z-num"}})
    name = tables.LinkColumn(
        "backoffice:polling-station-detail",
        args=[tables.A("uuid")],
        verbose_name=_("Naam"),
        attrs={"td": {"class": "z-cell-main"}},
        order_by="name_key",
    )
    kind = tables.Column(verbose_name=_("Soort"))
    address = tables.Column(accessor="venue", verbose_name=_("Adres"), orderable=False)
    step_free = tables.Column(verbose_name=_("Toegankelijk"), default="–")
    coverage = tables.Column(verbose_name=_("Plaatsen bezet"), empty_values=(), order_by=("taken", "places"))

    class Meta:
        model = PollingStation
        fields = ("number", "name", "kind", "address", "step_free", "coverage")
        order_by = "number"

    def render_address(self, value: Venue) -> str:
        return ", ".join(part for part in (value.address_line, value.city) if part) or value.address_note

    def render_step_free(self, value: str) -> str:
        tone, icon = ("ok", "check") if value == "ja" else ("warning", "")
        return render_to_string("components/badge.html", {"label": value, "tone": tone, "icon": icon})

    def render_coverage(self, record: Any) -> str:
        if not record.places:
            return render_to_string("components/badge.html", {"label": _("geen diensten"), "tone": "neutral"})
        context = {"filled": record.taken, "total": record.places, "label": "", "reserved": 0}
        return render_to_string("components/coverage.html", context)
