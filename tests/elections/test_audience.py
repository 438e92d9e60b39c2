"""Audiences: whom they hold, asked from both sides; and what may be stored."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elections.actions.audience import copy_audience, delete_audience, save_audience
from elections.enums import TASK_STEPS, AudienceKind, PlacedFilter, PositionKind, StepKind, StepState
from elections.errors import ActionError
from elections.models import (
    Audience,
    AvailabilityResponse,
    Document,
    GroupMessage,
    Label,
    Member,
    NewsItem,
    PortalStep,
    Survey,
)
from elections.queries.audience import (
    audience_words,
    audiences_of,
    count_of,
    counts_of,
    holds,
    members_of,
    reach,
    with_parts,
)
from elections.queries.audience_use import USERS, uses_of, with_uses
from elections.queries.portal_step import steps_for
from elections.queries.reminder import who_waits
from elections.queries.step_progress import unfinished
from tests import factories


def label(name: str, *members: Any) -> Any:
    made, _new = Label.objects.get_or_create(name=name)
    for member in members:
        member.labels.add(made)
    return made


def selection(**values: Any) -> Audience:
    return save_audience(kind=AudienceKind.SELECTION, by=None, **values)


def by_hand(*members: Any) -> Audience:
    return save_audience(kind=AudienceKind.MEMBERS, members=members, by=None)


@pytest.fixture
def event() -> Any:
    return factories.make_event()


class City:
    """A few members, labels, stations and places of two events, by chance; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.events = [factories.make_event(), factories.make_event()]
        self.labels = [Label.objects.create(name=f"kenmerk {seed} {number}") for number in range(3)]
        self.members = [self._member() for _number in range(8)]
        self.stations = {
            event.pk: [factories.make_polling_station(event) for _n in range(3)] for event in self.events
        }
        for event in self.events:
            self._places(event)

    def _member(self) -> Any:
        chance = self.chance
        member = factories.make_member(
            is_active=chance.random() < 0.85,
            data_checked_at=timezone.now() + timedelta(days=1) if chance.random() < 0.5 else None,
        )
        member.labels.set(chance.sample(self.labels, chance.randint(0, 2)))
        return member

    def _places(self, event: Any) -> None:
        day = factories.DAY + timedelta(days=self.events.index(event))  # nobody is in two places at one time
        part = factories.make_day_part(factories.make_polling_day(event, date=day))
        kinds = ("chair", "member", "counter")
        positions = [factories.make_position(event, kind=kind) for kind in kinds]
        shifts = [
            factories.make_shift(station, part, position, places=9)
            for station in self.stations[event.pk]
            for position in positions
        ]
        states = ("confirmed", "published", "reserved", "proposed", "declined", "cancelled")
        for member in self.members:
            if self.chance.random() < 0.6:
                state = self.chance.choice(states)
                place = factories.make_assignment(member, self.chance.choice(shifts), state=state)
                if self.chance.random() < 0.5 and state == "published":
                    place.accepted_at = timezone.now()
                    place.save()
            if self.chance.random() < 0.4:
                done = timezone.now() if self.chance.random() < 0.5 else None
                AvailabilityResponse.objects.create(member=member, event=event, submitted_at=done)

    def audience(self) -> Audience | None:
        chance, event = self.chance, self.chance.choice(self.events)
        kind = chance.choice(list(AudienceKind))
        try:
            return save_audience(
                kind=kind,
                event=event,
                labels=chance.sample(self.labels, chance.choice((0, 0, 1, 2))),
                position_kinds=chance.sample(list(PositionKind), chance.choice((0, 0, 1, 3))),
                stations=chance.sample(self.stations[event.pk], chance.choice((0, 0, 1, 2))),
                placed=chance.choice(list(PlacedFilter)),
                step_not_done=chance.choice(["", *TASK_STEPS]),
                members=chance.sample(self.members, 3),
                by=None,
            )
        except ActionError:
            return None  # a selection without conditions


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_both_sides_of_an_audience_agree(db: None, seed: int) -> None:
    with transaction.atomic():
        city = City(seed)
        audiences = [made for _n in range(12) if (made := city.audience())]
        held = {audience.pk: set(members_of(audience).values_list("pk", flat=True)) for audience in audiences}
        assert counts_of(audiences) == {pk: len(members) for pk, members in held.items()}
        for member in city.members:
            own = set(audiences_of(member).values_list("pk", flat=True))
            assert own == {pk for pk, members in held.items() if member.pk in members}
        transaction.set_rollback(True)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_unfinished_is_what_the_portal_says(db: None, seed: int) -> None:
    with transaction.atomic():
        city = City(seed)
        event = city.events[0]
        for kind in TASK_STEPS:
            factories.make_portal_step(event, kind)
        for kind in TASK_STEPS:
            waiting = {
                member.pk
                for member in city.members
                for step in steps_for(member, event)
                if step.kind is kind and step.state in (StepState.NOT_BEGUN, StepState.BUSY)
            }
            assert set(unfinished(Member.objects.all(), kind, event).values_list("pk", flat=True)) == waiting
        transaction.set_rollback(True)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_unfinished_is_what_the_portal_says_of_parts_for_some(db: None, seed: int) -> None:
    with transaction.atomic():
        city = City(seed)
        event = city.events[0]
        for kind in TASK_STEPS:
            some = by_hand(*city.chance.sample(city.members, 4)) if city.chance.random() < 0.7 else None
            factories.make_portal_step(event, kind, audience=some)
        asking = {selection(event=event, step_not_done=kind).pk: kind for kind in TASK_STEPS}
        waiting: dict[StepKind, set[int]] = {kind: set() for kind in TASK_STEPS}
        for member in Member.objects.active().present():  # an audience holds nobody else
            todo = (StepState.NOT_BEGUN, StepState.BUSY)
            own = {step.kind for step in steps_for(member, event) if step.state in todo}
            held = audiences_of(member, Audience.objects.filter(pk__in=asking)).values_list("pk", flat=True)
            assert {asking[pk] for pk in held} == own
            for kind in own:
                waiting[kind].add(member.pk)
        for kind, members in waiting.items():
            found = unfinished(Member.objects.active().present(), kind, event)
            assert set(found.values_list("pk", flat=True)) == members
        transaction.set_rollback(True)


def test_number_of_queries_does_not_grow_with_audiences(
    event: Any, django_assert_max_num_queries: Any
) -> None:
    member = factories.make_member()
    tag = label("Engels", member)
    for kind in [*TASK_STEPS, *TASK_STEPS, *TASK_STEPS]:
        selection(event=event, labels=[tag], step_not_done=kind)
    with django_assert_max_num_queries(8):
        assert audiences_of(member).count()
    audiences = list(Audience.objects.select_related("event"))
    # One, for whom the parts are, and one for each of the three that ask who did not answer: which surveys there are.
    with django_assert_max_num_queries(2 + 3):
        counts_of(audiences)
    with django_assert_max_num_queries(3):
        assert all(audience_words(audience) for audience in with_parts(Audience.objects.all()))


def test_who_was_never_asked_is_not_counted_as_not_done(event: Any) -> None:
    """From both sides, for a reminder, and for a survey that chooses by it."""
    asked, other = factories.make_member(), factories.make_member()
    part = factories.make_portal_step(event, "availability", audience=by_hand(asked))
    factories.make_portal_step(event, "surveys")
    waiting = selection(event=event, step_not_done=StepKind.AVAILABILITY)
    assert list(members_of(waiting)) == [asked]
    assert counts_of([waiting]) == {waiting.pk: 1}
    assert [holds(waiting, member) for member in (asked, other)] == [True, False]
    assert [audiences_of(member, Audience.objects.filter(pk=waiting.pk)).exists() for member in (asked, other)] == [
        True, False,
    ]  # fmt: skip
    assert list(who_waits(part)) == [asked]
    factories.make_survey(audience=waiting)
    assert list(unfinished(Member.objects.all(), StepKind.SURVEYS, event)) == [asked]


def test_everyone_is_every_active_member_and_nobody_else() -> None:
    active = factories.make_member()
    factories.make_member(is_active=False)
    everyone = save_audience(kind=AudienceKind.EVERYONE, by=None)
    assert list(members_of(everyone)) == [active]
    assert holds(everyone, active)


def test_who_comes_in_later_belongs_to_it_too() -> None:
    member = factories.make_member()
    audience = selection(labels=[label("Engels")])
    assert count_of(audience) == 0
    label("Engels", member)
    assert list(members_of(audience)) == [member]


def test_position_and_station_must_be_of_one_place(event: Any) -> None:
    day = factories.make_polling_day(event)
    morning, evening = factories.make_day_part(day), factories.make_day_part(day)
    north, south = factories.make_polling_station(event), factories.make_polling_station(event)
    chair, counter = (
        factories.make_position(event, kind="chair"),
        factories.make_position(event, kind="counter"),
    )
    member = factories.make_member()
    factories.make_assignment(member, factories.make_shift(north, morning, chair))
    late = factories.make_shift(south, evening, counter)
    start = late.period.upper
    late.period = type(late.period)(start, start + timedelta(hours=3))
    late.save()
    factories.make_assignment(member, late)
    crossed = selection(event=event, position_kinds=[PositionKind.CHAIR], stations=[south])
    straight = selection(event=event, position_kinds=[PositionKind.CHAIR], stations=[north])
    assert (count_of(crossed), count_of(straight)) == (0, 1)
    assert list(audiences_of(member)) == [straight]


def test_selection_that_lost_its_label_holds_nobody(event: Any) -> None:
    member = factories.make_member()
    tag = label("Engels", member)
    audience = selection(labels=[tag], event=event, placed=PlacedFilter.UNPLACED)
    assert count_of(audience) == 1
    tag.delete()
    audience.refresh_from_db()
    assert count_of(audience) == 0
    assert not audiences_of(member).exists()
    assert "niet meer bestaat" in audience_words(audience)


def test_selection_that_lost_its_stations_holds_nobody(event: Any) -> None:
    part = factories.make_day_part(factories.make_polling_day(event))
    station, other = factories.make_polling_station(event), factories.make_polling_station(event)
    member = factories.make_member()
    factories.make_assignment(member, factories.make_shift(other, part, factories.make_position(event)))
    audience = selection(event=event, stations=[station])
    station.delete()
    audience.refresh_from_db()
    assert count_of(audience) == 0
    assert not audiences_of(member).exists()


def test_reach_counts_who_gets_mail() -> None:
    factories.make_member()
    factories.make_member(with_user=False)
    factories.make_member(user=factories.make_user(is_active=False))
    factories.make_member(user=factories.make_user(email=""))
    everyone = save_audience(kind=AudienceKind.EVERYONE, by=None)
    found = reach(members_of(everyone))
    assert (found.members, found.reachable, found.unreachable) == (4, 1, 3)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": AudienceKind.SELECTION}, "minstens één kenmerk"),
        ({"kind": AudienceKind.MEMBERS}, "minstens één lid"),
        ({"kind": AudienceKind.SELECTION, "placed": PlacedFilter.PLACED}, "verkiezingsronde"),
    ],
)
def test_audience_that_means_nothing_is_refused(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ActionError, match=sentence):
        save_audience(**values, by=None)


def test_station_of_another_event_is_refused(event: Any) -> None:
    other = factories.make_polling_station(factories.make_event())
    with pytest.raises(ActionError, match="alleen stembureaus"):
        selection(event=event, stations=[other])


def test_two_audiences_cannot_have_one_name() -> None:
    save_audience(kind=AudienceKind.EVERYONE, name="Iedereen", by=None)
    with pytest.raises(ActionError, match="al een doelgroep met deze naam"):
        save_audience(kind=AudienceKind.EVERYONE, name=" Iedereen ", by=None)


def test_database_refuses_conditions_without_event() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Audience.objects.create(kind=AudienceKind.SELECTION, placed=PlacedFilter.PLACED)


def test_change_of_kind_drops_what_no_longer_counts(event: Any) -> None:
    audience = selection(event=event, labels=[label("Engels")], step_not_done=StepKind.LETTERS, name="Lezers")
    save_audience(audience, kind=AudienceKind.EVERYONE, labels=[label("Engels")], name="Lezers", by=None)
    audience.refresh_from_db()
    assert not audience.by_label
    assert audience.step_not_done == ""
    assert not audience.labels.exists()


def test_copy_stays_as_it_is_when_the_stored_one_changes() -> None:
    member = factories.make_member()
    stored = save_audience(kind=AudienceKind.MEMBERS, members=[member], name="Vaste ploeg", by=None)
    copy = copy_audience(stored)
    save_audience(stored, kind=AudienceKind.MEMBERS, members=[factories.make_member()], name="Ploeg", by=None)
    assert list(members_of(copy)) == [member]
    assert (copy.name, copy.copied_from) == ("", stored)
    assert copy_audience(copy).copied_from == stored


def news(audience: Audience, **values: Any) -> Any:
    return NewsItem.objects.create(audience=audience, title="Nieuws", body="Tekst", created_by="C", **values)


def test_audience_in_use_cannot_be_deleted() -> None:
    audience = save_audience(kind=AudienceKind.EVERYONE, name="Iedereen", by=None)
    item = news(audience)
    with pytest.raises(ActionError, match="nog in gebruik"):
        delete_audience(audience, by=None)
    item.delete()
    delete_audience(audience, by=None)
    assert not Audience.objects.exists()


def test_uses_count_what_got_a_copy_too(django_assert_num_queries: Any) -> None:
    audience = save_audience(kind=AudienceKind.EVERYONE, name="Iedereen", by=None)
    news(copy_audience(audience))
    news(copy_audience(audience))
    GroupMessage.objects.create(subject="S", body="B", audience=audience)
    assert uses_of(audience) == {"nieuwsberichten": 2, "berichten aan een groep": 1}
    with django_assert_num_queries(1):
        assert with_uses(Audience.objects.exclude(name="")).get().uses == 3


def test_every_thing_with_an_audience_is_counted() -> None:
    pointing = {
        field.related_model
        for field in Audience._meta.get_fields(include_hidden=True)
        if field.auto_created and field.one_to_many and not field.related_model._meta.auto_created
    }
    assert pointing - {Audience} == set(USERS) == {NewsItem, Document, GroupMessage, PortalStep, Survey}


def test_words_say_who_it_is_for(event: Any) -> None:
    station = factories.make_polling_station(event, number=7)
    audience = selection(
        event=event,
        labels=[label("Engels"), label("Ervaren")],
        position_kinds=[PositionKind.COUNTER, PositionKind.CHAIR],
        stations=[station],
        step_not_done=StepKind.AVAILABILITY,
    )
    assert audience_words(audience) == (
        "leden: met kenmerk Engels of Ervaren, ingedeeld als voorzitter of teller bij stembureau 7, "
        "nog niet klaar met “Uw beschikbaarheid”"
    )
    assert audience_words(save_audience(kind=AudienceKind.EVERYONE, by=None)) == "alle actieve leden"
