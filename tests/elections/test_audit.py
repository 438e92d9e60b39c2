"""The log only grows: an event, its guards, and the two doors through which the law lets go of it."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from elections import audit
from elections.actions.audit import blank_events, forget_events_before, seal_events
from elections.enums import AuditResult
from elections.errors import ActionError
from elections.models import AuditEvent, AuditSeal, AuditSealedRow
from elections.queries.audit_chain import DamageKind, verify
from tenants.request_ids import request_id
from tests import factories
from tests.elections.audit_log import TABLES, as_superuser, record_some


@contextmanager
def at(*moment: int) -> Iterator[None]:
    with time_machine.travel(datetime(*moment, tzinfo=UTC), tick=False):  # type: ignore[arg-type]
        yield


# --- An event -----------------------------------------------------------------------------------------------


def test_record_keeps_the_fields_of_bio2():
    colleague = factories.make_staff(name="Hilde Hoofd")
    member = factories.make_member(last_name="Jansen")
    tokens = audit.origin.set("192.0.2.7"), request_id.set("a" * 32)
    try:
        event = audit.record("member.update", by=colleague, on=member, purpose="correctie", fields=["email"])
    finally:
        audit.origin.reset(tokens[0])
        request_id.reset(tokens[1])
    event.refresh_from_db()
    assert (event.action, event.actor, event.actor_id) == (
        "member.update",
        "Hilde Hoofd",
        str(colleague.uuid),
    )
    assert (event.object_type, event.object_id) == ("member", str(member.uuid))
    assert (event.result, event.origin, event.request_id) == (AuditResult.OK, "192.0.2.7", "a" * 32)
    assert (event.purpose, event.details) == ("correctie", {"fields": ["email"]})
    assert timezone.now() - event.at < timedelta(minutes=1)


def test_every_answer_names_its_request_and_the_log_too(client, juinen):
    first, second = client.get("/login/"), client.get("/login/", headers={"X-Request-ID": "f" * 32})
    numbers = {first["X-Request-ID"], second["X-Request-ID"]}
    assert len(numbers) == 2
    assert "f" * 32 not in numbers
    client.post("/login/", {"username": "niemand", "password": "een heel verkeerd wachtwoord"})
    assert len(AuditEvent.objects.filter(action="login.refuse").latest("id").request_id) == 32


def test_line_of_an_event_has_no_names(caplog: Any, juinen: Any, django_capture_on_commit_callbacks: Any):
    caplog.set_level(logging.INFO, "zitting.audit")
    member = factories.make_member(last_name="Bijzonderenaam")
    with django_capture_on_commit_callbacks(execute=True):
        event = audit.record("member.update", by=None, on=member, note="Bijzonderfeit")
    attempted, committed = (json.loads(line) for line in caplog.messages)
    assert (attempted["outcome"], attempted["event"]) == ("attempted", event.pk)
    assert (attempted["action"], attempted["object"]) == ("member.update", f"member {member.uuid}")
    assert committed == {"schema": juinen.schema_name, "events": [event.pk], "outcome": "ok"}
    assert "Bijzonder" not in caplog.text


def test_line_of_what_is_rolled_back_stays_attempted(caplog: Any, django_capture_on_commit_callbacks: Any):
    caplog.set_level(logging.INFO, "zitting.audit")
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        audit.record("member.update", by=None)
        transaction.set_rollback(True)
    assert [json.loads(line)["outcome"] for line in caplog.messages] == ["attempted"]
    assert not AuditEvent.objects.exists()


def test_record_view_of_a_list_is_one_event():
    colleague = factories.make_staff()
    audit.record_view("member.list", by=colleague, filters={"q": "Jan", "labels": [], "state": ""}, count=412)
    assert AuditEvent.objects.get().details == {"filter": ["q: Jan"], "count": 412}


# --- Guards of the database ---------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("sql", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_even_the_owner_cannot_change_the_log(table, sql):
    record_some()
    seal_events()
    column = "digest" if table == "elections_auditsealedrow" else "at"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="the log only grows"), transaction.atomic():
            cursor.execute(sql.format(table, column))
    assert verify().damaged == 0


def test_open_door_lets_nothing_but_blanking_through():
    record_some()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL zitting.audit_door = 'blank'")
        with pytest.raises(DatabaseError, match="the log only grows"), transaction.atomic():
            cursor.execute("UPDATE elections_auditevent SET action = 'x'")


# --- Blanking -----------------------------------------------------------------------------------------------


def test_blank_events_takes_people_out_and_leaves_the_seals_whole():
    colleague = factories.make_staff(name="Hilde Hoofd")
    about, other = record_some(2)
    assert blank_events(AuditEvent.objects.filter(pk=about.pk), by=colleague, purpose="AVG artikel 17") == 1
    about.refresh_from_db()
    assert (about.actor, about.origin, about.object_label, about.details, about.purpose) == (
        "",
        "",
        "",
        {},
        "",
    )
    assert about.action == "member.update"
    assert about.blanked_at is not None
    assert AuditSealedRow.objects.get(event=about.pk).salt is None
    told = AuditEvent.objects.get(action="audit.blank")
    assert (told.actor, told.purpose, told.details) == (
        "Hilde Hoofd",
        "AVG artikel 17",
        {"events": [about.pk]},
    )
    report = verify()
    assert (report.damaged, report.unsealed) == (0, 0)
    other.refresh_from_db()
    assert other.object_label == "Lid 1"


def test_blank_events_twice_does_nothing_the_second_time():
    record_some()
    events = AuditEvent.objects.filter(action="member.update")
    assert (blank_events(events, by=None), blank_events(events, by=None)) == (3, 0)
    assert AuditEvent.objects.filter(action="audit.blank").count() == 1


def test_what_tells_of_a_blanking_cannot_be_blanked():
    record_some()
    blank_events(AuditEvent.objects.all(), by=None)
    assert blank_events(AuditEvent.objects.filter(action="audit.blank"), by=None) == 0


def test_database_blanks_only_what_is_sealed():
    (event,) = record_some(1)
    with pytest.raises(DatabaseError, match="sealed before"), transaction.atomic():
        connection.cursor().execute("SELECT audit_blank(ARRAY[%s]::bigint[], '{}')", [event.pk])


def test_row_that_is_blanked_without_an_event_is_found():
    (event,) = record_some(1)
    seal_events()
    as_superuser(
        "UPDATE elections_auditevent SET actor = '', object_label = '', details = '{}', blanked_at = now()"
        " WHERE id = %s",
        event.pk,
    )
    as_superuser("UPDATE elections_auditsealedrow SET salt = NULL WHERE event = %s", event.pk)
    assert [damage.kind for damage in verify().damages] == [DamageKind.BLANKED_UNSEEN]


def test_blanked_row_that_is_filled_again_is_found():
    (event,) = record_some(1)
    blank_events(AuditEvent.objects.filter(pk=event.pk), by=None)
    as_superuser("UPDATE elections_auditevent SET actor = 'Iemand anders' WHERE id = %s", event.pk)
    assert [damage.kind for damage in verify().damages] == [DamageKind.BLANKED_UNSEEN]


# --- Forgetting ---------------------------------------------------------------------------------------------


def old_and_newer() -> list[AuditEvent]:
    with at(2026, 1, 1, 12):
        record_some(2)
        seal_events()
    with at(2026, 6, 1, 12):
        newer = record_some(2)
        seal_events()
    return newer


def test_forget_events_before_takes_whole_seals_and_keeps_the_chain():
    old_and_newer()
    old_head = AuditSeal.objects.get(number=1).digest
    with at(2026, 11, 1, 12):
        assert forget_events_before(datetime(2026, 3, 1, tzinfo=UTC), by=None) == 2
    assert AuditEvent.objects.filter(action="member.update").count() == 2
    told = AuditEvent.objects.get(action="audit.forget").details
    assert (told["through"], told["digest"], told["events"]) == (1, old_head, 2)
    report = verify(old_head)
    assert (report.damaged, report.head_found, report.seals) == (0, True, 2)


def test_forget_events_before_never_takes_the_newest_seal():
    with at(2026, 1, 1):
        record_some(2)
        seal_events()
    with at(2026, 11, 1):
        assert forget_events_before(datetime(2026, 3, 1, tzinfo=UTC), by=None) == 0
    assert not AuditEvent.objects.filter(action="audit.forget").exists()


def test_forget_events_before_refuses_less_than_half_a_year():
    with pytest.raises(ActionError, match="180 dagen"):
        forget_events_before(timezone.now() - timedelta(days=179), by=None)


def test_database_refuses_to_forget_less_than_half_a_year():
    with pytest.raises(DatabaseError, match="180 days"), transaction.atomic():
        connection.cursor().execute("SELECT audit_forget(now() - interval '179 days', '{}')")


def test_young_events_behind_a_backdated_seal_are_not_forgotten():
    """Whoever may add seals can give them any moment; the events themselves tell their age."""
    record_some(2)
    with at(2020, 1, 1):
        seal_events()
        record_some(1)
        seal_events()
    assert forget_events_before(timezone.now() - timedelta(days=181), by=None) == 0


def test_event_that_is_gone_after_the_cut_off_is_found():
    newer = old_and_newer()
    with at(2026, 11, 1, 12):
        forget_events_before(datetime(2026, 3, 1, tzinfo=UTC), by=None)
    as_superuser("DELETE FROM elections_auditevent WHERE id = %s", newer[0].pk)
    assert [damage.kind for damage in verify().damages] == [DamageKind.EVENT_MISSING]


def test_forged_event_of_forgetting_is_found():
    record_some(2)
    seal_events()
    now = timezone.now().isoformat()
    audit.record("audit.forget", by=None, before=now, through=1, digest="x", events=2)
    assert DamageKind.FORGOTTEN_TOO_SOON in [damage.kind for damage in verify().damages]
