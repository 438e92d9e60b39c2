"""Every page of the portal has its help, at the same place."""

from typing import Any

import pytest

from portal.page_help import HELP, NO_PAGE
from tenants.page_help import help_for
from tests import factories
from tests.isolation.walk import addresses

NAMES = sorted(name.removeprefix("portal:") for name in addresses() if name.startswith("portal:"))


@pytest.mark.parametrize("name", NAMES)
def test_every_page_has_help(name: str) -> None:
    assert bool(help_for(name, HELP)) != (name in NO_PAGE), f"{name}: write its help in portal/page_help.py"


def test_every_text_belongs_to_a_page() -> None:
    assert {
        key for key in HELP if not any(name == key or name.startswith(f"{key}-") for name in NAMES)
    } == set()
    assert set(NO_PAGE) <= set(NAMES)


def test_longest_name_wins_and_a_part_of_a_word_does_not() -> None:
    texts = {"shift": "alle", "shift-edit": "één"}
    assert help_for("shift-edit", texts) == "één"
    assert help_for("shift-edit-more", texts) == "één"
    assert help_for("shift-list", texts) == "alle"
    assert help_for("shifty", texts) == ""


def test_help_stands_before_the_title_on_every_page(client: Any, client_for: Any, juinen: Any) -> None:
    member = client_for(juinen, factories.make_member().user)
    visits = [
        (client, "/login/", "login"),
        (client, "/help/", "help"),
        (client, "/accessibility/", "accessibility"),
    ]
    visits += [
        (member, "/", "home"),
        (member, "/personal-data/", "personal-data"),
        (member, "/account/", "account"),
    ]
    for visitor, path, name in visits:
        page = visitor.get(path).content.decode()
        assert page.count('class="z-page-help ') == 1, path
        assert str(HELP[name])[:40] in page, path
        assert page.index('id="inhoud"') < page.index('class="z-page-help ') < page.index("<h1"), path
