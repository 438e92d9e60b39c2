"""Joining two rows of one person: nothing is lost, what wins is chosen, and it is one act or none."""

from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone

from elections import secrets
from elections.actions import member_merge
from elections.actions.assignment import assign_member
from elections.actions.member import create_member, update_member
from elections.actions.member_merge import merge_members
from elections.actions.member_relations import MEMBER_RULES, relations_to
from elections.actions.privacy import erase_member, export_member
from elections.enums import EraseReason, SecretKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import (
    AppointmentLetter,
    Assignment,
    AuditEvent,
    Availability,
    AvailabilityResponse,
    CompanionWish,
    Conversation,
    Label,
    Member,
    MergedMember,
    PlanChange,
    User,
)
from elections.queries.member import timeline
from elections.queries.member_merge import differences
from elections.queries.merged_member import went_up_in
from tests import factories

BSNS = ("999900018", "999990020", "999990032")


@pytest.fixture
def staff():
    return factories.make_staff()


@pytest.fixture
def pair():
    """Two rows without accounts, of one person."""
    return [
        factories.make_member(with_user=False, last_name="Jansen", first_name="Anna", **values)
        for values in ({"phone": "+31 6 11111111", "remark": "een"}, {"remark": "twee", "city": "Juinen"})
    ]


def merge(keep, gone, by, **choices):
    keep.refresh_from_db()
    gone.refresh_from_db()
    return merge_members(keep, gone, choices, versions=(keep.version, gone.version), by=by)


def test_one_row_is_left_with_what_both_had(pair, staff):
    keep, gone = pair
    uuid, number = gone.uuid, gone.number
    merged = merge(keep, gone, staff)
    assert Member.objects.get() == merged
    merged.refresh_from_db()
    assert (merged.phone, merged.city, merged.remark) == ("+31 6 11111111", "Juinen", "een\ntwee")
    assert went_up_in(uuid) == keep
    assert MergedMember.objects.get().number == number
    event = AuditEvent.objects.get(action="member.merge")
    assert event.details["number"] == number


@pytest.mark.parametrize(("choice", "email"), [("keep", "een@voorbeeld.nl"), ("gone", "twee@voorbeeld.nl")])
def test_what_wins_is_chosen_per_datum(staff, choice, email):
    keep = factories.make_member(email="een@voorbeeld.nl", with_user=False, birth_date=date(1970, 1, 1))
    gone = factories.make_member(email="twee@voorbeeld.nl", with_user=False, birth_date=date(1971, 1, 1))
    merged = merge(keep, gone, staff, email=choice, birth_date="gone")
    merged.refresh_from_db()
    assert (merged.email, merged.birth_date) == (email, date(1971, 1, 1))


def test_number_that_is_not_chosen_stays_taken(pair, staff):
    keep, gone = pair
    old, new = keep.number, gone.number
    assert merge(keep, gone, staff, number="gone").number == new
    with pytest.raises(ActionError, match=f"Lidnummer {old} is al van"):
        create_member({"number": old, "last_name": "Nieuw"}, by=staff)
    assert create_member({"last_name": "Nieuw"}, by=staff).number > max(old, new)


def test_differences_are_only_what_both_have(pair):
    keys = {each.key for each in differences(*pair)}
    assert keys == {"number", "name", "email", "remark"} - {"name"}


def test_every_row_of_a_full_member_moves(worlds, juinen, staff):
    """The world has one of everything; what it lacks is named, so that a new relation gets a row here too."""
    world = worlds[juinen.schema_name]
    gone, keep = world.member, factories.make_member(with_user=False)
    CompanionWish.objects.create(
        member=factories.make_member(),
        event=world.event,
        name="Noor",
        companion=gone,
        settled_at=timezone.now(),
    )
    gone.labels.add(Label.objects.create(name="ervaren"))
    factories.make_audience(kind="members").members.add(gone)
    before = {
        name: model._base_manager.filter(**{column: gone}).count()
        for name, (model, column) in relations_to(Member).items()
    }
    merge(keep, gone, staff)
    after = {
        name: model._base_manager.filter(**{column: keep}).count()
        for name, (model, column) in relations_to(Member).items()
    }
    assert after.pop("mergedmember.member") == before.pop("mergedmember.member") + 1
    assert after == before
    assert sum(count > 0 for count in before.values()) > len(MEMBER_RULES) / 2


def test_both_have_everything_and_one_of_each_stays(worlds, juinen, staff):
    world = worlds[juinen.schema_name]
    keep, gone = world.member, factories.make_member(with_user=False)
    label = Label.objects.create(name="ervaren")
    for member in (keep, gone):
        member.labels.add(label)
    AvailabilityResponse.objects.create(member=keep, event=world.event)
    AvailabilityResponse.objects.create(
        member=gone, event=world.event, remark="laatste", submitted_at=timezone.now()
    )
    Availability.objects.create(member=gone, day_part=world.day_part, answer="no")
    Availability.objects.create(member=keep, day_part=world.day_part, answer="yes")
    factories.make_privacy_request(gone)
    factories.make_waitlist_entry(gone, world.shift)
    factories.make_training_start(world.training, gone)
    factories.make_calendar_feed(gone)
    factories.make_letter(gone, world.event, number=2, state="made")
    merged = merge(keep, gone, staff)
    assert merged.labels.get() == label
    # The answers that were sent win, as a whole.
    assert merged.availability_responses.get().remark == "laatste"
    assert merged.availabilities.get().answer == "no"
    assert AppointmentLetter.objects.get() == world.letter
    assert merged.waitlist_entries.get() == world.waitlist_entry


def test_answers_of_an_event_stay_together(pair, staff):
    keep, gone = pair
    part = factories.make_day_part(factories.make_polling_day(event := factories.make_event()))
    for member, answer in ((keep, "yes"), (gone, "no")):
        AvailabilityResponse.objects.create(member=member, event=event, submitted_at=timezone.now())
        Availability.objects.create(member=member, day_part=part, answer=answer)
    factories.make_companion_wish(gone, event, name="Piet")
    merged = merge(keep, gone, staff, **{f"answers:{event.uuid}": "keep"})
    assert merged.availabilities.get().answer == "yes"
    assert not merged.companion_wishes.exists()


def test_places_at_one_time_stop_it(pair, staff):
    keep, gone = pair
    event = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(event))
    for member in pair:
        station = factories.make_polling_station(event)
        factories.make_assignment(member, factories.make_shift(station, part, factories.make_position(event)))
    with pytest.raises(ActionError, match="op dezelfde tijd ingedeeld"):
        merge(keep, gone, staff)
    assert Member.objects.count() == 2
    Assignment.objects.filter(member=gone).update(state="cancelled")
    assert merge(keep, gone, staff).assignments.count() == 2


def test_two_published_letters_stop_it(pair, staff):
    keep, gone = pair
    event = factories.make_event()
    for number, member in enumerate(pair, start=1):
        factories.make_letter(member, event, number=number, state="published")
    with pytest.raises(ActionError, match="gepubliceerde brief"):
        merge(keep, gone, staff)
    AppointmentLetter.objects.filter(member=keep).update(state="withdrawn")
    assert merge(keep, gone, staff).letters.get().number == 2


def test_numbers_go_along_and_can_be_opened(pair, staff):
    keep, gone = pair
    secrets.set_secret(gone, SecretKind.BSN, BSNS[0], by=staff)
    merged = merge(keep, gone, staff)
    row = merged.secrets.get()
    assert secrets.unseal(row) == secrets.Secret(BSNS[0])


@pytest.mark.parametrize(("choice", "kept"), [("keep", BSNS[0]), ("gone", BSNS[1])])
def test_of_two_numbers_the_chosen_one_stays(pair, staff, choice, kept):
    for member, bsn in zip(pair, BSNS, strict=False):
        secrets.set_secret(member, SecretKind.BSN, bsn, by=staff)
    merged = merge(*pair, staff, **{"secret:bsn": choice})
    assert secrets.unseal(merged.secrets.get()) == secrets.Secret(kept)


def test_changed_row_stops_it(pair, staff):
    keep, gone = pair
    versions = (keep.version, gone.version)
    update_member(gone, {"city": "Elders"}, [], version=gone.version, by=staff)
    with pytest.raises(ChangedElsewhere):
        merge_members(keep, gone, {}, versions=versions, by=staff)
    assert Member.objects.count() == 2


def test_form_with_the_old_version_cannot_be_sent_after_it(pair, staff):
    keep, gone = pair
    version = keep.version
    merge(keep, gone, staff)
    with pytest.raises(ChangedElsewhere):
        update_member(keep, {"city": "Elders"}, [], version=version, by=staff)


def test_who_is_joined_already_cannot_be_again(pair, staff):
    keep, gone = pair
    merge(keep, gone, staff)
    with pytest.raises(ChangedElsewhere, match="bestaat niet meer"):
        merge_members(keep, gone, {}, versions=(1, 1), by=staff)
    with pytest.raises(ActionError, match="twee verschillende"):
        merge_members(keep, keep, {}, versions=(1, 1), by=staff)


def test_it_is_one_act_or_none(pair, staff, monkeypatch):
    keep, gone = pair
    keep_talk = factories.make_conversation(gone, "vraag")
    monkeypatch.setattr(member_merge, "match_members", lambda _members: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        merge(keep, gone, staff)
    keep_talk.refresh_from_db()
    assert (keep_talk.member, MergedMember.objects.count()) == (gone, 0)


def test_confidential_stays_confidential_and_is_for_few(pair, staff):
    keep, gone = pair
    gone.confidential_since, gone.confidential_reason = timezone.now(), "bedreigd"
    gone.save()
    with pytest.raises(ActionError, match="vertrouwelijk"):
        merge(keep, gone, factories.make_staff("planner"))
    merged = merge(keep, gone, staff)
    assert (merged.is_confidential, merged.confidential_reason) == (True, "bedreigd")


def test_erased_row_is_not_joined(pair, staff):
    keep, gone = pair
    erase_member(gone, by=staff, reason=EraseReason.REQUEST)
    with pytest.raises(ActionError, match="gewist"):
        merge(keep, gone, staff)


def test_active_row_makes_the_member_active(staff):
    keep = factories.make_member(with_user=False, is_active=False, deactivated_at=timezone.now())
    merged = merge(keep, factories.make_member(with_user=False), staff)
    merged.refresh_from_db()
    assert (merged.is_active, merged.deactivated_at) == (True, None)


def test_undo_of_the_planning_knows_the_new_row(pair, staff):
    keep, gone = pair
    event = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(factories.make_polling_station(event), part, factories.make_position(event))
    old = str(gone.uuid)
    assign_member(gone, shift, by=staff)
    assert old in str(PlanChange.objects.get().steps)
    merge(keep, gone, staff)
    steps = str(PlanChange.objects.get().steps)
    assert old not in steps
    assert str(keep.uuid) in steps


def test_message_to_a_group_that_both_got_is_there_once(pair, staff):
    keep, gone = pair
    group = factories.make_group_message()
    for member in pair:
        talk = Conversation.objects.create(member=member, subject="hallo", group=group, state="answered")
        talk.messages.create(kind="from_team", body="hallo")
    answered = Conversation.objects.get(member=gone)
    answered.messages.create(kind="from_member", body="ja")
    merge(keep, gone, staff)
    assert {(talk.group, talk.messages.count()) for talk in keep.conversations.all()} == {
        (group, 1),
        (None, 2),
    }


def test_wish_to_work_with_oneself_goes(pair, staff):
    keep, gone = pair
    factories.make_companion_wish(keep, factories.make_event(), companion=gone, settled_at=timezone.now())
    merge(keep, gone, staff)
    assert not CompanionWish.objects.exists()


def test_log_timeline_and_export_tell_of_both(pair, staff):
    keep, gone = pair
    update_member(gone, {"city": "Elders"}, [], version=gone.version, by=staff)
    merge(keep, gone, staff)
    titles = [each.title for each in timeline(keep)]
    assert titles == ["Samengevoegd met een dubbel lid", "Gegevens gewijzigd door het team"]
    assert export_member(keep, by=staff)


def test_erasing_reaches_the_log_of_the_old_row(pair, staff):
    keep, gone = pair
    update_member(gone, {"city": "Elders"}, [], version=gone.version, by=staff)
    old = AuditEvent.objects.get(action="member.update")
    erase_member(merge(keep, gone, staff), by=staff, reason=EraseReason.REQUEST)
    old.refresh_from_db()
    assert old.blanked_at
    assert not MergedMember.objects.exists()


def test_twice_joined_knows_both_old_rows(pair, staff):
    keep, gone = pair
    third = factories.make_member(with_user=False)
    uuids = {keep.uuid, gone.uuid}
    merge(keep, gone, staff)
    merge(third, keep, staff)
    assert set(third.merged.values_list("uuid", flat=True)) == uuids


def test_who_died_is_not_brought_to_life_by_joining(staff):
    alive, dead = factories.make_member(), factories.make_member()
    stopped = timezone.now()
    User.objects.filter(pk=dead.user.pk).update(mail_stopped_at=stopped)
    Member.objects.filter(pk=dead.pk).update(is_active=False, deactivated_at=stopped)
    with pytest.raises(ActionError, match="overleden"):
        merge(alive, dead, staff)
    Member.objects.filter(pk=alive.pk).update(is_active=False, deactivated_at=stopped)
    alive = Member.objects.get(pk=alive.pk)
    merged = merge(alive, Member.objects.get(pk=dead.pk), staff, account="keep")
    assert User.objects.get(member=merged).mail_stopped_at == stopped
    assert not merged.is_active
