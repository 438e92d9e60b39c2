"""One member's data for who asked: handed over, or erased after the member number was typed over."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from elections.models import AuditEvent, Member
from tests import factories


@pytest.fixture
def colleague(client_for, juinen):
    return client_for(juinen, factories.make_staff("administrator"))


@pytest.fixture
def member():
    return factories.make_member(first_name="Anna", last_name="Zeldzaamstra")


def unconfirmed(client):
    session = client.session
    session["confirmed_at"] = (timezone.now() - timedelta(minutes=11)).timestamp()
    session.save()
    return client


def test_export_is_a_file_with_the_member_and_is_logged(colleague, member):
    answer = colleague.post(f"/backoffice/privacy/{member.uuid}/export/")
    assert answer.headers["Content-Type"] == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    page = zipfile.ZipFile(io.BytesIO(answer.content)).read("gegevens.html").decode()
    assert "Zeldzaamstra" in page
    assert AuditEvent.objects.filter(action="privacy.export", object_id=str(member.uuid)).count() == 1


def test_export_cannot_be_fetched_by_a_link(colleague, member):
    assert colleague.get(f"/backoffice/privacy/{member.uuid}/export/").status_code == 405


def test_both_ask_again_who_sits_here(colleague, member):
    unconfirmed(colleague)
    form = {"reason": "request", "number": str(member.number)}
    for path in (f"/backoffice/privacy/{member.uuid}/export/", f"/backoffice/privacy/{member.uuid}/erase/"):
        assert colleague.post(path, form).headers["Location"].startswith("/confirm/")
    assert Member.objects.present().filter(pk=member.pk).exists()


def test_page_shows_what_goes_and_what_stays(colleague, member):
    page = colleague.get(f"/backoffice/privacy/{member.uuid}/erase/").content.decode()
    assert "Dit verdwijnt" in page
    assert "Dit blijft, en waarom" in page
    assert str(member.number) in page


@pytest.mark.parametrize("number", ["", "999999", "Zeldzaamstra"])
def test_wrong_number_erases_nobody(colleague, member, number):
    form = {"reason": "request", "number": number}
    page = colleague.post(f"/backoffice/privacy/{member.uuid}/erase/", form)
    assert "z-field--invalid" in page.content.decode()
    assert Member.objects.present().filter(pk=member.pk).exists()


def test_erasing_by_hand_is_not_for_the_reason_of_the_night(colleague, member):
    form = {"reason": "term", "number": str(member.number)}
    colleague.post(f"/backoffice/privacy/{member.uuid}/erase/", form)
    assert Member.objects.present().filter(pk=member.pk).exists()


def test_right_number_erases_and_the_result_stays_to_be_seen(colleague, member):
    form = {"reason": "request", "number": f" {member.number} "}
    url = f"/backoffice/privacy/{member.uuid}/erase/"
    assert colleague.post(url, form).headers["Location"] == url
    for path in (url, f"/backoffice/member/{member.uuid}/"):
        page = colleague.get(path).content.decode()
        assert "gewist" in page
        assert "Zeldzaamstra" not in page


def test_erased_member_is_not_in_the_list_and_has_no_export(colleague, member):
    colleague.post(
        f"/backoffice/privacy/{member.uuid}/erase/", {"reason": "request", "number": str(member.number)}
    )
    assert str(member.uuid) not in colleague.get("/backoffice/member/").content.decode()
    assert colleague.post(f"/backoffice/privacy/{member.uuid}/export/").status_code == 404


def test_place_ahead_is_named_and_stops_it(colleague, member):
    event = factories.make_event()
    day = factories.make_polling_day(event, date=timezone.localdate() + timedelta(days=20))
    station = factories.make_polling_station(event, name="Bureau Verderop")
    shift = factories.make_shift(station, factories.make_day_part(day), factories.make_position(event))
    factories.make_assignment(member, shift, state="published")
    url = f"/backoffice/privacy/{member.uuid}/erase/"
    page = colleague.get(url).content.decode()
    assert "Bureau Verderop" in page
    colleague.post(url, {"reason": "request", "number": str(member.number)})
    assert Member.objects.present().filter(pk=member.pk).exists()


def test_member_page_offers_what_the_role_may(client_for, juinen, member):
    offers = {
        "administrator": ("/look/", "/export/", "/erase/"),
        "planner": ("/look/",),
        "reader": (),
    }
    for role, paths in offers.items():
        page = client_for(juinen, factories.make_staff(role)).get(f"/backoffice/member/{member.uuid}/")
        content = page.content.decode()
        for path in ("/look/", "/export/", "/erase/"):
            assert (path in content) == (path in paths), (role, path)
