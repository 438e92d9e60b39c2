"""A schema as text and rows, and back again.

What makes its tables is the text of pg_dump, in two parts: before the rows, and after them (keys, indexes, triggers).
The rows come by COPY, in one picture of the database. So a schema is made and filled in one transaction of our own,
in which everything can be compared before anybody sees it.

pg_dump reads the catalogue of the whole server, which takes many seconds with hundreds of municipalities. Their schemas
are alike, so that a text is used again where the structure (`structure`) is the same.
"""

import gzip
import hashlib
import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from django.db import connection, transaction
from psycopg import sql

from tenants.backup.file import BackupError
from tenants.provisioning import NEEDLESS_LINES, pg_dump_path, pg_environment

_BLOCK: Final = 256 * 1024
_IN_MEMORY: Final = 8 * 1024 * 1024
_UNSETTLED: Final = "a restore of this schema is not done: run `manage.py backup restore` again"

# How values are written: rows that are read again must give the same text.
_AS_TEXT: Final = """
    SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres';
    SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL synchronize_seqscans = off;
    SET LOCAL search_path = pg_catalog
"""

_TABLES: Final = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' AND a.attnum > 0
        AND NOT a.attisdropped AND a.attgenerated = ''
    GROUP BY c.relname ORDER BY c.relname
"""

# Everything in a schema that decides what its rows may be and what happens to them.
_STRUCTURE: Final = """
    WITH here AS (SELECT %s::regnamespace AS space), tables AS (
        SELECT c.oid, c.relname, c.relkind FROM pg_class c, here WHERE c.relnamespace = here.space)
    SELECT 'relation', concat_ws(' ', relkind, relname) FROM tables
    UNION ALL SELECT 'column', concat_ws(' ', t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
        FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE t.relkind IN ('r', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT 'constraint', concat_ws(' ', t.relname, k.conname, pg_get_constraintdef(k.oid))
        FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid
    UNION ALL SELECT 'index', pg_get_indexdef(t.oid) FROM tables t WHERE t.relkind = 'i'
    UNION ALL SELECT 'view', concat_ws(' ', t.relname, pg_get_viewdef(t.oid))
        FROM tables t WHERE t.relkind IN ('v', 'm')
    UNION ALL SELECT 'trigger', concat_ws(' ', g.tgenabled, pg_get_triggerdef(g.oid))
        FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal
    UNION ALL SELECT 'function', pg_get_functiondef(p.oid)
        FROM pg_proc p, here WHERE p.pronamespace = here.space AND p.prokind IN ('f', 'p')
    ORDER BY 1, 2
"""
# PostgreSQL moves the casts of IN ('a', 'b') from the array to its elements when it reads its own text again.
_CASTS: Final = re.compile(r"::(character varying|text)(\[\])?|[()]")


@dataclass(frozen=True)
class TableCopy:
    """The rows of one table: how many, in which columns, and the SHA-256 of their text."""

    rows: int
    columns: list[str]
    sha256: str


@dataclass(frozen=True)
class Definition:
    """The SQL text that makes the tables: what comes before the rows, and what after them."""

    before: str
    after: str

    def renamed(self, old: str, new: str) -> "Definition":
        """The same for a schema with another name."""
        return Definition(self.before.replace(old, new), self.after.replace(old, new))


@dataclass(frozen=True)
class MadeSchema:
    """A schema that was made: its structure, and the version of the server that tells it."""

    structure: str
    server: int


@dataclass(frozen=True)
class Unsettled:
    """A restore that did not end: mails in its schema may have gone, sessions in it may be over.

    is_done: only `files` still have to go, which are of before it. Otherwise they are what it was going to write.
    """

    files: list[str]
    is_done: bool


@contextmanager
def picture(schema_name: str) -> Iterator[Any]:
    """A cursor that sees the schema as it is at one moment; migrations of it wait until the end of the block.

    Cannot be used inside another transaction.
    """
    with connection.cursor() as cursor:
        tables = [name for name, _columns in _tables(cursor, schema_name)]
    if not tables:
        raise BackupError(f"The schema {schema_name} has no tables.")
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # Before the first reading: the picture is made then, and a table that is rewritten later would look empty.
        cursor.execute(
            sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(
                sql.SQL(", ").join(sql.Identifier(schema_name, name) for name in tables)
            )
        )
        cursor.execute(_AS_TEXT)
        cursor.execute("SELECT pg_current_snapshot()")
        yield cursor


def structure(cursor: Any, schema_name: str) -> str:
    """A digest of the tables, columns, keys, indexes, triggers and functions of a schema, without its name."""
    cursor.execute("SET LOCAL search_path = pg_catalog")
    cursor.execute(_STRUCTURE, [schema_name])
    lines = [[kind, _CASTS.sub("", line.replace(schema_name, "schema"))] for kind, line in cursor.fetchall()]
    # In order of what is compared: the casts are part of the order that PostgreSQL gives.
    return hashlib.sha256(json.dumps(sorted(lines)).encode()).hexdigest()


def definition(schema_name: str) -> Definition:
    """The text of pg_dump that makes the tables of a schema.

    Raises BackupError, and ProvisioningError when there is no pg_dump.
    """
    program = pg_dump_path()
    with tempfile.NamedTemporaryFile(prefix="schema-") as archive:
        options = ["--schema-only", "--no-owner", "--no-privileges", "--no-password", "--format=custom"]
        _run([str(program), f"--schema={schema_name}", *options, f"--file={archive.name}"])
        sections = [
            _run(
                [
                    str(program.with_name("pg_restore")),
                    "--no-owner",
                    f"--section={section}",
                    "--file=-",
                    archive.name,
                ]
            )
            for section in ("pre-data", "post-data")
        ]
    return Definition(*(NEEDLESS_LINES.sub("", text) for text in sections))


def copy_rows(
    cursor: Any, schema_name: str, keep: Callable[[str, IO[bytes], int], object]
) -> dict[str, TableCopy]:
    """Give the rows of every table to `keep(table, gzip file, size)`; returns what was given, by table."""
    copies = {}
    for table, columns in _tables(cursor, schema_name):
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
            with gzip.GzipFile(fileobj=spool, mode="wb", compresslevel=6, mtime=0) as packed:
                copies[table] = _copy_out(cursor, schema_name, table, columns, packed.write)
            size = spool.tell()
            spool.seek(0)
            keep(table, spool, size)
    return copies


def sequences(cursor: Any, schema_name: str) -> dict[str, int]:
    """The next number of every sequence of a schema."""
    cursor.execute(
        "SELECT sequencename, coalesce(last_value + increment_by, start_value) FROM pg_sequences"
        " WHERE schemaname = %s ORDER BY sequencename",
        [schema_name],
    )
    return dict(cursor.fetchall())


def make_schema(
    schema_name: str,
    text: Definition,
    tables: dict[str, TableCopy],
    numbers: dict[str, int],
    open_rows: Callable[[str], IO[bytes]],
) -> MadeSchema:
    """Make a schema and fill it, inside the caller's transaction.

    open_rows: the gzip file with the rows of a table.

    Raises BackupError when a table does not hold exactly what the backup holds; DatabaseError when it cannot be made.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AS_TEXT)
        cursor.execute(text.before)
        for table, copy in tables.items():
            with open_rows(table) as packed, gzip.GzipFile(fileobj=packed) as rows:
                _copy_in(cursor, schema_name, table, copy.columns, rows)
        for name, number in numbers.items():
            cursor.execute("SELECT setval(%s, %s, false)", [f'"{schema_name}"."{name}"', number])
        if text.after:
            cursor.execute(text.after)
        for table, copy in tables.items():
            if _copy_out(cursor, schema_name, table, copy.columns, len) != copy:
                raise BackupError(f"The rows of {table} are not those of the backup.")
        return MadeSchema(structure(cursor, schema_name), server_version(cursor))


def mark_unsettled(schema_name: str, files: Collection[str] = (), *, is_done: bool = False) -> None:
    """Write on a schema that its restore did not end; `mark_settled` takes it away. Parameters: see `Unsettled`."""
    facts = json.dumps([is_done, sorted(files)])
    _comment(schema_name, sql.Literal(f"{_UNSETTLED}: {facts}"))


def mark_settled(schema_name: str) -> None:
    """Its restore is done."""
    _comment(schema_name, sql.SQL("NULL"))


def unsettled(schema_name: str) -> Unsettled | None:
    """What a restore that goes on, or was broken off, wrote on this schema; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s", [schema_name]
        )
        note = str((cursor.fetchone() or ("",))[0])
    if not note.startswith(_UNSETTLED):
        return None
    is_done, files = json.loads(note.removeprefix(f"{_UNSETTLED}: "))
    return Unsettled(files, is_done)


def unsettled_schemas() -> list[str]:
    """The schemas for which `unsettled` has an answer: a restore of them goes on, or was broken off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE starts_with(obj_description(oid, 'pg_namespace'), %s) ORDER BY 1",
            [_UNSETTLED],
        )
        return [name for (name,) in cursor.fetchall()]


def server_version(cursor: Any) -> int:
    """The version of PostgreSQL, such as 170005."""
    cursor.execute("SHOW server_version_num")
    return int(cursor.fetchone()[0])


def _comment(schema_name: str, text: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(schema_name), text))


def _tables(cursor: Any, schema_name: str) -> list[tuple[str, list[str]]]:
    cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema_name])
    if cursor.fetchone() is None:
        raise BackupError(f"There is no schema {schema_name}.")
    cursor.execute(_TABLES, [schema_name])
    return list(cursor.fetchall())


def _copy_out(
    cursor: Any, schema_name: str, table: str, columns: list[str], write: Callable[[bytes], object]
) -> TableCopy:
    digest = hashlib.sha256()
    with cursor.copy(_copy("COPY {} ({}) TO STDOUT", schema_name, table, columns)) as blocks:
        for block in blocks:
            digest.update(block)
            write(bytes(block))
    return TableCopy(cursor.rowcount, columns, digest.hexdigest())


def _copy_in(cursor: Any, schema_name: str, table: str, columns: list[str], rows: gzip.GzipFile) -> None:
    with cursor.copy(_copy("COPY {} ({}) FROM STDIN", schema_name, table, columns)) as target:
        while block := rows.read(_BLOCK):
            target.write(block)


def _copy(text: str, schema_name: str, table: str, columns: list[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL(text).format(sql.Identifier(schema_name, table), names)


def _run(command: list[str]) -> str:
    done = subprocess.run(command, env=pg_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"{Path(command[0]).name} failed: {done.stderr.strip()}")
    return done.stdout
