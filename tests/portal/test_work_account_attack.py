"""A provider that lies, is slow, or sends us elsewhere: the attacker's side of logging in with a work account.

`liar` is such a provider, with a key of its own; everything in its answers is right but for what a test changes.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import OctKey, RSAKey

from elections import work_account
from tests.identity.flow import (
    BACKOFFICE,
    CALLBACK,
    START,
    come_back,
    connect,
    explained,
    is_in,
    linked,
    refusals,
    start,
)
from tests.identity.servers import Liar, lying_provider, new_key

LONG = timedelta(hours=3)


@pytest.fixture
def liar() -> Iterator[Liar]:
    """A provider that juinen trusts, and where "onderwerp" is a colleague."""
    with lying_provider() as liar:
        connect(liar.issuer)
        linked("onderwerp", liar.issuer)
        yield liar


def trip(client: Any, liar: Liar, nonce: str = "") -> Any:
    asked = parse_qs(urlsplit(start(client)).query)
    return come_back_with(client, liar, asked["state"][0], nonce or asked["nonce"][0])


def come_back_with(client: Any, liar: Liar, state: str, nonce: str) -> Any:
    liar.nonce = nonce
    return come_back(client, f"https://juinen.localhost{CALLBACK}?code=abc&state={state}")


def test_honest_answers_let_the_colleague_in(client, liar):
    """So that the refusals below are of what they say, and of nothing else."""
    assert trip(client, liar).headers["Location"] == BACKOFFICE
    assert is_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elders.example"},
        {"iss": None},
        {"aud": "een-ander"},
        {"aud": ["juinen", "een-ander"], "azp": "juinen"},
        {"aud": [], "azp": "juinen"},
        {"aud": None},
        {"azp": "een-ander"},
        {"exp": -LONG},
        {"exp": None},
        {"iat": LONG},
        {"iat": None},
        {"nbf": LONG},
        {"nonce": "van-een-ander"},
        {"nonce": None},
        {"nonce": ""},
        {"at_hash": "past-niet-bij-dit-token"},
        {"sub": None},
        {"sub": ""},
        {"sub": ["onderwerp"]},
        {"amr": "mfa", "auth_time": "nu"},
    ],
    ids=str,
)
def test_token_with_a_wrong_claim_is_refused(client, liar, claims):
    liar.claims = claims
    assert trip(client, liar).status_code == 400
    assert refusals() == ["token"]
    assert not is_in(client)


@pytest.mark.parametrize("amr", [None, "mfa", {"mfa": True}, [], ["pwd"], [["mfa"]]], ids=str)
def test_token_without_second_factor_is_refused(client, liar, amr):
    liar.claims = {"amr": amr}
    trip(client, liar)
    assert refusals() in (["mfa"], ["token"])
    assert not is_in(client)


def test_token_of_another_trip_is_refused(client, liar):
    earlier = parse_qs(urlsplit(start(client)).query)["nonce"][0]
    trip(client, liar, nonce=earlier)
    assert refusals() == ["token"]


def test_unsigned_token_is_refused(client, liar):
    liar.header = {"alg": "none"}
    trip(client, liar)
    assert refusals() == ["token"]


def test_token_without_its_signature_is_refused(client, liar):
    liar.unsigned = True
    trip(client, liar)
    assert refusals() == ["token"]


def test_token_signed_with_the_public_key_as_a_secret_is_refused(client, liar):
    liar.header, liar.hmac_key = {"alg": "HS256"}, liar.key.as_pem(private=False)
    trip(client, liar)
    assert refusals() == ["token"]


def test_token_signed_with_a_published_secret_is_refused(client, liar):
    """A shared secret among the public keys would be a key that everybody can read."""
    secret = OctKey.import_key(b"geheim" * 8, {"kid": "een"})
    liar.header, liar.hmac_key = {"alg": "HS256"}, b"geheim" * 8
    liar.keys = {"keys": [secret.as_dict(private=True)]}
    trip(client, liar)
    assert refusals() == ["token"]


def test_token_signed_with_a_key_of_somebody_else_is_refused(client, liar):
    liar.signing_key = RSAKey.import_key(new_key("vals").as_dict(private=True) | {"kid": "een"})
    trip(client, liar)
    assert refusals() == ["token"]


def test_new_key_of_the_provider_is_fetched_once_a_minute(client, liar):
    trip(client, liar)
    client.post("/logout/")
    liar.key = new_key("twee")
    liar.header = {"kid": "twee"}
    assert trip(client, liar).headers["Location"] == BACKOFFICE
    client.post("/logout/")
    fetched = liar.fetched["/jwks"]
    liar.header = {"kid": "drie"}
    assert trip(client, liar).status_code == 400
    assert liar.fetched["/jwks"] == fetched


@pytest.mark.parametrize("trouble", ["slow", "huge", "redirect", "gone"])
def test_provider_whose_description_is_in_trouble_is_explained(client, liar, trouble, monkeypatch):
    liar.trouble = {"/.well-known/": trouble}
    if trouble == "slow":
        monkeypatch.setattr(work_account, "TIMEOUT", 0.3)
    check_unavailable(explained(client, client.post(START, {"purpose": "log-in"})))


@pytest.mark.parametrize("path", ["/jwks", "/token"])
@pytest.mark.parametrize("trouble", ["slow", "huge", "redirect", "gone"])
def test_provider_whose_answers_are_in_trouble_is_explained(client, liar, path, trouble, monkeypatch, caplog):
    asked = parse_qs(urlsplit(start(client)).query)
    liar.trouble = {path: trouble}
    if trouble == "slow" and path == "/token":
        monkeypatch.setattr(work_account, "TIMEOUT", 0.3)
    elif trouble == "slow":
        liar.on_token = lambda: monkeypatch.setattr(work_account, "TIMEOUT", 0.3)
    check_unavailable(come_back_with(client, liar, asked["state"][0], asked["nonce"][0]))
    assert "the work account provider cannot be used" in caplog.text
    assert not is_in(client)


def check_unavailable(response: Any) -> None:
    assert response.status_code == 503
    assert "Het werkaccount werkt nu niet" in response.content.decode()


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://elders.example"},
        {"issuer": "https://login.example/{tenantid}/v2.0"},
        {"issuer": None},
        {"token_endpoint": "http://localhost:1/token"},
        {"token_endpoint": "http://169.254.169.254/latest/"},
        {"authorization_endpoint": "https://elders.example/auth"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": ["lijst"]},
    ],
    ids=str,
)
def test_description_that_leads_elsewhere_is_refused(client, liar, metadata):
    liar.metadata = metadata
    response = explained(client, client.post(START, {"purpose": "log-in"}))
    assert response.status_code == 503
    assert liar.asked == []


def test_description_that_changes_between_start_and_return_does_not_move_the_secret(client, liar):
    """The description is kept: a new one, of an attacker in between, does not get the code and the client secret."""
    asked = parse_qs(urlsplit(start(client)).query)
    liar.metadata = {"token_endpoint": f"{liar.issuer}/elders/token"}
    come_back_with(client, liar, asked["state"][0], asked["nonce"][0])
    assert [path for path, _form in liar.asked] == ["/token"]


def test_refused_client_is_told_to_the_system_administrator(client, liar, caplog):
    """A client secret that expired is the fault that every provider has once a year."""
    liar.token_answer = {"error": "invalid_client", "error_description": "AADSTS7000222"}
    trip(client, liar)
    assert refusals() == ["token"]
    assert "invalid_client" in caplog.text
    assert "geheim" not in caplog.text
