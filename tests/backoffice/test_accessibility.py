"""The accessibility statement: the page of the team, and what everybody reads."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tenants.models import AccessibilityStatement
from tests import factories

URL = "/backoffice/accessibility/"
SENT = {
    "status": "partial",
    "checked_on": "2026-03-02",
    "problems": "De kaart werkt niet met de pijltjestoetsen.\nDe brief heeft geen tags.",
    "own_words": "Wij werken eraan.",
    "register_url": "https://www.toegankelijkheidsverklaring.nl/register/1",
}


@pytest.fixture
def administrator(juinen: Any, client_for: Any) -> Any:
    return client_for(juinen, factories.make_staff("administrator"))


def test_statement_claims_nothing_until_somebody_fills_it_in(client: Any) -> None:
    page = client.get("/accessibility/").content.decode()
    assert "Nog niet onderzocht" in page
    assert "Wij weten dus niet of het portaal aan alle eisen voldoet" in page
    assert "verkiezingen@juinen.example" in page
    assert "het college van burgemeester en wethouders" in page


def test_statement_of_a_public_body_names_its_own_board(client_for: Any, zonneiland: Any) -> None:
    assert "bestuurscollege" in client_for(zonneiland).get("/accessibility/").content.decode()


def test_what_the_team_says_is_what_everybody_reads(
    administrator: Any, client: Any, client_for: Any, zonneiland: Any
) -> None:
    assert administrator.post(URL, SENT).status_code == 302
    page = client.get("/accessibility/").content.decode()
    for text in (
        "Voldoet gedeeltelijk (status B)",
        "2 maart 2026",
        "pijltjestoetsen",
        "Wij werken eraan",
        "register/1",
    ):
        assert text in page
    assert "pijltjestoetsen" not in client_for(zonneiland).get("/accessibility/").content.decode()


def test_old_check_is_called_old(administrator: Any, client: Any) -> None:
    administrator.post(URL, {**SENT, "checked_on": "2020-03-02"})
    assert "ouder dan drie jaar" in client.get("/accessibility/").content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"checked_on": ""}, "Vul de datum van het onderzoek in"),
        ({"checked_on": "2999-01-01"}, "in de toekomst"),
        ({"status": "full"}, "U noemt bekende problemen"),
        ({"register_url": "http://example.nl/"}, "begint met https://"),
        ({"register_url": "javascript:alert(1)"}, "webadres"),
        ({"status": "perfect"}, "Status"),
    ],
)
def test_statement_may_not_claim_more_than_it_carries(
    administrator: Any, change: dict[str, str], said: str
) -> None:
    page = administrator.post(URL, SENT | change).content.decode()
    assert said in page
    assert not AccessibilityStatement.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"status": "full"},
        {"status": "perfect"},
        {"status": "full", "checked_on": date(2026, 1, 1), "problems": "iets"},
        {"register_url": "http://example.nl/"},
    ],
)
def test_database_refuses_a_claim_without_ground(juinen: Any, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessibilityStatement.objects.create(municipality=juinen, **values)


def test_every_page_leads_to_the_statement(client: Any, client_for: Any, juinen: Any) -> None:
    member = client_for(juinen, factories.make_member().user)
    for visitor, path in ((client, "/login/"), (client, "/help/"), (member, "/")):
        assert 'href="/accessibility/"' in visitor.get(path).content.decode()
