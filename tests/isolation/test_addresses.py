"""From an address to its code without a search: its first word is the module, its name is the function."""

import inspect

import pytest
from django.urls import reverse

from tests.isolation.access_table import TABLE
from tests.isolation.walk import addresses

PAGES = [name for name in addresses() if ":" in name]
NOTHING = "00000000-0000-0000-0000-000000000000"
ANYTHING = {"uuid": NOTHING, "question": NOTHING, "other": NOTHING, "token": "token"}


@pytest.mark.parametrize("name", PAGES)
def test_address_names_its_module_and_its_view(name: str) -> None:
    room, _, noun_and_verb = name.partition(":")
    view = inspect.unwrap(addresses()[name])
    arguments = {argument: ANYTHING[argument] for argument in TABLE[name].arguments}
    path = reverse(name, urlconf="config.urls_tenant", kwargs=arguments).removeprefix("/backoffice")
    noun = path.split("/")[1].replace("-", "_") or "home"
    assert view.__module__ == f"{room}.views.{noun}"
    assert view.__name__.removesuffix("_page") == noun_and_verb.replace("-", "_")
