"""A municipality can be dumped, restored, moved or put on another database server whole: nothing in its schema needs
anything outside it, but PostgreSQL itself, its extensions and what every server with this code has.

Asked of the catalogue of the real database, not of the models: a migration may make what no model knows.
docs/scaling.md leans on this.
"""

import pytest
from django.db import connection

OUTSIDE = r"""
    SELECT DISTINCT here.identity, there.identity
    FROM pg_depend
    CROSS JOIN LATERAL pg_identify_object(classid, objid, objsubid) here
    CROSS JOIN LATERAL pg_identify_object(refclassid, refobjid, refobjsubid) there
    WHERE refclassid NOT IN ('pg_extension'::regclass, 'pg_namespace'::regclass, 'pg_am'::regclass)
      AND objid >= 16384 AND refobjid >= 16384
      AND (here.schema = %(schema)s OR here.identity LIKE '%% on ' || %(schema)s || '.%%'
           OR here.identity LIKE 'for ' || %(schema)s || '.%%')
      AND there.schema <> %(schema)s AND there.schema NOT LIKE 'pg\_%%'
      AND NOT EXISTS (
          SELECT FROM pg_depend member
          WHERE member.classid = pg_depend.refclassid AND member.objid = pg_depend.refobjid AND member.deptype = 'e'
      )
"""
ON_EVERY_SERVER = {"public.sort_key(pg_catalog.text)"}
"""Functions without data that the migrations of `public` make."""
FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
    JOIN pg_class here ON here.oid = conrelid JOIN pg_class there ON there.oid = confrelid
    WHERE contype = 'f' AND here.relnamespace <> there.relnamespace
"""
WITHOUT_KEY = """
    SELECT relname FROM pg_class
    WHERE relnamespace = %(schema)s::regnamespace AND relkind IN ('r', 'p') AND relpersistence = 'p'
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = pg_class.oid AND contype = 'p')
"""


def rows(query, schema="gm0001"):
    with connection.cursor() as cursor:
        cursor.execute(query, {"schema": schema})
        return cursor.fetchall()


def outside(schema="gm0001"):
    return [(here, there) for here, there in rows(OUTSIDE, schema) if there not in ON_EVERY_SERVER]


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("schema", ["gm0001", "gm9009"])
def test_nothing_in_a_schema_needs_anything_outside_it(schema):
    assert outside(schema) == []


def test_what_is_on_every_server_is_only_a_function():
    """It holds no rows: another server with this code has the same."""
    used = {there for _here, there in rows(OUTSIDE)}
    assert used == ON_EVERY_SERVER
    assert all(each.endswith(")") for each in used)


def test_no_foreign_key_leaves_a_schema():
    assert rows(FOREIGN_KEYS) == []


@pytest.mark.parametrize("schema", ["gm0001", "gm9009"])
def test_every_table_has_a_key_by_which_its_rows_can_be_moved(schema):
    """Logical replication, and with it Citus, finds the row to change by its primary key."""
    assert rows(WITHOUT_KEY, schema) == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE gm0001.elections_label ADD COLUMN of_ bigint REFERENCES public.tenants_municipality (id)",
        "ALTER TABLE gm0001.elections_label ADD COLUMN of_ bigint REFERENCES gm9009.elections_label (id)",
    ],
    ids=["to public", "to another municipality"],
)
def test_foreign_key_that_leaves_is_seen(statement):
    run(statement)
    assert len(rows(FOREIGN_KEYS)) == 1
    assert len(outside()) >= 1


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW gm0001.all_labels AS SELECT id FROM gm9009.elections_label",
        "ALTER TABLE gm0001.elections_label ADD COLUMN n bigint DEFAULT nextval('gm9009.elections_label_id_seq')",
        "CREATE FUNCTION public.of_all() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE TRIGGER of_all BEFORE INSERT ON gm0001.elections_label FOR EACH ROW EXECUTE FUNCTION public.of_all()",
    ],
    ids=["view", "sequence", "trigger"],
)
def test_other_ways_out_are_seen(statement):
    run(statement)
    assert len(outside()) == 1
    assert outside("gm9009") == []


def test_table_without_a_key_is_seen():
    run("CREATE TABLE gm0001.loose (n bigint)")
    assert rows(WITHOUT_KEY) == [("loose",)]
