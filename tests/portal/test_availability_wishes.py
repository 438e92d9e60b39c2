"""Wishes of members, what the team takes out of the choice later, and a "no" after somebody was placed."""

import re
from datetime import date, time
from typing import Any

import pytest
from django.utils import timezone

from elections.actions import availability as actions
from elections.actions.companion import wish_companion
from elections.enums import AvailabilityAnswer
from elections.errors import ActionError, StepNotOpen
from elections.models import Assignment, Availability, AvailabilityResponse, CompanionWish, Preference
from tests import factories


@pytest.fixture(autouse=True)
def step(event: Any) -> Any:
    return factories.make_portal_step(event, "availability")


@pytest.fixture
def answered(member: Any, event: Any, morning: Any, evening: Any) -> Any:
    """A sent answer: yes to both day parts."""
    for part in (morning, evening):
        factories.make_availability(member, part)
    return AvailabilityResponse.objects.create(member=member, event=event, submitted_at=timezone.now())


def day_url(day: Any) -> str:
    return f"/availability/day/{day.uuid}/"


def answer(as_member: Any, day: Any, answers: dict[Any, str], query: str = "") -> Any:
    seen = as_member.get(day_url(day)).context["form"]["seen"].value()
    data = {"seen": seen} | {part.uuid.hex: value for part, value in answers.items()}
    return as_member.post(day_url(day) + query, data)


def wishes(member: Any, kind: str) -> list[Any]:
    found = Preference.objects.filter(member=member, kind=kind).order_by("rank")
    return [wish.position or wish.day_part or wish.venue for wish in found]


def place(member: Any, event: Any, part: Any, **values: Any) -> Any:
    station = factories.make_polling_station(event)
    return factories.make_assignment(
        member, factories.make_shift(station, part, factories.make_position(event)), **values
    )


# What is offered


def test_day_asks_only_the_day_parts_that_are_offered(
    as_member: Any, member: Any, day: Any, morning: Any, evening: Any
) -> None:
    evening.is_offered = False
    evening.save()
    assert list(as_member.get(day_url(day)).context["form"].parts.values()) == [morning]
    answer(as_member, day, {morning: "yes", evening: "yes"})
    assert Availability.objects.get().day_part == morning


def test_day_part_that_is_not_offered_cannot_be_answered(
    member: Any, day: Any, morning: Any, evening: Any
) -> None:
    evening.is_offered = False
    evening.save()
    answers = {morning: AvailabilityAnswer.YES, evening: AvailabilityAnswer.YES}
    with pytest.raises(ActionError, match="Kies bij elk dagdeel een antwoord"):
        actions.save_day(member, day, answers, by=None)


def test_answer_to_a_day_part_that_is_withdrawn_stays_and_is_shown_as_such(
    as_member: Any, member: Any, answered: Any, day: Any, morning: Any, evening: Any
) -> None:
    evening.is_offered = False
    evening.save()
    page = as_member.get("/availability/").content.decode()
    assert "Ja, ik kan (dit dagdeel vragen wij niet meer)" in page
    answer(as_member, day, {morning: "no"})
    assert Availability.objects.get(day_part=evening).answer == "yes"


def test_day_without_any_offered_part_says_that_nothing_is_asked(
    as_member: Any, answered: Any, day: Any, morning: Any, evening: Any
) -> None:
    day.day_parts.update(is_offered=False)
    page = as_member.get(day_url(day), follow=True).content.decode()
    assert "Voor deze dag vragen wij niets meer." in page
    assert as_member.get("/").context["tasks"][0]["status"] == "done"


def test_position_that_is_not_offered_is_not_in_the_list_and_refused(
    as_member: Any, member: Any, event: Any, day: Any, morning: Any
) -> None:
    lid = factories.make_position(event, name="Lid")
    chair = factories.make_position(event, name="Voorzitter", kind="chair")
    day.offered_positions.add(lid)
    form = as_member.get("/availability/position/").context["form"]
    assert list(form.things.values()) == [lid]
    with pytest.raises(ActionError, match="Kies een functie uit de lijst"):
        actions.save_positions(member, event, [chair], by=None)


def test_position_that_is_withdrawn_stays_behind_the_new_choice(
    as_member: Any, member: Any, event: Any, day: Any, morning: Any
) -> None:
    chair = factories.make_position(event, name="Voorzitter", kind="chair")
    lid = factories.make_position(event, name="Lid")
    actions.save_positions(member, event, [chair, lid], by=None)
    day.offered_positions.add(lid)
    assert "1. Voorzitter (kunt u nu niet meer kiezen)" in as_member.get("/availability/").content.decode()
    page = as_member.get("/availability/position/")
    assert "Dit kunt u nu niet meer kiezen" in page.content.decode()
    as_member.post("/availability/position/", {"seen": page.context["form"]["seen"].value(), "choice_1": ""})
    assert wishes(member, "position") == [chair]


def test_venue_that_is_not_offered_is_refused_and_a_withdrawn_one_stays(
    as_member: Any, member: Any, event: Any, day: Any, morning: Any
) -> None:
    old, new = (factories.make_polling_station(event).venue for _number in range(2))
    as_member.post("/availability/venue/", {"add": old.uuid})
    day.offered_venues.add(new)
    page = as_member.get("/availability/venue/")
    assert page.context["found"] == [new]
    assert "Dit stemlokaal kunt u nu niet meer kiezen" in page.content.decode()
    as_member.post("/availability/venue/", {"add": new.uuid})
    assert wishes(member, "venue") == [old, new]
    as_member.post("/availability/venue/", {"remove": old.uuid})
    as_member.post("/availability/venue/", {"add": old.uuid})
    assert wishes(member, "venue") == [new]


# The order of day parts


def test_day_parts_are_put_in_order(
    as_member: Any, member: Any, answered: Any, day: Any, morning: Any, evening: Any
) -> None:
    page = as_member.get("/availability/day-part/?change=1")
    seen = page.context["form"]["seen"].value()
    data = {"seen": seen, "choice_1": evening.uuid.hex, "choice_2": morning.uuid.hex}
    assert as_member.post("/availability/day-part/?change=1", data).url == "/availability/"
    assert wishes(member, "day_part") == [evening, morning]
    assert "1. wo 17 maart: Avond, 14.00 tot 23.00 uur" in as_member.get("/availability/").content.decode()


def test_day_part_with_a_no_is_not_in_the_order(
    as_member: Any, member: Any, event: Any, answered: Any, day: Any, morning: Any, evening: Any
) -> None:
    night = factories.make_day_part(day, name="Nacht", start=time(23), end=time(3))
    factories.make_availability(member, night)
    actions.save_day_parts(member, event, [evening, night], by=None)
    answer(as_member, day, {morning: "yes", evening: "no", night: "yes"})
    assert wishes(member, "day_part") == [night]
    with pytest.raises(ActionError, match="Kies een dagdeel uit de lijst"):
        actions.save_day_parts(member, event, [evening], by=None)


def test_order_is_not_asked_when_there_is_one_day_part_left(
    as_member: Any, member: Any, answered: Any, day: Any, morning: Any, evening: Any
) -> None:
    response = answer(as_member, day, {morning: "yes", evening: "no"})
    assert response.url == "/availability/companion/"
    assert as_member.get("/availability/day-part/").url == "/availability/"


def test_second_tab_is_told_that_the_order_changed(
    as_member: Any, member: Any, event: Any, answered: Any, morning: Any, evening: Any
) -> None:
    seen = as_member.get("/availability/day-part/").context["form"]["seen"].value()
    actions.save_day_parts(member, event, [morning], by=None)
    data = {"seen": seen, "choice_1": evening.uuid.hex}
    page = as_member.post("/availability/day-part/", data).content.decode()
    assert "intussen ergens anders gewijzigd" in page
    assert wishes(member, "day_part") == [morning]


# The wish to work with somebody


def test_companion_is_saved_changed_and_taken_back(
    as_member: Any, member: Any, answered: Any, morning: Any
) -> None:
    url = "/availability/companion/"
    for name in ("Anna Bakker", "Piet Visser", ""):
        seen = as_member.get(url).context["form"]["seen"].value()
        assert as_member.post(url, {"seen": seen, "name": f" {name} "}).url == "/availability/remark/"
        assert list(CompanionWish.objects.values_list("name", flat=True)) == ([name] if name else [])
    assert "Geen voorkeur" in as_member.get("/availability/").content.decode()


@pytest.mark.parametrize("name", ["Noor van Dijk", "N.A. VAN DIJK", "noor  van dijk"])
def test_own_name_is_refused(as_member: Any, member: Any, morning: Any, name: str) -> None:
    page = as_member.post("/availability/companion/", {"name": name}).content.decode()
    assert "Dit is uw eigen naam." in page
    assert not CompanionWish.objects.exists()


def test_name_with_a_link_in_it_is_refused(as_member: Any, morning: Any) -> None:
    page = as_member.post("/availability/companion/", {"name": "kijk op http://a.example"}).content.decode()
    assert "Gebruik in een naam geen cijfers" in page
    assert not CompanionWish.objects.exists()


@pytest.mark.parametrize("typed", ["Anna Bakker", "anna bakker", "A.B. Bakker", "Ánna  Bakker"])
def test_name_of_exactly_one_member_is_linked_at_once(
    member: Any, event: Any, morning: Any, typed: str
) -> None:
    anna = factories.make_member(first_name="Anna", initials="A.B.", last_name="Bakker")
    wish_companion(member, event, typed, by=None)
    wish = CompanionWish.objects.get()
    assert (wish.name, wish.companion) == (typed, anna)
    assert wish.settled_at is not None


def test_name_of_two_members_waits_for_the_team(member: Any, event: Any, morning: Any) -> None:
    for _number in range(2):
        factories.make_member(first_name="Anna", last_name="Bakker")
    wish_companion(member, event, "Anna Bakker", by=None)
    wish = CompanionWish.objects.get()
    assert (wish.companion, wish.settled_at) == (None, None)


def test_only_a_last_name_is_not_linked(member: Any, event: Any, morning: Any) -> None:
    factories.make_member(first_name="Anna", last_name="Bakker")
    wish_companion(member, event, "Bakker", by=None)
    assert CompanionWish.objects.get().companion is None


def test_pages_do_not_tell_whether_the_name_is_a_member(
    as_member: Any, member: Any, event: Any, answered: Any, morning: Any
) -> None:
    factories.make_member(first_name="Anna", last_name="Bakker")

    def pages(name: str) -> list[str]:
        CompanionWish.objects.all().delete()
        sent = as_member.post("/availability/companion/", {"name": name})
        shown = [
            as_member.get(url).content.decode() for url in ("/availability/", "/availability/companion/")
        ]
        return [sent.url, *(_without_keys(page.replace(name, "NAAM")) for page in shown)]

    assert pages("Anna Bakker") == pages("Zoe Zwart")


def _without_keys(page: str) -> str:
    """What the page says, without what differs each time: tokens, signed values and the time of the clock."""
    main = page[page.index("<main") : page.index("</main>")]
    main = re.sub(r"\d\d\.\d\d uur", "", main)
    return re.sub(r'(name="(?:seen|csrfmiddlewaretoken)" value)="[^"]*"', r"\1", main)


# A "no" after somebody was placed


@pytest.mark.parametrize(("state", "points"), [("confirmed", False), ("published", True)])
def test_no_after_placing_is_saved_told_and_leaves_the_place(
    as_member: Any,
    member: Any,
    event: Any,
    answered: Any,
    day: Any,
    morning: Any,
    evening: Any,
    state: str,
    points: bool,
) -> None:
    factories.make_portal_step(event, "placement")
    assignment = place(member, event, morning, state=state)
    answer(as_member, day, {morning: "no", evening: "yes"}, "?change=1")
    page = as_member.get("/availability/").content.decode()
    assert "U bent al ingedeeld" in page
    assert "Het team verkiezingen krijgt hierover bericht" in page
    assert ("Laat bij uw plaats weten dat u niet komt" in page) is points
    assert Availability.objects.get(day_part=morning).answer == "no"
    assert Assignment.objects.get(pk=assignment.pk).state == state


def test_no_after_placing_is_told_on_the_next_page_too(
    as_member: Any, member: Any, event: Any, answered: Any, day: Any, morning: Any, evening: Any
) -> None:
    place(member, event, morning)
    next_page = answer(as_member, day, {morning: "no", evening: "yes"}).url
    assert "U bent al ingedeeld" in as_member.get(next_page).content.decode()


def test_cannot_come_at_all_after_placing_leaves_the_place(
    as_member: Any, member: Any, event: Any, answered: Any, day: Any, morning: Any
) -> None:
    assignment = place(member, event, morning)
    assert "U bent al ingedeeld" in as_member.get("/availability/unavailable/").content.decode()
    page = as_member.post("/availability/unavailable/", {"reason": "Vakantie"}, follow=True).content.decode()
    assert "U bent al ingedeeld" in page
    assert "Wij delen u deze keer niet in" not in page
    assert Assignment.objects.get(pk=assignment.pk).state == "confirmed"


def test_no_without_a_place_says_nothing_of_a_place(
    as_member: Any, answered: Any, day: Any, morning: Any, evening: Any
) -> None:
    answer(as_member, day, {morning: "no", evening: "yes"}, "?change=1")
    assert "U bent al ingedeeld" not in as_member.get("/availability/").content.decode()


# Times, and what the team sees


def test_end_past_midnight_and_over_the_clock_change_is_told(as_member: Any, event: Any) -> None:
    day = factories.make_polling_day(event, date=date(2027, 3, 27))
    factories.make_day_part(day, name="Tellen", start=time(22), end=time(3))
    factories.make_day_part(day, name="Nacht", start=time(23), end=time(2, 30))
    page = as_member.get(day_url(day)).content.decode()
    assert "Tellen, 22.00 tot 03.00 uur de volgende dag" in page
    assert "Nacht, 23.00 tot 03.30 uur de volgende dag" in page


def test_every_change_of_an_answer_is_the_newest_for_the_team(
    as_member: Any, member: Any, event: Any, answered: Any, day: Any, morning: Any, evening: Any
) -> None:
    answered.changed_at = None
    answered.save()
    answer(as_member, day, {morning: "no", evening: "yes"})
    first = AvailabilityResponse.objects.get().changed_at
    actions.save_remark(member, event, "Graag dichtbij", by=None)
    assert first is not None
    assert AvailabilityResponse.objects.get().changed_at > first


def test_wishes_of_a_closed_step_are_refused(
    member: Any, event: Any, step: Any, answered: Any, morning: Any
) -> None:
    step.closes_at = timezone.now()
    step.save()
    with pytest.raises(StepNotOpen):
        actions.save_day_parts(member, event, [morning], by=None)
    with pytest.raises(StepNotOpen):
        wish_companion(member, event, "Anna Bakker", by=None)


def test_change_of_a_sent_answer_is_told(
    as_member: Any, answered: Any, day: Any, morning: Any, evening: Any
) -> None:
    assert "Laatst gewijzigd" not in as_member.get("/availability/").content.decode()
    page = as_member.get(f"{day_url(day)}?change=1").content.decode()
    assert "Vraag 1 van" not in page
    answer(as_member, day, {morning: "no", evening: "yes"}, "?change=1")
    page = as_member.get("/availability/").content.decode()
    assert "Uw wijziging is bewaard." in page
    assert "Laatst gewijzigd op" in page


def test_answers_that_were_just_sent_are_not_changed(
    as_member: Any, member: Any, event: Any, step: Any, day: Any, morning: Any
) -> None:
    answer(as_member, day, {morning: "yes"})
    as_member.post("/availability/submit/")
    assert "Laatst gewijzigd" not in as_member.get("/availability/").content.decode()


def test_first_name_alone_is_not_enough(as_member: Any, morning: Any) -> None:
    page = as_member.post("/availability/companion/", {"name": "Jan"}).content.decode()
    assert "Vul ook de achternaam in." in page
    assert not CompanionWish.objects.exists()
