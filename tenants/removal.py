"""Taking everything of a municipality away, and looking what is left of it: rows, schemas, files, keys in Redis.

Each step may be repeated. Who may do this, and when, is for elections.actions.municipality_removal.
"""

import redis
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_tenants.utils import get_public_schema_name, schema_context

from tenants import locks
from tenants.backup.drill_place import drill_traces
from tenants.models import Domain, FormerMunicipality, Municipality
from tenants.numbers import counted
from tenants.provisioning import ProvisioningError, drop_schema
from tenants.storage import private_files


def remove_files(schema_name: str) -> int:
    """Delete every file of a municipality; how many there were.

    Raises:
        ProvisioningError: when a disk or bucket refuses to list or delete one.
    """
    with schema_context(schema_name):
        count = len(_file_names())
        private_files.delete_folder("")
        left = _file_names()
    if left:
        raise ProvisioningError(
            f"{counted(len(left), 'file')} cannot be deleted, such as {left[0]}: run this again."
        )
    return count


def remove_redis_keys(schema_name: str) -> int:
    """Delete every key of a municipality in Redis; how many there were.

    Raises:
        ProvisioningError: when Redis does not answer.
    """
    found = _redis_keys(schema_name)
    try:
        with _redis() as client:
            for key in found:
                client.unlink(key)
    except redis.RedisError as problem:
        raise ProvisioningError(
            f"Redis does not answer ({type(problem).__name__}): run this again."
        ) from problem
    return len(found)


def remove_rows(municipality: Municipality, former: FormerMunicipality) -> None:
    """Drop its schemas, delete its rows in the public schema and close the note about it, in one transaction.

    Raises:
        ProvisioningError: when somebody is at work in a schema for longer than `locks.LOCK_TIMEOUT`.
    """
    try:
        with schema_context(get_public_schema_name()), transaction.atomic(durable=True):
            locks.wait_briefly()
            for schema_name in _schemas(municipality.schema_name):
                drop_schema(schema_name)
            Municipality.objects.filter(pk=municipality.pk).delete()
            former.deleted_at = timezone.now()
            former.save(update_fields=["deleted_at"])
    except OperationalError as problem:
        raise ProvisioningError(
            f"The tables of {municipality.code} could not be dropped: a backup or a worker may be reading them. "
            f"Run this again. ({str(problem).splitlines()[0]})"
        ) from problem


def traces_of(code: str) -> list[str]:
    """What is left of a municipality, one line each: in this database, files, Redis and where drills of it work.

    Raises:
        ProvisioningError: when its files cannot be listed, or Redis does not answer.
    """
    schema_name = code.lower()
    found = [f"schema {name}" for name in _schemas(schema_name)]
    with schema_context(get_public_schema_name()):
        for model in (Municipality, Domain):
            owner = "schema_name" if model is Municipality else "tenant__schema_name"
            count = model._default_manager.filter(**{owner: schema_name}).count()
            found += [f"{counted(count, 'row')} of {model._meta.db_table}"] if count else []
    with schema_context(schema_name):
        found += [f"file {name}" for name in _file_names()]
    found += [f"Redis key {key.decode(errors='replace')}" for key in _redis_keys(schema_name)]
    return found + drill_traces(code)


def _file_names() -> list[str]:
    """The files of the municipality at work. Raises ProvisioningError: what cannot be listed is not gone."""
    try:
        return [entry.name for entry in private_files.entries()]
    except (OSError, SuspiciousFileOperation) as problem:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else problem
        raise ProvisioningError(
            f"The files cannot be listed: {reason}. Mend it and run this again."
        ) from problem


def _schemas(schema_name: str) -> list[str]:
    """Its schema, and the one that a restore of a backup may have put aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname = %s OR starts_with(nspname, %s) ORDER BY nspname",
            [schema_name, f"{schema_name}_"],
        )
        return [name for (name,) in cursor.fetchall()]


def _redis_keys(schema_name: str) -> list[bytes]:
    """Every key that django_tenants.cache.make_key made for it."""
    try:
        with _redis() as client:
            return sorted(client.scan_iter(match=f"{schema_name}:*", count=1000))
    except redis.RedisError as problem:
        raise ProvisioningError(
            f"Redis does not answer ({type(problem).__name__}): run this again."
        ) from problem


def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, **settings.REDIS_PATIENCE)
