"""The role that the product runs with: what it cannot do, and that the product does not need it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from config.database_checks import log_is_out_of_reach
from config.embedded import RUNTIME_ACCOUNT as ROLE
from elections import audit
from elections.actions.audit import blank_events, forget_events_before, seal_events
from elections.models import AuditEvent, AuditSeal, Member
from elections.queries.audit_chain import verify
from tenants import provisioning, roles
from tenants.house_style import set_tokens
from tenants.models import Municipality
from tests import factories

LOG = settings.APPEND_ONLY_TABLES


@pytest.fixture
def granted(committed: None, juinen: Any) -> None:
    """The runtime role has its rights in juinen, as after provisioning and migrating."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if not cursor.fetchone():
            cursor.execute(f'CREATE ROLE "{ROLE}" LOGIN')
    roles.grant("public", ROLE)
    roles.grant(juinen.schema_name, ROLE)


@pytest.fixture
def runtime(granted: None, juinen: Any) -> Iterator[psycopg.Connection]:
    """A real connection as the runtime role, at work in juinen, whose log has an event and a seal."""
    audit.record("member.update", by=None)
    seal_events()
    where = connection.settings_dict
    with psycopg.connect(
        host=where["HOST"], port=where["PORT"], dbname=where["NAME"], user=ROLE, autocommit=True
    ) as made:
        made.execute(f"SET search_path = {juinen.schema_name}, public")
        yield made


@contextmanager
def as_runtime(municipality: Any) -> Iterator[None]:
    """Let the product's own code run with the rights of the runtime role."""
    with tenant_context(municipality), connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{ROLE}"')
        try:
            yield
        finally:
            cursor.execute("RESET ROLE")


REFUSED = {
    "UPDATE {table} SET {column} = ''": "permission denied",
    "DELETE FROM {table}": "permission denied",
    "TRUNCATE {table} CASCADE": "permission denied",
    "ALTER TABLE {table} DISABLE TRIGGER ALL": "must be owner",
    "SET session_replication_role = replica": "permission denied",
    "DROP TABLE {table} CASCADE": "must be owner",
    "CREATE RULE more AS ON INSERT TO {table} DO INSTEAD NOTHING": "must be owner",
}


def test_runtime_role_cannot_change_the_log(runtime):
    """UPDATE, DELETE, TRUNCATE, DISABLE TRIGGER and session_replication_role: 5 of 5, and two more."""
    for table in LOG:
        for text, refusal in REFUSED.items():
            column = "actor" if table == "elections_auditevent" else "digest"
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match=refusal):
                runtime.execute(text.format(table=table, column=column))


def test_runtime_role_can_read_and_add_to_the_log(runtime):
    runtime.execute(
        "INSERT INTO elections_auditevent (at, action, actor, actor_id, origin, object_type, object_id, object_label,"
        " result, details, purpose, request_id) VALUES (now(), 'x.y', 'a', '', '', '', '', '', 1, '{}', '', '')"
    )
    assert runtime.execute("SELECT count(*) FROM elections_auditevent").fetchone() == (2,)


def test_runtime_role_cannot_change_tables(runtime, juinen):
    for text in (
        "CREATE TABLE {}.more (id int)",
        "ALTER TABLE {}.elections_member ADD COLUMN more int",
        "TRUNCATE {}.elections_member CASCADE",
        "DELETE FROM {}.django_migrations",
        "CREATE SCHEMA more",
        "CREATE TABLE public.more (id int)",
        "ALTER FUNCTION {}.audit_guard() RENAME TO more",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            runtime.execute(text.format(juinen.schema_name))


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE tenants_schemadump SET sql = 'ALTER ROLE {role} SUPERUSER'",
        "INSERT INTO tenants_schemadump (fingerprint, sql, created_at) VALUES ('x', '', now())",
        "INSERT INTO tenants_formermunicipality (code, name, since, suspended_at, key_shares, begun_at, begun_by)"
        " VALUES ('GM0001', 'Juinen', now(), now(), '[1, 2]', now(), 'root')",
        "DELETE FROM tenants_formermunicipality",
        "UPDATE tenants_municipality SET key_share = NULL",
        "UPDATE tenants_municipality SET code = 'GM0009', schema_name = 'gm9009' WHERE code = 'GM0001'",
        "DELETE FROM tenants_municipality",
        "UPDATE tenants_municipality SET status = 'active'",
        "UPDATE tenants_municipality SET suspended_at = '2000-01-01', delete_from = '2000-01-01'",
        "UPDATE tenants_municipality SET backed_up_at = now()",
        "UPDATE tenants_municipality SET created_at = now()",
        "UPDATE tenants_domain SET domain = 'x.' || domain",
    ],
)
def test_runtime_role_cannot_lead_commands_of_the_owner_astray(runtime, text):
    """The owner runs the text that new municipalities are made from, and destroys the shares that a note names."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        runtime.execute(text.format(role=ROLE))


def test_runtime_role_keeps_the_house_style_of_a_municipality(granted, juinen):
    with as_runtime(juinen):
        provisioning.configure(juinen, phone="14 020", accent="#004699")
        set_tokens(juinen, {"--z-radius": "0"})
        with transaction.atomic():
            assert Municipality.objects.select_for_update().get(pk=juinen.pk).phone == "14 020"


def test_rights_are_exactly_these(granted, juinen):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type)"
            " FROM information_schema.role_table_grants WHERE grantee = %s AND table_schema = %s GROUP BY 1",
            [ROLE, juinen.schema_name],
        )
        rights = dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = %s", [juinen.schema_name])
        assert len(rights) == cursor.fetchone()[0]
    special = dict.fromkeys(LOG, "INSERT SELECT") | {"django_migrations": "SELECT"}
    assert {
        table: right for table, right in rights.items() if right != "DELETE INSERT SELECT UPDATE"
    } == special


def test_grant_takes_away_what_was_too_much(granted, juinen):
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON elections_auditevent TO {ROLE}")
        roles.grant(juinen.schema_name, ROLE)
        cursor.execute("SELECT has_table_privilege(%s, 'elections_auditevent', 'UPDATE')", [ROLE])
        assert cursor.fetchone() == (False,)


def test_product_works_with_the_rights_of_the_runtime_role(granted, juinen):
    with as_runtime(juinen):
        member = factories.make_member(last_name="Jansen")
        Member.objects.filter(pk=member.pk).update(last_name="Pietersen")
        audit.record("member.update", by=None, on=member)
        assert seal_events() == 1
        assert blank_events(AuditEvent.objects.all(), by=None) == 1
        assert forget_events_before(timezone.now() - timedelta(days=200), by=None) == 0
        assert (verify().damaged, AuditSeal.objects.count()) == (0, 2)
        member.delete()


def test_nobody_else_may_call_the_doors(granted, juinen):
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, proacl::text FROM pg_proc WHERE prosecdef AND pronamespace = %s::regnamespace",
                       [juinen.schema_name])  # fmt: skip
        doors = dict(cursor.fetchall())
    assert set(doors) == set(settings.OWNER_FUNCTIONS)
    assert not any("{=" in rights or ",=" in rights for rights in doors.values())


def test_new_municipality_has_its_rights(committed, settings):
    settings.RUNTIME_ROLE = ROLE
    connection.set_schema_to_public()
    provisioning.create_municipality(code="GM0777", name="Nieuwdorp", domain="nieuwdorp.localhost")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, 'gm0777.elections_member', 'UPDATE'),"
            " has_table_privilege(%s, 'gm0777.elections_auditevent', 'UPDATE')",
            [ROLE, ROLE],
        )
        assert cursor.fetchone() == (True, False)


def test_check_warns_of_a_role_that_can_do_too_much(granted, juinen):
    assert {warning.id for warning in log_is_out_of_reach()} == {
        "zitting.W011",
        "zitting.W012",
        "zitting.W013",
        "zitting.W014",
    }
    with as_runtime(juinen):
        assert log_is_out_of_reach() == []
        connection.cursor().execute("RESET ROLE")
        connection.cursor().execute(f"GRANT UPDATE ON elections_auditseal TO {ROLE}")
        connection.cursor().execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        connection.cursor().execute(f'SET ROLE "{ROLE}"')
        assert [warning.id for warning in log_is_out_of_reach()] == ["zitting.W013", "zitting.W014"]
    roles.grant("public", ROLE)
    roles.grant(juinen.schema_name, ROLE)
    with as_runtime(juinen):
        assert log_is_out_of_reach() == []
