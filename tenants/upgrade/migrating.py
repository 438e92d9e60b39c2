"""Migrating schemas one after another in one process, with what they have in common worked out once.

`migrate` of Django reads every migration, and makes a class of every model, for each schema anew: half a second of
Python for one statement. Schemas that are equally far behind share both here. What runs in a schema, and in which
order, is Django's own: the operations, the signals before and after, and the rows in django_migrations.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection as any_connection
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState
from django_tenants.signals import schema_migrated, schema_pre_migration
from django_tenants.utils import get_public_schema_name
from psycopg import sql

Plan = list[tuple[Any, bool]]

# The connection of django-tenants, which tells no types.
connection: Final[Any] = any_connection


@dataclass
class Step:
    """One operation of a migration, with the models as they are before and after it."""

    operation: Any
    before: ProjectState
    after: ProjectState


@dataclass
class Way:
    """How schemas get from one set of migrations to the newest: the same for all that are equally far behind."""

    plan: Plan
    before: ProjectState
    steps: list[list[Step]]
    after: ProjectState


class Migrator:
    """Brings schemas to the newest migration. One thread, one connection."""

    def __init__(self) -> None:
        # What is taken from it here its published types do not know, or know from an older Django.
        self._executor: Any = MigrationExecutor(connection)
        self._applied: frozenset[tuple[str, str]] = frozenset()
        self._way: Way | None = None
        self.at = ""
        """What was being done last, for who wants to tell where it went wrong."""

    def migrate(self, schema_name: str) -> list[str]:
        """Run what is missing in a schema; the names of the migrations that ran.

        Every migration is a transaction of its own, unless it says otherwise, and is written down in it: after an
        error the schema is at the migration before, and the next call goes on there.

        Raises:
            DatabaseError: when a statement fails, or waits longer for a lock than `lock_timeout`.
            InconsistentMigrationHistory: when a migration ran before one that it builds on.
        """
        self.at = "before the first migration"
        schema_pre_migration.send(type(self), schema_name=schema_name)
        try:
            self._look_at(schema_name)
            way = self._find_way()
            if way.plan:
                self._drop_invalid_indexes(schema_name)
                self._go(way)
            self._executor.check_replacements()  # writes down a squashed migration where all that it replaces ran
        finally:
            connection.set_schema_to_public()
        self.at = "the rights of the runtime role"
        schema_migrated.send(type(self), schema_name=schema_name)
        return [f"{migration.app_label}.{migration.name}" for migration, _backwards in way.plan]

    def _look_at(self, schema_name: str) -> None:
        """Put the connection on a schema and read which migrations it has had."""
        # Without public: its own table of migrations would be found where the schema has none.
        connection.set_schema(schema_name, include_public=schema_name == get_public_schema_name())
        self._executor.recorder.ensure_schema()
        connection.set_schema(schema_name)
        loader = self._executor.loader
        loader.applied_migrations = self._executor.recorder.applied_migrations()
        if loader.replacements:
            loader.build_graph()  # a squashed migration counts as applied when all that it replaces are
        loader.check_consistent_history(connection)

    def _find_way(self) -> Way:
        """The way from where the schema is; that of the schema before it, when that was as far behind."""
        applied = frozenset(self._executor.loader.applied_migrations)
        if self._way is None or applied != self._applied:
            self._applied, self._way = applied, self._make_way()
        return self._way

    def _make_way(self) -> Way:
        executor = self._executor
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        before = executor._create_project_state(with_applied_migrations=True)
        if not plan:
            return Way(plan, before, [], before)
        before.apps  # noqa: B018 - makes the classes of the models, which every step then copies
        state = before.clone()
        steps: list[list[Step]] = []
        for migration, _backwards in plan:
            steps.append([])
            for operation in migration.operations:
                old = state.clone()
                operation.state_forwards(migration.app_label, state)
                steps[-1].append(Step(operation, old, state.clone()))
        return Way(plan, before, steps, _with_real_models(state))

    def _go(self, way: Way) -> None:
        alias = connection.alias
        emit_pre_migrate_signal(0, False, alias, apps=way.before.apps, plan=way.plan)
        for (migration, _backwards), steps in zip(way.plan, way.steps, strict=True):
            self.at = f"{migration.app_label}.{migration.name}"
            self._apply(migration, steps)
        self.at = "after the last migration"
        emit_post_migrate_signal(0, False, alias, apps=way.after.apps, plan=way.plan)

    def _drop_invalid_indexes(self, schema_name: str) -> None:
        """An index that was being made without a lock when the process stopped: it would be in the way of itself."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
                " WHERE NOT i.indisvalid AND c.relnamespace = %s::regnamespace",
                [schema_name],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(
                    sql.SQL("DROP INDEX CONCURRENTLY {}").format(sql.Identifier(schema_name, name))
                )

    def _apply(self, migration: Any, steps: list[Step]) -> None:
        """As Migration.apply and MigrationExecutor.apply_migration, with states that are there already."""
        with connection.schema_editor(atomic=migration.atomic) as editor:
            for step in steps:
                arguments = (migration.app_label, editor, step.before, step.after)
                own_transaction = step.operation.atomic or (
                    migration.atomic and step.operation.atomic is not False
                )
                if not editor.atomic_migration and own_transaction:
                    with transaction.atomic():
                        step.operation.database_forwards(*arguments)
                else:
                    step.operation.database_forwards(*arguments)
            if written := not editor.deferred_sql:
                self._executor.record_migration(migration)
        if not written:
            self._executor.record_migration(migration)


def _with_real_models(state: ProjectState) -> ProjectState:
    """As `migrate` does after the last migration: what listens afterwards knows every model and its relations."""
    state.clear_delayed_apps_cache()
    made = state.apps
    keys = [(model.app_label, model.name_lower) for model in made.real_models]
    with made.bulk_update():
        for key in keys:
            made.unregister_model(*key)
    made.render_multiple([ModelState.from_model(apps.get_model(*key)) for key in keys])
    return state
