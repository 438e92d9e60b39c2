"""The pages where a member finds, takes, waits for and gives back a place."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from elections.models import Assignment, WaitlistEntry
from tests import factories


@pytest.fixture
def step(event):
    return factories.make_portal_step(event, "reservation")


@pytest.fixture
def morning(event, step):
    return factories.make_day_part(factories.make_polling_day(event), name="Ochtend")


@pytest.fixture
def position(event):
    return factories.make_position(event, name="Stembureaulid", allowance_cents=13000)


@pytest.fixture
def shift(event, morning, position):
    station = factories.make_polling_station(event, name="De Linde")
    return factories.make_shift(station, morning, position, places=1)


@pytest.fixture
def member(juinen):
    return factories.make_member()


@pytest.fixture
def browser(juinen, member, client_for):
    return client_for(juinen, member.user)


def url(name, *rows):
    return reverse(f"portal:{name}", args=[row.uuid for row in rows])


def text(response):
    return response.content.decode()


def another(shift, name, **values):
    station = factories.make_polling_station(shift.polling_station.event, name=name)
    return factories.make_shift(station, shift.day_part, shift.position, **values)


def test_the_task_list_leads_to_picking_a_place(browser, shift):
    assert reverse("portal:reservation") in text(browser.get(reverse("portal:home")))
    page = text(browser.get(reverse("portal:reservation")))
    assert reverse("portal:reservation-search") in page


def test_questions_with_one_answer_are_not_asked(browser, shift):
    response = browser.get(reverse("portal:reservation-search"))
    assert response.url == reverse("portal:reservation-places")


def test_questions_lead_to_the_list(browser, shift, morning, event):
    evening = factories.make_day_part(morning.polling_day, name="Avond", start=time(20), end=time(2))
    counter = factories.make_position(event, kind="counter", name="Teller")
    factories.make_shift(shift.polling_station, evening, counter, places=4)
    first = browser.get(reverse("portal:reservation-search"))
    assert "Wanneer wilt u werken?" in text(first)
    assert "4 plaatsen vrij" in text(first)
    second = browser.get(reverse("portal:reservation-search"), {"part": "any"})
    assert "Wat wilt u doen?" in text(second)
    last = browser.get(
        reverse("portal:reservation-search"), {"part": str(evening.uuid), "position": str(counter.uuid)}
    )
    page = text(browser.get(last.url))
    assert "20.00 tot 02.00 uur de volgende dag" in page
    assert "4 plaatsen vrij" in page
    assert "Stembureaulid" not in page


def test_the_list_shows_only_what_is_free_for_me(browser, shift, member):
    another(shift, "Het Anker")
    factories.make_assignment(factories.make_member(), shift)
    page = text(browser.get(reverse("portal:reservation-places")))
    assert "Het Anker" in page
    assert "De Linde" not in page
    assert "€ 130,00" in page
    member.qualified_for = ["counter"]
    member.save()
    page = text(browser.get(reverse("portal:reservation-places")))
    assert "geen plaats vrij die u kunt vullen" in page


def test_the_list_searches_and_pages(browser, shift):
    for number in range(25):
        another(shift, f"Zaal {number}")
    page = text(browser.get(reverse("portal:reservation-places"), {"page": "2"}))
    assert page.count("z-wish__text") == 6
    page = text(browser.get(reverse("portal:reservation-places"), {"q": "linde"}))
    assert page.count("z-wish__text") == 1
    assert "Hier is nu niets vrij" in text(
        browser.get(reverse("portal:reservation-places"), {"q": "xyz\x00"})
    )


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_queries_for_more_places(browser, shift, number, django_assert_num_queries):
    for _number in range(number):
        another(shift, "Zaal")
    browser.get(reverse("portal:reservation-places"))
    with django_assert_num_queries(14):
        browser.get(reverse("portal:reservation-places"))


def test_picking_asks_first_and_then_tells_what_happens(browser, shift, member):
    page = text(browser.get(url("reservation-shift", shift)))
    assert "Plaats kiezen" in page
    assert "Dorpsstraat 1" in page
    for _time in range(2):
        response = browser.post(url("reservation-shift", shift))
        assert response.url == reverse("portal:reservation")
    page = text(browser.get(reverse("portal:reservation")))
    assert "Gekozen, wacht op akkoord van de gemeente" in page
    assert Assignment.objects.get().member == member


def test_who_comes_too_late_hears_so_and_sees_what_is_near(browser, shift):
    another(shift, "Het Anker")
    factories.make_assignment(factories.make_member(), shift)
    response = browser.post(url("reservation-shift", shift))
    assert response.url == url("reservation-shift", shift) + "?gone=1"
    page = text(browser.get(response.url))
    assert "Deze plaats is net weg" in page
    assert "Het Anker" in page
    assert url("reservation-wait", shift) in page


def test_waiting_in_line_and_leaving_it(browser, shift, member):
    factories.make_assignment(factories.make_member(), shift)
    assert "Kies hoe u wilt wachten" in text(browser.post(url("reservation-wait", shift)))
    for _time in range(2):
        browser.post(url("reservation-wait", shift), {"kind": "line"})
    entry = WaitlistEntry.objects.get()
    assert "u bent nummer 1" in text(browser.get(reverse("portal:reservation")))
    assert "kwijt" in text(browser.get(url("reservation-leave", entry)))
    browser.post(url("reservation-leave", entry))
    assert not WaitlistEntry.objects.exists()


def test_full_places_can_be_found_to_wait_for(browser, shift):
    factories.make_assignment(factories.make_member(), shift)
    page = text(browser.get(reverse("portal:reservation-places"), {"full": "1"}))
    assert "De Linde" in page
    assert url("reservation-shift", shift) in page


def test_an_offer_is_answered_with_one_press(browser, shift, member):
    offer = factories.make_assignment(member, shift, state="proposed", source="waitlist")
    assert "Wij bieden u een plaats aan" in text(browser.get(reverse("portal:home")))
    assert "Antwoord vóór" in text(browser.get(reverse("portal:reservation")))
    assert "Ja, ik neem deze plaats" in text(browser.get(url("reservation-offer", offer)))
    for _time in range(2):
        browser.post(url("reservation-offer", offer), {"answer": "accept", "version": 1})
    offer.refresh_from_db()
    assert offer.state == "reserved"
    assert "geldt niet meer" in text(browser.get(url("reservation-offer", offer), follow=True))


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_an_offer_is_not_answered_from_an_old_page(browser, shift, member, answer):
    offer = factories.make_assignment(member, shift, state="proposed", source="waitlist", version=3)
    for sent in ({"version": 2}, {}):
        page = text(browser.post(url("reservation-offer", offer), {"answer": answer} | sent, follow=True))
        assert "intussen gewijzigd" in page
        assert "Wilt u deze plaats?" in page
    offer.refresh_from_db()
    assert offer.state == "proposed"
    assert 'name="version" value="3"' in text(browser.get(url("reservation-offer", offer)))


def test_an_offer_can_be_declined_when_the_step_is_off(browser, shift, step, member):
    step.delete()
    offer = factories.make_assignment(member, shift, state="proposed", source="follow_up")
    assert url("reservation-offer", offer) in text(browser.get(reverse("portal:reservation")))
    browser.post(url("reservation-offer", offer), {"answer": "decline", "version": 1})
    offer.refresh_from_db()
    assert offer.state == "declined"


def test_giving_back_asks_first(browser, shift, member):
    place = factories.make_assignment(member, shift, state="reserved", source="reservation")
    assert "Wilt u deze plaats teruggeven?" in text(browser.get(url("reservation-give-back", place)))
    for _time in range(2):
        response = browser.post(url("reservation-give-back", place))
        assert response.url == reverse("portal:reservation")
    place.refresh_from_db()
    assert place.state == "declined"


def test_a_place_that_the_team_is_planning_stays_unseen(browser, shift, member):
    place = factories.make_assignment(member, shift)
    assert "De Linde" not in text(browser.get(reverse("portal:reservation")))
    assert browser.get(url("reservation-give-back", place)).status_code == 404


def test_the_reason_of_a_refusal_is_shown(browser, shift, member):
    factories.make_assignment(
        member, shift, state="cancelled", source="reservation", end_reason="Er is al een voorzitter."
    )
    assert "Er is al een voorzitter." in text(browser.get(reverse("portal:reservation")))


def test_closed_and_not_yet_open_are_told(browser, shift, step):
    step.closes_at = timezone.now() - timedelta(minutes=1)
    step.save()
    assert "Deze stap is gesloten" in text(browser.get(reverse("portal:reservation")))
    for name in ("reservation-search", "reservation-places"):
        assert browser.get(reverse(f"portal:{name}")).url == reverse("portal:reservation")
    browser.post(url("reservation-shift", shift))
    assert not Assignment.objects.exists()
    step.opens_at, step.closes_at = timezone.now() + timedelta(days=1), None
    step.save()
    assert "Deze stap is nog niet open" in text(browser.get(reverse("portal:reservation")))


def test_without_an_event_the_page_says_so(browser):
    assert "nog niet open" in text(browser.get(reverse("portal:reservation")))


# --- what the team is busy with, and what the member said before ---


@pytest.mark.parametrize("name", ["reservation-search", "reservation-places"])
def test_who_is_being_placed_cannot_choose_and_reads_nothing_of_the_plan(browser, shift, member, name):
    factories.make_assignment(member, shift)
    another(shift, "Het Anker")
    assert browser.get(reverse(f"portal:{name}")).url == reverse("portal:reservation")
    page = text(browser.get(reverse("portal:reservation")))
    assert "Het team verkiezingen is bezig met uw indeling" in page
    assert "De Linde" not in page
    assert reverse("portal:reservation-search") not in page
    assert reverse("portal:reservation-places") not in page


@pytest.mark.parametrize(
    "values",
    [
        {"source": "reservation"},
        {"source": "follow_up", "answer_due_at": timezone.now()},
        {"source": "planner", "state": "published"},
    ],
)
def test_who_knows_the_place_may_choose_another(browser, shift, member, values):
    factories.make_assignment(member, shift, **values)
    page = text(browser.get(reverse("portal:reservation")))
    assert "is bezig met uw indeling" not in page
    assert reverse("portal:reservation-search") in page


def test_the_page_of_an_open_offer_says_nothing_of_choosing(browser, shift, step, member):
    step.delete()
    factories.make_assignment(member, shift, state="proposed", source="follow_up")
    page = text(browser.get(reverse("portal:reservation")))
    assert "Wij bieden u een plaats aan" in page
    assert "U kunt nu geen plaats kiezen" not in page


def test_places_where_the_member_said_no_are_left_out(browser, shift, member, event):
    factories.make_availability(member, shift.day_part, answer="no")
    evening = factories.make_day_part(shift.day_part.polling_day, name="Avond", start=time(14), end=time(23))
    anchor = factories.make_polling_station(event, name="Het Anker")
    factories.make_shift(anchor, evening, shift.position)
    page = text(browser.get(reverse("portal:reservation-places")))
    assert "Het Anker" in page
    assert "De Linde" not in page
    assert "U zei nee bij ochtend op woensdag 17 maart." in page
    assert "Wijzig uw antwoord" not in page
    factories.make_portal_step(event, "availability")
    assert "Wijzig uw antwoord" in text(browser.get(reverse("portal:reservation-places")))


def test_somebody_elses_no_leaves_nothing_out(browser, shift):
    factories.make_availability(factories.make_member(), shift.day_part, answer="no")
    page = text(browser.get(reverse("portal:reservation-places")))
    assert "De Linde" in page
    assert "U zei nee" not in page


def test_the_step_says_that_the_team_refused(browser, shift, member):
    factories.make_assignment(member, shift, state="cancelled", source="reservation", end_reason="Vol.")
    page = text(browser.get(reverse("portal:home")))
    assert "Niet akkoord: lees waarom" in page
    assert "Uw keuze ging niet door. U kunt een andere plaats kiezen." in page
    factories.make_assignment(member, another(shift, "Het Anker"), state="reserved", source="reservation")
    assert "Niet akkoord" not in text(browser.get(reverse("portal:home")))


def test_the_step_waits_while_the_team_is_placing(browser, shift, member):
    factories.make_assignment(member, shift)
    page = browser.get(reverse("portal:home"))
    assert page.context["tasks"][0]["status_label"] == "Het team is bezig"
    assert page.context["next_step"] is None
