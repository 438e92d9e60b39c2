"""Forms of a polling station and its venue. Single values follow the same rules as an import from the format."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.forms.event import TimeField
from elections.accessibility import ACCESSIBILITY_FIELDS
from elections.actions.polling_station import Hours
from elections.documents.upload import most_megabytes
from elections.enums import PollingDayKind, StationKind
from elections.imports import station_values
from elections.imports.reader import ACCEPT
from elections.imports.station_plan import ALL, OWN, StationChoices, StationImportPlan
from elections.models import ElectionEvent, Label, PollingDay, PollingStation, Venue
from elections.models.venue import NO_BAG_ID

NO_DAY = "none"
COORDINATES = ("latitude", "longitude", "rd_x", "rd_y")
VENUE_FIELDS = (
    "name", "street", "house_number", "house_letter", "house_number_addition", "postcode", "city", "address_note",
    "bag_id", "latitude", "longitude", "rd_x", "rd_y", "purpose", "website", "accessibility_note",
)  # fmt: skip
STATION_FIELDS = (
    "number",
    "name",
    "kind",
    "is_counting_place",
    "expected_voters",
    "contact",
    "website",
    "note",
)


class FormatField(forms.CharField):
    """A text box whose value must be as the polling-place format wants it."""

    def __init__(self, read: Callable[[Any], Any], *, empty: Any = "", **options: Any) -> None:
        super().__init__(**{"required": False, "max_length": 500} | options)
        self.read, self.empty = read, empty

    def clean(self, value: Any) -> Any:
        words = super().clean(value)
        try:
            found = self.read(words)
        except station_values.WrongValue as error:
            raise ValidationError(str(error)) from error
        return self.empty if found is None else found


class StationForm(forms.Form):
    number = forms.IntegerField(label=_("Nummer"), min_value=1, max_value=station_values.MAX_NUMBER)
    name = forms.CharField(label=_("Naam van het stembureau"), max_length=200)
    kind = forms.ChoiceField(label=_("Soort"), choices=StationKind.choices)
    is_counting_place = forms.BooleanField(
        label=_("Hier worden ook stemmen geteld"), required=False, initial=True
    )
    expected_voters = forms.IntegerField(
        label=_("Verwachte kiezers"), min_value=0, max_value=100_000, required=False
    )
    contact = forms.CharField(label=_("Contactgegevens van de gemeente"), max_length=500, required=False)
    website = FormatField(station_values.url, label=_("Website over de verkiezingen"))
    note = forms.CharField(
        label=_("Overige informatie"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    wanted_labels = forms.ModelMultipleChoiceField(
        queryset=Label.objects.all(),
        label=_("Gewenste kenmerken"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Het voorstel zoekt voor elk dagdeel iemand met dit kenmerk, bijvoorbeeld gebarentaal."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not Label.objects.exists():
            del self.fields["wanted_labels"]

    @classmethod
    def of(cls, station: PollingStation | None, data: Any) -> "StationForm":
        values = {name: getattr(station, name) for name in STATION_FIELDS} if station else {}
        if station:
            values["wanted_labels"] = list(station.wanted_labels.values_list("pk", flat=True))
        return cls(data, initial=values, prefix="station")


class VenueForm(forms.Form):
    name = forms.CharField(label=_("Naam van het stemlokaal"), max_length=200)
    street = forms.CharField(label=_("Straat"), max_length=100, required=False)
    house_number = forms.CharField(label=_("Huisnummer"), max_length=20, required=False)
    house_letter = forms.CharField(label=_("Huisletter"), max_length=5, required=False)
    house_number_addition = forms.CharField(label=_("Toevoeging"), max_length=10, required=False)
    postcode = FormatField(station_values.postcode, label=_("Postcode"))
    city = forms.CharField(label=_("Plaats"), max_length=80, required=False)
    address_note = forms.CharField(
        label=_("Extra adresaanduiding"),
        max_length=300,
        required=False,
        help_text=_("Bijvoorbeeld: ingang achter."),
    )
    bag_id = FormatField(
        station_values.bag_id,
        label=_("BAG-nummeraanduiding"),
        help_text=_("16 cijfers. Staat de plek niet in de BAG? Vul dan 16 keer een nul in."),
    )
    latitude = FormatField(station_values.decimal(-90, 90, 16), empty=None, label=_("Breedtegraad"))
    longitude = FormatField(station_values.decimal(-180, 180, 16), empty=None, label=_("Lengtegraad"))
    rd_x = FormatField(station_values.decimal(0, 300_000, 10), empty=None, label=_("X (Rijksdriehoek)"))
    rd_y = FormatField(station_values.decimal(300_000, 620_000, 10), empty=None, label=_("Y (Rijksdriehoek)"))
    purpose = forms.CharField(label=_("Gebruiksdoel van het gebouw"), max_length=200, required=False)
    website = FormatField(station_values.url, label=_("Website van de locatie"))
    accessibility_note = forms.CharField(
        label=_("Extra informatie over toegankelijkheid"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @classmethod
    def of(cls, venue: Venue | None, data: Any) -> "VenueForm":
        values = {name: getattr(venue, name) for name in VENUE_FIELDS} if venue else {}
        for name in COORDINATES:
            if values.get(name) is not None:
                values[name] = f"{values[name]:f}".rstrip("0").rstrip(".")
        return cls(data, initial=values, prefix="venue")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for one, other in (("latitude", "longitude"), ("rd_x", "rd_y")):
            if (values.get(one) is None) != (values.get(other) is None) and not {
                one,
                other,
            } & self.errors.keys():
                self.add_error(
                    one if values.get(one) is None else other, gettext("Vul beide coördinaten in, of geen.")
                )
        if values.get("bag_id") == NO_BAG_ID and not (values.get("address_note") or values.get("street")):
            self.add_error("address_note", gettext("Zonder BAG-nummer moet hier het adres of de plek staan."))
        return values


class AccessibilityForm(forms.Form):
    """One question per accessibility field of the format; no answer is an answer too."""

    def __init__(self, data: Any, *, answers: dict[str, str]) -> None:
        super().__init__(data, prefix="accessibility")
        for index, (name, options) in enumerate(ACCESSIBILITY_FIELDS.items()):
            choices = [("", _("niet ingevuld")), *((option, option) for option in options)]
            self.fields[f"answer{index}"] = forms.ChoiceField(
                label=name, choices=choices, required=False, initial=answers.get(name, "")
            )

    @property
    def answers(self) -> dict[str, str]:
        """Field name of the format to value, without the ones that are not filled in."""
        named = zip(ACCESSIBILITY_FIELDS, self.cleaned_data.values(), strict=True)
        return {name: value for name, value in named if value}


class HoursForm(forms.Form):
    """When a station is open on one polling day; both times empty means: not open that day."""

    opens = TimeField(label=_("Open vanaf"), required=False)
    closes = TimeField(label=_("Open tot"), required=False)

    def __init__(self, data: Any, *, day: PollingDay, station: PollingStation | None) -> None:
        self.day = day
        hours = station.opening_hours.filter(polling_day=day).first() if station else None
        initial = {}
        if hours:
            initial = {
                "opens": timezone.localtime(hours.opens_at).time(),
                "closes": timezone.localtime(hours.closes_at).time(),
            }
        elif station is None and day.kind == PollingDayKind.VOTING:
            initial = {"opens": "07:30", "closes": "21:00"}  # Kieswet art. J 1
        super().__init__(data, prefix=f"hours-{day.uuid}", initial=initial)

    @property
    def title(self) -> str:
        return date_format(self.day.date, "l j F Y")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if (values.get("opens") is None) != (values.get("closes") is None) and not self.errors:
            self.add_error(
                "opens" if values.get("opens") is None else "closes", gettext("Vul beide tijden in, of geen.")
            )
        return values

    @property
    def hours(self) -> Hours | None:
        """Day, opening and closing as moments; a closing time not after the opening lies on the next day."""
        opens, closes = self.cleaned_data["opens"], self.cleaned_data["closes"]
        if opens is None or closes is None:
            return None
        next_day = timedelta(days=1) if closes <= opens else timedelta()
        return (
            self.day,
            timezone.make_aware(datetime.combine(self.day.date, opens)),
            timezone.make_aware(datetime.combine(self.day.date + next_day, closes)),
        )


class PollingStationForms:
    """The whole page of a station: its own form, the venue, accessibility and the hours per day."""

    def __init__(self, data: Any, *, event: ElectionEvent, station: PollingStation | None = None) -> None:
        venue = station.venue if station else None
        self.station = StationForm.of(station, data)
        self.venue = VenueForm.of(venue, data)
        self.accessibility = AccessibilityForm(data, answers=venue.accessibility if venue else {})
        days = event.polling_days.exclude(kind=PollingDayKind.COUNTING)
        self.hours = [HoursForm(data, day=day, station=station) for day in days]
        if station is None and not data:
            newest = event.polling_stations.order_by("-number").first()
            self.station.initial["number"] = newest.number + 1 if newest else 1

    @property
    def parts(self) -> list[forms.Form]:
        return [self.station, self.venue, *self.hours, self.accessibility]

    @property
    def values(self) -> dict[str, Any]:
        """What the actions want. Only after all parts are valid."""
        return {
            "station": self.station.cleaned_data,
            "venue": self.venue.cleaned_data | {"accessibility": self.accessibility.answers},
            "hours": [form.hours for form in self.hours if form.hours],
        }


class StationUploadForm(forms.Form):
    file = forms.FileField(
        label=_("Bestand"),
        help_text=format_lazy(
            _(
                "Een bestand van Excel (.xlsx) of LibreOffice (.ods), of een CSV-bestand. Hoogstens {limit} MB."
            ),
            limit=most_megabytes(),
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )


class StationChoicesForm(forms.Form):
    """What Zitting cannot know about a file: whose stations, and which day its dates stand for."""

    def __init__(
        self, data: Any, *, plan: StationImportPlan, choices: StationChoices, event: ElectionEvent, own: str
    ) -> None:
        super().__init__(data)
        if any(code != own for code, _name, _count in plan.municipalities):
            counts = {code: count for code, _name, count in plan.municipalities}
            total = sum(counts.values())
            options = [(ALL, gettext("Alle %(n)s stembureaus in het bestand") % {"n": total})]
            if own in counts:
                words = gettext("Alleen de %(n)s van onszelf (%(code)s)") % {"n": counts[own], "code": own}
                options.insert(0, (OWN, words))
            self.fields["scope"] = forms.ChoiceField(
                label=_("Welke stembureaus wilt u inlezen?"),
                choices=options,
                widget=forms.RadioSelect,
                initial=choices.scope,
            )
        days = event.polling_days.exclude(kind=PollingDayKind.COUNTING)
        options = [
            *((str(day.uuid), str(day)) for day in days),
            (NO_DAY, gettext("De tijden niet overnemen")),
        ]
        self.scope = choices.scope
        for found in plan.other_dates:
            self.fields[f"day-{found.isoformat()}"] = forms.ChoiceField(
                label=gettext("De tijden van %(date)s gelden op") % {"date": date_format(found, "j F Y")},
                choices=options,
                initial=choices.days.get(found.isoformat()) or NO_DAY,
            )

    def chosen(self, before: StationChoices) -> StationChoices:
        """The choices with what was filled in here. Only after `is_valid()`."""
        days = {
            name.removeprefix("day-"): "" if value == NO_DAY else value
            for name, value in self.cleaned_data.items()
            if name.startswith("day-")
        }
        return StationChoices(self.cleaned_data.get("scope", self.scope), {**before.days, **days})
