"""Parts of the portal: for whom, in which order, the team's own, and closing to the minute."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions import portal_step as actions
from elections.actions.audience import save_audience
from elections.actions.portal_step import PartSetting
from elections.actions.privacy import erase_member
from elections.actions.reservation import reserve_place
from elections.enums import AudienceKind, EraseReason, StepKind, StepState
from elections.errors import ActionError, ChangedElsewhere, StepNotOpen
from elections.models import Audience, Member, PortalStep, StepReading
from elections.queries.menu_part import closed_parts, readable_conversations
from elections.queries.part_overview import part_rows
from elections.queries.part_progress import Progress, with_progress
from elections.queries.portal_step import is_step_open, require_open_step, steps_for
from elections.queries.reminder import who_waits
from tests import factories

LATER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def event() -> Any:
    return factories.make_event()


@pytest.fixture
def member() -> Any:
    return factories.make_member()


def chosen(*members: Any) -> Audience:
    return save_audience(kind=AudienceKind.MEMBERS, members=members, by=None)


def test_part_is_for_its_audience_alone(event: Any, member: Any) -> None:
    other = factories.make_member()
    step = factories.make_portal_step(event, "availability", audience=chosen(other))
    assert steps_for(member, event) == []
    assert [view.kind for view in steps_for(other, event)] == [StepKind.AVAILABILITY]
    assert not is_step_open(event, StepKind.AVAILABILITY, member)
    with pytest.raises(StepNotOpen, match="niet meer open voor u"):
        require_open_step(event, StepKind.AVAILABILITY, member)
    require_open_step(event, StepKind.AVAILABILITY, other)
    assert list(who_waits(step)) == [other]


def test_action_refuses_who_the_part_is_not_for(event: Any, member: Any) -> None:
    factories.make_portal_step(event, "reservation", audience=chosen(factories.make_member()))
    part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(factories.make_polling_station(event), part, factories.make_position(event))
    with pytest.raises(StepNotOpen):
        reserve_place(member, shift, by=None)


def test_database_keeps_one_part_of_a_kind_and_titles_for_own_parts(event: Any) -> None:
    factories.make_portal_step(event, "own")
    factories.make_portal_step(event, "own")
    with pytest.raises(IntegrityError, match="portal_step_own_has_title"):
        factories.make_portal_step(event, "letters", title="Brieven")


@pytest.mark.parametrize("kind", ["letters", "documents"])
def test_database_refuses_a_second_part_of_a_kind(event: Any, kind: str) -> None:
    factories.make_portal_step(event, kind)
    with pytest.raises(IntegrityError, match="portal_step_unique"):
        factories.make_portal_step(event, kind)


def test_audience_of_who_is_not_done_is_refused(event: Any) -> None:
    step = factories.make_portal_step(event, "availability")

    def choose() -> Audience:
        return save_audience(
            kind=AudienceKind.SELECTION, event=event, step_not_done=StepKind.AVAILABILITY, by=None
        )

    with pytest.raises(ActionError, match="nog niet klaar"):
        actions.update_portal_step(step, PartSetting(is_on=True), version=1, choose_audience=choose, by=None)
    assert not Audience.objects.exists()


@pytest.mark.parametrize("kind", ["own", "documents", "inbox"])
def test_nobody_is_not_done_with_a_part_without_a_task(event: Any, kind: str) -> None:
    with pytest.raises(ActionError, match="niets te doen"):
        save_audience(kind=AudienceKind.SELECTION, event=event, step_not_done=kind, by=None)
    assert not who_waits(factories.make_portal_step(event, kind)).exists()


def test_what_a_colleague_changed_is_not_saved_over(event: Any) -> None:
    step = factories.make_portal_step(event, "letters")
    actions.update_portal_step(step, PartSetting(is_on=True, text="Eerst"), version=1, by=None)
    with pytest.raises(ChangedElsewhere):
        actions.update_portal_step(step, PartSetting(is_on=False), version=1, by=None)
    step.refresh_from_db()
    assert (step.is_on, step.text, step.version) == (True, "Eerst", 2)


def test_audience_goes_when_the_part_is_for_everybody_again(event: Any, member: Any) -> None:
    step = factories.make_portal_step(event, "letters", audience=chosen(member))
    actions.update_portal_step(step, PartSetting(is_on=True), version=1, by=None)
    assert not Audience.objects.exists()


def test_own_part_is_new_until_it_is_read(event: Any, member: Any) -> None:
    step = actions.create_own_part(
        event, PartSetting(is_on=True, title=" Parkeren ", body="Achter de **school**."), by=None
    )
    view = steps_for(member, event)[0]
    assert (view.title, view.text, view.state_label) == ("Parkeren", "Achter de school.", "Nieuw")
    for _twice in range(2):
        actions.mark_part_read(step, member)
    assert StepReading.objects.get().member == member
    assert steps_for(member, event)[0].state_label == "Gelezen"
    assert steps_for(factories.make_member(), event)[0].state_label == "Nieuw"


def test_own_part_is_new_again_for_who_read_it_when_its_text_changes(event: Any, member: Any) -> None:
    other = factories.make_member()
    first = PartSetting(is_on=True, title="Parkeren", body="Achter de school.")
    step = actions.create_own_part(event, first, by=None)
    actions.mark_part_read(step, member)
    closes = PartSetting(is_on=True, title="Parkeren", body="Achter de school.", closes_at=LATER)
    step = actions.update_portal_step(step, closes, version=1, by=None)
    assert steps_for(member, event)[0].state_label == "Gelezen"

    shown = PortalStep.objects.get(pk=step.pk)  # a page that was opened before the change
    changed = PartSetting(is_on=True, title="Parkeren", body="Achter de kerk.")
    step = actions.update_portal_step(step, changed, version=2, by=None)
    view = steps_for(member, event)[0]
    assert (view.state, view.state_label) == (StepState.NOT_BEGUN, "Veranderd")
    assert steps_for(other, event)[0].state_label == "Nieuw"
    assert not with_progress(Member.objects.all(), step, Progress.DONE).exists()
    actions.mark_part_read(shown, member)
    assert steps_for(member, event)[0].state_label == "Veranderd"
    actions.mark_part_read(step, member)
    assert steps_for(member, event)[0].state_label == "Gelezen"
    assert list(with_progress(Member.objects.all(), step, Progress.DONE)) == [member]
    assert StepReading.objects.count() == 1


def test_own_part_needs_a_title(event: Any) -> None:
    with pytest.raises(ActionError, match="titel"):
        actions.create_own_part(event, PartSetting(is_on=True, title="  ", body="Tekst"), by=None)


def test_only_own_parts_can_be_taken_away(event: Any, member: Any) -> None:
    own = factories.make_portal_step(event, "own", audience=chosen(member))
    actions.delete_own_part(own, version=1, by=None)
    letters = factories.make_portal_step(event, "letters")
    with pytest.raises(ActionError, match="hoort bij het portaal"):
        actions.delete_own_part(letters, version=1, by=None)
    assert list(event.portal_steps.all()) == [letters]
    assert not Audience.objects.exists()


def test_reading_goes_with_who_is_erased(event: Any, member: Any) -> None:
    actions.mark_part_read(factories.make_portal_step(event, "own"), member)
    erase_member(member, reason=EraseReason.REQUEST, by=None)
    assert not StepReading.objects.exists()


def test_part_changes_places_with_its_neighbour(event: Any) -> None:
    kinds = ["personal_data", "availability", "letters"]
    first, second, third = (factories.make_portal_step(event, kind) for kind in kinds)
    assert actions.move_portal_step(third, up=True, by=None)
    assert list(event.portal_steps.all()) == [first, third, second]
    assert not actions.move_portal_step(first, up=True, by=None)
    assert not actions.move_portal_step(second, up=False, by=None)
    assert actions.move_portal_step(first, up=False, by=None)
    assert list(event.portal_steps.all()) == [third, first, second]


def test_part_of_the_menu_has_no_place_in_the_list(event: Any) -> None:
    inbox = factories.make_portal_step(event, "inbox")
    factories.make_portal_step(event, "letters")
    assert not actions.move_portal_step(inbox, up=False, by=None)


def test_publishing_is_refused_when_the_part_leaves_members_out(event: Any, member: Any) -> None:
    factories.make_portal_step(event, "letters", audience=chosen(member))
    other = factories.make_member()
    actions.show_step(event, StepKind.LETTERS, [member.pk], by=None)
    with pytest.raises(ActionError, match=r"1 lid ziet het onderdeel .* niet"):
        actions.show_step(event, StepKind.LETTERS, [member.pk, other.pk], by=None)


def test_empty_audience_is_told_to_the_team(event: Any, member: Any) -> None:
    factories.make_portal_step(event, "letters", audience=chosen(member))
    factories.make_portal_step(event, "availability")
    assert [row.is_for_nobody for row in part_rows(event)] == [False, False]
    member.is_active = False
    member.save()
    assert [row.is_for_nobody for row in part_rows(event)] == [True, False]


@pytest.mark.parametrize("parts", [1, 3])
def test_team_s_list_takes_the_same_number_of_queries(
    event: Any, member: Any, parts: int, django_assert_num_queries: Any
) -> None:
    for _part in range(parts):
        factories.make_portal_step(event, "own", audience=chosen(member))
    with django_assert_num_queries(5):
        part_rows(event)


def test_menu_is_open_unless_the_team_closes_it(event: Any, member: Any) -> None:
    assert closed_parts(member) == frozenset()
    documents = factories.make_portal_step(event, "documents")
    factories.make_portal_step(event, "inbox", audience=chosen(factories.make_member()))
    assert closed_parts(member) == {StepKind.INBOX}
    documents.is_on = False
    documents.save()
    assert closed_parts(member) == {StepKind.INBOX, StepKind.DOCUMENTS}


def test_only_a_conversation_that_waits_for_the_member_stays_open(event: Any, member: Any) -> None:
    asked, done = (factories.make_conversation(member, "Vraag") for _each in range(2))
    asked.state, asked.waiting_since = "answered", None
    asked.save()
    done.state, done.waiting_since = "closed", None
    done.save()
    assert readable_conversations(member).count() == 2
    factories.make_portal_step(event, "inbox", is_on=False)
    assert list(readable_conversations(member)) == [asked]
    factories.make_message(done, kind="from_team", body="Nog iets")
    assert readable_conversations(member).count() == 2


# 17.00 o'clock in the Netherlands in winter and in summer, and on the islands, which have no summer time.
CLOSINGS = [
    ("juinen", datetime(2027, 1, 20, 16, tzinfo=UTC)),
    ("juinen", datetime(2027, 7, 20, 15, tzinfo=UTC)),
    ("zonneiland", datetime(2027, 1, 20, 21, tzinfo=UTC)),
    ("zonneiland", datetime(2027, 7, 20, 21, tzinfo=UTC)),
]


@pytest.mark.parametrize(("name", "closes_at"), CLOSINGS)
def test_part_closes_to_the_minute(request: Any, name: str, closes_at: datetime) -> None:
    municipality = request.getfixturevalue(name)
    with tenant_context(municipality), timezone.override(municipality.tz):
        event, member = factories.make_event(), factories.make_member()
        factories.make_portal_step(event, "availability", closes_at=closes_at)
        with time_machine.travel(closes_at - timedelta(seconds=1), tick=False):
            require_open_step(event, StepKind.AVAILABILITY, member)
            assert steps_for(member, event)[0].period.endswith(", 17.00 uur")
        with time_machine.travel(closes_at, tick=False):
            with pytest.raises(StepNotOpen, match=r"gesloten sinds .* 17\.00 uur"):
                require_open_step(event, StepKind.AVAILABILITY, member)
            assert steps_for(member, event)[0].state == StepState.CLOSED


@pytest.mark.parametrize(("name", "closes_at"), CLOSINGS)
def test_part_opens_to_the_minute(request: Any, name: str, closes_at: datetime) -> None:
    municipality = request.getfixturevalue(name)
    with tenant_context(municipality), timezone.override(municipality.tz):
        event, member = factories.make_event(), factories.make_member()
        factories.make_portal_step(event, "availability", opens_at=closes_at)
        with time_machine.travel(closes_at - timedelta(seconds=1), tick=False):
            assert not is_step_open(event, StepKind.AVAILABILITY, member)
        with time_machine.travel(closes_at, tick=False):
            assert is_step_open(event, StepKind.AVAILABILITY, member)


def test_copy_of_a_part_belongs_to_its_own_event(event: Any, member: Any) -> None:
    factories.make_portal_step(factories.make_event(), "own")
    assert steps_for(member, event) == []
    assert PortalStep.objects.count() == 1
