"""Forms of the shift template (grids of numbers, per number of voters) and of a single shift."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections.actions.shift import MAX_BANDS, MAX_PLACES, MAX_VOTERS, TemplateKey, template_bands
from elections.enums import StationKind
from elections.models import DayPart, ElectionEvent, Position
from elections.queries.shift import stations_per_band

ADD_BAND = "add_band"  # name of the button that asks for numbers for large stations; its value is the kind
REMOVE_BAND = "remove_band"  # its value is the kind and the number of voters: "regulier-1200"


@dataclass(frozen=True)
class Band:
    """The numbers of one kind of station from a number of voters: a row per position, a cell per day part."""

    kind: StationKind
    from_voters: int
    below: int | None  # where the next band begins
    stations: int
    rows: list[tuple[Position, list[tuple[DayPart, BoundField]]]]

    @property
    def key(self) -> str:
        return f"{self.kind.value}-{self.from_voters}"

    @property
    def has_errors(self) -> bool:
        return any(field.errors for _position, cells in self.rows for _part, field in cells)


@dataclass(frozen=True)
class Grid:
    """All bands of one kind of station, and the box in which the next one is asked for."""

    kind: StationKind
    is_used: bool
    bands: list[Band]
    bands_field: BoundField
    new_band: BoundField

    @property
    def has_errors(self) -> bool:
        return bool(self.new_band.errors) or any(band.has_errors for band in self.bands)

    @property
    def may_grow(self) -> bool:
        return len(self.bands) < MAX_BANDS


def _number_input(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"} | attributes)


class ShiftTemplateForm(forms.Form):
    """A number per kind of station, number of voters, day part and position; empty means none.

    Which bands there are is sent along (one field per kind), so that staff add and remove them without losing what
    was typed; the template itself changes only when the whole form is saved.
    """

    def __init__(self, data: Any, *, event: ElectionEvent) -> None:
        super().__init__(data, prefix="places")
        self.event = event
        parts = DayPart.objects.filter(polling_day__event=event).select_related("polling_day")
        self.parts = list(parts.order_by("polling_day__date", "start", "end"))
        self.positions = list(event.positions.all())
        lines = event.template_lines.values_list(
            "station_kind", "from_voters", "day_part", "position", "places"
        )
        self.stored = {tuple(key): number for *key, number in lines}
        self.bands = self._sent_bands(template_bands(event))
        self.used_kinds = set(event.polling_stations.values_list("kind", flat=True).distinct())
        self.keys: dict[str, TemplateKey] = {}
        for kind in StationKind:
            self.fields[f"bands-{kind.value}"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=",".join(map(str, self.bands[kind]))
            )
            self.fields[f"new-{kind.value}"] = forms.IntegerField(
                label=_("Andere aantallen vanaf hoeveel verwachte kiezers?"),
                required=False,
                min_value=1,
                max_value=MAX_VOTERS,
                widget=_number_input(),
            )
            for band in self.bands[kind]:
                self._add_fields(kind, band)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for kind in StationKind:
            if values.get(f"new-{kind.value}"):
                self.add_error(f"new-{kind.value}", gettext("Kies “Groep toevoegen”, of maak dit vak leeg."))
        return values

    def _sent_bands(self, stored: dict[StationKind, list[int]]) -> dict[StationKind, list[int]]:
        if not self.is_bound:
            return stored
        found = {}
        for kind in StationKind:
            sent = self.data.get(self.add_prefix(f"bands-{kind.value}"), "").split(",")
            numbers = {int(band) for band in sent if band.isascii() and band.isdecimal() and len(band) < 7}
            found[kind] = sorted(sorted({0} | numbers)[:MAX_BANDS])
        return found

    def _add_fields(self, kind: StationKind, band: int) -> None:
        for part in self.parts:
            for position in self.positions:
                name = self._name(kind, band, part, position)
                self.keys[name] = (kind, band, part.pk, position.pk)
                self.fields[name] = forms.IntegerField(
                    label=gettext("%(kind)s, vanaf %(voters)s kiezers, %(part)s, %(position)s")
                    % {"kind": kind.label, "voters": band, "part": part.name, "position": position.name},
                    required=False,
                    min_value=0,
                    max_value=MAX_PLACES,
                    initial=self.stored.get((kind.value, band, part.pk, position.pk), ""),
                    widget=_number_input(**{"class": "z-number-grid__input"}),
                )

    @staticmethod
    def _name(kind: StationKind, band: int, part: DayPart, position: Position) -> str:
        return f"{kind.value}-{band}-{part.uuid}-{position.uuid}"

    @property
    def asks_other_bands(self) -> bool:
        """Whether the page was sent to get or lose a band, not to be saved."""
        return self.is_bound and (ADD_BAND in self.data or REMOVE_BAND in self.data)

    def with_other_bands(self) -> "ShiftTemplateForm":
        """The form with the band that was asked for; a new one begins with the numbers of the one below it."""
        data = self.data.copy()
        if ADD_BAND in data:
            errors = self._add_band(data, data[ADD_BAND])
        else:
            kind, _dash, band = data[REMOVE_BAND].rpartition("-")
            name = self.add_prefix(f"bands-{kind}")
            if name in data and band != "0":
                data[name] = ",".join(other for other in data[name].split(",") if other != band)
            errors = {}
        form = ShiftTemplateForm(data, event=self.event)
        form._errors = ErrorDict({name: form.error_class([message]) for name, message in errors.items()})
        form.cleaned_data = {}
        return form

    def _add_band(self, data: Any, kind_value: str) -> dict[str, str]:
        """Write the new band of a kind into `data`; returns what is wrong with it, by field."""
        if kind_value not in StationKind.values:
            return {}
        kind, field = StationKind(kind_value), f"new-{kind_value}"
        asked = data.get(self.add_prefix(field), "").strip().replace(".", "")
        if not (asked.isascii() and asked.isdecimal() and 1 <= int(asked) <= MAX_VOTERS):
            return {field: gettext("Vul een getal in van 1 tot en met %(most)s.") % {"most": MAX_VOTERS}}
        band = int(asked)
        if band in self.bands[kind]:
            return {field: gettext("Deze groep is er al.")}
        below = max(other for other in self.bands[kind] if other < band)
        for part in self.parts:
            for position in self.positions:
                old, new = (self.add_prefix(self._name(kind, each, part, position)) for each in (below, band))
                data[new] = data.get(old, "")
        name = self.add_prefix(f"bands-{kind.value}")
        data[name] = ",".join(map(str, [*self.bands[kind], band]))
        data[self.add_prefix(field)] = ""
        return {}

    @property
    def grids(self) -> list[Grid]:
        """One grid per kind of station; the kinds that the event has come first."""
        use = stations_per_band(self.event, {kind.value: bands for kind, bands in self.bands.items()})
        grids = []
        for kind in StationKind:
            counts = {each.from_voters: each.stations for each in use[kind.value]}
            ends = [*self.bands[kind][1:], None]
            bands = [
                Band(kind, band, end, counts[band], self._rows(kind, band))
                for band, end in zip(self.bands[kind], ends, strict=True)
            ]
            is_used = kind.value in self.used_kinds or (not self.used_kinds and kind == StationKind.REGULAR)
            grids.append(Grid(kind, is_used, bands, self[f"bands-{kind.value}"], self[f"new-{kind.value}"]))
        return sorted(grids, key=lambda grid: not grid.is_used)

    def _rows(self, kind: StationKind, band: int) -> list[tuple[Position, list[tuple[DayPart, BoundField]]]]:
        return [
            (position, [(part, self[self._name(kind, band, part, position)]) for part in self.parts])
            for position in self.positions
        ]

    @property
    def places(self) -> dict[TemplateKey, int]:
        """What the action wants. Only after `is_valid()`."""
        return {key: self.cleaned_data[name] or 0 for name, key in self.keys.items()}


class ShiftForm(forms.Form):
    places = forms.IntegerField(label=_("Aantal plaatsen"), min_value=1, max_value=MAX_PLACES)
