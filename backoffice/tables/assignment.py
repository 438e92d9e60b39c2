"""The filter of the assignment page."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from elections.models import ElectionEvent, PollingStation, Position


class StationFilter(filters.FilterSet):
    """Search a station; show one position; show only stations where something is left to do.

    Position and gaps do not narrow the stations in the database: `elections.queries.coverage` knows them.
    """

    q = filters.CharFilter(label=_("Zoek op nummer of naam"), method="search")
    position = filters.ModelChoiceFilter(
        label=_("Functie"),
        queryset=Position.objects.none(),
        to_field_name="uuid",
        method="keep",
        empty_label=_("Alle"),
    )
    gaps = filters.ChoiceFilter(
        label=_("Toon"),
        choices=[("on", _("alleen met open plaatsen of waarschuwingen"))],
        method="keep",
        empty_label=_("Alle stembureaus"),
    )

    class Meta:
        model = PollingStation
        fields = ("q", "position", "gaps")

    def __init__(self, data: Any, *, event: ElectionEvent) -> None:
        super().__init__(data, event.polling_stations.all())
        self.filters["position"].field.queryset = event.positions.all()

    def search(self, stations: QuerySet[PollingStation], _name: str, value: str) -> QuerySet[PollingStation]:
        for word in value.split():
            named = Q(name__icontains=word) | Q(venue__name__icontains=word)
            stations = stations.filter(
                named | Q(number=int(word)) if word.isdecimal() and len(word) < 9 else named
            )
        return stations

    def keep(
        self, stations: QuerySet[PollingStation], _name: str, _value: object
    ) -> QuerySet[PollingStation]:
        return stations

    @property
    def chosen(self) -> dict[str, Any]:
        """Position and gaps as they were asked for; nothing when the address was tampered with."""
        values = self.form.cleaned_data if self.form.is_valid() else {}
        return {"position": values.get("position"), "gaps": bool(values.get("gaps"))}
