"""The seals show every change of the log, and the newest one leaves the house each night."""

import json
import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.audit import check_log, seal_events
from elections.enums import MailKind
from elections.models import AuditEvent, AuditSeal, AuditSealedRow, OutboxMail
from elections.notify import mails
from elections.queries.audit_chain import DamageKind, verify
from tests.elections.audit_log import TABLES, as_superuser, record_some

MANY = 10_000
NIGHT = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)


@contextmanager
def undone() -> Iterator[None]:
    """Take back what is done inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# --- Sealing ------------------------------------------------------------------------------------------------


def test_seal_events_makes_a_chain():
    record_some(2)
    assert seal_events() == 2
    record_some(1)
    assert seal_events() == 1
    assert seal_events() == 0
    first, second = AuditSeal.objects.all()
    assert (first.number, first.count, first.previous) == (1, 2, "")
    assert (second.number, second.count, second.previous) == (2, 1, first.digest)
    report = verify(first.digest)
    assert (report.seals, report.events, report.damaged, report.head_found) == (2, 3, 0, True)
    assert (report.number, report.digest) == (2, second.digest)


def test_seal_events_cuts_many_into_seals(monkeypatch):
    monkeypatch.setattr("elections.actions.audit.EVENTS_PER_SEAL", 2)
    record_some(5)
    assert seal_events() == 5
    assert [seal.count for seal in AuditSeal.objects.all()] == [2, 2, 1]
    assert verify().damaged == 0


def test_event_that_commits_late_is_sealed_later():
    """Numbers are given out at the insert: a long transaction commits a low number after a high one."""
    late, early = record_some(2)
    values = AuditEvent.objects.filter(pk=late.pk).values().get()
    as_superuser("DELETE FROM elections_auditevent WHERE id = %s", late.pk)
    seal_events()
    AuditEvent.objects.create(**values)
    assert verify().unsealed == 1
    seal_events()
    assert list(AuditSealedRow.objects.order_by("seal_id").values_list("event", flat=True)) == [
        early.pk,
        late.pk,
    ]
    assert verify().damaged == 0


def test_event_put_into_the_settled_part_is_found():
    first, _second, _last = record_some(3)
    values = AuditEvent.objects.filter(pk=first.pk).values().get()
    as_superuser("DELETE FROM elections_auditevent WHERE id = %s", first.pk)
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        seal_events()
    AuditEvent.objects.create(**values)
    assert seal_events() == 0
    assert [(each.kind, each.event) for each in verify().damages] == [(DamageKind.EVENT_ADDED, first.pk)]


def test_seals_of_one_municipality_are_not_in_the_chain_of_another(zonneiland):
    record_some()
    seal_events()
    with tenant_context(zonneiland):
        assert not AuditSeal.objects.exists()
        record_some()
        seal_events()
        theirs = AuditSeal.objects.get().digest
    assert verify(theirs).head_found is False


# --- Tampering ----------------------------------------------------------------------------------------------


def fill() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO elections_auditevent (at, action, actor, actor_id, origin, object_type, object_id,"
            " object_label, result, details, purpose, request_id)"
            " SELECT now() - make_interval(secs => %s - n), 'member.update', 'Hilde', 'a' || n, '192.0.2.7',"
            " 'member', 'b' || n, 'Lid ' || n, 1, jsonb_build_object('n', n), 'doel', 'c' || n"
            " FROM generate_series(1, %s) n",
            [MANY, MANY],
        )
    seal_events()


def tamper(chance: random.Random, seal: int) -> str:
    """Change one row of this seal, as nobody but a superuser could. Returns what was done.

    The next seal lends the other row of a swap.
    """
    table = chance.choice(TABLES)
    key, rows = {
        "elections_auditevent": (
            "id",
            "id IN (SELECT event FROM elections_auditsealedrow WHERE seal_id = %s)",
        ),
        "elections_auditseal": ("number", "number = %s"),
        "elections_auditsealedrow": ("event", "seal_id = %s"),
    }[table]
    keys = f"SELECT {key} FROM {table} WHERE {rows}"  # noqa: S608
    one, other = chance.choice(_column(keys, seal)), chance.choice(_column(keys, seal + 1))
    what = chance.choice(["change"] * 6 + ["delete", "insert", "swap"])
    if what == "delete":
        as_superuser(f"DELETE FROM {table} WHERE {key} = %s", one)  # noqa: S608
    elif what == "insert":
        as_superuser(
            "INSERT INTO elections_auditsealedrow (event, seal_id, salt, personal_digest, digest)"
            " SELECT event + 1000000, seal_id, salt, personal_digest, digest FROM elections_auditsealedrow"
            " WHERE seal_id = %s LIMIT 1",
            seal,
        )
    elif what == "swap":
        for old, new in ((one, 10**9), (other, one), (10**9, other)):
            as_superuser(f"UPDATE {table} SET {key} = %s WHERE {key} = %s", new, old)  # noqa: S608
    else:
        column, type_name = chance.choice(_columns(table))
        what = f"change of {column}"
        value = _another(column, type_name)
        as_superuser(f"UPDATE {table} SET {column} = {value} WHERE {key} = %s", one)  # noqa: S608
    return f"{what} in {table} at {one}"


def _column(sql: str, *parameters: object) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]


def _columns(table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname",
            [table],
        )
        return list(cursor.fetchall())


def _another(column: str, type_name: str) -> str:
    """SQL of a value that this column does not have in this row."""
    return {
        "bigint": f"{column} + 1000001",
        "integer": f"{column} + 1",
        "smallint": f"3 - {column}",
        "timestamp with time zone": f"COALESCE({column}, now()) + interval '1 microsecond'",
        "bytea": f"set_byte({column}, 0, 255 - get_byte({column}, 0))",
        "jsonb": "'{\"n\": 0}'",
        "uuid": "gen_random_uuid()",
    }.get(type_name, f"'Q' || substr({column}, 2)")


def test_each_of_a_hundred_tamperings_in_ten_thousand_rows_is_found_and_placed(monkeypatch):
    """A hundred at once, each in a seal of its own with a whole one behind it, so that each must be named itself."""
    monkeypatch.setattr("elections.actions.audit.EVENTS_PER_SEAL", MANY // 200)
    monkeypatch.setattr("elections.queries.audit_chain.DAMAGES_KEPT", MANY)
    fill()
    assert verify().damaged == 0
    chance = random.Random(20270317)
    done = {}
    with undone():
        for seal in range(1, 200, 2):
            events = _column("SELECT event FROM elections_auditsealedrow WHERE seal_id = %s", seal)
            done[seal] = (tamper(chance, seal), set(events))
        damages = verify().damages
    missed = [
        what
        for seal, (what, events) in done.items()
        if not any(damage.seal == seal or damage.event in events for damage in damages)
    ]
    assert (len(done), missed) == (100, [])


@pytest.mark.parametrize("table", TABLES)
def test_change_of_any_column_is_found(table):
    record_some()
    seal_events()
    for column, type_name in _columns(table):
        with undone():
            as_superuser(f"UPDATE {table} SET {column} = {_another(column, type_name)}")  # noqa: S608
            assert verify().damaged, column


def test_verify_names_the_first_broken_seal_and_row(monkeypatch):
    monkeypatch.setattr("elections.actions.audit.EVENTS_PER_SEAL", 2)
    events = record_some(6)
    seal_events()
    for event in (events[5], events[2]):
        as_superuser("UPDATE elections_auditevent SET actor = 'x' WHERE id = %s", event.pk)
    first = verify().damages[0]
    assert (first.kind, first.seal, first.event) == (DamageKind.EVENT_CHANGED, 2, events[2].pk)


# --- The check of each night --------------------------------------------------------------------------------


def test_check_log_mails_the_newest_seal_once_a_day(juinen: Any, caplog: Any):
    caplog.set_level(logging.INFO, "zitting.audit")
    with time_machine.travel(NIGHT):
        record_some()
        report = check_log()
        assert check_log() is None
    assert report is not None
    mail = OutboxMail.objects.get(kind=MailKind.AUDIT_HEAD)
    assert (mail.to_email, mail.user) == (juinen.email, None)
    message = mails.compose(mail)
    assert report.digest in message.body
    assert f"{report.number}" in message.subject
    assert "nagekeken en klopt" in message.body
    assert [line for line in caplog.messages if "newest seal" in line and report.digest in line]
    with time_machine.travel(NIGHT + timedelta(days=1)):
        assert check_log() is not None
    assert OutboxMail.objects.filter(kind=MailKind.AUDIT_HEAD).count() == 2


def test_check_log_waits_for_the_second_hour_of_the_night():
    with time_machine.travel(datetime(2026, 11, 20, 0, 30, tzinfo=UTC)):  # half past one in Juinen
        assert check_log() is None


def test_check_log_without_a_mailbox_still_checks(juinen):
    juinen.email = ""
    with tenant_context(juinen), time_machine.travel(NIGHT):
        assert check_log() is not None
    assert AuditEvent.objects.filter(action="audit.verify").exists()
    assert not OutboxMail.objects.exists()


def test_check_log_tells_of_damage(caplog):
    with time_machine.travel(NIGHT):
        (event,) = record_some(1)
        seal_events()
        as_superuser("UPDATE elections_auditevent SET actor = 'x' WHERE id = %s", event.pk)
        check_log()
    assert AuditEvent.objects.get(action="audit.damage").details["damage"] == 1
    assert "is damaged" in caplog.text
    assert "klopt niet" in mails.compose(OutboxMail.objects.get(kind=MailKind.AUDIT_HEAD)).body


# --- The command --------------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("audit", *arguments, stdout=output)
    return output.getvalue()


def test_command_verifies_and_shows_the_head(juinen):
    record_some()
    seal_events()
    digest = AuditSeal.objects.get().digest
    assert "whole: 3 events" in run("verify", juinen.code)
    assert digest in run("head", juinen.code)
    assert "is in the chain" in run("verify", juinen.code, "--head", digest)


def test_command_ends_with_an_error_on_damage():
    (event,) = record_some(1)
    seal_events()
    as_superuser("DELETE FROM elections_auditevent WHERE id = %s", event.pk)
    with pytest.raises(CommandError, match=f"event_missing: seal 1, event {event.pk}"):
        run("verify")


def test_command_ends_with_an_error_for_an_unknown_head(juinen):
    record_some()
    with pytest.raises(CommandError, match="not in the chain"):
        run("verify", juinen.code, "--head", "0" * 64)


def test_command_ends_with_an_error_for_an_unknown_municipality():
    with pytest.raises(CommandError, match="GM0404"):
        run("verify", "GM0404")


def test_command_exports_the_days_of_the_municipality(juinen):
    with time_machine.travel(datetime(2026, 11, 1, 23, 30, tzinfo=UTC)):  # 2 November in Juinen
        record_some(1)
    with time_machine.travel(datetime(2026, 11, 5, 12, tzinfo=UTC)):
        record_some(1)
    lines = run("export", juinen.code, "--from", "2026-11-02", "--to", "2026-11-02").splitlines()
    assert [json.loads(line)["label"] for line in lines] == ["Lid 0"]
    assert AuditEvent.objects.filter(action="audit.export").exists()
