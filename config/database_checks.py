"""System checks of the role that the product runs with: it may add to the log, and no more."""

from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, Warning, register
from django.db import DatabaseError, OperationalError, connection

from tenants.database_problems import sentence_of
from tenants.upgrade.schemas import overview

_RIGHTS: Final = """
    SELECT
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
        EXISTS (SELECT FROM pg_class c
                WHERE c.relkind = 'r' AND c.relname = ANY(%(log)s) AND pg_has_role(c.relowner, 'USAGE')),
        EXISTS (SELECT FROM pg_class c
                WHERE c.relkind = 'r' AND c.relname = ANY(%(log)s)
                AND has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')),
        has_schema_privilege('public', 'CREATE')
"""
_HINT: Final = "docs/operations.md, “Two roles of the database”, tells how to make a role for DATABASE_URL."


@register(Tags.security, deploy=True)
def log_is_out_of_reach(**_options: Any) -> list[CheckMessage]:
    """W010 to W014: whoever takes over the web server must not be able to change the log, nor have the owner do it.

    A database that was made by PostgreSQL 14 or older lets everybody make functions in its public schema, and keeps
    that through `pg_upgrade`; the owner would run one that is named as what it looks for (CVE-2018-1058).
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(_RIGHTS, {"log": list(settings.APPEND_ONLY_TABLES)})
            superuser, owner, may_change, may_create = cursor.fetchone()
    except OperationalError:
        text = "The database does not answer, so the rights of its role are not checked."
        return [Warning(text, hint="Run this where DATABASE_URL can be reached.", id="zitting.W010")]
    found = {
        "zitting.W011": ("is a superuser", superuser),
        "zitting.W012": ("owns the tables of the log", owner),
        "zitting.W013": ("may change or delete what is in the log", may_change),
        "zitting.W014": ("may make functions and tables in the schema public", may_create),
    }
    return [
        Warning(f"The role of DATABASE_URL {fault}.", hint=_HINT, id=number)
        for number, (fault, is_so) in found.items()
        if is_so
    ]


@register(deploy=True)
def tables_are_up_to_date(**_options: Any) -> list[CheckMessage]:
    """W020, I020: code that is newer than the tables of a municipality gives errors there; without tables, everywhere.

    An empty database is how every installation begins, so that is told and is no fault.
    """
    try:
        view = overview()
    except OperationalError:
        return []  # W010 tells that it does not answer
    except DatabaseError as problem:
        return [Warning(sentence_of(problem), id="zitting.W020")]
    if view.is_empty:
        text = "The database has no tables yet, so that no page works."
        return [Info(text, hint="Run: manage.py upgrade", id="zitting.I020")]
    if not view.behind:
        return []
    text = f"{view.lag} this code."
    return [Warning(text, hint="Run: manage.py upgrade", id="zitting.W020")]
