"""A form changes what it asks for: every column of every table, posted to every address, changes nothing else.

Each address gets its own forms, as they stand on its page, with the names of all columns of all models (with and
without `_id`) and a hostile value for each beside them. All rows of both municipalities are compared before and after.
CHANGES lists, per address, exactly what changes; a form that would copy what was sent (`__all__`, setattr in a loop)
changes more. REFUSED lists the forms that accept nothing of this, where the test proves nothing.
"""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

import lxml.html
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models, transaction

from tests import factories
from tests.isolation.access_table import TABLE
from tests.isolation.mass_assignment_table import CHANGES, EVERYWHERE, REFUSED
from tests.isolation.walk import address_of

NUMBER = 424242
TEXT = "hostile"
EMAIL = "hostile@evil.example"
DAY = "2001-02-03"
SKIPPED = frozenset({"django_session", "django_content_type", "django_migrations", "auth_permission"})

Rows = dict[str, str]
"""Table to its rows by primary key, as the text of one JSON object: equal rows make equal texts, read only when not."""


@cache
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
        cursor.execute(_statement(schema))
        return dict(cursor.fetchall())


@cache
def _statement(schema: str) -> str:
    """The statement of `rows`: the list of tables is slow to ask, and the same for the whole run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns "
            "WHERE table_schema = %s AND column_name = 'id' ORDER BY 1",
            [schema],
        )
        tables = [name for (name,) in cursor.fetchall() if name not in SKIPPED]
    assert len(tables) > 50
    return " UNION ALL ".join(
        f"SELECT '{name}', coalesce(jsonb_object_agg(id::text, to_jsonb(t)), '{{}}')::text "  # noqa: S608
        f'FROM "{schema}"."{name}" t'
        for name in tables
    )


def differences(before: Rows, after: Rows, form: dict[str, str]) -> set[str]:
    """ "table.column" changed, "+table" a new row, "+table.column" a hostile value in it, "-table" a lost row."""
    found = set()
    for name in before.keys() | after.keys():
        if before.get(name) == after.get(name):
            continue
        table = name.removeprefix("elections_")
        old, new = json.loads(before.get(name, "{}")), json.loads(after.get(name, "{}"))
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


def test_no_form_changes_more_than_it_asks_for(worlds, juinen, client_for):
    """The administrator and a member: nobody has a form that these two have not.

    Each form of a page is sent with the names that it does not ask for: as it stands, which is what saves, with its
    empty fields filled, and with a hostile value for its own fields too.
    """
    world = worlds["gm0001"]
    factories.make_member()  # the hostile owner of what a member makes is another member
    people = [world.staff["administrator"], world.member.user]
    hostile = hostile_form()
    there = rows("gm9009")
    changed: dict[str, set[str]] = {}
    shown, taken = set(), set()
    wrong = []
    for user in people:
        client = client_for(juinen, user)
        client.raise_request_exception = False
        here = rows("gm0001")
        paths = {name: address_of(name, row, world) for name, row in TABLE.items()}
        forms = forms_of(client, paths.values())
        for name, path in paths.items():
            own = forms.get(path, [])
            filled = [
                {field: value or hostile.get(field, TEXT) for field, value in each.items()} for each in own
            ]
            sent = [hostile | each for each in (*own, *filled, {})]
            for form in [each for number, each in enumerate(sent) if each not in sent[:number]]:
                status, found, foreign = _post(client, path, form, here, there)
                changed.setdefault(name, set()).update(found - EVERYWHERE)
                shown |= {name for _form in own}
                taken |= {name for _form in own if status == 302}
                if foreign or status >= 500:
                    wrong.append(f"{name} ({status}): {sorted(foreign)}")
    did = {name: sorted(found) for name, found in changed.items() if found}
    assert wrong == []
    assert did == {name: sorted(columns) for name, columns in CHANGES.items()}
    # Elsewhere a form that copies what it gets would have saved something here.
    assert sorted(shown - taken - did.keys()) == sorted(REFUSED)


def _post(
    client: Any, path: str, form: dict[str, str], here: Rows, there: Rows
) -> tuple[int, set[str], set[str]]:
    """The status, and what changed here and at the other municipality; undone afterwards."""
    cookies = client.cookies.copy()
    around = transaction.atomic()
    around._from_testcase = True  # what stores files refuses to run in a transaction of somebody else
    with around:
        status = client.post(path, form).status_code
        is_refused = status in (403, 405)
        found = set() if is_refused else differences(here, rows("gm0001"), form)
        foreign = set() if is_refused else differences(there, rows("gm9009"), form)
        transaction.set_rollback(True)
    client.cookies = cookies
    return status, found, foreign


def forms_of(client: Any, paths: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """The forms of every page, by the address that each is posted to: its fields with what stands in them."""
    found: dict[str, list[dict[str, str]]] = {}
    for path in paths:
        cookies = client.cookies.copy()
        with transaction.atomic():
            answer = client.get(path)
            transaction.set_rollback(True)
        client.cookies = cookies
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            for form in lxml.html.fromstring(answer.content).forms:
                target = (form.get("action") or path).split("?")[0]
                fields = {name: value or "" for name, value in form.fields.items() if isinstance(name, str)}
                known = found.setdefault(target, [])
                if form.method == "POST" and fields.keys() not in [each.keys() for each in known]:
                    known.append(fields)
    return {path: forms for path, forms in found.items() if forms}


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
