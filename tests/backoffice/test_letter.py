"""The letter pages."""

from datetime import date

import pytest
from django.urls import reverse

from elections.actions.letter import make_letters, publish_letters, work_on_letters
from elections.models import AppointmentLetter, Job
from tests import factories


@pytest.fixture
def event():
    return factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")


@pytest.fixture
def shift(event):
    day_part = factories.make_day_part(factories.make_polling_day(event))
    station = factories.make_polling_station(event)
    return factories.make_shift(station, day_part, factories.make_position(event), places=50)


def _url(name, thing=None):
    return reverse(f"backoffice:letter-{name}", kwargs={"uuid": thing.uuid} if thing else None)


def _appoint(shift, **member):
    return factories.make_assignment(factories.make_member(**member), shift).member


def _make(event):
    job = make_letters(event, by=None)
    work_on_letters(job)
    return AppointmentLetter.objects.filter(event=event)


def test_letter_list_without_assignments_tells_what_comes_first(planner, event):
    assert "Er zijn nog geen brieven" in planner.get(_url("list")).content.decode()


def test_letter_list_asks_to_complete_the_text_first(planner, event, shift):
    _appoint(shift)
    event.signatory = ""
    event.save()
    text = planner.get(_url("list")).content.decode()
    assert "Vul eerst de brieftekst aan" in text
    assert _url("make") not in text


def test_letter_make_starts_a_job_and_shows_its_progress(planner, event, shift):
    for _number in range(2):
        _appoint(shift)
    assert "Maak 2 brieven" in planner.get(_url("list")).content.decode()
    page = planner.post(_url("make"), follow=True).content.decode()
    job = Job.objects.get()
    assert reverse("backoffice:job-progress", kwargs={"uuid": job.uuid}) in page
    figures = planner.get(_url("list")).context["figures"]
    assert [figure["value"] for figure in figures if figure["label"] == "Nog te maken"] == [2]
    planner.post(_url("make"))
    assert Job.objects.count() == 1


def test_letter_list_shows_what_is_outdated_and_finds_it(planner, event, shift):
    member, other = _appoint(shift, last_name="Veranderd"), _appoint(shift, last_name="Gelijk")
    _make(event)
    publish_letters(event, by=None)
    member.street = "Nieuwe straat"
    member.save()
    text = planner.get(_url("list"), {"state": "outdated"}).content.decode()
    assert "Gepubliceerd, verouderd" in text
    assert member.list_name in text
    assert other.list_name not in text


def test_letter_list_searches_members(planner, event, shift):
    _appoint(shift, last_name="Özdemir")
    _appoint(shift, last_name="Jansen")
    _make(event)
    text = planner.get(_url("list"), {"q": "ozdemir"}).content.decode()
    assert "Özdemir" in text
    assert "Jansen" not in text


@pytest.mark.parametrize("letters", [1, 3])
def test_letter_list_needs_the_same_queries_for_any_number(
    planner, event, shift, letters, django_assert_num_queries
):
    for _number in range(letters):
        _appoint(shift)
    _make(event)
    planner.get(_url("list"))
    with django_assert_num_queries(19):
        planner.get(_url("list"))


def test_letter_publish_asks_first_with_the_number(planner, event, shift):
    _appoint(shift)
    _appoint(shift, with_user=False)
    _make(event)
    page = planner.get(_url("publish")).content.decode()
    assert "Publiceer 2 brieven" in page
    assert "1 lid heeft geen inlog" in page
    assert "2 brieven zijn gepubliceerd" in planner.post(_url("publish"), follow=True).content.decode()
    assert "geen brieven die u kunt publiceren" in planner.get(_url("publish"), follow=True).content.decode()


def test_letter_download_gives_the_pdf(planner, event, shift):
    _appoint(shift)
    letter = _make(event).get()
    response = planner.get(_url("download", letter))
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    assert response.headers["Content-Type"] == "application/pdf"
    assert "no-store" in response.headers["Cache-Control"]


def test_letter_withdraw_and_make_again(planner, event, shift):
    _appoint(shift)
    letter = _make(event).get()
    assert "merkt er niets van" in planner.get(_url("withdraw", letter)).content.decode()
    planner.post(_url("withdraw", letter))
    letter.refresh_from_db()
    assert letter.state == "withdrawn"
    planner.post(_url("make-again", letter))
    letter.refresh_from_db()
    assert letter.state == "waiting"


@pytest.mark.parametrize("state", ["published", "withdrawn"])
def test_letter_that_was_decided_on_is_made_again_by_who_may_publish(
    juinen, client_for, planner, event, shift, state
):
    _appoint(shift)
    letter = _make(event).get()
    AppointmentLetter.objects.update(state=state, content_digest="")
    colleague = client_for(juinen, factories.make_staff("communication"))
    for url in (_url("make"), _url("make-again", letter)):
        assert "Vraag een planner" in colleague.post(url, follow=True).content.decode()
        letter.refresh_from_db()
        assert letter.state == state
    planner.post(_url("make"))
    letter.refresh_from_db()
    assert letter.state == "waiting"


def test_letter_changes_tell_what_becomes_different_before_publishing(planner, event, shift):
    member = _appoint(shift)
    _make(event)
    publish_letters(event, by=None)
    assert "geen aangepaste brieven" in planner.get(_url("changes")).content.decode()
    member.street, member.house_number = "Nieuwe straat", "12"
    member.save()
    _make(event)
    assert "Uw adres is nu Nieuwe straat 12" in planner.get(_url("changes")).content.decode()
    assert "1 brief vervangt een eerdere brief" in planner.get(_url("publish")).content.decode()


@pytest.mark.parametrize("letters", [1, 3])
def test_letter_changes_need_the_same_queries_for_any_number(
    planner, event, shift, letters, django_assert_num_queries
):
    for _number in range(letters):
        _appoint(shift)
    _make(event)
    AppointmentLetter.objects.update(publications=1)
    planner.get(_url("changes"))
    with django_assert_num_queries(7):
        planner.get(_url("changes"))


def test_reader_may_look_but_not_make(juinen, client_for, event, shift):
    _appoint(shift)
    _make(event)
    reader = client_for(juinen, factories.make_staff("reader"))
    page = reader.get(_url("list")).content.decode()
    assert "Wijzig de brieftekst" not in page
    assert "Publiceer" not in page
    assert reader.post(_url("make")).status_code == 403
