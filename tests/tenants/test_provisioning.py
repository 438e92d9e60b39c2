"""A municipality is a copy of a migrated schema, whole or not at all."""

import re
import time
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django_tenants.utils import schema_context, schema_exists, tenant_context

from elections.models import Member
from tenants import provisioning
from tenants.models import Domain, Municipality
from tests import factories

NEW = {"code": "GM0777", "name": "Nieuwdorp", "domain": "nieuwdorp.localhost"}


@pytest.fixture
def in_public():
    with schema_context("public"):
        yield


def test_copied_and_migrated_schema_are_equal(committed):
    connection.set_schema_to_public()
    provisioning.create_municipality(**NEW)
    provisioning.migrate_schema("migrated")
    try:
        copied = _sorted_lines(provisioning.dump_schema("gm0777"), "gm0777")
        migrated = _sorted_lines(provisioning.dump_schema("migrated"), "migrated")
    finally:
        provisioning.drop_schema("migrated")
    assert len(copied) > 500
    assert copied == migrated


def test_copying_is_much_faster_than_migrating(committed):
    """`make bench` asks for eight times; a busy machine that runs tests gets some air."""
    connection.set_schema_to_public()
    sql = provisioning.schema_sql()
    copying = min(_seconds(lambda: provisioning.create_schema("copied", sql), "copied") for _ in range(3))
    migrating = _seconds(lambda: provisioning.migrate_schema("migrated"), "migrated")
    assert migrating / copying > 3


def test_create_municipality_gives_a_working_schema(in_public):
    municipality = provisioning.create_municipality(**NEW)
    with tenant_context(municipality):
        factories.make_member(last_name="Jansen")
        assert Member.objects.get().last_name == "Jansen"
    assert municipality.primary_domain == "nieuwdorp.localhost"


def test_create_municipality_that_fails_leaves_nothing(in_public, monkeypatch):
    broken = f"{provisioning.schema_sql()} DROP TABLE table_that_is_not_there;"
    monkeypatch.setattr(provisioning, "schema_sql", lambda: broken)
    with pytest.raises(DatabaseError):
        provisioning.create_municipality(**NEW)
    assert not Municipality.objects.filter(code="GM0777").exists()
    assert not Domain.objects.filter(domain="nieuwdorp.localhost").exists()
    assert not schema_exists("gm0777")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "0777"),
        ("code", "GM07777"),
        ("code", "gm0777"),
        ("code", "GM0001"),
        ("code", 'GM07";'),
        ("name", ""),
        ("domain", "Nieuwdorp.localhost"),
        ("domain", "https://nieuwdorp.nl"),
        ("domain", "nieuwdorp.nl:8000"),
        ("domain", "juinen.localhost"),
        ("domain", "-nieuwdorp.nl"),
        ("time_zone", "Europe/Juinen"),
        ("accent", "red"),
        ("accent", "#12345"),
        ("accent", "#123456;}"),
        ("email", "geen adres"),
        ("kind", "province"),
    ],
)
def test_create_municipality_refuses_wrong_values(in_public, field, value):
    with pytest.raises(ValidationError):
        provisioning.create_municipality(**NEW | {field: value})
    assert not schema_exists("gm0777")


def test_schema_sql_is_kept_until_a_migration_changes(in_public, monkeypatch):
    first = provisioning.schema_sql()
    assert provisioning.schema_sql() == first
    assert provisioning.has_schema_sql()
    monkeypatch.setattr(provisioning, "migrations_fingerprint", lambda: "a migration was added")
    assert not provisioning.has_schema_sql()
    with pytest.raises(provisioning.ProvisioningError, match="outside a transaction"):
        provisioning.schema_sql()


def test_schema_sql_changes_no_setting_of_the_session(in_public):
    before = session_settings()
    provisioning.create_schema("gm0777", provisioning.schema_sql())
    after = session_settings()
    # An extension that is first used here adds settings of its own: only those that were there are compared.
    assert {name: after[name] for name in before} == before


def session_settings() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW ALL")
        return {name: value for name, value, _description in cursor.fetchall()}


def test_template_schema_is_gone_after_use(in_public):
    assert not schema_exists(provisioning.TEMPLATE_SCHEMA)


def test_pg_dump_path_without_pg_dump_says_what_to_do(monkeypatch):
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(provisioning.ProvisioningError, match="PG_BIN"):
        provisioning.pg_dump_path()


def test_pg_dump_path_prefers_pg_bin(monkeypatch, tmp_path):
    (tmp_path / "pg_dump").touch()
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    assert provisioning.pg_dump_path() == tmp_path / "pg_dump"


def _sorted_lines(sql: str, schema_name: str) -> list[str]:
    """The lines in order, without what may differ.

    That is when a migration ran, and where PostgreSQL puts the casts of `IN ('a', 'b')`: it moves them from the array
    to its elements when it reads its own text again.
    """
    moments = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+\d\d'")
    casts = re.compile(r"::(character varying|text)(\[\])?|[()]")
    text = moments.sub("<moment>", sql.replace(schema_name, "schema"))
    return sorted(casts.sub("", line) for line in text.splitlines())


def _seconds(work: Callable[[], None], schema_name: str) -> float:
    begin = time.perf_counter()
    work()
    taken = time.perf_counter() - begin
    provisioning.drop_schema(schema_name)
    return taken
