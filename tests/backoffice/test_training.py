"""Trainings in the backoffice: setting up, the key, results by hand and from a file, and who has still to do one."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from elections.models import AuditEvent, Training, TrainingResult
from elections.training_token import key_text
from tests import factories

URL = "/backoffice/training/"
SENT = {"name": "Basis", "site": "https://training.example/", "is_on": "on"}


@pytest.fixture
def training(db: None) -> Any:
    return factories.make_training(name="Basistraining")


@pytest.fixture
def planner(client_for: Any, juinen: Any) -> Any:
    return client_for(juinen, factories.make_staff("planner"))


@pytest.fixture
def place(db: None) -> Any:
    event = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(
        factories.make_polling_station(event), part, factories.make_position(event), places=9
    )
    return factories.make_assignment(factories.make_member(last_name="Nogdoen"), shift)


def text(answer: Any) -> str:
    return answer.content.decode()


def test_without_a_training_the_page_says_what_to_do(planner: Any) -> None:
    assert "Er is nog geen training" in text(planner.get(URL))


def test_training_is_added_and_changed(planner: Any) -> None:
    page = text(planner.post(f"{URL}create/", SENT | {"position_kinds": ["chair"]}, follow=True))
    assert "“Basis” is bewaard." in page
    training = Training.objects.get()
    assert training.position_kinds == ["chair"]
    sent = SENT | {"name": "Kort", "valid_months": "12", "version": "1"}
    planner.post(f"{URL}{training.uuid}/edit/", sent)
    training.refresh_from_db()
    assert (training.name, training.valid_months) == ("Kort", 12)
    page = text(planner.post(f"{URL}{training.uuid}/edit/", sent | {"name": "Lang"}))
    assert "Een collega heeft deze training net gewijzigd" in page


@pytest.mark.parametrize("site", ["javascript:alert(1)", "http://a.example/", "https://a@b.example/"])
def test_hostile_address_is_refused_with_a_reason(planner: Any, site: str) -> None:
    page = text(planner.post(f"{URL}create/", SENT | {"site": site}))
    assert "Vul een adres in" in page
    assert not Training.objects.exists()


def test_training_with_results_stays(planner: Any, training: Any) -> None:
    result = factories.make_training_result(training, factories.make_member())
    page = text(planner.post(f"{URL}{training.uuid}/remove/", follow=True))
    assert "U kunt de training wel uitzetten" in page
    result.delete()
    assert "verwijderen?" in text(planner.get(f"{URL}{training.uuid}/remove/"))
    planner.post(f"{URL}{training.uuid}/remove/")
    assert not Training.objects.exists()


def test_key_is_seen_once_and_can_be_renewed(planner: Any, training: Any) -> None:
    path = f"{URL}{training.uuid}/key/"
    key = key_text(training)
    assert key not in text(planner.get(path))
    answer = planner.post(path, {"show": "1"})
    assert key in text(answer)
    assert "no-store" in answer["Cache-Control"]
    page = text(planner.post(path, {"show": "1"}, follow=True))
    assert key not in page
    assert "al getoond" in page
    planner.post(path, {"renew": "1"})
    training.refresh_from_db()
    assert training.key_version == 2
    assert key_text(training) in text(planner.post(path, {"show": "1"}))


def test_results_of_a_training_can_be_filtered_and_looking_is_logged(planner: Any, training: Any) -> None:
    done, failed = factories.make_member(last_name="Klaarmee"), factories.make_member(last_name="Gezakt")
    factories.make_training_result(training, done)
    factories.make_training_result(training, failed, passed=False)
    path = f"{URL}{training.uuid}/"
    everybody = text(planner.get(path))
    assert "Klaarmee" in everybody
    assert "Gezakt" in everybody
    page = text(planner.get(f"{path}?state=done"))
    assert "Klaarmee" in page
    assert "Gezakt" not in page
    assert "Niemand gevonden" in text(planner.get(f"{path}?state=expired"))
    assert AuditEvent.objects.filter(action="training.results").exists()


def test_list_needs_as_many_queries_for_one_member_as_for_three(planner: Any, training: Any) -> None:
    path = f"{URL}{training.uuid}/"
    factories.make_training_result(training, factories.make_member())
    planner.get(path)
    with CaptureQueriesContext(connection) as one:
        planner.get(path)
    for _number in range(2):
        factories.make_training_result(training, factories.make_member())
    with CaptureQueriesContext(connection) as three:
        planner.get(path)
    assert len(three) <= len(one)


def test_result_is_noted_on_a_member_and_taken_away(planner: Any, training: Any) -> None:
    member = factories.make_member()
    path = f"/backoffice/training-result/{member.uuid}/note/"
    sent = {"training": training.uuid, "done_on": "2026-01-05", "passed": "yes", "score": "8,5"}
    tomorrow = timezone.localdate() + timedelta(days=1)
    page = text(planner.post(path, sent | {"done_on": tomorrow.isoformat()}))
    assert "Deze datum ligt in de toekomst." in page
    page = text(planner.post(path, sent, follow=True))
    assert "De uitslag is genoteerd." in page
    assert "Basistraining" in page
    assert "score 8,5" in page
    result = TrainingResult.objects.get()
    assert result.done_on == date(2026, 1, 5)
    remove = f"/backoffice/training-result/{result.uuid}/remove/"
    assert "Uitslag weghalen?" in text(planner.get(remove))
    assert TrainingResult.objects.exists()
    planner.post(remove)
    assert not TrainingResult.objects.exists()


def test_results_are_read_in_from_a_file_after_a_look(planner: Any, training: Any) -> None:
    factories.make_member(number=77, last_name="Geslaagd")
    data = b"Lidnummer;Datum;Gehaald\n77;12-1-2026;ja\n999999;12-1-2026;ja\n77;32-1-2026;ja\n"
    path = f"/backoffice/training-import/{training.uuid}/"
    answer = planner.post(path, {"file": SimpleUploadedFile("uitslagen.csv", data)})
    page = text(planner.get(answer["Location"]))
    for words in (
        "Deze personen kennen wij niet",
        "999999",
        "Geslaagd",
        "Lees 1 uitslag in",
        "Rijen met een fout",
    ):
        assert words in page
    assert not TrainingResult.objects.exists()
    seen = page.split('name="fingerprint" value="')[1].split('"')[0]
    confirm = answer["Location"].replace("check", "confirm")
    assert "intussen iets veranderd" in text(planner.post(confirm, {"fingerprint": "oud"}, follow=True))
    assert "1 uitslag is ingelezen." in text(planner.post(confirm, {"fingerprint": seen}, follow=True))
    assert "al ingelezen" in text(planner.post(confirm, {"fingerprint": seen}, follow=True))
    assert TrainingResult.objects.count() == 1


def test_file_can_be_thrown_away(planner: Any, training: Any) -> None:
    factories.make_member(number=77)
    path = f"/backoffice/training-import/{training.uuid}/"
    data = b"Lidnummer;Datum;Gehaald\n77;12-1-2026;ja\n"
    answer = planner.post(path, {"file": SimpleUploadedFile("uitslagen.csv", data)})
    page = text(planner.post(answer["Location"].replace("check", "cancel"), follow=True))
    assert "Er is niets veranderd." in page
    assert not TrainingResult.objects.exists()
    page = text(planner.post(path, {"file": SimpleUploadedFile("uitslagen.csv", b"a;b\n1;2\n")}))
    assert "Deze kolommen ontbreken" in page


def test_who_has_still_to_do_a_training_is_listed_with_the_way_to_remind(
    planner: Any, training: Any, place: Any
) -> None:
    page = text(planner.get(f"{URL}missing/"))
    assert "Nogdoen" in page
    step = factories.make_portal_step(place.shift.polling_station.event, "training")
    assert f"/backoffice/reminder/{step.uuid}/" in text(planner.get(f"{URL}missing/"))
    factories.make_training_result(training, place.member)
    page = text(planner.get(f"{URL}missing/"))
    assert "Nogdoen" not in page
    assert "Iedereen is klaar" in page


def test_list_of_who_must_still_train_needs_few_queries(planner: Any, place: Any) -> None:
    planner.get(f"{URL}missing/")
    with CaptureQueriesContext(connection) as one:
        planner.get(f"{URL}missing/")
    for _number in range(2):
        factories.make_assignment(factories.make_member(), place.shift)
    with CaptureQueriesContext(connection) as three:
        planner.get(f"{URL}missing/")
    assert len(three) <= len(one)


def test_letters_page_tells_who_waits_for_the_training(planner: Any, place: Any) -> None:
    event = place.shift.polling_station.event
    event.final_after_training = True
    event.save()
    page = text(planner.get("/backoffice/letter/"))
    assert "1 lid krijgt de brief pas na de training." in page
    assert f'href="{URL}missing/"' in page


def test_reader_sees_trainings_and_changes_nothing(client_for: Any, juinen: Any, training: Any) -> None:
    reader = client_for(juinen, factories.make_staff("reader"))
    assert "Wijzig" not in text(reader.get(f"{URL}{training.uuid}/"))
    for path in (f"{URL}create/", f"{URL}{training.uuid}/edit/", f"{URL}{training.uuid}/key/"):
        assert reader.get(path).status_code == 403
