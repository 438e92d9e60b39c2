"""The page behind the links in mails to people who signed up."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions import application_transfer as transfer
from elections.models import Application
from tests import factories


def url(application: Any, act: str = "") -> str:
    return f"/application/{application.token}/{act}"


@pytest.fixture
def asked(zonneiland: Any) -> Any:
    planner = factories.make_staff("planner")
    return transfer.ask_transfer(factories.make_application(), zonneiland, by=planner)


def test_opening_changes_nothing_and_shows_nothing_that_was_typed(client: Any) -> None:
    """An address with a mistake in it belongs to a stranger."""
    application = factories.make_application(
        state="unconfirmed", confirmed_at=None, last_name="Geheimnaam", remark="Geheimtekst"
    )
    for _number in range(2):
        page = client.get(url(application)).content.decode()
    for typed in ("Geheimnaam", "Geheimtekst", application.phone, application.email):
        assert typed not in page
    application.refresh_from_db()
    assert application.state == "unconfirmed"


@pytest.mark.parametrize("act", ["confirm/", "agree/", "decline/"])
def test_acts_ask_a_post(client: Any, asked: Any, act: str) -> None:
    assert client.get(url(asked, act)).status_code == 405


def test_link_of_another_municipality_or_a_forged_one_opens_nothing(client: Any, zonneiland: Any) -> None:
    application = factories.make_application()
    with tenant_context(zonneiland):
        twin = Application.objects.create(
            **{
                field.attname: getattr(application, field.attname)
                for field in Application._meta.concrete_fields
                if not field.generated
            }
        )
        foreign = twin.token
    assert twin.uuid == application.uuid
    for token in (foreign, f"{application.uuid.hex}.x", application.uuid.hex, "x"):
        response = client.get(f"/application/{token}/")
        assert response.status_code == 410
        assert client.post(f"/application/{token}/withdraw/").status_code == 410
    assert Application.objects.count() == 1


def test_link_that_was_not_used_in_time_is_over(client: Any) -> None:
    late = factories.make_application(
        state="unconfirmed", confirmed_at=None, created_at=timezone.now() - timedelta(days=3, minutes=1)
    )
    for response in (client.get(url(late)), client.post(url(late, "confirm/"))):
        assert response.status_code == 410
        assert "Meld u opnieuw aan" in response.content.decode()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Het team verkiezingen bekijkt uw aanmelding"),
        ({"state": "kept", "decided_at": timezone.now()}, "voor een volgende verkiezing"),
        ({"state": "accepted", "decided_at": timezone.now()}, "U doet mee."),
        ({"state": "refused", "decided_at": timezone.now()}, "helaas niet inzetten"),
    ],
)
def test_page_says_where_it_stands(client: Any, values: dict[str, Any], words: str) -> None:
    assert words in client.get(url(factories.make_application(**values))).content.decode()


def test_taking_back_asks_first_and_twice_is_once(client: Any) -> None:
    application = factories.make_application()
    assert "Wij wissen dan meteen" in client.get(url(application, "withdraw/")).content.decode()
    assert Application.objects.exists()
    assert "is gewist" in client.post(url(application, "withdraw/")).content.decode()
    assert not Application.objects.exists()
    assert client.post(url(application, "withdraw/")).status_code == 410


def test_person_agrees_to_the_text_on_the_page_and_may_take_it_back(client: Any, asked: Any) -> None:
    words = "Gemeente Juinen mag mijn aanmelding doorgeven aan Openbaar lichaam Zonneiland"
    assert words in client.get(url(asked)).content.decode()
    page = client.post(url(asked, "agree/"), {"municipality": "GM9009"}, follow=True).content.decode()
    assert "Wij geven uw aanmelding door." in page
    asked.refresh_from_db()
    assert asked.may_be_passed_on
    client.post(url(asked, "decline/"), {"municipality": "GM9009"})
    asked.refresh_from_db()
    assert (asked.may_be_passed_on, asked.target_code, asked.state) == (False, "", "open")


@pytest.mark.parametrize("named", ["", "GM0001", "GM0002"])
def test_yes_to_what_is_not_asked_counts_for_nothing(client: Any, asked: Any, named: str) -> None:
    page = client.post(url(asked, "agree/"), {"municipality": named}, follow=True).content.decode()
    assert "geldt niet meer" in page
    asked.refresh_from_db()
    assert not asked.may_be_passed_on
