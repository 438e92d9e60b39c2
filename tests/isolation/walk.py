"""Every address that a municipality has, from the URL resolver itself."""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories import World
from tests.isolation.access_table import Row

# Names that belong to development only; config.urls_tenant adds them under DEBUG or DEMO.
DEVELOPMENT = ("components", "authenticators")


def addresses() -> dict[str, Callable[..., Any]]:
    """URL name, with its namespace, to view."""
    found = dict(_walk(get_resolver("config.urls_tenant").url_patterns, ""))
    return {name: view for name, view in found.items() if name not in DEVELOPMENT}


def address_of(name: str, row: Row, world: World) -> str:
    """The path of a row, with the uuids or tokens of the objects of `world`."""
    kwargs = {}
    for argument, field in row.arguments.items():
        thing = getattr(world, field)
        kwargs[argument] = thing.token if argument == "token" else thing.uuid
    return reverse(name, urlconf="config.urls_tenant", kwargs=kwargs)


def _walk(patterns: list[Any], namespace: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern.callback
