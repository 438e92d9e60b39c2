"""How often somebody worked before and when they were trained: in the member file and in lists that are read in."""

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from elections.exports.member_import import member_template
from elections.imports.member_columns import ImportField, guess_mapping
from elections.imports.member_file import MemberFile, read_members
from elections.imports.reader import Row, Table
from elections.models import Member
from tests import factories


def read(times: Any, trained: Any) -> MemberFile:
    headers = ["Achternaam", "Eerdere verkiezingen", "Training gedaan op"]
    return read_members(Table(headers, [Row(2, ("Bakker", times, trained))]), guess_mapping(headers))


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Eerdere verkiezingen", "earlier_elections"),
        ("Aantal keer", "earlier_elections"),
        ("Aantal keer stembureau", "earlier_elections"),
        ("Aantal eerdere verkiezingen (t/m 2025)", "earlier_elections"),
        ("Training gedaan op", "trained_on"),
        ("Trainingsdatum", "trained_on"),
        ("Datum training 2026", "trained_on"),
        ("Datum instructie", "trained_on"),
    ],
)
def test_headings_that_people_use_are_recognised(heading: str, field: str) -> None:
    assert guess_mapping([heading]) == {0: field}


@pytest.mark.parametrize("heading", ["Ervaring", "Training", "Getraind?", "Verkiezingen 2027"])
def test_heading_over_a_yes_or_a_no_is_not_guessed(heading: str) -> None:
    assert guess_mapping([heading]) == {}


@pytest.mark.parametrize(
    ("typed", "times"), [(3, 3), ("3", 3), ("3x", 3), ("3 keer", 3), ("12 verkiezingen", 12), (0, 0)]
)
def test_number_of_times_is_understood(typed: Any, times: int) -> None:
    file = read(typed, None)
    assert not file.faults
    assert file.rows[0].values["earlier_elections"] == times


@pytest.mark.parametrize("typed", ["vaak", "-1", "2,5", "101", "ja"])
def test_number_of_times_that_is_none_is_a_fault(typed: str) -> None:
    (fault,) = read(typed, None).faults
    assert (fault.row, fault.column) == (2, "Eerdere verkiezingen")
    assert "van 0 tot 100" in fault.message


@pytest.mark.parametrize("typed", ["12-1-2026", "12 jan 2026", date(2026, 1, 12), "2026-01-12"])
def test_day_of_training_is_understood(typed: Any) -> None:
    assert read(None, typed).rows[0].values["trained_on"] == date(2026, 1, 12)


def test_day_of_training_that_is_none_or_still_to_come_is_a_fault() -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert read(None, "ja").faults[0].message == "Dit is geen datum. Schrijf een datum als 12-1-2026."
    assert read(None, tomorrow).faults[0].message == "Deze datum ligt in de toekomst."


def test_empty_cells_say_nothing() -> None:
    values = read(None, "").rows[0].values
    assert "earlier_elections" not in values
    assert "trained_on" not in values


def test_template_shows_both_columns_with_an_example_that_can_be_read() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(member_template())).worksheets[0]
    heading, example = (list(row) for row in sheet.iter_rows(max_row=2, values_only=True))
    mapping = guess_mapping(heading)
    assert {ImportField.EARLIER_ELECTIONS.value, ImportField.TRAINED_ON.value} <= set(mapping.values())
    file = read_members(Table(heading, [Row(2, tuple(example))]), mapping)
    assert not file.faults
    assert file.rows[0].values["earlier_elections"] == 3


@pytest.fixture
def as_planner(client_for: Any, juinen: Any) -> Any:
    return client_for(juinen, factories.make_staff("planner"))


def test_team_fills_both_in_and_sees_them(as_planner: Any) -> None:
    values = {"last_name": "Bakker", "earlier_elections": "4", "trained_on": "12-1-2026"}
    page = as_planner.post("/backoffice/member/create/", values, follow=True).content.decode()
    member = Member.objects.get()
    assert (member.earlier_elections, member.trained_on) == (4, date(2026, 1, 12))
    assert "12 januari 2026" in page
    edit = as_planner.get(f"/backoffice/member/{member.uuid}/edit/").context["form"]
    assert (edit["earlier_elections"].value(), edit["trained_on"].value()) == (4, "12-1-2026")


def test_empty_fields_mean_never_and_no_training(as_planner: Any) -> None:
    as_planner.post("/backoffice/member/create/", {"last_name": "Bakker"})
    member = Member.objects.get()
    assert (member.earlier_elections, member.trained_on) == (0, None)


@pytest.mark.parametrize(("times", "trained"), [("veel", ""), ("-1", ""), ("101", ""), ("", "morgen")])
def test_team_is_told_what_is_wrong(as_planner: Any, times: str, trained: str) -> None:
    values = {"last_name": "Bakker", "earlier_elections": times, "trained_on": trained}
    page = as_planner.post("/backoffice/member/create/", values)
    assert page.context["form"].errors
    assert not Member.objects.exists()
