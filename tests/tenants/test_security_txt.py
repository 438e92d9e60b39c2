"""/.well-known/security.txt: whom to tell about a weakness (RFC 9116)."""

from datetime import UTC, datetime, timedelta

import pytest

from config import checks

PATH = "/.well-known/security.txt"


@pytest.fixture
def contact(settings):
    settings.SECURITY_CONTACT = ["mailto:security@zitting.example", "https://zitting.example/melden"]
    return settings


def fields(response) -> list[tuple[str, str]]:
    return [tuple(line.split(": ", 1)) for line in response.content.decode().splitlines()]


def test_security_txt_names_contact_and_canonical_address_of_each_municipality(
    contact, client_for, juinen, zonneiland
):
    for municipality in (juinen, zonneiland):
        response = client_for(municipality).get(PATH)
        assert (response.status_code, response.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
        told = fields(response)
        assert [value for name, value in told if name == "Contact"] == contact.SECURITY_CONTACT
        assert ("Canonical", f"https://{municipality.primary_domain}{PATH}") in told
        assert ("Preferred-Languages", "nl, en") in told
        assert "Policy" not in dict(told)


def test_security_txt_expires_within_a_year(contact, client):
    (expires,) = [value for name, value in fields(client.get(PATH)) if name == "Expires"]
    left = datetime.fromisoformat(expires) - datetime.now(UTC)
    assert timedelta(days=30) < left <= timedelta(days=365)


def test_security_txt_names_the_policy_when_there_is_one(contact, client):
    contact.SECURITY_POLICY = "https://zitting.example/beleid"
    assert ("Policy", "https://zitting.example/beleid") in fields(client.get(PATH))


def test_security_txt_without_contact_is_not_found(settings, client):
    settings.SECURITY_CONTACT = []
    assert client.get(PATH).status_code == 404


@pytest.mark.parametrize(
    ("contacts", "policy", "expected"),
    [
        ([], "", ["zitting.W002"]),
        (["mailto:security@zitting.example"], "", []),
        (["https://zitting.example/melden", "tel:+31201234567"], "https://zitting.example/beleid", []),
        (["security@zitting.example"], "", ["zitting.E010"]),
        (["mailto:a@b.example\nContact: mailto:evil@c.example"], "", ["zitting.E010"]),
        (["mailto:a@b.example"], "http://zitting.example/beleid", ["zitting.E010"]),
    ],
)
def test_release_asks_for_a_contact(settings, contacts, policy, expected):
    settings.SECURITY_CONTACT, settings.SECURITY_POLICY = contacts, policy
    assert [message.id for message in checks.security_contact_is_named()] == expected
