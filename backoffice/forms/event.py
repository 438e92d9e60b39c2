"""Forms of an election event: its name and facts, elections, polling days with day parts, and positions."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.forms.rows import rows_of
from elections.enums import ElectionCategory, PollingDayKind, PositionKind
from elections.event_plan import DayPartPlan, ElectionPlan, PositionPlan
from elections.models import DayPart, ElectionEvent, Position


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class TimeField(forms.TimeField):
    """A time as 07:00 or 7.00: a text box, since the browser's own shows AM and PM to who has it in English."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric", "autocomplete": "off"})
        formats = ("%H:%M", "%H.%M", "%H:%M:%S")
        error = {"invalid": _("Vul een tijd in als 07:00.")}
        super().__init__(widget=widget, input_formats=formats, error_messages=error, **options)


class ElectionRow(forms.Form):
    category = forms.ChoiceField(label=_("Soort"), choices=ElectionCategory.choices)
    name = forms.CharField(label=_("Naam"), max_length=120)

    def has_changed(self) -> bool:
        """The kind always has a value; an empty line is one without a name."""
        return "name" in self.changed_data or bool(self.initial)


class DayPartRow(forms.Form):
    uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Naam"), max_length=60)
    start = TimeField(label=_("Van"))
    end = TimeField(label=_("Tot"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["end"].help_text = self.initial.get("length", "")


class PositionRow(forms.Form):
    uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Naam"), max_length=60)
    kind = forms.ChoiceField(label=_("Soort"), choices=PositionKind.choices)
    allowance = forms.DecimalField(
        label=_("Vergoeding"), min_value=0, max_value=9999, decimal_places=2, localize=True
    )
    minimum_age = forms.IntegerField(label=_("Minimumleeftijd"), min_value=16, max_value=99, initial=18)
    needs_training = forms.BooleanField(label=_("Training nodig"), required=False, initial=True)

    def has_changed(self) -> bool:
        """Some fields always have a value; an empty line is one without a name."""
        return "name" in self.changed_data or "uuid" in self.initial


ElectionRows = rows_of(ElectionRow)
DayPartRows = rows_of(DayPartRow)
PositionRows = rows_of(PositionRow)


class EventNameForm(forms.Form):
    name = forms.CharField(label=_("Naam van de verkiezingsronde"), max_length=120)


class EventForm(forms.ModelForm):
    """The facts that letters need. Kieswet art. E 4: the college appoints, so a decision has a date."""

    class Meta:
        model = ElectionEvent
        fields = ("name", "decision_date", "signatory", "signatory_title")
        widgets = {"decision_date": DateInput}
        help_texts = {
            "decision_date": _("De datum waarop het college de leden benoemt. Deze datum komt in de brief."),
            "signatory": _("De naam onder de brief, bijvoorbeeld de burgemeester."),
        }


class PollingDayForm(forms.Form):
    date = forms.DateField(label=_("Datum"), widget=DateInput)
    kind = forms.ChoiceField(label=_("Soort dag"), choices=PollingDayKind.choices)


def election_plans(rows: list[dict[str, Any]]) -> list[ElectionPlan]:
    return [ElectionPlan(ElectionCategory(row["category"]), row["name"]) for row in rows]


def day_part_plan(row: dict[str, Any]) -> DayPartPlan:
    return DayPartPlan(row["name"], row["start"], row["end"])


def position_plan(row: dict[str, Any]) -> PositionPlan:
    return PositionPlan(
        kind=PositionKind(row["kind"]),
        name=row["name"],
        allowance_cents=int(row["allowance"] * 100),
        minimum_age=row["minimum_age"],
        needs_training=row["needs_training"],
    )


def day_part_initial(part: DayPart | DayPartPlan) -> dict[str, Any]:
    values = {"name": part.name, "start": part.start, "end": part.end}
    return values | ({"uuid": part.uuid, "length": part.length} if isinstance(part, DayPart) else {})


def next_day(day: date, kind: str) -> tuple[date, PollingDayKind]:
    """What a day that is made after the example of another probably is.

    Early voting comes on the days before the vote, a second day of counting after the first.
    """
    if kind == PollingDayKind.COUNTING:
        return day + timedelta(days=1), PollingDayKind.COUNTING
    return day - timedelta(days=1), PollingDayKind.EARLY_VOTING


def position_initial(position: Position | PositionPlan) -> dict[str, Any]:
    values = {
        "name": position.name,
        "kind": position.kind,
        "allowance": Decimal(position.allowance_cents) / 100,
        "minimum_age": position.minimum_age,
        "needs_training": position.needs_training,
    }
    return values | ({"uuid": position.uuid} if isinstance(position, Position) else {})
