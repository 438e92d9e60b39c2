"""The filter of the planning board and of the list beside it."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from elections.enums import StationKind
from elections.models import DayPart, ElectionEvent, Label, PollingStation, Position
from elections.queries.board import Scope, StationOutline, sits_where

OPEN, LAW, WARNINGS, ANY = "open", "law", "warnings", "on"


class StationFilter(filters.FilterSet):
    """Search a station; look at one day part or position; show only where something is left to do; find a person.

    Day part, position and gaps do not narrow the stations in the database: `elections.queries.board` knows them.
    """

    q = filters.CharFilter(label=_("Zoek een stembureau op nummer of naam"), method="search")
    person = filters.CharFilter(label=_("Waar zit …? (naam of lidnummer)"), method="with_person")
    gaps = filters.ChoiceFilter(
        label=_("Toon"),
        choices=[
            (OPEN, _("alleen met open plaatsen")),
            (LAW, _("alleen wat niet aan de wet voldoet")),
            (WARNINGS, _("alleen met waarschuwingen")),
            (ANY, _("alleen waar nog iets moet gebeuren")),
        ],
        method="keep",
        empty_label=_("Alle stembureaus"),
    )
    part = filters.ModelChoiceFilter(
        label=_("Dagdeel"),
        queryset=DayPart.objects.none(),
        to_field_name="uuid",
        method="keep",
        empty_label=_("Alle"),
    )
    position = filters.ModelChoiceFilter(
        label=_("Functie"),
        queryset=Position.objects.none(),
        to_field_name="uuid",
        method="keep",
        empty_label=_("Alle"),
    )
    kind = filters.ChoiceFilter(
        label=_("Soort stembureau"), choices=StationKind.choices, empty_label=_("Alle")
    )
    label = filters.ModelChoiceFilter(
        label=_("Gewenst kenmerk"),
        field_name="wanted_labels",
        queryset=Label.objects.none(),
        empty_label=_("Alle"),
    )

    class Meta:
        model = PollingStation
        fields = ("q", "person", "gaps", "part", "position", "kind", "label")

    def __init__(self, data: Any, *, event: ElectionEvent) -> None:
        super().__init__(data, event.polling_stations.all())
        self.event = event
        self.filters["position"].field.queryset = event.positions.all()
        self.filters["part"].field.queryset = (
            DayPart.objects.filter(polling_day__event=event, shifts__isnull=False)
            .select_related("polling_day")
            .distinct()
        )
        self.filters["label"].field.queryset = Label.objects.filter(polling_stations__event=event).distinct()

    def search(self, stations: QuerySet[PollingStation], _name: str, value: str) -> QuerySet[PollingStation]:
        for word in value.split():
            named = Q(name__icontains=word) | Q(venue__name__icontains=word)
            stations = stations.filter(
                named | Q(number=int(word)) if word.isdecimal() and len(word) < 9 else named
            )
        return stations

    def with_person(
        self, stations: QuerySet[PollingStation], _name: str, value: str
    ) -> QuerySet[PollingStation]:
        places = sits_where(self.event, value)
        return stations.filter(pk__in=places.order_by().values("shift__polling_station"))

    def keep(
        self, stations: QuerySet[PollingStation], _name: str, _value: object
    ) -> QuerySet[PollingStation]:
        return stations

    @property
    def _chosen(self) -> dict[str, Any]:
        """What was asked for; nothing when the address was tampered with."""
        return self.form.cleaned_data if self.form.is_valid() else {}

    @property
    def scope(self) -> Scope:
        """The day part and position that are looked at."""
        return Scope(self._chosen.get("part"), self._chosen.get("position"))

    @property
    def sought_name(self) -> str:
        """Whose places are marked; empty when nobody is looked for."""
        return str(self._chosen.get("person") or "").strip()

    @property
    def gaps_only(self) -> str:
        """Which kind of gap is looked for; empty for all stations."""
        return str(self._chosen.get("gaps") or "")

    def is_shown(self, outline: StationOutline) -> bool:
        """Whether this station has what "Toon" asks for."""
        gaps = {OPEN: outline.open, LAW: outline.law, WARNINGS: outline.warnings}
        wanted = self.gaps_only
        return any(gaps.values()) if wanted == ANY else bool(gaps.get(wanted, True))
