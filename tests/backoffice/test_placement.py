"""Who answered to their place, and what the team does with it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from elections.actions.placement import accept_placement
from elections.models import Assignment, AuditEvent, OutboxMail
from tests import factories


def _url(name, thing=None):
    return reverse(f"backoffice:placement-{name}", kwargs={"uuid": thing.uuid} if thing else None)


def _place(event, part, *, last_name="Jansen", station="De Kuip", **values):
    position = event.positions.first() or factories.make_position(event)
    shift = factories.make_shift(
        factories.make_polling_station(event, name=station), part, position, places=1
    )
    member = factories.make_member(last_name=last_name)
    return factories.make_assignment(member, shift, **{"state": "published"} | values)


def _declined(event, part, **values):
    now = timezone.now()
    return _place(
        event,
        part,
        state="declined",
        published_at=now,
        declined_at=now,
        end_reason="Naar mijn zus",
        **values,
    )


def test_list_says_first_what_comes_before(planner, event):
    assert "Er is nog niets gepubliceerd" in planner.get(_url("list")).content.decode()


def test_list_shows_every_answer_with_its_words(planner, event, morning):
    now = timezone.now()
    _place(event, morning, last_name="Zwijger")
    _place(event, morning, last_name="Jazegger", accepted_at=now)
    _place(event, morning, last_name="Laatkomer", answer_due_at=now - timedelta(days=1))
    _declined(event, morning, last_name="Neezegger")
    _place(event, morning, last_name="Aanbod", state="proposed")
    _place(event, morning, last_name="Geheim", state="confirmed")
    page = planner.get(_url("list")).content.decode()
    for name in ("Zwijger", "Jazegger", "Laatkomer", "Neezegger", "Aanbod"):
        assert name in page
    assert "Geheim" not in page
    assert "Naar mijn zus" in page
    assert "De plaats is vrij." in page


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ("accepted", {"Jazegger"}),
        ("silent", {"Zwijger", "Laatkomer"}),
        ("overdue", {"Laatkomer"}),
        ("declined", {"Neezegger", "Vervangen"}),
        ("free", {"Neezegger"}),
    ],
)
def test_list_filters_on_the_answer(planner, event, morning, answer, names):
    now = timezone.now()
    _place(event, morning, last_name="Zwijger")
    _place(event, morning, last_name="Jazegger", accepted_at=now)
    _place(event, morning, last_name="Laatkomer", answer_due_at=now - timedelta(days=1))
    _declined(event, morning, last_name="Neezegger")
    gone = _declined(event, morning, last_name="Vervangen")
    factories.make_assignment(factories.make_member(), gone.shift)
    page = planner.get(_url("list"), {"answer": answer})
    assert {row.record.member.last_name for row in page.context["table"].rows} == names


def test_list_finds_by_name_and_station(planner, event, morning):
    _place(event, morning, last_name="Vinder")
    other = _place(event, morning, last_name="Ander", station="De Brug")
    page = planner.get(_url("list"), {"q": "vinder"})
    assert [row.record.member.last_name for row in page.context["table"].rows] == ["Vinder"]
    page = planner.get(_url("list"), {"station": other.shift.polling_station.number})
    assert [row.record.member.last_name for row in page.context["table"].rows] == ["Ander"]


def test_list_needs_the_same_queries_for_one_and_three(planner, event, morning, django_assert_num_queries):
    _place(event, morning)
    planner.get(_url("list"))
    with django_assert_num_queries(12):
        planner.get(_url("list"))
    for _number in range(2):
        _declined(event, morning)
    with django_assert_num_queries(12):
        planner.get(_url("list"))


def test_reader_sees_answers_and_no_buttons(juinen, client_for, event, morning):
    place = _declined(event, morning)
    reader = client_for(juinen, factories.make_staff("reader"))
    page = reader.get(_url("list")).content.decode()
    assert "Naar mijn zus" not in page
    assert _url("answer", place) not in page
    assert _url("offer", place) not in page
    assert reader.get(_url("remind")).status_code == 403


def test_reminder_asks_first_with_the_number(planner, event, morning):
    for _number in range(2):
        _place(event, morning)
    Assignment.objects.update(published_at=timezone.now() - timedelta(hours=49))
    page = planner.get(_url("remind")).content.decode()
    assert "<strong>2</strong> leden krijgen één e-mail" in page
    assert not OutboxMail.objects.exists()
    assert "2 leden krijgen een herinnering" in planner.post(_url("remind"), follow=True).content.decode()
    assert OutboxMail.objects.filter(kind="placement_reminder").count() == 2
    assert "niemand om te herinneren" in planner.get(_url("remind"), follow=True).content.decode()


def test_answer_by_telephone_is_kept_with_who_wrote_it(planner, event, morning):
    place = _place(event, morning)
    page = planner.post(_url("answer", place), {"answer": "yes", "version": 1}, follow=True).content.decode()
    assert "Het antwoord van" in page
    place.refresh_from_db()
    assert place.accepted_at
    assert AuditEvent.objects.get(action="placement.accept").actor.startswith("Collega")


def test_no_by_telephone_needs_a_reason(planner, event, morning):
    place = _place(event, morning)
    assert "Vul in waarom" in planner.post(_url("answer", place), {"answer": "no"}).content.decode()
    planner.post(_url("answer", place), {"answer": "no", "reason": "Verhuisd", "version": 1})
    place.refresh_from_db()
    assert (place.state, place.end_reason) == ("declined", "Verhuisd")


def test_answer_by_telephone_is_asked_again_when_the_member_answered_meanwhile(planner, event, morning):
    place = _place(event, morning)
    accept_placement(place, by=place.member.user)
    said = {"answer": "no", "reason": "Verhuisd", "version": 1}
    page = planner.post(_url("answer", place), said).content.decode()
    assert "intussen gewijzigd" in page
    assert "Verhuisd" in page
    assert 'name="version" value="2"' in page
    place.refresh_from_db()
    assert place.state == "published"
    planner.post(_url("answer", place), said | {"version": 2})
    place.refresh_from_db()
    assert place.state == "declined"


def test_yes_after_no_by_telephone_is_refused_when_the_place_is_filled(planner, event, morning):
    place = _declined(event, morning)
    factories.make_assignment(factories.make_member(), place.shift)
    page = planner.post(_url("answer", place), {"answer": "yes", "version": 1}).content.decode()
    assert "al door iemand anders ingevuld" in page


def test_offer_shows_who_is_next_and_why(planner, event, morning):
    place = _declined(event, morning)
    able = factories.make_member(first_name="Eva", last_name="Eerste")
    factories.make_availability(able, morning)
    page = planner.get(_url("offer", place)).content.decode()
    assert "Eerste in de rij" in page
    assert "Eva" in page
    assert not Assignment.objects.filter(state="proposed").exists()
    planner.post(_url("offer", place), {"member": str(able.uuid)})
    offer = Assignment.objects.get(state="proposed")
    assert (offer.member, offer.source) == (able, "follow_up")
    assert "Deze plaats is al gevuld" in planner.get(_url("offer", place)).content.decode()


def test_offer_without_anybody_in_line_leads_to_the_candidates(planner, event, morning):
    place = _declined(event, morning)
    page = planner.get(_url("offer", place)).content.decode()
    assert "Er staat niemand in de rij" in page
    assert f"/backoffice/assignment/shift/{place.shift.uuid}/" in page


def test_home_tells_of_no_and_silence(planner, event, morning):
    _declined(event, morning)
    _place(event, morning, answer_due_at=timezone.now() - timedelta(days=1))
    page = planner.get(reverse("backoffice:home")).content.decode()
    assert f"{_url('list')}?answer=free" in page
    assert f"{_url('list')}?answer=overdue" in page


def test_member_page_has_their_places_with_the_answer(planner, event, morning):
    place = _declined(event, morning)
    page = planner.get(reverse("backoffice:member-detail", args=[place.member.uuid])).content.decode()
    assert "De Kuip" in page
    assert "Naar mijn zus" in page


def test_pages_escape_what_members_wrote(planner, event, morning):
    place = _declined(event, morning)
    Assignment.objects.update(end_reason="<script>alert(1)</script>")
    for url in (_url("list"), _url("answer", place)):
        assert "<script>alert" not in planner.get(url).content.decode()


def test_only_who_plans_reads_why_somebody_cannot_come(planner, juinen, client_for, event, morning):
    place = _declined(event, morning)
    reader = client_for(juinen, factories.make_staff("reader"))
    detail = reverse("backoffice:member-detail", args=[place.member.uuid])
    for url in (_url("list"), detail):
        assert "Naar mijn zus" in planner.get(url).content.decode()
        page = reader.get(url).content.decode()
        assert "Jansen" in page
        assert "Naar mijn zus" not in page
