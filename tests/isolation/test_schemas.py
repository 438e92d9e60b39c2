"""Tables, rows, caches and files of one municipality do not turn up in another, nor in public."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.db import ProgrammingError, connection, transaction
from django_tenants.utils import app_labels, schema_context, tenant_context

from elections.models import Member, User
from tests import factories

PUBLIC_AND_TENANT_TABLES = {"django_migrations"}
"""Both kinds of schema are migrated, so both remember by which migrations."""


def tenant_models() -> Iterator[type]:
    labels = set(app_labels(settings.TENANT_APPS))
    return (model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in labels)


def tables(schema_name: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema_name])
        return {name for (name,) in cursor.fetchall()}


def test_public_has_no_table_of_a_municipality(juinen):
    assert tables("public") & {model._meta.db_table for model in tenant_models()} == set()
    assert tables("public") & tables(juinen.schema_name) == PUBLIC_AND_TENANT_TABLES


def test_every_table_of_a_municipality_is_in_its_schema(juinen):
    assert {model._meta.db_table for model in tenant_models()} <= tables(juinen.schema_name)


def test_no_app_is_shared_and_tenant():
    assert set(settings.SHARED_APPS) & set(settings.TENANT_APPS) == set()


def test_no_foreign_key_crosses_the_border_of_a_schema():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint c"
            " JOIN pg_class here ON here.oid = conrelid JOIN pg_class there ON there.oid = confrelid"
            " WHERE contype = 'f' AND here.relnamespace <> there.relnamespace"
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label_lower)
def test_forgotten_municipality_is_an_error(model):
    """Not an empty answer: that would hide the mistake."""
    with (
        schema_context("public"),
        pytest.raises(ProgrammingError, match="does not exist"),
        transaction.atomic(),
    ):
        model._default_manager.first()


def test_every_model_shows_only_the_rows_of_here(worlds, juinen, zonneiland):
    """The same primary key is another row there."""
    checked = 0
    for model in apps.get_app_config("elections").get_models():
        with tenant_context(juinen):
            here = {row.pk: getattr(row, "uuid", None) for row in model._default_manager.all()}
        with tenant_context(zonneiland):
            there = {row.pk: getattr(row, "uuid", None) for row in model._default_manager.all()}
        assert here.keys() == there.keys()
        if any(here.values()):
            assert not set(here.values()) & set(there.values())
            checked += 1
    assert checked > 10


def test_row_made_here_is_absent_there(zonneiland):
    member = factories.make_member(last_name="Alleen hier")
    with tenant_context(zonneiland):
        assert not Member.objects.filter(uuid=member.uuid).exists()
    assert Member.objects.filter(uuid=member.uuid).exists()


def test_rows_of_here_come_back_after_an_error_and_a_rollback(juinen, zonneiland):
    """A savepoint that is rolled back takes the search path with it; the next query must set it again."""
    factories.make_user(username="hier")
    with tenant_context(zonneiland):
        factories.make_user(username="daar")
        with pytest.raises(ProgrammingError):
            _look_at_and_break(juinen, "hier")
        assert User.objects.get().username == "daar"
    assert User.objects.get().username == "hier"


def _look_at_and_break(municipality, username):
    with transaction.atomic(), connection.cursor() as cursor:
        with tenant_context(municipality):
            assert User.objects.get().username == username
        cursor.execute("SELECT 1 FROM nergens")


def test_named_cursor_reads_here(juinen, zonneiland):
    factories.make_user(username="hier")
    with tenant_context(zonneiland):
        factories.make_user(username="daar")
        assert [user.username for user in User.objects.iterator(chunk_size=1)] == ["daar"]
    assert [user.username for user in User.objects.iterator(chunk_size=1)] == ["hier"]


@pytest.mark.parametrize("alias", settings.CACHES)
def test_cache_entry_of_here_is_absent_there(zonneiland, alias):
    cache = caches[alias]
    cache.set("sleutel", "hier")
    with tenant_context(zonneiland):
        assert cache.get("sleutel") is None
        cache.set("sleutel", "daar")
    with schema_context("public"):
        assert cache.get("sleutel") is None
    assert cache.get("sleutel") == "hier"
    assert cache.make_key("sleutel").startswith("gm0001:")


def test_template_schema_is_gone():
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)'")
        assert {name for (name,) in cursor.fetchall()} == {"public", "gm0001", "gm9009"}
