"""The pages of the reminder ladder: who would get one, adding and removing rungs, and one right now."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from elections.models import OutboxMail, Reminder
from tests import factories


def url(name: str, thing: Any) -> str:
    return reverse(f"backoffice:{name}", args=[thing.uuid])


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def team(juinen: Any, client_for: Any) -> Any:
    return client_for(juinen, factories.make_staff("communication"))


@pytest.fixture
def step() -> Any:
    return factories.make_portal_step(
        factories.make_event(), "availability", closes_at=timezone.now() + timedelta(days=30)
    )


def test_page_tells_whom_a_reminder_would_reach(team: Any, step: Any) -> None:
    factories.make_member()
    factories.make_member(with_user=False)
    page = text_of(team.get(url("reminder-list", step)))
    assert "2 leden zijn nog niet klaar." in page
    assert "1 lid heeft geen inlog of e-mailadres en krijgt geen e-mail. Bel dit lid." in page
    assert "Er staat nog geen herinnering klaar" in page
    assert "Stuur nu een herinnering" in page


def test_rung_is_added_and_taken_away(team: Any, step: Any) -> None:
    answer = team.post(url("reminder-list", step), {"when": "days", "days": "7"}, follow=True)
    page = text_of(answer)
    assert "De herinnering staat klaar." in page
    assert "7 dagen voor sluiting" in page
    rung = Reminder.objects.get()
    assert f"{timezone.localtime(rung.send_at):%H.%M}" == "10.00"
    assert "weggehaald" in text_of(team.post(url("reminder-remove", rung), follow=True))
    assert not Reminder.objects.exists()


def test_moment_is_in_the_time_of_the_municipality(team: Any, step: Any) -> None:
    day = timezone.localdate() + timedelta(days=3)
    team.post(url("reminder-list", step), {"when": "moment", "day": f"{day:%Y-%m-%d}", "time": "14.30"})
    local = timezone.localtime(Reminder.objects.get().send_at)
    assert (local.date(), f"{local:%H.%M}") == (day, "14.30")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"when": "days"}, "Vul een aantal dagen in"),
        ({"when": "days", "days": "0"}, "van 1 tot 90"),
        ({"when": "days", "days": "zeven"}, "Vul een aantal dagen in"),
        ({"when": "days", "days": "80"}, "al voorbij"),
        ({"when": "moment"}, "Kies een datum."),
        ({"when": "moment", "day": "2001-01-01", "time": "10:00"}, "al voorbij"),
        ({"when": "moment", "day": "2027-03-28", "time": "02:30"}, "de klok gaat dat uur vooruit"),
    ],
)
def test_what_makes_no_sense_is_told(team: Any, step: Any, sent: dict[str, str], sentence: str) -> None:
    assert sentence in text_of(team.post(url("reminder-list", step), sent))
    assert not Reminder.objects.exists()


def test_part_without_an_end_has_no_days_to_count(team: Any) -> None:
    step = factories.make_portal_step(factories.make_event(), "availability")
    page = text_of(team.get(url("reminder-list", step)))
    assert "Dit onderdeel heeft geen einddatum." in page
    assert 'name="days"' not in page


def test_reminder_now_asks_first_and_goes_once(team: Any, step: Any) -> None:
    factories.make_member()
    page = text_of(team.get(url("reminder-send", step)))
    assert "<strong>1</strong> lid krijgt nu één e-mail" in page
    assert not OutboxMail.objects.exists()
    assert "1 lid krijgt een herinnering." in text_of(team.post(url("reminder-send", step), follow=True))
    again = text_of(team.post(url("reminder-send", step), follow=True))
    assert "niemand om te herinneren" in again
    assert "Verstuurd aan 1 lid" in again
    assert OutboxMail.objects.count() == 1
    assert "Er is nu niemand om te herinneren" in text_of(team.get(url("reminder-send", step)))


def test_part_that_is_not_open_says_so(team: Any, step: Any) -> None:
    factories.make_member()
    step.closes_at = timezone.now() - timedelta(minutes=1)
    step.save()
    assert "nu niet openen" in text_of(team.get(url("reminder-list", step)))
    assert "Dit onderdeel is nu niet open" in text_of(team.get(url("reminder-send", step)))
    assert "nu niet openen" in text_of(team.post(url("reminder-send", step), follow=True))
    assert not OutboxMail.objects.exists()


def test_rung_that_went_cannot_be_taken_away(team: Any, step: Any) -> None:
    rung = factories.make_reminder(step, sent_at=timezone.now(), recipients=0, is_missed=True)
    assert "al verstuurd" in text_of(team.post(url("reminder-remove", rung), follow=True))
    assert "het onderdeel was niet open" in text_of(team.get(url("reminder-list", step)))


def test_page_leads_from_the_parts_and_to_the_answers(team: Any, step: Any) -> None:
    page = text_of(team.get(reverse("backoffice:portal-step-list")))
    assert url("reminder-list", step) in page
    placement = factories.make_portal_step(step.event, "placement")
    assert reverse("backoffice:placement-list") in text_of(team.get(url("reminder-list", placement)))


def test_page_needs_a_fixed_number_of_queries(team: Any, step: Any, django_assert_num_queries: Any) -> None:
    factories.make_member()
    factories.make_reminder(step)
    team.get(url("reminder-list", step))
    with django_assert_num_queries(10):
        team.get(url("reminder-list", step))
    for days in (1, 2):
        factories.make_member()
        factories.make_reminder(step, send_at=timezone.now() + timedelta(days=days))
    with django_assert_num_queries(10):
        team.get(url("reminder-list", step))


def test_reader_sends_no_reminders(juinen: Any, client_for: Any, step: Any) -> None:
    reader = client_for(juinen, factories.make_staff("reader"))
    assert reader.get(url("reminder-list", step)).status_code == 403
    assert "Herinneringen" not in text_of(reader.get(reverse("backoffice:portal-step-list")))
