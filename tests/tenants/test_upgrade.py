"""`manage.py upgrade`: only who is behind, several at a time, and one that fails stops nobody else."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.checks import INFO
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from config.database_checks import tables_are_up_to_date
from config.embedded import RUNTIME_ACCOUNT as ROLE
from elections.queries.platform_status import platform_status
from tenants import locks, provisioning, roles
from tenants.key_shares import next_key_share
from tenants.models import Municipality, MunicipalityStatus
from tenants.upgrade.run import UpgradeError, upgrade
from tenants.upgrade.schemas import can_serve, overview
from tests.live_worker import wait_until
from tests.tenants.test_provisioning import NEW, _sorted_lines

BEFORE, MISSING = "0027_saved_filter", "elections.0028_confidential_reason_default"


@pytest.fixture(autouse=True)
def in_public(at_work: None) -> Iterator[None]:
    with schema_context("public"):
        yield


@pytest.fixture
def behind(committed: None, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Both municipalities miss migrations; the processes of an upgrade find the database of this test."""
    monkeypatch.setenv("DATABASE_URL", address())
    put_back("gm0001", "gm9009")
    return ("gm0001", "gm9009")


def put_back(*schema_names: str) -> None:
    """Undo the newest migrations of elections, as far as they are SQL."""
    for schema_name in schema_names:
        connection.set_schema(schema_name)
        statements = undoing()
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            cursor.execute("DELETE FROM django_migrations WHERE app = 'elections' AND name > %s", [BEFORE])
    connection.set_schema_to_public()


@cache
def undoing() -> list[str]:
    """The same for every municipality, and half a second of Python to find out."""
    executor = MigrationExecutor(connection)
    loader = MigrationLoader(connection, replace_migrations=False)
    plan = executor.migration_plan([("elections", BEFORE)])
    lines = [line for migration, _backwards in plan for line in loader.collect_sql([(migration, True)])]
    return [line for line in lines if not line.startswith("--")]


def address() -> str:
    where = connection.settings_dict
    return f"postgres://{where['USER']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"


@contextmanager
def reader_of_members(schema_name: str) -> Iterator[psycopg.Connection]:
    """Somebody who has read the member file and leaves the transaction open: nobody can change the table."""
    with psycopg.connect(address()) as reader:
        reader.execute(f"TABLE {schema_name}.elections_member")
        yield reader


def waiting_for_a_lock() -> bool:
    """In this database: tests in another one of the same server wait for locks of their own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE d.datname = current_database() AND l.locktype = 'relation' AND NOT l.granted)"
        )
        return bool(cursor.fetchone()[0])


def upgrade_process(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "upgrade", *arguments],
        env={**os.environ, "DATABASE_URL": address()},
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A shell lets what it starts in the background ignore this signal, and children inherit that.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )


def test_nobody_is_behind_after_provisioning() -> None:
    view = overview()
    assert (view.behind, view.without_tables, view.ahead, view.total) == ([], [], [], 3)


def test_overview_takes_the_same_queries_for_more_municipalities(django_assert_num_queries: Any) -> None:
    with CaptureQueriesContext(connection) as first:
        overview()
    provisioning.create_municipality(**NEW)
    with django_assert_num_queries(len(first)):
        assert overview().total == 4


def test_upgrade_migrates_those_behind(behind: tuple[str, str], capsys: Any) -> None:
    call_command("upgrade", "--plan")
    assert MISSING in capsys.readouterr().out
    with pytest.raises(CommandError, match="2 of 3 schemas are behind"):
        call_command("upgrade", "--check")
    call_command("upgrade", processes=2)
    out = capsys.readouterr().out
    assert "2 of 3 schemas are behind.\n[1/2] " in out
    assert "2 upgraded, 0 failed, 3 schemas in all" in out
    assert "[2/2]" in out
    call_command("upgrade", "--check")
    call_command("upgrade")
    assert capsys.readouterr().out.splitlines() == ["All 3 schemas are up to date."] * 2


def test_upgraded_schema_is_equal_to_a_new_one(behind: tuple[str, str]) -> None:
    upgrade(processes=1)
    provisioning.create_municipality(**NEW)
    upgraded, new = (_sorted_lines(provisioning.dump_schema(name), name) for name in ("gm0001", "gm0777"))
    assert _tables(upgraded) == _tables(new)
    assert any("confidential_reason character varying200 DEFAULT ''" in line for line in upgraded)


def test_only_who_is_behind_is_touched(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", address())
    put_back("gm0001")
    report = upgrade(processes=1)
    assert [(one.schema_name, one.error) for one in report.outcomes] == [("gm0001", "")]
    assert report.is_complete


def test_suspended_municipality_is_upgraded_too(behind: tuple[str, str]) -> None:
    Municipality.objects.update(status=MunicipalityStatus.SUSPENDED)
    assert len(upgrade(processes=1).outcomes) == 2
    assert overview().behind == []


def test_failure_is_told_and_the_others_go_on(behind: tuple[str, str], capsys: Any) -> None:
    rename("confidential_reason", "gone")
    with pytest.raises(CommandError, match=r"Still behind: gm0001\.") as failure:
        call_command("upgrade", processes=1)
    assert failure.value.returncode == 1
    out = capsys.readouterr().out
    assert f"gm0001 FAILED at {MISSING}: ProgrammingError: column" in out
    assert "1 upgraded, 1 failed" in out
    rename("gone", "confidential_reason")
    call_command("upgrade")
    assert "1 upgraded, 0 failed" in capsys.readouterr().out


def rename(old: str, new: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE gm0001.elections_member RENAME COLUMN {old} TO {new}")


def test_lock_that_stays_fails_after_its_tries_and_lets_others_read(behind: tuple[str, str]) -> None:
    with reader_of_members("gm0001"):
        report = upgrade(processes=1, tries=1)
    assert [(one.schema_name, "lock timeout" in one.error) for one in report.outcomes] == [
        ("gm0001", True),
        ("gm9009", False),
    ]
    assert [lag.schema_name for lag in report.after.behind] == ["gm0001"]


def test_lock_that_goes_is_waited_for(behind: tuple[str, str]) -> None:
    with reader_of_members("gm0001") as reader:
        running = upgrade_process()
        wait_until(waiting_for_a_lock, seconds=60, what="a migration that waits")
        # Others are let through again while it pauses: it does not stand in the queue of the table for ever.
        wait_until(lambda: not waiting_for_a_lock(), seconds=30, what="a migration that gives way")
        reader.rollback()
        out, _none = running.communicate(timeout=120)
    assert running.returncode == 0
    assert "2 upgraded, 0 failed" in out
    assert "tries)" in out


def test_two_upgrades_cannot_run_at_once(behind: tuple[str, str]) -> None:
    with psycopg.connect(address(), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [locks.UPGRADE])
        with pytest.raises(UpgradeError, match="Another upgrade is running"):
            upgrade()
    assert len(overview().behind) == 2


def test_no_two_locks_have_the_same_key() -> None:
    keys = [value for name, value in vars(locks).items() if name.isupper()]
    assert len(keys) >= 5
    assert len(keys) == len(set(keys))


def test_municipality_can_be_made_while_an_upgrade_runs(at_work: None) -> None:
    with psycopg.connect(address(), autocommit=True) as other, transaction.atomic():
        other.execute("SELECT pg_advisory_lock(%s)", [locks.UPGRADE])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
        assert next_key_share() == 3


def test_killed_process_fails_one_schema_and_the_rerun_completes(behind: tuple[str, str]) -> None:
    with reader_of_members("gm0001"):
        running = upgrade_process("--processes", "1")
        wait_until(waiting_for_a_lock, seconds=60, what="a migration that waits")
        os.kill(child_of(running.pid), signal.SIGKILL)
        out, _none = running.communicate(timeout=120)
    assert running.returncode == 1
    assert "gm0001 FAILED at the process ended with -9" in out
    assert "1 upgraded, 1 failed" in out
    assert upgrade(processes=1).is_complete


def test_upgrade_that_is_killed_leaves_nothing_half(behind: tuple[str, str]) -> None:
    with reader_of_members("gm0001"):
        running = upgrade_process("--processes", "1")
        wait_until(waiting_for_a_lock, seconds=60, what="a migration that waits")
        running.kill()
        running.wait()
    report = upgrade(processes=1)
    assert report.is_complete
    assert report.failed == []


def test_upgrade_that_is_stopped_by_the_keyboard_says_what_to_do(behind: tuple[str, str]) -> None:
    with reader_of_members("gm0001") as reader:
        running = upgrade_process("--processes", "1")
        wait_until(waiting_for_a_lock, seconds=60, what="a migration that waits")
        running.send_signal(signal.SIGINT)
        reader.rollback()
        out, _none = running.communicate(timeout=120)
    assert running.returncode == 130
    assert "Stopped" in out
    assert "Traceback" not in out
    assert upgrade(processes=1).is_complete


def test_schema_in_the_hands_of_a_process_left_over_is_waited_for(behind: tuple[str, str]) -> None:
    with psycopg.connect(address(), autocommit=True) as left_over:
        left_over.execute("SELECT pg_advisory_lock(%s, hashtext('gm0001'))", [locks.SCHEMA])
        report = upgrade(processes=1, tries=1)
    assert [(one.schema_name, bool(one.error)) for one in report.outcomes] == [
        ("gm0001", True),
        ("gm9009", False),
    ]


def child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def test_municipality_without_tables_is_skipped_and_named(capsys: Any) -> None:
    Municipality.objects.create(code="GM0777", schema_name="gm0777", name="Nieuwdorp")
    assert overview().without_tables == ["gm0777"]
    call_command("upgrade", "--check")
    assert "Skipped, because there is no schema for them: gm0777" in capsys.readouterr().err


def test_schema_of_newer_code_is_named(capsys: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO gm0001.django_migrations (app, name, applied) VALUES ('elections', '9999_later', now())"
        )
    call_command("upgrade", "--check")
    assert "Newer than this code: gm0001." in capsys.readouterr().err


def test_missing_rights_of_the_runtime_role_count_as_behind(settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if not cursor.fetchone():
            cursor.execute(f'CREATE ROLE "{ROLE}" LOGIN')
    settings.RUNTIME_ROLE = ROLE
    for schema_name in ("public", "gm0001"):
        roles.grant(schema_name)
    assert [(lag.schema_name, lag.missing, lag.needs_rights) for lag in overview().behind] == [
        ("gm9009", (), True)
    ]


@pytest.mark.parametrize(
    "too_much",
    [
        "INSERT ON public.tenants_schemadump",
        "UPDATE ON public.tenants_domain",
        "UPDATE (delete_from) ON public.tenants_municipality",
        "DELETE ON gm0001.elections_auditevent",
    ],
)
def test_rights_that_a_version_before_gave_count_as_behind(settings: Any, too_much: str) -> None:
    """Without a migration that comes with it, nothing else would have `upgrade` narrow them."""
    test_missing_rights_of_the_runtime_role_count_as_behind(settings)
    roles.grant("gm9009")
    assert overview().behind == []
    with connection.cursor() as cursor:
        cursor.execute(f'GRANT {too_much} TO "{ROLE}"')
    assert [lag.needs_rights for lag in overview().behind] == [True]
    roles.grant(overview().behind[0].schema_name)
    assert overview().behind == []


def test_check_warns_while_schemas_are_behind(behind: tuple[str, str]) -> None:
    (warning,) = tables_are_up_to_date()
    assert (warning.id, warning.msg) == ("zitting.W020", "2 of 3 schemas are behind this code.")
    upgrade(processes=1)
    assert tables_are_up_to_date() == []


@pytest.fixture
def empty_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As before the first upgrade; processes of an upgrade find it too."""
    name = f"{connection.settings_dict['NAME']}_empty"
    with psycopg.connect(address(), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"'.encode())
        server.execute(f'CREATE DATABASE "{name}"'.encode())
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "NAME", name)
        monkeypatch.setenv("DATABASE_URL", address())
        yield
        connection.close()
        monkeypatch.undo()
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def test_empty_database_is_told_as_such_and_filled(
    committed: None, empty_database: None, capsys: Any
) -> None:
    (told,) = tables_are_up_to_date()
    assert (told.id, told.level) == ("zitting.I020", INFO)
    lines = {line.part: line for line in platform_status()}
    assert (lines["schemas"].ok, "the database is empty" in lines["schemas"].text) == (False, True)
    assert not can_serve()
    call_command("upgrade", "--plan")
    assert capsys.readouterr().out == "The database is empty: `manage.py upgrade` makes the tables.\n"
    with pytest.raises(CommandError, match="is empty"):
        call_command("upgrade", "--check")
    call_command("upgrade")
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == "public: making the tables, which may take a minute."
    assert rest[0].startswith("[1/1] public upgraded")
    assert tables_are_up_to_date() == []
    assert can_serve()


def test_tables_that_may_not_be_read_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute('CREATE ROLE "nobody_here"')
        cursor.execute('SET LOCAL ROLE "nobody_here"')
    (warning,) = tables_are_up_to_date()
    assert (warning.id, "DATABASE_OWNER_URL" in warning.msg) == ("zitting.W020", True)


def test_index_that_was_left_half_made_is_made_anew(behind: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX half ON gm0001.elections_member (last_name)")
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'gm0001.half'::regclass")
    assert upgrade(processes=1).is_complete
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('gm0001.half')")
        assert cursor.fetchone() == (None,)


def _tables(lines: list[str]) -> list[str]:
    """Without the rows, of which a municipality of the tests has more, and their numbers."""
    return [line for line in lines if line.startswith((" ", "CREATE", "ALTER")) and "START WITH" not in line]
