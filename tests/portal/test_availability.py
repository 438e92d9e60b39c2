"""The availability step: one question per page, check, send, change."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.models import Availability, AvailabilityResponse, Preference
from tests import factories


@pytest.fixture
def step(event: Any) -> Any:
    return factories.make_portal_step(event, "availability")


def day_url(day: Any) -> str:
    return f"/availability/day/{day.uuid}/"


def answer(as_member: Any, day: Any, answers: dict[Any, str], **extra: str) -> Any:
    """Fill in the page of one day, as a browser that just opened it."""
    seen = as_member.get(day_url(day)).context["form"]["seen"].value()
    data = {"seen": seen} | {part.uuid.hex: value for part, value in answers.items()} | extra
    return as_member.post(day_url(day), data)


def close(step: Any) -> None:
    step.opens_at = timezone.now() - timedelta(days=2)
    step.closes_at = timezone.now() - timedelta(seconds=1)
    step.save()


def given(member: Any) -> dict[str, str]:
    return dict(Availability.objects.filter(member=member).values_list("day_part__name", "answer"))


def test_availability_without_event_says_not_open(as_member: Any) -> None:
    assert "Deze stap is nog niet open" in as_member.get("/availability/").content.decode()


def test_availability_not_begun_offers_to_begin_or_to_say_no(
    as_member: Any, step: Any, morning: Any, day: Any
) -> None:
    page = as_member.get("/availability/").content.decode()
    assert day_url(day) in page
    assert "Ik kan deze keer niet" in page


def test_day_saves_answers_and_leads_to_the_next_page(
    as_member: Any, member: Any, step: Any, day: Any, morning: Any, evening: Any
) -> None:
    response = answer(as_member, day, {morning: "yes", evening: "if_needed"})
    assert response.url == "/availability/day-part/"
    assert given(member) == {"Ochtend": "yes", "Avond": "if_needed"}
    assert AvailabilityResponse.objects.get().submitted_at is None


def test_day_without_all_answers_keeps_what_was_chosen(
    as_member: Any, member: Any, step: Any, day: Any, morning: Any, evening: Any
) -> None:
    page = answer(as_member, day, {morning: "yes"}).content.decode()
    assert "Kies een antwoord." in page
    assert "<title>Fout: " in page
    assert 'value="yes" checked' in page
    assert given(member) == {}


def test_day_from_the_check_page_leads_back_to_it(as_member: Any, step: Any, day: Any, morning: Any) -> None:
    seen = as_member.get(day_url(day)).context["form"]["seen"].value()
    data = {"seen": seen, morning.uuid.hex: "no"}
    assert as_member.post(f"{day_url(day)}?change=1", data).url == "/availability/"


def test_closing_while_filling_in_keeps_the_answers_on_the_screen(
    as_member: Any, member: Any, step: Any, day: Any, morning: Any
) -> None:
    seen = as_member.get(day_url(day)).context["form"]["seen"].value()
    close(step)
    page = as_member.post(day_url(day), {"seen": seen, morning.uuid.hex: "if_needed"}).content.decode()
    assert "Dit onderdeel is gesloten sinds" in page
    assert 'value="if_needed" checked' in page
    assert given(member) == {}
    assert not AvailabilityResponse.objects.exists()


def test_pages_of_a_closed_step_lead_to_the_overview(
    as_member: Any, step: Any, day: Any, morning: Any
) -> None:
    close(step)
    for page in ("day", "position", "venue", "remark", "unavailable"):
        url = day_url(day) if page == "day" else f"/availability/{page}/"
        assert as_member.get(url).url == "/availability/"
    assert "Deze stap is gesloten" in as_member.get("/availability/").content.decode()


def test_pages_of_a_step_that_is_off_lead_to_the_page_that_says_so(
    as_member: Any, step: Any, day: Any, morning: Any
) -> None:
    step.is_on = False
    step.save()
    assert as_member.get(day_url(day)).url == "/availability/"
    page = as_member.post("/availability/submit/", follow=True).content.decode()
    assert "staat niet meer open voor u" in page


def test_day_of_another_event_is_not_found(as_member: Any, step: Any, morning: Any) -> None:
    other = factories.make_polling_day(factories.make_event(archived_at=timezone.now()))
    assert as_member.get(day_url(other)).status_code == 404


def test_second_tab_is_told_that_the_page_changed(
    as_member: Any, member: Any, step: Any, day: Any, morning: Any
) -> None:
    seen = as_member.get(day_url(day)).context["form"]["seen"].value()
    answer(as_member, day, {morning: "yes"})
    response = as_member.post(day_url(day), {"seen": seen, morning.uuid.hex: "no"})
    page = response.content.decode()
    assert "intussen ergens anders gewijzigd" in page
    assert 'value="no" checked' in page
    assert given(member) == {"Ochtend": "yes"}
    again = response.context["form"]["seen"].value()
    as_member.post(day_url(day), {"seen": again, morning.uuid.hex: "no"})
    assert given(member) == {"Ochtend": "no"}


def test_same_answer_twice_is_harmless(
    as_member: Any, member: Any, step: Any, day: Any, morning: Any
) -> None:
    data = {"seen": as_member.get(day_url(day)).context["form"]["seen"].value(), morning.uuid.hex: "yes"}
    assert as_member.post(day_url(day), data).status_code == 302
    assert as_member.post(day_url(day), data).status_code == 302
    assert given(member) == {"Ochtend": "yes"}


def test_submit_without_all_answers_is_refused(
    as_member: Any, step: Any, day: Any, morning: Any, evening: Any, member: Any
) -> None:
    factories.make_availability(member, morning)
    page = as_member.post("/availability/submit/", follow=True).content.decode()
    assert "U bent nog niet klaar. Kies bij elk dagdeel een antwoord." in page
    assert not AvailabilityResponse.objects.filter(submitted_at__isnull=False).exists()


def test_submit_twice_sends_once(as_member: Any, step: Any, day: Any, morning: Any) -> None:
    answer(as_member, day, {morning: "yes"})
    assert as_member.post("/availability/submit/").url == "/availability/done/"
    first = AvailabilityResponse.objects.get().submitted_at
    assert as_member.post("/availability/submit/").url == "/availability/done/"
    assert AvailabilityResponse.objects.get().submitted_at == first
    assert "Uw antwoorden zijn verstuurd" in as_member.get("/availability/done/").content.decode()


def test_done_page_before_sending_leads_to_the_check_page(as_member: Any, step: Any, morning: Any) -> None:
    assert as_member.get("/availability/done/").url == "/availability/"


def test_sent_answer_can_be_changed_until_closing(
    as_member: Any, member: Any, step: Any, day: Any, morning: Any
) -> None:
    answer(as_member, day, {morning: "yes"})
    as_member.post("/availability/submit/")
    answer(as_member, day, {morning: "no"})
    assert given(member) == {"Ochtend": "no"}
    assert AvailabilityResponse.objects.get().submitted_at is not None
    close(step)
    assert "Wijzigen" not in as_member.get("/availability/").content.decode()


def test_new_day_part_after_sending_makes_the_step_busy_again(
    as_member: Any, step: Any, day: Any, morning: Any
) -> None:
    answer(as_member, day, {morning: "yes"})
    as_member.post("/availability/submit/")
    factories.make_day_part(day, name="Tellen", start="21:00", end="23:00")
    assert as_member.get("/").context["tasks"][0]["status"] == "busy"
    assert "Er is een dagdeel bij gekomen" in as_member.get("/availability/").content.decode()


def test_unavailable_needs_a_reason(as_member: Any, step: Any, morning: Any) -> None:
    page = as_member.post("/availability/unavailable/", {"reason": "  "}).content.decode()
    assert "Vul in waarom u deze keer niet kunt." in page


def test_unavailable_answers_no_everywhere_and_is_sent(
    as_member: Any, member: Any, step: Any, day: Any, morning: Any, evening: Any
) -> None:
    answer(as_member, day, {morning: "yes", evening: "yes"})
    assert as_member.post("/availability/unavailable/", {"reason": "Vakantie"}).url == "/availability/done/"
    assert given(member) == {"Ochtend": "no", "Avond": "no"}
    assert AvailabilityResponse.objects.get().submitted_at is not None
    assert as_member.get("/").context["tasks"][0]["status"] == "done"


def test_withdrawing_unavailable_starts_anew(
    as_member: Any, member: Any, step: Any, day: Any, morning: Any
) -> None:
    as_member.post("/availability/unavailable/", {"reason": "Vakantie"})
    assert as_member.post("/availability/withdraw/").url == day_url(day)
    assert given(member) == {}
    response = AvailabilityResponse.objects.get()
    assert (response.unavailable_reason, response.submitted_at) == ("", None)


def test_positions_offer_first_what_the_member_can_do(
    as_member: Any, event: Any, step: Any, morning: Any
) -> None:
    factories.make_position(event, name="Voorzitter", kind="chair", rank=1)
    factories.make_position(event, name="Lid", kind="member", rank=2)
    form = as_member.get("/availability/position/").context["form"]
    groups = dict(form.fields["choice_1"].choices)
    assert [name for _key, name in groups["Dit kunt u al doen"]] == ["Lid"]
    assert [name for _key, name in groups["Andere functies"]] == ["Voorzitter"]


def test_positions_are_saved_in_order_without_gaps(
    as_member: Any, member: Any, event: Any, step: Any, morning: Any
) -> None:
    chair = factories.make_position(event, name="Voorzitter", kind="chair")
    lid = factories.make_position(event, name="Lid")
    factories.make_position(event, name="Teller", kind="counter")
    data = {"choice_1": lid.uuid.hex, "choice_2": "", "choice_3": chair.uuid.hex}
    as_member.post("/availability/position/", data)
    wishes = Preference.objects.filter(member=member).order_by("rank").values_list("rank", "position__name")
    assert list(wishes) == [(1, "Lid"), (2, "Voorzitter")]


def test_same_position_twice_is_an_error(as_member: Any, event: Any, step: Any, morning: Any) -> None:
    lid = factories.make_position(event, name="Lid")
    factories.make_position(event, name="Teller", kind="counter")
    page = as_member.post("/availability/position/", {"choice_1": lid.uuid.hex, "choice_2": lid.uuid.hex})
    assert "Deze functie hebt u al gekozen." in page.content.decode()
    assert not Preference.objects.exists()


@pytest.mark.parametrize(
    "search", ["regen", "regen\x00", "REGENBOOG dorps", "1234AB", "1234 ab", "regénboog"]
)
def test_venue_search_finds_part_of_name_street_and_postcode(
    as_member: Any, event: Any, step: Any, morning: Any, search: str
) -> None:
    venue = factories.make_venue(name="De Regenboog", street="Dorpsstraat", postcode="1234 AB")
    factories.make_polling_station(event, venue=venue)
    factories.make_polling_station(
        event, venue=factories.make_venue(name="Kerk", street="Plein", postcode="9999 ZZ")
    )
    page = as_member.get("/availability/venue/", {"q": search})
    assert [found.name for found in page.context["found"]] == ["De Regenboog"]


def test_venue_search_without_result_says_what_to_try(
    as_member: Any, event: Any, step: Any, morning: Any
) -> None:
    factories.make_polling_station(event)
    assert "Niets gevonden." in as_member.get("/availability/venue/", {"q": "xyz"}).content.decode()


def test_venues_are_added_raised_and_removed(
    as_member: Any, member: Any, event: Any, step: Any, morning: Any
) -> None:
    stations = [factories.make_polling_station(event) for _number in range(4)]
    url = "/availability/venue/"

    def wishes() -> list[Any]:
        return [wish.venue for wish in Preference.objects.filter(member=member).order_by("rank")]

    first, second, third, fourth = (station.venue for station in stations)
    for venue in (first, second, second, third):
        as_member.post(url, {"add": venue.uuid})
    assert wishes() == [first, second, third]
    page = as_member.post(url, {"add": fourth.uuid}, follow=True).content.decode()
    assert "U hebt al 3 stemlokalen gekozen." in page
    as_member.post(url, {"raise": third.uuid})
    as_member.post(url, {"remove": first.uuid})
    as_member.post(url, {"remove": first.uuid})
    assert wishes() == [third, second]


def test_venue_that_is_not_in_the_event_is_refused(
    as_member: Any, event: Any, step: Any, morning: Any
) -> None:
    factories.make_polling_station(event)
    as_member.post("/availability/venue/", {"add": factories.make_venue().uuid})
    assert not Preference.objects.exists()
    assert as_member.post("/availability/venue/", {"add": "geen-uuid"}).status_code == 404


def test_remark_is_saved_and_shown_on_the_check_page(
    as_member: Any, step: Any, day: Any, morning: Any
) -> None:
    answer(as_member, day, {morning: "yes"})
    assert (
        as_member.post("/availability/remark/", {"remark": "<b>Graag</b> met Anna"}).url == "/availability/"
    )
    page = as_member.get("/availability/").content.decode()
    assert "&lt;b&gt;Graag&lt;/b&gt; met Anna" in page


def test_closing_moment_is_told_in_the_time_of_the_island(
    zonneiland: Any, client_for: Any, frozen_step: Any
) -> None:
    page = client_for(zonneiland, frozen_step).get("/availability/").content.decode()
    assert "Open tot maandag 1 februari 2100, 17.00 uur" in page


@pytest.fixture
def frozen_step(zonneiland: Any) -> Any:
    """A step at Zonneiland that closes at 17.00 local time, 21.00 UTC; returns the user of a member there."""
    with tenant_context(zonneiland):
        event = factories.make_event()
        factories.make_day_part(factories.make_polling_day(event))
        factories.make_portal_step(event, "availability", closes_at=datetime(2100, 2, 1, 21, tzinfo=UTC))
        return factories.make_member().user


def test_overview_needs_a_fixed_number_of_queries(
    as_member: Any, event: Any, step: Any, day: Any, django_assert_num_queries: Any
) -> None:
    as_member.get("/availability/")
    for _round in range(2):
        part = factories.make_day_part(day)
        factories.make_polling_station(event)
        factories.make_position(event)
        answer(as_member, day, dict.fromkeys(day.day_parts.all(), "yes") | {part: "no"})
        with django_assert_num_queries(18):
            as_member.get("/availability/")
