"""Every page of the backoffice has its help, at the same place."""

from typing import Any

import pytest

from backoffice.page_help import HELP, NO_PAGE
from tenants.page_help import help_for
from tests import factories
from tests.isolation.walk import addresses

NAMES = sorted(name.removeprefix("backoffice:") for name in addresses() if name.startswith("backoffice:"))


@pytest.mark.parametrize("name", NAMES)
def test_every_page_has_help(name: str) -> None:
    assert bool(help_for(name, HELP)) != (name in NO_PAGE), (
        f"{name}: write its help in backoffice/page_help.py"
    )


def test_every_text_belongs_to_a_page() -> None:
    assert {
        key for key in HELP if not any(name == key or name.startswith(f"{key}-") for name in NAMES)
    } == set()
    assert set(NO_PAGE) <= set(NAMES)


def test_help_stands_before_the_title_on_every_page(client_for: Any, juinen: Any) -> None:
    colleague = client_for(juinen, factories.make_staff("administrator"))
    factories.make_event()
    for path, name in (
        ("", "home"),
        ("member/", "member"),
        ("mail/", "mail"),
        ("house-style/", "house-style"),
    ):
        page = colleague.get(f"/backoffice/{path}").content.decode()
        assert page.count('class="z-page-help ') == 1, path
        assert str(HELP[name])[:30] in page, path
        assert page.index('id="inhoud"') < page.index('class="z-page-help ') < page.index("<h1"), path
