"""Forms of an election event: its name and facts, elections, polling days with day parts, and positions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.forms.rows import Rows, are_valid, rows_of
from elections.enums import ElectionCategory, PollingDayKind, PositionKind
from elections.event_plan import (
    DayPartPlan,
    ElectionPlan,
    EventPlan,
    PollingDayPlan,
    PositionPlan,
)
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


class VotingDayForm(forms.Form):
    """The day of the vote in the page that makes an event."""

    date = forms.DateField(label=_("Dag van de stemming"), widget=DateInput)


class CountingDayForm(forms.Form):
    """A second day, on which the votes are counted in one place; may stay out."""

    is_used = forms.BooleanField(label=_("Wij tellen op een andere dag op een centrale plek"), required=False)
    date = forms.DateField(label=_("Dag van de telling"), widget=DateInput, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("is_used") and not values.get("date") and "date" not in self.errors:
            self.add_error("date", _("Vul de dag van de telling in."))
        return values


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
    return values | ({"uuid": part.uuid} if isinstance(part, DayPart) else {})


def position_initial(position: Position | PositionPlan) -> dict[str, Any]:
    values = {
        "name": position.name,
        "kind": position.kind,
        "allowance": Decimal(position.allowance_cents) / 100,
        "minimum_age": position.minimum_age,
        "needs_training": position.needs_training,
    }
    return values | ({"uuid": position.uuid} if isinstance(position, Position) else {})


class EventPlanForm:
    """The page "Nieuwe verkiezingsronde": five small forms that together are one EventPlan."""

    def __init__(self, data: Any, proposal: EventPlan) -> None:
        voting, counting = proposal.polling_days[:2]
        self.name = EventNameForm(data, prefix="event", initial={"name": proposal.name})
        self.elections = ElectionRows(
            data,
            prefix="elections",
            initial=[
                {"category": election.category, "name": election.name} for election in proposal.elections
            ],
        )
        self.voting = VotingDayForm(data, prefix="voting", initial={"date": voting.date})
        self.voting_parts = DayPartRows(
            data, prefix="voting-parts", initial=[day_part_initial(part) for part in voting.day_parts]
        )
        self.counting = CountingDayForm(
            data, prefix="counting", initial={"date": counting.date, "is_used": True}
        )
        self.counting_parts = DayPartRows(
            data, prefix="counting-parts", initial=[day_part_initial(part) for part in counting.day_parts]
        )
        self.positions = PositionRows(
            data, prefix="positions", initial=[position_initial(position) for position in proposal.positions]
        )

    @property
    def parts(self) -> list[forms.Form | Rows]:
        """The forms and lists, in the order of the page."""
        return [
            self.name,
            self.elections,
            self.voting,
            self.voting_parts,
            self.counting,
            self.counting_parts,
            self.positions,
        ]

    def is_valid(self) -> bool:
        return are_valid(*self.parts)

    @property
    def plan(self) -> EventPlan:
        """What was filled in. Only after `is_valid()`."""
        days = [
            PollingDayPlan(
                self.voting.cleaned_data["date"],
                PollingDayKind.VOTING,
                tuple(day_part_plan(row) for row in self.voting_parts.filled),
            )
        ]
        if self.counting.cleaned_data["is_used"]:
            parts = tuple(day_part_plan(row) for row in self.counting_parts.filled)
            days.append(PollingDayPlan(self.counting.cleaned_data["date"], PollingDayKind.COUNTING, parts))
        return EventPlan(
            self.name.cleaned_data["name"],
            tuple(election_plans(self.elections.filled)),
            tuple(days),
            tuple(position_plan(row) for row in self.positions.filled),
        )
