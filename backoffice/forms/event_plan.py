"""The page "Nieuwe verkiezingsronde": small forms that together are one EventPlan, with any number of days."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from backoffice.forms.event import (
    DayPartRows,
    ElectionRows,
    EventNameForm,
    PollingDayForm,
    PositionRows,
    day_part_initial,
    day_part_plan,
    election_plans,
    next_day,
    position_initial,
    position_plan,
)
from backoffice.forms.rows import Rows, are_valid, posted
from elections.enums import PollingDayKind
from elections.event_plan import EventPlan, PollingDayPlan

MAX_DAYS = 14
DAYS = "days"  # the keys of the days on the page, in order: "0,1,2"
COPY_DAY = "copy_day"  # name of the button that asks for another day like this one; its value is the key
REMOVE_DAY = "remove_day"


def posted_plan(request: HttpRequest) -> tuple[QueryDict | None, bool]:
    """As `forms.rows.posted`, for a page where days are added and taken away too."""
    data, is_sent = posted(request)
    if data is None or not (COPY_DAY in data or REMOVE_DAY in data):
        return data, is_sent
    data = data.copy()
    keys = _keys(data)
    if data.get(REMOVE_DAY) in keys and len(keys) > 1:
        keys.remove(data[REMOVE_DAY])
    elif data.get(COPY_DAY) in keys and len(keys) < MAX_DAYS:
        new = str(max(int(key) for key in keys) + 1)
        _copy_day(data, data[COPY_DAY], new)
        keys.insert(keys.index(data[COPY_DAY]) + 1, new)
    data[DAYS] = ",".join(keys)
    return data, False


def _keys(data: QueryDict) -> list[str]:
    """The keys of the days that were sent; what is no key is left out."""
    found = dict.fromkeys(key for key in data.get(DAYS, "").split(",") if key.isdecimal() and len(key) < 4)
    return list(found)[:MAX_DAYS]


def _copy_day(data: QueryDict, like: str, new: str) -> None:
    before, after = f"day-{like}-", f"day-{new}-"
    for name in [name for name in data if name.startswith(before)]:
        data[name.replace(before, after, 1)] = data[name]
    data[f"{after}parts-INITIAL_FORMS"] = "0"
    try:
        day, kind = next_day(date.fromisoformat(data.get(f"{before}date", "")), data.get(f"{before}kind", ""))
    except (ValueError, OverflowError):
        return  # no date yet: there is nothing to count from
    data[f"{after}date"], data[f"{after}kind"] = day.isoformat(), kind.value


@dataclass(frozen=True)
class DayForms:
    """One day on the page: its date and kind, and its day parts."""

    key: str
    day: PollingDayForm
    parts: Rows

    @property
    def plan(self) -> PollingDayPlan:
        values = self.day.cleaned_data
        parts = tuple(day_part_plan(row) for row in self.parts.filled)
        return PollingDayPlan(values["date"], PollingDayKind(values["kind"]), parts)


class EventPlanForm:
    """The whole page, filled in with `proposal` until something was sent."""

    def __init__(self, data: QueryDict | None, proposal: EventPlan) -> None:
        self.name = EventNameForm(data, prefix="event", initial={"name": proposal.name})
        self.elections = ElectionRows(
            data,
            prefix="elections",
            initial=[
                {"category": election.category, "name": election.name} for election in proposal.elections
            ],
        )
        proposed = {str(key): day for key, day in enumerate(proposal.polling_days)}
        keys = (_keys(data) if data is not None else []) or list(proposed)
        self.days = [_day_forms(key, data, proposed.get(key)) for key in keys]
        self.day_keys = ",".join(keys)
        self.positions = PositionRows(
            data, prefix="positions", initial=[position_initial(position) for position in proposal.positions]
        )

    @property
    def parts(self) -> list[forms.Form | Rows]:
        """The forms and lists, in the order of the page."""
        days = [part for day in self.days for part in (day.day, day.parts)]
        return [self.name, self.elections, *days, self.positions]

    def is_valid(self) -> bool:
        return are_valid(*self.parts)

    @property
    def plan(self) -> EventPlan:
        """What was filled in. Only after `is_valid()`."""
        return EventPlan(
            self.name.cleaned_data["name"],
            tuple(election_plans(self.elections.filled)),
            tuple(day.plan for day in self.days),
            tuple(position_plan(row) for row in self.positions.filled),
        )


def _day_forms(key: str, data: QueryDict | None, proposed: PollingDayPlan | None) -> DayForms:
    initial: dict[str, Any] = {"date": proposed.date, "kind": proposed.kind} if proposed else {}
    parts = [day_part_initial(part) for part in proposed.day_parts] if proposed else []
    return DayForms(
        key,
        PollingDayForm(data, prefix=f"day-{key}", initial=initial),
        DayPartRows(data, prefix=f"day-{key}-parts", initial=parts),
    )
