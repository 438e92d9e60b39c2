"""The page of the log: what it shows, who may, and that looking is logged too."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest
import time_machine
from django_tenants.utils import tenant_context

from elections import audit
from elections.actions.audit import blank_events, check_log, seal_events
from elections.models import AuditEvent, AuditSeal
from elections.sessions import CONFIRMED_FOR, CONFIRMED_KEY
from tests import factories

LIST = "/backoffice/audit/"
EXPORT = "/backoffice/audit/export/"


@pytest.fixture
def colleague():
    return factories.make_staff("administrator", name="Hilde Hoofd")


@pytest.fixture
def desk(client_for, juinen, colleague):
    return client_for(juinen, colleague)


def page(client, **query) -> str:
    return client.get(LIST, query).content.decode()


def test_list_tells_in_plain_words_who_did_what(desk):
    member = factories.make_member(first_name="Anna", last_name="Zwart")
    planner = factories.make_staff("planner", name="Pim Planner")
    audit.record("member.update", by=planner, on=member)
    body = page(desk)
    for text in ("Pim Planner", "Gegevens van lid gewijzigd", "lid: ", "Zwart", "Gelukt"):
        assert text in body


def test_filters_find_by_each_part(desk):
    member = factories.make_member(first_name="Anna", last_name="Zwart")
    planner = factories.make_staff("planner", name="Pim Planner")
    with time_machine.travel(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)):  # 2 March in Juinen
        audit.record("member.deactivate", by=planner, on=member)
    for query in (
        {"q": "Zwart"},
        {"q": str(member.uuid)},
        {"actor": "pim"},
        {"action": "member.deactivate"},
        {"object_type": "member"},
        {"first": "2026-03-02", "last": "2026-03-02"},
        {"result": "1", "q": "Zwart"},
    ):
        assert ">Lid op niet actief gezet</div>" in page(desk, **query), query
    for query in (
        {"q": "Nergens"},
        {"first": "2026-03-03", "last": "2026-03-04"},
        {"last": "2026-03-01"},
        {"result": "2"},
        {"action": "member.create"},
    ):
        assert ">Lid op niet actief gezet</div>" not in page(desk, **query), query


def test_nothing_found_says_what_to_do(desk):
    assert "Geen gebeurtenis gevonden" in page(desk, q="Nergens")


@pytest.mark.parametrize(
    "query", [{"action": "onzin"}, {"first": "x"}, {"page": "x"}, {"sort": "onzin"}, {"page": "999"}]
)
def test_nonsense_in_the_address_is_harmless(desk, query):
    assert desk.get(LIST, query).status_code == 200


def test_looking_at_the_log_is_logged_once_a_page(desk, colleague):
    for number in range(3):
        audit.record("member.update", by=None, label=f"Lid {number}")
    desk.get(LIST, {"q": "Lid"})
    event = AuditEvent.objects.get(action="audit.list")
    assert (event.actor, event.details) == ("Hilde Hoofd", {"filter": ["q: Lid"], "count": 3})


def test_list_asks_the_same_number_of_queries_for_one_and_three(desk, django_assert_num_queries):
    desk.get(LIST)
    with django_assert_num_queries(9):
        desk.get(LIST)
    for number in range(3):
        audit.record("member.update", by=None, label=f"Lid {number}")
    with django_assert_num_queries(9):
        desk.get(LIST)


def test_detail_shows_every_field_and_is_logged(desk):
    member = factories.make_member(last_name="Zwart")
    event = audit.record("member.update", by=None, on=member, purpose="correctie", fields=["email"])
    body = desk.get(f"{LIST}{event.uuid}/").content.decode()
    for text in ("Gegevens van lid gewijzigd", "systeem", "correctie", "email", str(member.uuid)):
        assert text in body
    assert AuditEvent.objects.get(action="audit.view").details == {"event": event.pk}


def test_detail_of_a_blanked_event_says_so(desk):
    event = audit.record("member.update", by=None, label="Geheim Persoon")
    blank_events(AuditEvent.objects.filter(pk=event.pk), by=None)
    body = desk.get(f"{LIST}{event.uuid}/").content.decode()
    assert "weggehaald" in body
    assert "Geheim Persoon" not in body


def test_page_shows_the_newest_seal_and_the_last_check(desk):
    audit.record("member.update", by=None)
    seal_events()
    assert AuditSeal.objects.get().digest in page(desk)
    with time_machine.travel(datetime(2026, 11, 20, 3, tzinfo=UTC)):
        check_log()
    body = page(desk)
    assert "Het logboek klopt" in body
    assert "20 november 2026 om 04.00 uur" in body


def test_page_warns_of_damage(desk):
    audit.record("audit.damage", by=None, number=1, digest="x", damage=1)
    assert "Het logboek klopt niet" in page(desk)


@pytest.mark.parametrize("role", ["planner", "communication", "finance", "reader"])
def test_other_roles_may_not_look(client_for, juinen, role):
    client = client_for(juinen, factories.make_staff(role))
    event = audit.record("member.update", by=None)
    for url in (LIST, f"{LIST}{event.uuid}/", EXPORT):
        assert client.get(url).status_code == 403
    assert 'href="/backoffice/audit/"' not in client.get("/backoffice/").content.decode()


def test_export_asks_to_prove_again_who_you_are(desk):
    session = desk.session
    session[CONFIRMED_KEY] -= CONFIRMED_FOR.total_seconds() + 1
    session.save()
    answer = desk.get(EXPORT, {"format": "csv"})
    assert (answer.status_code, answer["Location"].startswith("/confirm/")) == (302, True)
    assert not AuditEvent.objects.filter(action="audit.export").exists()


HOSTILE = ("=cmd()", "+1", "-1", "@SUM(A1)", "\tx", "＝1")


def test_csv_export_is_harmless_and_logged(desk, colleague):
    for label in HOSTILE:
        audit.record("member.update", by=None, label=label)
    answer = desk.get(EXPORT, {"format": "csv", "action": "member.update"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(HOSTILE)
    for label in HOSTILE:
        assert f'"\'{label}"' in answer.content.decode()
    event = AuditEvent.objects.get(action="audit.export")
    assert (event.actor, event.details) == (
        "Hilde Hoofd",
        {"filter": ["action: member.update"], "count": len(HOSTILE)},
    )


def test_xlsx_export_holds_text_only(desk):
    for label in HOSTILE:
        audit.record("member.update", by=None, label=label)
    answer = desk.get(EXPORT, {"format": "xlsx", "action": "member.update"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert sheet.max_row == 1 + len(HOSTILE)


def test_export_of_too_much_asks_for_a_shorter_period(desk, monkeypatch):
    monkeypatch.setattr("elections.actions.audit.EXPORT_LIMIT", 1)
    for _number in range(2):
        audit.record("member.update", by=None)
    answer = desk.get(EXPORT, {"format": "csv"}, follow=True)
    assert "Kies een kortere periode" in answer.content.decode()


def test_log_of_another_municipality_is_not_there(desk, zonneiland):
    with tenant_context(zonneiland):
        event = audit.record("member.update", by=None, label="Zonnig")
    assert desk.get(f"{LIST}{event.uuid}/").status_code == 404
    assert "Zonnig" not in page(desk)


# --- Who looked at whom -------------------------------------------------------------------------------------


def viewed() -> list[tuple[str, str, dict]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "object_id", "details"))


def test_looking_at_a_member_is_logged(desk):
    member = factories.make_member()
    desk.get(f"/backoffice/member/{member.uuid}/")
    desk.get(f"/backoffice/member/{member.uuid}/edit/")
    assert viewed() == [
        ("member.view", str(member.uuid), {}),
        ("member.view", str(member.uuid), {"page": "edit"}),
    ]


def test_looking_at_the_member_list_is_one_event_with_filter_and_count(desk):
    for _number in range(3):
        factories.make_member(last_name="Jansen")
    desk.get("/backoffice/member/", {"q": "Jansen", "page": "1"})
    assert viewed() == [("member.list", "", {"filter": ["q: Jansen"], "count": 3})]


def test_looking_at_a_letter_is_logged(client_for, juinen, worlds):
    world = worlds[juinen.schema_name]
    client_for(juinen, world.staff["administrator"]).get(f"/backoffice/letter/{world.letter.uuid}/")
    assert AuditEvent.objects.get(action="letter.view").object_id == str(world.letter.uuid)


def test_who_may_not_look_leaves_no_event_of_looking(client_for, juinen, zonneiland):
    with tenant_context(zonneiland):
        foreign = factories.make_member()
    client_for(juinen, factories.make_staff("reader")).get(f"/backoffice/member/{foreign.uuid}/")
    assert viewed() == []


def test_page_of_a_member_leads_to_what_the_log_knows(desk, client_for, juinen):
    member = factories.make_member()
    link = f'href="/backoffice/audit/?q={member.uuid}"'
    url = f"/backoffice/member/{member.uuid}/"
    assert link in desk.get(url).content.decode()
    assert link not in client_for(juinen, factories.make_staff("planner")).get(url).content.decode()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("111222333", "•••"),
        ("BSN 111.222.333 van Jan", "BSN ••• van Jan"),
        ("1112 22 33-3", "•••"),
        ("NL91ABNA0417164300", "•••"),
        ("nl91 abna 0417 1643 00 Jansen", "••• Jansen"),
        ("van NL91ABNA0417164300 en BE68539007547034", "van ••• en •••"),
        ("06-12345678", "•••"),
        ("1234567", "1234567"),
        ("Noor Bakker", "Noor Bakker"),
        ("x" * 300, "x" * 100),
    ],
)
@pytest.mark.parametrize("path", ["/backoffice/member/", "/backoffice/mail/", LIST])
def test_number_of_a_person_in_a_search_box_does_not_reach_the_log(desk, path, typed, kept):
    desk.get(path, {"q": typed})
    assert AuditEvent.objects.get().details["filter"] == [f"q: {kept}"]


def test_only_the_filters_of_a_list_reach_the_log(desk):
    desk.get(
        "/backoffice/member/", {"q": "Noor", "bsn": "111222333", "answer": "111222333", "111222333": "x"}
    )
    assert AuditEvent.objects.get().details["filter"] == ["q: Noor"]


def test_days_of_a_filter_are_no_numbers_of_people(desk):
    desk.get(LIST, {"first": "2026-11-01"})
    assert AuditEvent.objects.get().details["filter"] == ["first: 2026-11-01"]


@pytest.mark.parametrize(
    ("path", "action", "count"),
    [
        ("mail", "mail.list", 1),
        ("privacy-request", "privacy_request.list", 1),
        ("staff", "staff.list", 1),
    ],
)
def test_looking_at_other_lists_of_people_is_logged(desk, path, action, count):
    member = factories.make_member()
    factories.make_mail(member.user)
    factories.make_privacy_request(member)
    desk.get(f"/backoffice/{path}/")
    assert viewed() == [(action, "", {"count": count})]


def test_looking_at_a_question_about_privacy_is_logged(desk):
    question = factories.make_privacy_request(factories.make_member())
    desk.get(f"/backoffice/privacy-request/{question.uuid}/")
    assert viewed() == [("privacy_request.view", str(question.uuid), {})]


def test_looking_at_people_for_a_shift_is_logged(desk):
    event = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(factories.make_polling_station(event), part, factories.make_position(event))
    factories.make_member(last_name="Berg")
    desk.get(f"/backoffice/assignment/shift/{shift.uuid}/", {"q": "111222333"})
    desk.get(f"/backoffice/assignment/shift/{shift.uuid}/", {"q": "Berg"})
    assert viewed() == [
        ("assignment.candidates", str(shift.uuid), {"filter": ["q: •••"], "count": 0}),
        ("assignment.candidates", str(shift.uuid), {"filter": ["q: Berg"], "count": 1}),
    ]
