"""What anybody typed stands on every page as words: never as a tag, whichever text field it was typed in.

Every text column of every row is written over with something that would be a tag if a page took it for HTML
(OWASP ASVS 5.0 row 1.2.1), and every page is opened.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import CharField, FileField, TextField
from django_tenants.utils import tenant_context

from tenants.models import AccessibilityStatement, HouseStyle
from tests import factories
from tests.isolation.access_table import TABLE
from tests.isolation.walk import address_of

TYPED: Final = '"><s x=1>'
OF_THE_MUNICIPALITY: Final = '"><u x=1>'
"""Stands on every page, and so says nothing of what else a page shows."""
TAGS: Final = ("<s x=1>", "<u x=1>")
AS_WORDS: Final = "&lt;s x=1&gt;"
# The program wrote these, not somebody who typed: without them there is no account, address or letter left to open.
MADE_BY_THE_PROGRAM: Final = frozenset(
    {
        *("password", "username", "email", "to_email", "token", "secret", "session_key", "digest", "kind"),
        *("media_type", "file", "schema_name", "sql", "domain", "code", "time_zone", "language"),
    }
)
# How many columns took it, and how many pages show it, at the least: fewer means that this test no longer looks.
MANY_COLUMNS: Final = 90
MANY_PAGES: Final = {"administrator": 120, "member": 40}


def typed_over(models: Iterable[Any], text: str) -> Iterator[str]:
    """Write `text` in every text column of every row that takes it; gives the names of those columns."""
    for model in models:
        for field in filter(_is_typed, model._meta.concrete_fields):
            for key in list(model._base_manager.values_list("pk", flat=True)):
                try:
                    with transaction.atomic(), connection.cursor() as cursor:
                        model._base_manager.filter(pk=key).update(**{field.name: text})
                        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                except DatabaseError:
                    continue  # a colour, a postcode, a second of the same name: the database takes nothing else
                yield f"{model.__name__}.{field.name}"


def _is_typed(field: Any) -> bool:
    return (
        isinstance(field, CharField | TextField)
        and not isinstance(field, FileField)
        and not (field.choices or field.generated or field.primary_key)
        and field.name not in MADE_BY_THE_PROGRAM
        and (field.max_length or len(TYPED)) >= len(TYPED)
    )


@pytest.mark.parametrize("who", ["administrator", "member"])
def test_no_page_takes_what_was_typed_for_a_tag(worlds: Any, juinen: Any, client_for: Any, who: str) -> None:
    world = worlds["gm0001"]
    is_member = who == "member"
    client = client_for(juinen, world.member.user if is_member else world.staff[who])
    client.raise_request_exception = False
    factories.make_question(world.survey, "one_choice", "rood", "blauw")
    AccessibilityStatement.objects.create(municipality=juinen, problems="x", own_words="x")
    HouseStyle.objects.create(municipality=juinen, tokens={"utrecht-link-color": "#00664f"})
    with tenant_context(juinen):
        columns = set(typed_over(apps.get_app_config("elections").get_models(), TYPED))
        columns |= set(typed_over(apps.get_app_config("tenants").get_models(), OF_THE_MUNICIPALITY))
    assert len(columns) > MANY_COLUMNS
    tags, words = [], []
    for name, row in TABLE.items():
        if name.startswith("backoffice:") == is_member:
            continue
        with tenant_context(juinen):
            path = address_of(name, row, world)
        with transaction.atomic():
            response = client.get(path)
            page = b"" if response.streaming else response.content
            transaction.set_rollback(True)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            tags += [name for tag in TAGS if tag.encode() in page]
            words += [name] if AS_WORDS.encode() in page else []
    assert tags == []
    assert len(words) > MANY_PAGES[who]
