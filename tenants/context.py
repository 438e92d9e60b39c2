"""Which municipality the code is working for, and for which request."""

from collections.abc import Callable

from django.db import connection, transaction
from django_tenants.utils import get_public_schema_name, get_tenant_model, schema_context

from tenants.models import Municipality


class NoMunicipality(RuntimeError):
    """Code that belongs to one municipality ran in the public schema."""


def current_schema() -> str:
    """The schema name of the municipality at work.

    Raises:
        NoMunicipality: in the public schema.
    """
    schema_name = connection.schema_name
    if not schema_name or schema_name == get_public_schema_name():
        raise NoMunicipality("No municipality is active: use tenant_context(municipality).")
    return schema_name


def on_commit_here(work: Callable[[], object]) -> None:
    """Do `work` when the transaction commits, for the municipality of now: another may be at work at that moment.

    Raises:
        NoMunicipality: in the public schema.
    """
    schema_name = current_schema()

    def do() -> None:
        with schema_context(schema_name):
            work()

    transaction.on_commit(do)


def current_municipality() -> Municipality:
    """The municipality at work, as a full row even where only its schema name was set.

    Raises:
        NoMunicipality: in the public schema, or when the schema belongs to no municipality.
    """
    schema_name = current_schema()
    if isinstance(connection.tenant, Municipality):
        return connection.tenant
    municipality = get_tenant_model().objects.filter(schema_name=schema_name).first()
    if municipality is None:
        raise NoMunicipality(f"The schema {schema_name} belongs to no municipality.")
    return municipality
