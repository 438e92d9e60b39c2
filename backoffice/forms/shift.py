"""Forms of the shift template (a grid of numbers) and of a single shift."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from elections.actions.shift import MAX_PLACES, TemplateKey
from elections.enums import StationKind
from elections.models import DayPart, ElectionEvent, Position


@dataclass(frozen=True)
class Grid:
    """The numbers of one kind of station: a row per position, a cell per day part."""

    kind: StationKind
    is_used: bool
    rows: list[tuple[Position, list[tuple[DayPart, BoundField]]]]

    @property
    def has_errors(self) -> bool:
        return any(field.errors for _position, cells in self.rows for _part, field in cells)


class ShiftTemplateForm(forms.Form):
    """A number per kind of station, day part and position; empty means none."""

    def __init__(self, data: Any, *, event: ElectionEvent) -> None:
        super().__init__(data, prefix="places")
        parts = DayPart.objects.filter(polling_day__event=event).select_related("polling_day")
        self.parts = list(parts.order_by("polling_day__date", "start", "end"))
        self.positions = list(event.positions.all())
        lines = event.template_lines.values_list("station_kind", "day_part", "position", "places")
        places = {(kind, part, position): number for kind, part, position, number in lines}
        self.keys: dict[str, TemplateKey] = {}
        for kind in StationKind:
            for part in self.parts:
                for position in self.positions:
                    name = f"{kind.value}-{part.uuid}-{position.uuid}"
                    self.keys[name] = (kind, part.pk, position.pk)
                    self.fields[name] = forms.IntegerField(
                        label=_now("%(kind)s, %(part)s, %(position)s")
                        % {"kind": kind.label, "part": part.name, "position": position.name},
                        required=False,
                        min_value=0,
                        max_value=MAX_PLACES,
                        initial=places.get((kind.value, part.pk, position.pk), ""),
                        widget=forms.TextInput(
                            attrs={
                                "inputmode": "numeric",
                                "autocomplete": "off",
                                "class": "z-number-grid__input",
                            }
                        ),
                    )
        self.used_kinds = set(event.polling_stations.values_list("kind", flat=True).distinct())

    @property
    def grids(self) -> list[Grid]:
        """One grid per kind of station; the kinds that the event has come first."""
        grids = [self._grid(kind) for kind in StationKind]
        return sorted(grids, key=lambda grid: not grid.is_used)

    def _grid(self, kind: StationKind) -> Grid:
        rows = [
            (position, [(part, self[f"{kind.value}-{part.uuid}-{position.uuid}"]) for part in self.parts])
            for position in self.positions
        ]
        is_used = kind.value in self.used_kinds or (not self.used_kinds and kind == StationKind.REGULAR)
        return Grid(kind, is_used, rows)

    @property
    def places(self) -> dict[TemplateKey, int]:
        """What the action wants. Only after `is_valid()`."""
        return {key: self.cleaned_data[name] or 0 for name, key in self.keys.items()}


class ShiftForm(forms.Form):
    places = forms.IntegerField(label=_("Aantal plaatsen"), min_value=1, max_value=MAX_PLACES)
