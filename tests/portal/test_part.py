"""What a member sees of the parts that the team set: own parts, the menu, and a part that closes meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from elections.actions.audience import save_audience
from elections.enums import AudienceKind
from elections.models import AvailabilityResponse, Message, StepReading
from elections.queries.portal_step import moment_text
from tests import factories


def somebody_else() -> Any:
    return save_audience(kind=AudienceKind.MEMBERS, members=[factories.make_member()], by=None)


def close(step: Any, how: str) -> None:
    """Let the part end, switch it off, or make it for others, while the member is at work in it."""
    if how == "ended":
        step.closes_at = timezone.now() - timedelta(seconds=1)
    elif how == "off":
        step.is_on = False
    else:
        step.audience = somebody_else()
    step.save()


SENTENCES = {"ended": "gesloten sinds", "off": "niet meer open voor u", "others": "niet meer open voor u"}


def test_own_part_stands_in_the_list_and_is_read_once(as_member: Any, event: Any) -> None:
    step = factories.make_portal_step(event, "own", title="Parkeren", body="Achter de **school**.")
    task = as_member.get("/").context["tasks"][0]
    assert (task["title"], task["url"], task["status_label"]) == ("Parkeren", f"/part/{step.uuid}/", "Nieuw")
    assert "<strong>school</strong>" in as_member.get(task["url"]).content.decode()
    as_member.get(task["url"])
    assert StepReading.objects.count() == 1
    assert as_member.get("/").context["tasks"][0]["status_label"] == "Gelezen"


def test_own_part_for_others_off_or_of_an_earlier_event_is_not_found(as_member: Any, event: Any) -> None:
    others = factories.make_portal_step(event, "own", audience=somebody_else())
    off = factories.make_portal_step(event, "own", is_on=False)
    earlier = factories.make_portal_step(factories.make_event(archived_at=timezone.now()), "own")
    letters = factories.make_portal_step(event, "letters")
    for step in (others, off, earlier, letters):
        assert as_member.get(f"/part/{step.uuid}/").status_code == 404
    assert not StepReading.objects.exists()


def test_own_part_outside_its_period_says_so_kindly(as_member: Any, event: Any) -> None:
    ahead = timezone.now() + timedelta(days=1)
    step = factories.make_portal_step(event, "own", body="Nog geheim.", opens_at=ahead)
    page = as_member.get(f"/part/{step.uuid}/").content.decode()
    assert "nu niet open" in page
    assert "Open vanaf" in page
    assert "Nog geheim" not in page
    assert not StepReading.objects.exists()


def test_list_says_from_when_and_until_when(as_member: Any, event: Any) -> None:
    moments = {"opens_at": datetime(2100, 1, 1, tzinfo=UTC), "closes_at": datetime(2101, 1, 1, tzinfo=UTC)}
    later = factories.make_portal_step(event, "availability", opens_at=moments["opens_at"])
    factories.make_portal_step(event, "personal_data", closes_at=moments["closes_at"])
    page = as_member.get("/").content.decode()
    assert f"Open vanaf {moment_text(moments['opens_at'])}" in page
    assert page.count(f"Open tot {moment_text(moments['closes_at'])}") == 2  # with "what you can do now", too
    assert "e-mail" not in as_member.get("/availability/").content.decode()
    later.opens_at, later.closes_at = None, datetime(2001, 1, 1, tzinfo=UTC)
    later.save()
    assert f"Gesloten sinds {moment_text(later.closes_at)}" in as_member.get("/").content.decode()


@pytest.mark.parametrize("parts", [1, 3])
def test_home_takes_the_same_number_of_queries(
    as_member: Any, member: Any, event: Any, parts: int, django_assert_num_queries: Any
) -> None:
    for _part in range(parts):
        audience = save_audience(kind=AudienceKind.MEMBERS, members=[member], by=None)
        factories.make_portal_step(event, "own", audience=audience)
    as_member.get("/")
    with django_assert_num_queries(18):
        as_member.get("/")


def test_closed_parts_are_not_in_the_menu_and_say_so_kindly(as_member: Any, event: Any) -> None:
    urls = ("/document/", "/conversation/")
    steps = [factories.make_portal_step(event, kind) for kind in ("documents", "inbox")]
    home = as_member.get("/").content.decode()
    assert 'href="/conversation/"' in home
    assert 'href="/document/"' in as_member.get("/news-item/").content.decode()
    for step in steps:
        close(step, "off")
    assert 'href="/conversation/"' not in as_member.get("/").content.decode()
    assert 'href="/document/"' not in as_member.get("/news-item/").content.decode()
    for url in (*urls, "/conversation/create/"):
        assert "Dit onderdeel is nu niet open" in as_member.get(url).content.decode()


def test_document_of_a_closed_part_cannot_be_opened(as_member: Any, event: Any) -> None:
    document = factories.make_document(title="Handleiding")
    assert "Handleiding" in as_member.get("/").content.decode()
    factories.make_portal_step(event, "documents", is_on=False)
    assert "nu niet open" in as_member.get(f"/document/{document.uuid}/download/").content.decode()
    assert "Handleiding" not in as_member.get("/").content.decode()


def test_conversation_that_waits_for_the_member_stays_open_and_can_be_answered(
    as_member: Any, member: Any, event: Any
) -> None:
    factories.make_portal_step(event, "inbox", is_on=False)
    talk = factories.make_conversation(
        member, "Kunt u ook zondag?", subject="Zondag", state="answered", waiting_since=None
    )
    done = factories.make_conversation(member, "Klaar", subject="Oud")
    done.state, done.waiting_since = "closed", None
    done.save()
    page = as_member.get("/conversation/").content.decode()
    assert "Zondag" in page
    assert "Oud" not in page
    assert "Stel een vraag" not in page
    assert "nu niet open" in as_member.get(f"/conversation/{done.uuid}/").content.decode()
    form = as_member.get(f"/conversation/{talk.uuid}/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"body": "Ja, dat kan."}
    as_member.post(f"/conversation/{talk.uuid}/", data)
    assert Message.objects.filter(body="Ja, dat kan.").exists()


def test_question_typed_while_the_inbox_closed_stays_on_the_page(as_member: Any, event: Any) -> None:
    step = factories.make_portal_step(event, "inbox")
    form = as_member.get("/conversation/create/").context["form"]
    close(step, "ended")
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"subject": "Parkeren", "body": "Waar kan ik parkeren?"}
    page = as_member.post("/conversation/create/", data).content.decode()
    assert "gesloten sinds" in page
    assert "Waar kan ik parkeren?" in page
    assert not Message.objects.exists()


@pytest.mark.parametrize("how", SENTENCES)
def test_data_typed_while_the_part_closed_stay_on_the_page(
    as_member: Any, member: Any, event: Any, how: str
) -> None:
    step = factories.make_portal_step(event, "personal_data")
    form = as_member.get("/personal-data/address/").context["form"]
    close(step, how)
    data = {name: form[name].value() or "" for name in form.fields} | {"street": "Nieuwe Kade"}
    page = as_member.post("/personal-data/address/", data).content.decode()
    assert SENTENCES[how] in page
    assert 'value="Nieuwe Kade"' in page
    member.refresh_from_db()
    assert member.street == "Dorpsstraat"


@pytest.mark.parametrize("how", SENTENCES)
def test_answers_typed_while_the_part_closed_stay_on_the_page(
    as_member: Any, event: Any, morning: Any, how: str
) -> None:
    step = factories.make_portal_step(event, "availability")
    form = as_member.get("/availability/remark/").context["form"]
    close(step, how)
    data = {name: form[name].value() or "" for name in form.fields} | {"remark": "Liefst met mijn buurvrouw"}
    page = as_member.post("/availability/remark/", data).content.decode()
    assert SENTENCES[how] in page
    assert "Liefst met mijn buurvrouw" in page
    assert not AvailabilityResponse.objects.exists()


@pytest.mark.parametrize("how", SENTENCES)
def test_place_picked_while_the_part_closed_is_named(
    as_member: Any, member: Any, event: Any, morning: Any, how: str
) -> None:
    step = factories.make_portal_step(event, "reservation")
    station = factories.make_polling_station(event, name="De Regenboog")
    shift = factories.make_shift(station, morning, factories.make_position(event))
    close(step, how)
    page = as_member.post(f"/reservation/shift/{shift.uuid}/", follow=True).content.decode()
    assert SENTENCES[how] in page
    assert "U koos:" in page
    assert "De Regenboog" in page
    assert not member.assignments.exists()


@pytest.mark.parametrize("how", SENTENCES)
def test_reason_typed_while_the_place_closed_stays_on_the_page(
    as_member: Any, member: Any, event: Any, morning: Any, how: str
) -> None:
    step = factories.make_portal_step(event, "placement")
    shift = factories.make_shift(
        factories.make_polling_station(event), morning, factories.make_position(event)
    )
    place = factories.make_assignment(member, shift, state="published")
    form = as_member.get(f"/placement/{place.uuid}/decline/").context["form"]
    close(step, how)
    data = {name: form[name].value() or "" for name in form.fields} | {"reason": "Ik ben op reis"}
    page = as_member.post(f"/placement/{place.uuid}/decline/", data).content.decode()
    assert "Ik ben op reis" in page
    assert SENTENCES[how] in page
    place.refresh_from_db()
    assert place.state == "published"
