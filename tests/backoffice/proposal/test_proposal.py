"""The pages about proposals."""

import pytest
from django.utils import timezone

from elections import models
from elections.actions.assignment import assign_member
from elections.actions.proposal import request_proposal
from elections.actions.publication import publish_assignments
from elections.models import Assignment, Job, Proposal
from tests import factories
from tests.backoffice.proposal.pages import make_proposal, text_of, url_of

CHOICES = {
    "present": "keep",
    "seconds": "20",
    "chairs_first": "3",
    "preferences": "5",
    "distance": "0",
    "experience_mix": "1",
    "labels": "3",
    "together": "3",
    "earlier_team": "3",
    "spread": "3",
}


def test_proposal_list_says_what_comes_first_and_then_shows_them(planner, city):
    empty = text_of(planner, "list")
    assert "Er is nog geen voorstel" in empty
    assert "Er zijn 4 plaatsen, waarvan 0 bezet. 0 van de 3 leden" in empty
    make_proposal(city)
    text = text_of(planner, "list")
    assert "Voorstel 1" in text
    assert "3 van 4" in text


@pytest.mark.parametrize("proposals", [1, 3])
def test_proposal_list_needs_the_same_queries_for_any_number(
    planner, city, proposals, user, django_assert_num_queries
):
    for _number in range(proposals):
        factories.make_proposal(city.event, created_by=user, job=factories.make_job(kind="proposal"))
    planner.get(url_of("list"))
    with django_assert_num_queries(7):
        planner.get(url_of("list"))


def test_proposal_create_needs_shifts(planner):
    factories.make_event()
    assert "Maak eerst diensten" in text_of(planner, "list")
    assert "Er zijn nog geen diensten" in text_of(planner, "create")


def test_proposal_create_asks_in_words_and_starts(planner, city):
    page = text_of(planner, "create")
    assert "telt niet" in page
    assert "Dicht bij huis" in page
    text = planner.post(url_of("create"), CHOICES, follow=True).content.decode()
    proposal = Proposal.objects.get()
    assert proposal.weights["distance"] == 0
    assert proposal.weights["preferences"] == 5
    assert proposal.keeps_present
    assert url_of("progress", proposal) in text
    assert "Stop en bewaar het beste tot nu toe" in text
    assert "al een voorstel gemaakt" in planner.post(url_of("create"), CHOICES).content.decode()


def test_proposal_create_says_what_is_missing(planner, city):
    text = planner.post(url_of("create"), CHOICES | {"distance": "7", "present": ""}).content.decode()
    assert "Kies wat er gebeurt met wie al is ingedeeld." in text
    assert "Kies hoe zwaar ‘Dicht bij huis’ telt." in text
    assert not Job.objects.exists()


def test_proposal_create_takes_the_choices_of_an_earlier_one(planner, city):
    earlier = factories.make_proposal(city.event, weights={"distance": 5}, keeps_present=False, seconds=180)
    text = text_of(planner, "create", **{"from": earlier.uuid})
    assert 'name="distance" value="5" checked' in text
    assert 'name="present" value="free" checked' in text
    assert 'name="seconds" value="180" checked' in text


def test_proposal_estimate_counts_at_once(planner, city):
    assert "3 van 4" not in text_of(planner, "create")
    answer = planner.get(url_of("estimate"), headers={"HX-Request": "true"}).content.decode()
    assert "3 van 4" in answer
    assert "<html" not in answer
    assert "3 van 4" in text_of(planner, "estimate")


def test_proposal_progress_tells_how_far_it_is_and_shows_the_result(planner, city):
    proposal = request_proposal(city.event, weights={}, keeps_present=True, seconds=60, by=None)
    Job.objects.update(state="running", done=30, result="3 van 4 plaatsen gevuld.")
    answer = planner.get(url_of("progress", proposal), headers={"HX-Request": "true"})
    assert "3 van 4 plaatsen gevuld." in answer.content.decode()
    assert "HX-Refresh" not in answer.headers
    Proposal.objects.update(state="ready")
    answer = planner.get(url_of("progress", proposal), headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"
    assert planner.get(url_of("progress", proposal)).url == url_of("detail", proposal)


def test_proposal_stop_keeps_the_best_so_far(planner, city):
    proposal = request_proposal(city.event, weights={}, keeps_present=True, seconds=60, by=None)
    text = planner.post(url_of("stop", proposal), follow=True).content.decode()
    assert "Het beste tot nu toe wordt bewaard" in text
    htmx = {"HX-Request": "true"}
    assert "HX-Refresh" not in planner.get(url_of("progress", proposal), headers=htmx).headers
    assert "al klaar of gestopt" in planner.post(url_of("stop", proposal), follow=True).content.decode()
    Proposal.objects.update(state="ready")
    assert planner.get(url_of("progress", proposal), headers=htmx).headers["HX-Refresh"] == "true"


def test_proposal_detail_shows_numbers_beside_those_of_the_start(planner, city):
    proposal = make_proposal(city)
    text = text_of(planner, "detail", proposal)
    assert "Beter kan niet: dat is bewezen." in text
    assert "Gevulde plaatsen" in text
    assert "0 van 4" in text
    assert "3 van 4" in text
    assert "Neem over" in text


def test_proposal_detail_says_when_it_is_no_longer_of_today(planner, city, user):
    proposal = make_proposal(city)
    assert "niet meer helemaal actueel" not in text_of(planner, "detail", proposal)
    assign_member(city.people[0], city.shifts[1], by=user)
    assert "niet meer helemaal actueel" in text_of(planner, "detail", proposal)


def test_proposal_detail_says_when_it_failed(planner, city):
    job = factories.make_job(kind="proposal", state="failed", errors=["De taak liep steeds vast."])
    proposal = factories.make_proposal(city.event, state="waiting", job=job)
    text = text_of(planner, "detail", proposal)
    assert "niet gelukt" in text
    assert "De taak liep steeds vast." in text


def test_proposal_placements_say_why(planner, city):
    first = city.people[0]
    models.Preference.objects.create(
        member=first, event=city.event, kind="position", position=city.member, rank=1
    )
    models.CompanionWish.objects.create(
        member=first, event=city.event, name="Collega", companion=city.people[1]
    )
    models.Member.objects.filter(pk=first.pk).update(earlier_elections=2)
    before = factories.make_event(previous=None, archived_at=timezone.now())
    day = factories.make_polling_day(before, date=factories.DAY.replace(year=2026))
    shift = factories.make_shift(
        factories.make_polling_station(before, venue=city.station.venue),
        factories.make_day_part(day),
        factories.make_position(before),
    )
    factories.make_assignment(first, shift, state="published")
    models.ElectionEvent.objects.filter(pk=city.event.pk).update(previous=before)
    proposal = make_proposal(city)
    text = text_of(planner, "placements", proposal, q=first.last_name)
    assert (
        "Zei ja · eerste voorkeur Stembureaulid · in de buurt · werkte hier in 2026 · werkte 3 keer eerder · "
        f"samen met {city.people[1].full_name}" in text
    )
    assert city.people[2].list_name not in text


def test_proposal_placements_filter_what_changes(planner, city, user):
    assign_member(city.people[0], city.shifts[1], by=user)
    proposal = make_proposal(city)
    new, stays = (text_of(planner, "placements", proposal, change=change) for change in ("new", "stays"))
    assert city.people[0].list_name in stays
    assert city.people[0].list_name not in new
    assert city.people[1].list_name in new
    assert "Niemand gevonden" in text_of(planner, "placements", proposal, change="leaves")
    assert city.people[1].list_name in text_of(planner, "placements", proposal, q="7")


def test_proposal_placements_tell_where_people_come_from_and_go_to(planner, city, user):
    away, home = (
        factories.make_shift(
            factories.make_polling_station(city.event, **place), city.part, city.member, places=1
        )
        for place in ({"number": 8, "name": "Ver weg"}, {"number": 9, "venue": city.station.venue})
    )
    proposal = factories.make_proposal(city.event)
    mover, leaver, _stayer = city.people
    for member, shift, leaves in ((mover, away, True), (mover, home, False), (leaver, home, True)):
        models.ProposedPlacement.objects.create(
            proposal=proposal, member=member, shift=shift, is_present=leaves, leaves=leaves
        )
    text = text_of(planner, "placements", proposal)
    assert f"Gaat naar {home}" in text
    assert f"komt van {away}" in text
    assert "Heeft in dit voorstel geen plaats meer" in text
    moved = text_of(planner, "placements", proposal, change="moved")
    assert mover.list_name in moved
    assert leaver.list_name not in moved


@pytest.mark.parametrize("people", [1, 3])
def test_proposal_placements_need_the_same_queries_for_any_number(
    planner, city, people, django_assert_num_queries
):
    models.Availability.objects.exclude(member__in=city.people[:people]).delete()
    proposal = make_proposal(city)
    planner.get(url_of("placements", proposal))
    with django_assert_num_queries(18):
        planner.get(url_of("placements", proposal))


def test_proposal_compare_shows_who_moves_and_what_is_better(planner, city, user):
    assign_member(city.people[0], city.shifts[1], by=user)
    proposal = make_proposal(city)
    text = text_of(planner, "compare", proposal)
    assert "Verplaatst: 0. Komt erbij: 2. Gaat eruit: 0." in text
    assert "1 van 4" in text
    assert "3 van 4" in text
    assert city.people[1].list_name in text
    assert city.people[0].list_name not in text


def test_proposal_compare_two_proposals(planner, city):
    one, other = make_proposal(city), make_proposal(city)
    other.placements.filter(member=city.people[0]).delete()
    text = text_of(planner, "compare", one, **{"with": other.uuid})
    assert "Komt erbij: 1." in text
    stranger = factories.make_proposal(factories.make_event())
    assert planner.get(url_of("compare", one, **{"with": stranger.uuid})).status_code == 404


def test_proposal_take_over_asks_first_and_can_be_undone(planner, city):
    proposal = make_proposal(city)
    page = text_of(planner, "take-over", proposal)
    assert "Neem 3 plaatsen over" in page
    assert "3 mensen krijgen een nieuwe plaats." in page
    text = planner.post(url_of("take-over", proposal), follow=True).content.decode()
    assert "3 plaatsen zijn ingevuld. Leden zien dit pas als u publiceert." in text
    assert Assignment.objects.active().count() == 3
    assert not Assignment.objects.filter(state="published").exists()
    assert "al overgenomen" in planner.post(url_of("take-over", proposal), follow=True).content.decode()
    text = planner.post(url_of("undo", proposal), follow=True).content.decode()
    assert "weer zoals voor het overnemen" in text
    assert not Assignment.objects.active().exists()
    assert "al ongedaan gemaakt" in planner.post(url_of("undo", proposal), follow=True).content.decode()


def test_proposal_undo_after_publishing_a_part_says_what_stays_and_undoes_the_rest(planner, city, user):
    proposal = make_proposal(city)
    planner.post(url_of("take-over", proposal))
    assert "Maak het overnemen ongedaan" in text_of(planner, "detail", proposal)
    publish_assignments(city.event, by=user, member=city.people[0])
    page = text_of(planner, "detail", proposal)
    assert "1 plaats is intussen gepubliceerd en blijft." in page
    assert "De Brink" in page
    assert "Maak de andere 2 plaatsen ongedaan" in page
    assert "Maak het overnemen ongedaan" not in page
    text = planner.post(url_of("undo", proposal), follow=True).content.decode()
    assert Assignment.objects.active().count() == 3
    text = planner.post(url_of("undo", proposal), {"rest": "on"}, follow=True).content.decode()
    assert "De andere plaatsen van dit voorstel zijn weer zoals voor het overnemen." in text
    assert [each.member for each in Assignment.objects.active()] == [city.people[0]]


def test_proposal_take_over_lists_who_is_skipped(planner, city):
    proposal = make_proposal(city)
    models.Availability.objects.filter(member=city.people[0]).update(answer="no")
    page = text_of(planner, "take-over", proposal)
    assert "1 persoon wordt overgeslagen" in page
    assert "zegt nu nee, of antwoordde niet" in page
    assert city.people[0].full_name in page
    text = planner.post(url_of("take-over", proposal), follow=True).content.decode()
    assert "1 persoon is overgeslagen" in text


def test_proposal_take_over_of_some_stations(planner, city):
    proposal = make_proposal(city)
    assert "Neem 3 plaatsen over" in text_of(planner, "take-over", proposal, stations="1-9")
    assert "Er is geen stembureau met nummer 99." in text_of(planner, "take-over", proposal, stations="99")
    assert "geen nummer" in text_of(planner, "take-over", proposal, stations="zeven")
    planner.post(url_of("take-over", proposal), {"stations": "zeven"})
    assert not Assignment.objects.exists()
    planner.post(url_of("take-over", proposal), {"stations": "7"})
    assert Assignment.objects.active().count() == 3


def test_proposal_lock_places_and_locks_the_chosen_people(planner, city):
    proposal = make_proposal(city)
    answer = planner.post(
        url_of("lock", proposal), {"selection": [str(city.people[0].uuid)], "action": "lock"}, follow=True
    )
    assert "1 plaats staat nu vast." in answer.content.decode()
    assert Assignment.objects.get().is_locked
    answer = planner.post(url_of("lock", proposal), {"selection": ["niets"]}, follow=True)
    assert "Kies eerst" in answer.content.decode()


def test_proposal_discard_asks_first(planner, city):
    proposal = make_proposal(city)
    assert "De indeling verandert er niet door." in text_of(planner, "discard", proposal)
    assert (
        "Voorstel 1 is verwijderd." in planner.post(url_of("discard", proposal), follow=True).content.decode()
    )
    assert not Proposal.objects.exists()


def test_proposal_that_is_not_ready_has_no_places_yet(planner, city):
    proposal = factories.make_proposal(city.event, state="waiting")
    for name in ("placements", "unfilled", "compare", "take-over"):
        assert planner.get(url_of(name, proposal)).status_code == 404


def test_proposal_for_a_reader_is_only_to_look_at(juinen, client_for, city):
    proposal = make_proposal(city)
    reader = client_for(juinen, factories.make_staff("reader"))
    for name in ("detail", "placements", "unfilled", "compare"):
        text = text_of(reader, name, proposal)
        assert "Neem over" not in text
        assert "zet vast" not in text
    assert reader.post(url_of("take-over", proposal)).status_code == 403
