"""Our migrating does what `migrate` of this Django does: another version of Django may do more, or otherwise."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import post_migrate, pre_migrate
from django.test.utils import CaptureQueriesContext
from django_tenants.signals import schema_migrated, schema_pre_migration
from django_tenants.utils import schema_context

from tenants import provisioning
from tenants.upgrade.migrating import Migrator
from tests.tenants.test_provisioning import NEW, _sorted_lines
from tests.tenants.test_upgrade import BEFORE, put_back

SIGNALS = {
    "schema_pre_migration": schema_pre_migration,
    "pre_migrate": pre_migrate,
    "post_migrate": post_migrate,
    "schema_migrated": schema_migrated,
}
CHANGES = ("ALTER", "COMMENT", "CREATE", "DELETE", "DROP", "INSERT", "UPDATE")


@pytest.fixture(autouse=True)
def in_public(committed: None) -> Iterator[None]:
    connection.set_schema_to_public()
    yield
    connection.set_schema_to_public()


def by_django(schema_name: str) -> None:
    call_command("migrate_schemas", tenant=True, schema_name=schema_name, interactive=False, verbosity=0)


def by_us(schema_name: str) -> None:
    Migrator().migrate(schema_name)


def history(schema_name: str) -> list[tuple[str, str]]:
    """The rows of django_migrations, in the order in which they were written."""
    with schema_context(schema_name):
        return list(MigrationRecorder.Migration.objects.order_by("id").values_list("app", "name"))


@contextmanager
def signals() -> Iterator[list[Any]]:
    """What is sent meanwhile: which signal, for which app, with which plan and which models."""
    seen: list[Any] = []

    def receiver(name: str) -> Callable[..., None]:
        def note(**sent: Any) -> None:
            config, models = sent.get("app_config"), sent.get("apps")
            seen.append(
                (
                    name,
                    connection.schema_name == sent.get("schema_name", connection.schema_name),
                    config and config.label,
                    sent.get("using"),
                    [(migration.app_label, migration.name, back) for migration, back in sent.get("plan", ())],
                    models and sorted(model._meta.label for model in models.get_models()),
                )
            )

        return note

    receivers = {name: receiver(name) for name in SIGNALS}
    for name, signal in SIGNALS.items():
        signal.connect(receivers[name], weak=False)
    try:
        yield seen
    finally:
        for name, signal in SIGNALS.items():
            signal.disconnect(receivers[name])


def changes(asked: CaptureQueriesContext, schema_name: str) -> list[str]:
    """The statements that change something, without names of schemas and moments."""
    texts = [query["sql"].replace(schema_name, "schema") for query in asked.captured_queries]
    return [
        re.sub(r"'\d{4}-\d\d-\d\d[^']*'::timestamptz", "moment", text)
        for text in texts
        if text.startswith(CHANGES)
    ]


def test_schema_from_nothing_is_equal_to_that_of_django() -> None:
    provisioning.create_municipality(**NEW)  # the text of a schema that Django migrated
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA migrated")
    try:
        by_us("migrated")
        ours = _sorted_lines(provisioning.dump_schema("migrated"), "migrated")
        assert history("migrated") == history("gm0777")
    finally:
        provisioning.drop_schema("migrated")
    assert ours == _sorted_lines(provisioning.dump_schema("gm0777"), "gm0777")
    assert len(ours) > 500


def test_upgrade_runs_the_statements_and_sends_the_signals_of_django() -> None:
    put_back("gm0001", "gm9009")
    found = []
    for schema_name, migrate in (("gm0001", by_django), ("gm9009", by_us)):
        with schema_context("public"), signals() as sent, CaptureQueriesContext(connection) as asked:
            migrate(schema_name)
        found.append((sent, changes(asked, schema_name), history(schema_name)))
    (django_sent, django_changes, django_history), (sent, ours, our_history) = found
    assert our_history == django_history
    assert ours == django_changes
    assert sent == django_sent
    assert any(name > BEFORE for _app, name in our_history)
    assert any(text.startswith("ALTER TABLE") for text in ours)
    assert {each[0] for each in sent} == set(SIGNALS)
