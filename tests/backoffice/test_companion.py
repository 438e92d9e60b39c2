"""Linking the names that members typed to the members they mean."""

from typing import Any

import pytest

from elections.models import CompanionWish
from tests import factories

URL = "/backoffice/companion/"


@pytest.fixture
def event() -> Any:
    return factories.make_event()


@pytest.fixture
def planner(client_for: Any, juinen: Any) -> Any:
    return client_for(juinen, factories.make_staff("planner"))


def member_called(first_name: str, last_name: str, **values: Any) -> Any:
    return factories.make_member(with_user=False, first_name=first_name, last_name=last_name, **values)


def link(planner: Any, wish: Any, **sent: Any) -> str:
    url = f"{URL}{wish.member.uuid}/link/"
    return planner.post(url, sent, follow=True).content.decode()


def test_without_wishes_the_page_explains(planner: Any, event: Any) -> None:
    assert "Er zijn nog geen wensen" in planner.get(URL).content.decode()


@pytest.mark.parametrize("typed", ["Anna Janssen", "Ana Jansen", "anna jansen", "A. Jansen", "Jansen"])
def test_likely_members_are_shown_typing_errors_or_not(planner: Any, event: Any, typed: str) -> None:
    anna = member_called("Anna", "Jansen", initials="A.")
    member_called("Piet", "Visser")
    factories.make_companion_wish(member_called("Noor", "Bakker"), event, name=typed)
    page = planner.get(URL)
    (found,) = page.context["wishes"]
    assert found.likely == [anna]
    assert "Bedoelt dit lid:" in page.content.decode()


def test_nobody_alike_is_said(planner: Any, event: Any) -> None:
    factories.make_companion_wish(member_called("Noor", "Bakker"), event, name="Xavier Quist")
    assert "Wij vinden geen lid met een naam die hierop lijkt." in planner.get(URL).content.decode()


def test_wish_is_linked_changed_and_settled_as_nobody(planner: Any, event: Any) -> None:
    anna, other = member_called("Anna", "Jansen"), member_called("Els", "Visser", number=9999)
    wish = factories.make_companion_wish(member_called("Noor", "Bakker"), event, name="Anna")
    assert "is gekoppeld aan" in link(planner, wish, member=anna.uuid)
    wish.refresh_from_db()
    assert (wish.companion, wish.settled_at is None) == (anna, False)
    link(planner, wish, number=9999)
    assert CompanionWish.objects.get().companion == other
    assert "is geen lid" in link(planner, wish, nobody="on")
    wish.refresh_from_db()
    assert (wish.companion, wish.settled_at is None) == (None, False)


@pytest.mark.parametrize("sent", [{"number": "424242"}, {"number": "abc"}, {"member": "geen"}, {}])
def test_number_of_nobody_changes_nothing(planner: Any, event: Any, sent: dict[str, str]) -> None:
    wish = factories.make_companion_wish(member_called("Noor", "Bakker"), event)
    link(planner, wish, **sent)
    assert CompanionWish.objects.get().settled_at is None


def test_somebody_is_not_linked_to_themselves(planner: Any, event: Any) -> None:
    wish = factories.make_companion_wish(member_called("Noor", "Bakker"), event)
    assert "Kies een ander lid" in link(planner, wish, member=wish.member.uuid)
    assert CompanionWish.objects.get().companion is None


def test_filters_narrow_the_list(planner: Any, event: Any) -> None:
    anna = member_called("Anna", "Jansen")
    waiting = factories.make_companion_wish(member_called("Noor", "Bakker"), event)
    linked = factories.make_companion_wish(member_called("Piet", "Visser"), event)
    link(planner, linked, member=anna.uuid)

    def shown(**query: str) -> list[Any]:
        return [found.wish for found in planner.get(URL, query).context["wishes"]]

    assert shown() == [waiting, linked]
    assert shown(state="linked") == [linked]
    assert shown(state="nobody") == []
    assert shown(q="bakker") == [waiting]


def test_list_asks_as_much_for_three_as_for_one(
    planner: Any, event: Any, django_assert_num_queries: Any
) -> None:
    for count in (1, 2):
        for _number in range(count):
            factories.make_companion_wish(member_called("Noor", "Bakker"), event)
        planner.get(URL)
        with django_assert_num_queries(LIST_QUERIES):
            planner.get(URL)


LIST_QUERIES = 10
