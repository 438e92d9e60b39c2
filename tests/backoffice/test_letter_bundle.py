"""The page that puts all letters in one file."""

from datetime import date

import pytest
from django.urls import reverse

from elections.actions.letter import make_letters, work_on_letters
from elections.actions.paper_work import work_on_papers
from elections.models import AuditEvent, Job
from tests import factories

URL = "/backoffice/letter-bundle/"


@pytest.fixture
def event():
    return factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")


@pytest.fixture
def shift(event):
    day_part = factories.make_day_part(factories.make_polling_day(event))
    return factories.make_shift(
        factories.make_polling_station(event), day_part, factories.make_position(event), places=50
    )


def _appoint(shift, **member):
    address = {"street": "Dorpsstraat", "house_number": "1", "postcode": "1234 AB", "city": "Juinen"}
    return factories.make_assignment(factories.make_member(**address | member), shift).member


def _make(event):
    work_on_letters(make_letters(event, by=None))


def _form(**values):
    return {"group": "everybody", "kind": "letter_print", "duplex": "on"} | values


def test_letter_bundle_without_letters_tells_what_comes_first(planner, event):
    assert "Er zijn geen brieven die in het bestand kunnen" in planner.get(URL).content.decode()


def test_letter_bundle_says_how_many_and_what_stays_out(planner, event, shift):
    for _number in range(2):
        _appoint(shift)
    _appoint(shift, street="")
    _make(event)
    _appoint(shift)
    text = planner.get(URL).content.decode()
    assert "3 brieven kunnen in het bestand" in text
    assert "1 brief is nog niet gemaakt" in text
    assert "1 brief heeft geen volledig adres" not in text
    assert (
        reverse("backoffice:letter-bundle") in planner.get(reverse("backoffice:letter-list")).content.decode()
    )


def test_letter_bundle_names_letters_without_an_address(planner, event, shift):
    _appoint(shift, street="", house_number="")
    _make(event)
    assert "1 brief heeft geen volledig adres" in planner.get(URL).content.decode()


@pytest.mark.parametrize("kind", ["letter_print", "letter_zip"])
def test_letter_bundle_starts_a_job_whose_file_can_be_downloaded(planner, event, shift, kind):
    _appoint(shift)
    _make(event)
    answer = planner.post(URL, _form(kind=kind))
    job = Job.objects.get(kind=kind)
    work_on_papers(job)
    job.refresh_from_db()
    assert answer.url == reverse("backoffice:job-detail", kwargs={"uuid": job.uuid})
    assert (job.state, job.done) == ("done", 1)
    page = planner.get(answer.url).content.decode()
    assert reverse("backoffice:job-download", kwargs={"uuid": job.uuid}) in page
    assert job.file_name in planner.get(URL).content.decode()


def test_letter_bundle_asks_which_stations(planner, event, shift):
    _appoint(shift)
    _make(event)
    text = planner.post(URL, _form(group="stations")).content.decode()
    assert "Vink minstens één stembureau aan." in text
    planner.post(URL, _form(group="stations", stations=[str(shift.polling_station.uuid)]))
    assert Job.objects.filter(kind="letter_print").exists()


def test_letter_bundle_refuses_a_station_of_another_event(planner, event, shift):
    _appoint(shift)
    _make(event)
    other = factories.make_polling_station(factories.make_event(archived_at="2026-01-01T00:00Z"))
    planner.post(URL, _form(group="stations", stations=[str(other.uuid)]))
    assert not Job.objects.filter(kind="letter_print").exists()


def test_letter_bundle_shows_why_nothing_was_started(planner, event, shift):
    _appoint(shift)
    _make(event)
    planner.post(URL, _form())
    assert "Dit bestand wordt al gemaakt" in planner.post(URL, _form()).content.decode()


@pytest.mark.parametrize("letters", [1, 3])
def test_letter_bundle_needs_the_same_queries_for_any_number(
    planner, event, shift, letters, django_assert_max_num_queries
):
    for _number in range(letters):
        _appoint(shift)
    _make(event)
    planner.get(URL)
    with django_assert_max_num_queries(18):
        planner.get(URL)


def test_starting_a_file_is_in_the_log(planner, event, shift):
    _appoint(shift)
    _make(event)
    planner.post(URL, _form())
    assert AuditEvent.objects.filter(action="job.start").count() == 2  # that of the letters, and this one
