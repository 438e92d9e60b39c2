"""The pages that make papers for polling stations."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from elections.actions.paper_work import work_on_papers
from elections.actions.station_paper import StationPapers, start_station_papers
from elections.enums import StationPaperKind
from elections.errors import ActionError
from elections.models import AuditEvent, Job, Member
from tests import factories

URL = "/backoffice/station-paper/"
PAPERS = ["dossier", "badges", "presence-list"]  # the contact sheet is for fewer people


@pytest.fixture
def reader(juinen, client_for):
    return client_for(juinen, factories.make_staff("reader"))


@pytest.fixture
def stations(event):
    """Two stations, each with somebody who has a telephone."""
    day_part = factories.make_day_part(factories.make_polling_day(event))
    position = factories.make_position(event)
    made = []
    for number, name in ((1, "De Brink"), (2, "Café 't Hoekje")):
        station = factories.make_polling_station(event, number=number, name=name)
        member = factories.make_member(phone="+31 6 11112222", first_name="Noor", last_name=f"Mens{number}")
        factories.make_assignment(member, factories.make_shift(station, day_part, position))
        made.append(station)
    return made


def _form(**values):
    return {"paper": "dossier", "choice": "all", "file_format": "pdf"} | values


def _url(paper, station):
    return reverse(f"backoffice:station-paper-{paper}", kwargs={"uuid": station.uuid})


def _text(response):
    reader = PdfReader(io.BytesIO(b"".join(response.streaming_content)))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def _run(client, **values):
    answer = client.post(URL, _form(**values))
    job = Job.objects.get()
    assert answer.url == reverse("backoffice:job-detail", kwargs={"uuid": job.uuid})
    return _worked_on(job)


def _worked_on(job):
    """As a worker does when it hears the bell."""
    while work_on_papers(job):
        pass
    job.refresh_from_db()
    return job


def test_station_paper_without_stations_tells_what_comes_first(planner, event):
    assert "Er zijn nog geen stembureaus" in planner.get(URL).content.decode()


@pytest.mark.parametrize(
    ("paper", "kind"),
    [
        ("dossier", "station_dossiers"),
        ("badges", "badges"),
        ("presence_list", "presence_lists"),
        ("contact_sheet", "contact_sheets"),
    ],
)
def test_station_paper_makes_one_pdf_of_all_stations(planner, stations, paper, kind):
    job = _run(planner, paper=paper)
    assert (job.kind, job.state, job.done) == (kind, "done", 2)
    assert "Voor 2 stembureaus gemaakt." in job.result
    text = " ".join(page.extract_text() for page in PdfReader(default_storage.path(job.file)).pages)
    assert text.index("De Brink") < text.index("Café")


def test_station_paper_makes_a_zip_with_a_pdf_for_each_station(planner, stations):
    job = _run(planner, file_format="zip")
    with zipfile.ZipFile(default_storage.path(job.file)) as archive:
        assert archive.namelist() == ["stembureaumap-001-de-brink.pdf", "stembureaumap-002-cafe-t-hoekje.pdf"]
        assert all(archive.read(name).startswith(b"%PDF") for name in archive.namelist())


def test_station_paper_makes_only_what_was_chosen(planner, stations):
    job = _run(planner, choice="only", stations=[str(stations[1].uuid)])
    text = " ".join(page.extract_text() for page in PdfReader(default_storage.path(job.file)).pages)
    assert "Hoekje" in text
    assert "Brink" not in text


def test_station_paper_asks_which_stations(planner, stations):
    text = planner.post(URL, _form(choice="only")).content.decode()
    assert "Vink minstens één stembureau aan, of kies" in text
    assert not Job.objects.exists()


@pytest.mark.parametrize(("asked", "found"), [({}, False), ({"with_phones": "on"}, True)])
def test_station_paper_has_phone_numbers_when_asked(planner, stations, asked, found):
    job = _run(planner, **asked)
    text = " ".join(page.extract_text() for page in PdfReader(default_storage.path(job.file)).pages)
    assert ("11112222" in text) is found


def test_station_paper_shows_why_nothing_was_started(planner, stations):
    planner.post(URL, _form())
    assert "wordt al gemaakt" in planner.post(URL, _form()).content.decode()


def test_station_that_goes_meanwhile_is_not_in_the_file(planner, stations):
    planner.post(URL, _form())
    stations[0].shifts.first().assignments.all().delete()
    stations[0].shifts.all().delete()
    stations[0].delete()
    job = _worked_on(Job.objects.get())
    assert "Voor 1 stembureau gemaakt. 1 stembureau is er niet meer" in job.result
    assert Path(default_storage.path(job.file)).exists()


def test_station_that_goes_while_the_file_is_put_together_is_left_out(planner, stations, tmp_path):
    planner.post(URL, _form())
    work = StationPapers(Job.objects.get())
    parts = [tmp_path / "0", tmp_path / "1"]
    for number, part in enumerate(parts):
        work.make_part(number, part)

    seen: list[str] = []

    def remove_after_the_first_look(execute, *query):
        found = execute(*query)
        seen.append(query[0])
        if len(seen) == 1:
            stations[0].shifts.first().assignments.all().delete()
            stations[0].shifts.all().delete()
            stations[0].delete()
        return found

    with connection.execute_wrapper(remove_after_the_first_look):
        work.make_file(parts, tmp_path / "file", lambda _done: None)
    assert "Voor 1 stembureau gemaakt. 1 stembureau is er niet meer" in work.result()


@pytest.mark.parametrize("paper", PAPERS)
def test_paper_of_one_station_is_downloaded_at_once(reader, stations, paper):
    response = reader.get(_url(paper, stations[0]))
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert "001-de-brink.pdf" in response.headers["Content-Disposition"]
    assert "no-store" in response.headers["Cache-Control"]
    assert "Mens1" in _text(response)
    logged = AuditEvent.objects.get(action="station_paper.view")
    assert logged.details["phones"] is False


def test_dossier_gives_phone_numbers_to_who_may_place_people_alone(planner, reader, stations):
    url = _url("dossier", stations[0])
    assert "11112222" not in _text(planner.get(url))
    assert "11112222" in _text(planner.get(url, {"phones": "on"}))
    assert "11112222" not in _text(reader.get(url, {"phones": "on"}))


def test_phone_numbers_are_refused_to_who_may_not_place_people(event, stations):
    with pytest.raises(ActionError, match="geen telefoonnummers"):
        start_station_papers(
            event, StationPaperKind.DOSSIER, with_phones=True, by=factories.make_staff("reader")
        )


@pytest.mark.parametrize("page", ["polling-station-detail", "assignment-station"])
def test_pages_of_a_station_lead_to_its_papers(planner, reader, stations, page):
    url = reverse(f"backoffice:{page}", kwargs={"uuid": stations[0].uuid})
    for paper in PAPERS:
        assert _url(paper, stations[0]) in reader.get(url).content.decode()
    assert "?phones=on" in planner.get(url).content.decode()
    assert "?phones=on" not in reader.get(url).content.decode()


def test_reader_may_not_make_papers_for_all(reader, stations):
    assert reader.get(URL).status_code == 403
    assert reader.post(URL, _form()).status_code == 403


def test_contact_sheet_has_numbers_for_who_may_hand_them_out_but_no_confidential_ones(
    planner, reader, stations
):
    text = _text(planner.get(_url("contact-sheet", stations[0])))
    assert "Noor Mens1" in text
    assert "11112222" in text
    assert reader.get(_url("contact-sheet", stations[0])).status_code == 403
    job = _run(planner, paper="contact_sheet")
    printed = " ".join(page.extract_text() for page in PdfReader(default_storage.path(job.file)).pages)
    assert "11112222" in printed
    Member.objects.update(confidential_since=timezone.now(), confidential_reason="bedreigd")
    text = _text(planner.get(_url("contact-sheet", stations[0])))
    assert "Noor Mens1" in text
    assert "11112222" not in text


def test_contact_sheet_is_not_started_by_who_may_not_hand_out_numbers(event, stations):
    with pytest.raises(ActionError, match="telefoonnummers"):
        start_station_papers(event, StationPaperKind.CONTACT_SHEET, by=factories.make_staff("reader"))
