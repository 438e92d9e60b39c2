"""A new event from an earlier one: what comes along, what never does, and all or nothing."""

from datetime import UTC, date, datetime, time

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from elections.actions.event import create_event
from elections.actions.event_copy import copy_event
from elections.actions.letter_edition import save_letter_texts
from elections.actions.polling_day import add_polling_day
from elections.actions.shift import make_shifts
from elections.enums import ElectionCategory, EventPart, PollingDayKind
from elections.errors import ActionError
from elections.event_plan import DayPartPlan, ElectionPlan, PollingDayPlan, proposed_plan
from elections.letter_texts import proposed_blocks
from elections.models import (
    Assignment,
    AuditEvent,
    Availability,
    ElectionEvent,
    Label,
    OpeningHours,
    PollingStation,
    PortalStep,
    Shift,
    ShiftTemplateLine,
)
from elections.queries.event_copy import copied_days, copy_counts
from tests import factories

COUNCIL = [ElectionPlan(ElectionCategory.GR, "Gemeenteraad")]
AFTER_CLOCK_CHANGE = date(2027, 4, 7)


@pytest.fixture
def source():
    """An event with everything in it, people too."""
    event = create_event(proposed_plan(is_public_body=False), by=None)
    early = PollingDayPlan(
        date(2027, 3, 15), PollingDayKind.EARLY_VOTING, (DayPartPlan("Vroeg", time(9), time(13)),)
    )
    add_polling_day(event, early, by=None)
    station = factories.make_polling_station(event, number=7, expected_voters=1300)
    station.wanted_labels.add(Label.objects.create(name="Gebarentaal"))
    zone, day = timezone.get_current_timezone(), event.polling_days.get(kind="voting")
    OpeningHours.objects.create(
        polling_station=station,
        polling_day=day,
        opens_at=datetime(2027, 3, 17, 7, 30, tzinfo=zone),
        closes_at=datetime(2027, 3, 17, 21, tzinfo=zone),
    )
    day.offered_positions.set(event.positions.filter(kind="member"))
    day.offered_venues.set([station.venue])
    day.day_parts.filter(name="Tellen").update(is_offered=False)
    part, chair = day.day_parts.get(name="Ochtend"), event.positions.get(kind="chair")
    factories.make_template_line(part, chair, from_voters=1200, places=2)
    save_letter_texts(
        event, blocks=proposed_blocks()[:2], decision_date=date(2027, 2, 9), signatory="A. Verkade",
        signatory_title="teamleider", by=None,
    )  # fmt: skip
    event.portal_steps.filter(kind="availability").update(is_on=True, text="Tot 1 maart", rank=5)
    factories.make_portal_step(event, "own", title="Parkeren", body="Achter de school.", rank=25)
    event.refresh_from_db()
    event.minimum_rest_hours = 12
    event.save()
    make_shifts(event, by=None)
    member = factories.make_member()
    factories.make_assignment(member, Shift.objects.first())
    factories.make_availability(member, part)
    factories.make_letter(member, event)
    return event


def _copy(source, *, parts=tuple(EventPart), day=AFTER_CLOCK_CHANGE, name="Gemeenteraad 2027"):
    return copy_event(source, name=name, polling_date=day, elections=COUNCIL, parts=parts, by=None)


def test_copy_moves_all_days_as_far_as_the_vote(source):
    event = _copy(source)

    assert [(day.date, day.kind) for day in event.polling_days.all()] == [
        (date(2027, 4, 5), "early_voting"),
        (date(2027, 4, 7), "voting"),
        (date(2027, 4, 8), "counting"),
    ]
    assert [str(election) for election in event.elections.all()] == ["Gemeenteraad"]
    assert event.previous == source


def test_copy_takes_positions_template_and_rules_along(source):
    source.positions.filter(kind="chair").update(allowance_cents=12_345, minimum_age=21)
    event = _copy(source)

    chair = event.positions.get(kind="chair")
    assert (chair.allowance_cents, chair.minimum_age, chair.rank) == (12_345, 21, 10)
    lines = ShiftTemplateLine.objects.filter(event=event)
    assert lines.count() == source.template_lines.count()
    assert lines.get(from_voters=1200).position == chair
    assert event.minimum_rest_hours == 12


def test_copy_shares_venues_and_keeps_local_opening_hours(source):
    event = _copy(source)

    old, new = source.polling_stations.get(), event.polling_stations.get()
    assert (new.venue, new.number, new.expected_voters) == (old.venue, 7, 1300)
    assert new.pk != old.pk
    assert [label.name for label in new.wanted_labels.all()] == ["Gebarentaal"]
    hours = new.opening_hours.get()
    assert hours.opens_at == datetime(2027, 4, 7, 5, 30, tzinfo=UTC)  # 7.30 in summer time


def test_copy_takes_along_what_members_may_choose(source):
    day = _copy(source).polling_days.get(kind="voting")

    assert [position.kind for position in day.offered_positions.all()] == ["member"]
    assert list(day.offered_venues.all()) == [source.polling_stations.get().venue]
    assert not day.day_parts.get(name="Tellen").is_offered


def test_copy_keeps_texts_and_leaves_the_portal_off(source):
    event = _copy(source)

    assert event.letter_editions.get().blocks == source.letter_editions.get().blocks
    assert (event.signatory, event.decision_date) == ("A. Verkade", None)
    step = PortalStep.objects.get(event=event, kind="availability")
    assert (step.text, step.is_on) == ("Tot 1 maart", False)
    own = PortalStep.objects.get(event=event, kind="own")
    assert (own.title, own.body, own.is_on) == ("Parkeren", "Achter de school.", False)
    assert [each.kind for each in event.portal_steps.all()] == [
        each.kind for each in source.portal_steps.all()
    ]


def test_copy_never_takes_people_along(source):
    event = _copy(source)

    assert not Assignment.objects.of_event(event).exists()
    assert not Availability.objects.filter(day_part__polling_day__event=event).exists()
    assert not event.letters.exists()
    assert not Shift.objects.filter(polling_station__event=event).exists()
    assert Assignment.objects.of_event(source).count() == 1


def test_copy_of_nothing_is_a_new_event_with_the_proposal(source):
    event = _copy(source, parts=())

    assert event.polling_days.get().day_parts.count() == 3
    assert event.positions.count() == 5
    assert event.template_lines.exists()
    assert not event.polling_stations.exists()
    assert event.minimum_rest_hours == 11


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([EventPart.TEMPLATE], "zittingsdagen en dagdelen” en “functies en vergoedingen"),
        ([EventPart.TEMPLATE, EventPart.DAYS], "Neem dan ook “functies en vergoedingen”"),
        ([EventPart.HOURS, EventPart.DAYS], "Neem dan ook “stembureaus en stemlokalen”"),
    ],
)
def test_copy_refuses_a_part_without_what_it_needs(source, parts, message):
    with pytest.raises(ActionError, match=message):
        _copy(source, parts=parts)


def test_copy_refuses_a_name_in_use_and_an_event_without_days(source):
    with pytest.raises(ActionError, match="al een verkiezingsronde met deze naam"):
        _copy(source, name=source.name)
    with pytest.raises(ActionError, match="geen zittingsdag"):
        _copy(factories.make_event(), parts=[EventPart.DAYS])


def test_copy_is_all_or_nothing(source):
    """The letter is one of the last things that are copied: here the database refuses it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_letter() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE check_violation; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER no_letter BEFORE INSERT ON elections_letteredition "
            "FOR EACH ROW EXECUTE FUNCTION no_letter()"
        )

    with pytest.raises(IntegrityError):
        _copy(source)

    assert ElectionEvent.objects.get() == source
    assert PollingStation.objects.count() == 1
    assert not AuditEvent.objects.filter(action="event.copy").exists()


def test_copy_refuses_a_time_that_the_clock_skips_on_the_new_day(source):
    """The day part that ends at 2.30 would end in the hour that the clock skips on 28 March."""
    part = source.polling_days.get(kind="voting").day_parts.get(name="Tellen")
    part.end = time(2, 30)
    part.save()

    with pytest.raises(ActionError, match=r"De klok gaat vooruit op 28 maart 2027: 02\.30 uur"):
        _copy(source, day=date(2027, 3, 27))

    assert ElectionEvent.objects.get() == source


def test_copy_is_in_the_log(source):
    event = _copy(source, parts=[EventPart.RULES])

    logged = AuditEvent.objects.get(action="event.copy")
    assert (logged.object_id, logged.details["previous"]) == (str(event.uuid), source.name)


def test_preview_counts_what_the_copy_makes(source):
    counts, event = copy_counts(source), _copy(source)

    assert counts == copy_counts(event)
    assert [day.date for day in copied_days(source, AFTER_CLOCK_CHANGE)] == [
        day.date for day in event.polling_days.all()
    ]
