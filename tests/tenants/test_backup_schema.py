"""A schema as text and rows: what makes two of them alike, and what is noticed when one is made again."""

import psycopg
import pytest
from django.db import connection, transaction
from django_tenants.utils import schema_exists

from tenants import provisioning
from tenants.backup import schema
from tenants.backup.file import BackupError

CHANGES = (
    "ALTER TABLE gm0001.elections_job ALTER file TYPE varchar(99)",
    "ALTER TABLE gm0001.elections_member ALTER last_name DROP NOT NULL",
    "ALTER TABLE gm0001.elections_auditevent DISABLE TRIGGER USER",
    "DROP INDEX gm0001.mail_due",
    "ALTER TABLE gm0001.elections_outboxmail DROP CONSTRAINT elections_outboxmail_idempotency_key_key",
    "CREATE FUNCTION gm0001.odd() RETURNS int LANGUAGE sql AS 'SELECT 1'",
)
SPOIL = """
    CREATE FUNCTION gm0001.spoil() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.name = 'X'; RETURN NEW; END $$;
    CREATE TRIGGER spoil BEFORE INSERT ON gm0001.django_migrations FOR EACH ROW EXECUTE FUNCTION gm0001.spoil();
"""


def structure(name: str) -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        return schema.structure(cursor, name)


def test_municipalities_have_one_structure():
    assert structure("gm0001") == structure("gm9009")


@pytest.mark.parametrize("change", CHANGES)
def test_structure_is_that_of_columns_keys_indexes_triggers_and_functions(change):
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert structure("gm0001") != structure("gm9009")


def test_picture_is_of_one_moment_and_a_migration_waits_for_it(committed):
    connection.set_schema_to_public()
    other = connection.get_new_connection(connection.get_connection_params())
    other.autocommit = True
    with other, schema.picture("gm0001") as cursor:
        other.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("ALTER TABLE gm0001.elections_member ADD column_of_a_migration int")
        # People go on working, and the picture stays as it was.
        other.execute("INSERT INTO gm0001.django_session VALUES ('k', 'd', now())")
        cursor.execute("SELECT count(*) FROM gm0001.django_session")
        assert cursor.fetchone() == (0,)


def test_rows_that_are_not_those_of_the_backup_are_noticed(committed, tmp_path):
    connection.set_schema_to_public()

    def keep(table, packed, _size):
        (tmp_path / table).write_bytes(packed.read())

    with schema.picture("gm0001") as cursor:
        tables = schema.copy_rows(cursor, "gm0001", keep)
        numbers = schema.sequences(cursor, "gm0001")
    text = schema.definition("gm0001")
    provisioning.drop_schema("gm0001")

    def make(before: str) -> None:
        with transaction.atomic():
            schema.make_schema(
                "gm0001",
                schema.Definition(before, text.after),
                tables,
                numbers,
                lambda table: (tmp_path / table).open("rb"),
            )

    # A trigger that changes rows while they come in does what a damaged disk would do.
    with pytest.raises(BackupError, match="django_migrations"):
        make(text.before + SPOIL)
    assert not schema_exists("gm0001")
    make(text.before)
    assert structure("gm0001") == structure("gm9009")
