"""A form changes what it asks for: every column of every table, posted to every address, changes nothing else.

Each address gets one form with the names of all columns of all models (with and without `_id`) and a hostile value
for each, from everybody. All rows of both municipalities are compared before and after. CHANGES lists, per address,
what a form may change; a form that would copy what was sent (`__all__`, setattr in a loop) changes more.
"""

import json
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models, transaction
from django_tenants.utils import tenant_context

from elections.enums import StaffRole
from tests import factories
from tests.isolation.access_table import TABLE
from tests.isolation.mass_assignment_table import CHANGES, EVERYWHERE
from tests.isolation.walk import address_of

NUMBER = 424242
TEXT = "hostile"
EMAIL = "hostile@evil.example"
DAY = "2001-02-03"
SKIPPED = frozenset({"django_session", "django_content_type", "django_migrations", "auth_permission"})

Rows = dict[str, dict[str, dict[str, Any]]]


def tenant_models() -> list[type[models.Model]]:
    """The models of a municipality; whoever may log in comes last, so that names they share get their values."""
    last = ["emailconfirmation", "authenticator", "invitation", "member", "user"]
    found = [model for model in apps.get_models(include_auto_created=True) if _is_tenant(model)]
    return sorted(
        found,
        key=lambda model: [*last].index(model._meta.model_name) + 1 if model._meta.model_name in last else 0,
    )


def _is_tenant(model: type[models.Model]) -> bool:
    return model._meta.app_label in ("elections", "auth", "django_otp") and not model._meta.proxy


def hostile_form() -> dict[str, str]:
    """Every column with a value that its owner would not want, and that is not its default."""
    form = {}
    for model in tenant_models():
        for column in model._meta.concrete_fields:
            value = _hostile(column)
            form |= {column.name: value, column.attname: value, f"{column.name}_id": value}
    return form | {
        "next": "/",
        "is_staff": "on",
        "is_superuser": "on",
        "groups": "1",
        "user_permissions": "1",
    }


def _hostile(column: models.Field) -> str:
    default = column.get_default()
    if column.choices:
        values = [str(value) for value, _label in column.flatchoices]
        return next((value for value in values if value != str(default)), values[0])
    if column.is_relation:
        newest = column.related_model._default_manager.order_by("-pk").first()
        return str(newest.pk if newest else NUMBER)
    if isinstance(column, models.BooleanField):
        return "" if default else "on"
    if isinstance(column, models.DateTimeField):
        return f"{DAY} 04:05"
    if isinstance(column, models.DateField):
        return DAY
    if isinstance(column, models.TimeField):
        return "04:05"
    if isinstance(column, models.IntegerField):
        return str(NUMBER)
    if isinstance(column, models.EmailField):
        return EMAIL
    return TEXT


def rows(schema: str) -> Rows:
    """All rows of a municipality, by table and primary key, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns "
            "WHERE table_schema = %s AND column_name = 'id' ORDER BY 1",
            [schema],
        )
        tables = [name for (name,) in cursor.fetchall() if name not in SKIPPED]
        parts = " UNION ALL ".join(
            f'SELECT \'{name}\', jsonb_object_agg(id::text, to_jsonb(t)) FROM "{schema}"."{name}" t'  # noqa: S608
            for name in tables
        )
        cursor.execute(parts)
        return {
            name: json.loads(found) if isinstance(found, str) else found or {}
            for name, found in cursor.fetchall()
        }


def differences(before: Rows, after: Rows, form: dict[str, str]) -> set[str]:
    """ "table.column" changed, "+table" a new row, "+table.column" a hostile value in it, "-table" a lost row."""
    found = set()
    for name in before.keys() | after.keys():
        table = name.removeprefix("elections_")
        old, new = before.get(name, {}), after.get(name, {})
        found |= {f"-{table}" for _gone in old.keys() - new.keys()}
        for key in new.keys() - old.keys():
            found.add(f"+{table}")
            found |= {
                f"+{table}.{column}"
                for column, value in new[key].items()
                if _is_hostile(name, column, value, form)
            }
        for key in old.keys() & new.keys():
            found |= {f"{table}.{column}" for column in new[key] if old[key].get(column) != new[key][column]}
    return found


def _is_hostile(table: str, column: str, value: Any, form: dict[str, str]) -> bool:
    model = next((each for each in tenant_models() if each._meta.db_table == table), None)
    if model is None or column == "id":
        return False
    try:
        default = model._meta.get_field(column).get_default()
    except FieldDoesNotExist:
        return False
    return str(value) == form.get(column) and str(value) != str(default) and str(value) != ""


@pytest.mark.parametrize("who", ["anonymous", "member", *StaffRole.values])
def test_no_form_changes_more_than_it_asks_for(worlds, juinen, client_for, who):
    world = worlds["gm0001"]
    user = None if who == "anonymous" else world.member.user if who == "member" else world.staff[who]
    client = client_for(juinen, user)
    client.raise_request_exception = False
    factories.make_member()  # the hostile owner of what a member makes is another member
    form = hostile_form()
    here, there = rows("gm0001"), rows("gm9009")
    unexpected = []
    for name, row in TABLE.items():
        with tenant_context(juinen):
            path = address_of(name, row, world)
        cookies = client.cookies.copy()
        with transaction.atomic():
            answer = client.post(path, form)
            found = differences(here, rows("gm0001"), form) - CHANGES.get(name, frozenset()) - EVERYWHERE
            foreign = differences(there, rows("gm9009"), form)
            if found or foreign or answer.status_code >= 500:
                unexpected.append(f"{name} ({answer.status_code}): {sorted(found)} {sorted(foreign)}")
            transaction.set_rollback(True)
        client.cookies = cookies
    assert unexpected == [], "\n".join(unexpected)


def test_form_has_every_column():
    form = hostile_form()
    for name in (
        "role",
        "is_active",
        "version",
        "user",
        "user_id",
        "state",
        "password",
        "member_id",
        "key_id",
        "id",
    ):
        assert form.get(name) is not None
    assert len(form) > 150


def test_rows_notice_a_change_a_new_row_and_a_lost_row(juinen):
    member, other = factories.make_member(), factories.make_member()
    before = rows("gm0001")
    member.user.role = "administrator"
    member.user.save()
    other.delete()
    factories.make_event(name=TEXT)
    found = differences(before, rows("gm0001"), hostile_form())
    assert found == {"user.role", "-member", "+electionevent", "+electionevent.name"}
