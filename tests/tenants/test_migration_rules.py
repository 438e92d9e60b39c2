"""Migrations since the last release: the code of that release goes on working on the new tables, and nobody waits.

During an upgrade, and when it is taken back, old web servers and workers run on new tables. So tables only grow:
what the old code uses stays, and what it does not know may be left out of an INSERT. What is no longer used goes in the
release after (expand, migrate, contract). squawk reads the SQL of each migration, as PostgreSQL will get it.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import schema_context

from tests import last_release

NEEDLESS: Final = (
    "require-statement-timeout",  # filling a column may take long; what it locks meanwhile is what counts
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",  # each migration is a transaction, or its half index is dropped (tenants.upgrade.migrating)
    "prefer-text-field",
)
"""What squawk says of style."""
ONLY_LOCKS: Final = (
    "adding-foreign-key-constraint",
    "constraint-missing-not-valid",
    "disallowed-unique-constraint",
    "require-concurrent-index-creation",
)
"""What takes long in a large table, and nothing in those of the public schema, which have a few hundred rows."""
EXCEPTIONS: Final[dict[str, set[str]]] = {}
"""Rules that a migration may break after all, by its name: {"elections.0031_x": {"ban-drop-column"}}; say why there."""

MEMBER = 'ALTER TABLE "elections_member"'
ADD_TEXT = f'{MEMBER} ADD COLUMN "x" varchar(9)'


def is_released(app: str, name: str) -> bool:
    """Whether the last release had this migration; those of Django's own apps come with its version."""
    return name <= last_release.MIGRATIONS.get(app, "9999")


def findings(sql: str, *, large: bool = True) -> set[str]:
    """The rules of squawk that this SQL breaks.

    large: the tables are those of a municipality, where a lock is felt.
    """
    excluded = NEEDLESS if large else (*NEEDLESS, *ONLY_LOCKS)
    squawk = Path(sys.executable).with_name("squawk")
    command = [f"{squawk}", "--reporter", "json", "--pg-version", "15.0", "--exclude", ",".join(excluded)]
    done = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return {found["rule_name"] for found in json.loads(done.stdout)}


def test_released_migrations_stay_as_they_are() -> None:
    """A schema that has run one does not run it again: a change would be in new municipalities only."""
    digest = hashlib.sha256()
    for app in sorted(last_release.MIGRATIONS):
        for file in sorted(Path(settings.BASE_DIR, app, "migrations").glob("0*.py")):
            if is_released(app, file.stem):
                digest.update(f"{app}/{file.name}\n".encode() + file.read_bytes())
    assert digest.hexdigest() == last_release.DIGEST


def test_released_code_works_on_the_new_tables(committed: None) -> None:
    """Every new migration can be undone, and what squawk knows of old code and locks holds for its SQL."""
    broken = {}
    for app, schema_name in (("elections", "gm0001"), ("tenants", "public")):
        for name, sql in new_migrations(app, schema_name).items():
            found = findings(sql, large=schema_name != "public") - EXCEPTIONS.get(name, set())
            if found:
                broken[name] = sorted(found)
    assert broken == {}, "docs/operations.md, “Making a migration”, tells what to do instead"


def new_migrations(app: str, schema_name: str) -> dict[str, str]:
    """Undo the migrations of an app that the last release did not have, and run them again one by one; their SQL."""
    with schema_context(schema_name):
        MigrationExecutor(connection).migrate([(app, last_release.MIGRATIONS[app])])
        texts = {}
        for migration, _backwards in MigrationExecutor(connection).migration_plan(_newest()):
            loader = MigrationLoader(connection, replace_migrations=False)
            statements = [
                line for line in loader.collect_sql([(migration, False)]) if not line.startswith("--")
            ]
            inside = ["BEGIN;", *statements, "COMMIT;"] if migration.atomic else statements
            if migration.app_label == app:
                texts[f"{app}.{migration.name}"] = "\n".join(["SET lock_timeout = '2s';", *inside])
            MigrationExecutor(connection).migrate([(migration.app_label, migration.name)])
    return texts


def _newest() -> list[Any]:
    return MigrationLoader(None).graph.leaf_nodes()


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        (f'{ADD_TEXT} DEFAULT \'\' NOT NULL; {MEMBER} ALTER "x" DROP DEFAULT;', "ban-drop-default"),
        (f"{ADD_TEXT} NOT NULL;", "adding-required-field"),
        (f'{MEMBER} ALTER COLUMN "email" SET NOT NULL;', "adding-not-nullable-field"),
        (f'{MEMBER} RENAME COLUMN "email" TO "mail";', "renaming-column"),
        (f'{MEMBER} RENAME TO "elections_person";', "renaming-table"),
        (f'{MEMBER} DROP COLUMN "email" CASCADE;', "ban-drop-column"),
        ('DROP TABLE "elections_member" CASCADE;', "ban-drop-table"),
        (f'{MEMBER} ALTER COLUMN "email" TYPE integer USING "email"::integer;', "changing-column-type"),
        ('CREATE INDEX "x" ON "elections_member" ("email");', "require-concurrent-index-creation"),
        (f'{MEMBER} ADD CONSTRAINT "x" CHECK ("email" <> \'\');', "constraint-missing-not-valid"),
        (f'{MEMBER} ADD CONSTRAINT "x" UNIQUE ("email");', "disallowed-unique-constraint"),
    ],
)  # fmt: skip
def test_rule_is_noticed(sql: str, rule: str) -> None:
    assert rule in findings(f"SET lock_timeout = '2s';\n{sql}")


@pytest.mark.parametrize(
    "sql",
    [
        f"{MEMBER} ADD COLUMN \"x\" varchar(9) DEFAULT '' NOT NULL;",
        f'{MEMBER} ADD COLUMN "x" varchar(9) NULL;',
        f"{MEMBER} ALTER COLUMN \"email\" SET DEFAULT '';",
        'CREATE INDEX CONCURRENTLY "x" ON "elections_member" ("email");',
        'BEGIN; CREATE TABLE "t" ("id" bigint PRIMARY KEY); CREATE INDEX "x" ON "t" ("id"); COMMIT;',
    ],
)
def test_growing_is_allowed(sql: str) -> None:
    assert findings(f"SET lock_timeout = '2s';\n{sql}") == set()
