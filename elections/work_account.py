"""OpenID Connect with the one provider of this municipality: where to send a browser, and whom its token names.

The protocol itself is Authlib's and joserfc's; here stands which values are right. Everything is fetched from the
host of the issuer alone, so an answer can send us nowhere else (OWASP ASVS 5.0 rows 10.5.3 and 1.3.6). A provider
that keeps its keys or its token address at another host is refused.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from django.core.cache import cache
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from redis.exceptions import RedisError
from urllib3.exceptions import HTTPError as TransportError

from elections.models import ProviderSecret, WorkAccountProvider
from elections.one_host import address_fault, dress, origin_of
from elections.secrets import SecretDamaged, unseal

logger = logging.getLogger(__name__)

# Signatures with the provider's private key only: never "none", and never a shared secret (ASVS 9.1.2).
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
CLOCK_SKEW: Final = 60
# Seconds, for connecting, for each wait, and for a whole answer.
TIMEOUT: Final = 5.0
CACHE_SECONDS: Final = 3600
# How often an unknown key may make us fetch the keys again.
KEYS_PAUSE: Final = 60
# The addresses of Microsoft that let in accounts of any organisation.
SHARED_ISSUERS: Final = ("common", "organizations", "consumers")


class ProviderUnavailable(Exception):
    """The provider does not answer, or not with what its standard asks. The text is for the log, not for a page."""


class TokenRefused(Exception):
    """The provider's token does not prove who this is. `reason` is "mfa", "stale" or "token"."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def issuer_fault(issuer: str) -> str:
    """Why `issuer` cannot be trusted as the address of one provider; empty when it can. For system administrators.

    Plain http is accepted for a provider on this very machine; see one_host.address_fault.
    """
    if fault := address_fault(issuer, "The issuer"):
        return fault
    first = urlsplit(issuer).path.strip("/").split("/")[0]
    if "{" in issuer or "%7b" in issuer.lower() or first in SHARED_ISSUERS:
        return "The issuer must name one organisation: an address for several lets in strangers."
    return ""


def authorization_url(
    provider: WorkAccountProvider, *, redirect_uri: str, state: str, nonce: str, verifier: str, again: bool
) -> str:
    """Where to send the browser. Raises ProviderUnavailable.

    again: whoever sits there must prove it once more, also when the provider still knows them.
    """
    wishes: dict[str, str] = {"prompt": "login", "max_age": "0"} if again else {}
    if provider.requires_mfa and provider.authentication_context:
        wish = {"essential": True, "value": provider.authentication_context}
        wishes["claims"] = json.dumps({"id_token": {"acrs": wish}})
    with _client(provider, redirect_uri=redirect_uri) as client:
        url, _state = client.create_authorization_url(
            metadata(provider)["authorization_endpoint"],
            state=state,
            nonce=nonce,
            code_verifier=verifier,
            **wishes,
        )
    return url


def identify(
    provider: WorkAccountProvider,
    code: str,
    *,
    redirect_uri: str,
    nonce: str,
    verifier: str,
    proved_after: datetime | None = None,
) -> str:
    """Exchange `code` for a token and return its subject: who this is, within the issuer.

    proved_after: the person must have proved who they are since then (ASVS 6.8.4).
    Raises ProviderUnavailable or TokenRefused.
    """
    try:
        token = _exchange(provider, code, redirect_uri=redirect_uri, verifier=verifier)
        claims = _checked_claims(provider, token, nonce)
    except (AuthlibBaseError, JoseError, ValueError, TypeError, KeyError) as problem:
        told = str(getattr(problem, "error", ""))[:60]
        raise TokenRefused("token", f"{type(problem).__name__} {told!r}") from None
    if provider.requires_mfa and not _used_second_factor(provider, claims):
        raise TokenRefused("mfa", "no proof of a second factor")
    if proved_after and not _proved_since(proved_after, claims.get("auth_time")):
        raise TokenRefused("stale", "auth_time is missing or too old")
    return str(claims["sub"])


def is_of_issuer(provider: WorkAccountProvider, answer: Mapping[str, str]) -> bool:
    """Whether an answer that says whose it is, says our issuer (RFC 9207). Raises ProviderUnavailable."""
    says_so = metadata(provider).get("authorization_response_iss_parameter_supported") is True
    return answer.get("iss", "" if says_so else provider.issuer) == provider.issuer


def metadata(provider: WorkAccountProvider) -> dict[str, Any]:
    """The provider's own description (OpenID Connect Discovery 1.0), kept for an hour. Raises ProviderUnavailable."""
    return _cached(provider, "metadata", lambda: _fetch_metadata(provider))


def signing_keys(provider: WorkAccountProvider, *, anew: bool = False) -> dict[str, Any]:
    """The provider's public keys, kept for an hour. Raises ProviderUnavailable.

    anew: a token named a key that is not among them; they are fetched again, at most once a minute.
    """
    if anew and _remember(_cache_key(provider, "asked"), True, KEYS_PAUSE):
        _forget(_cache_key(provider, "keys"))
    return _cached(provider, "keys", lambda: _fetch(provider, metadata(provider)["jwks_uri"]))


def forget_provider(provider: WorkAccountProvider) -> None:
    """Have the description and the keys of the provider fetched again at the next use."""
    for what in ("metadata", "keys", "asked"):
        _forget(_cache_key(provider, what))


def _client(provider: WorkAccountProvider, **options: Any) -> OAuth2Session:
    client = OAuth2Session(
        client_id=provider.client_id, scope="openid", code_challenge_method="S256", **options
    )
    dress(client, provider.issuer, ProviderUnavailable, timeout=TIMEOUT)
    return client


def _fetch(provider: WorkAccountProvider, address: str) -> dict[str, Any]:
    try:
        with _client(provider) as client:
            response = client.request("GET", address, withhold_token=True)
            response.raise_for_status()
            document = json.loads(response.content)
    except (OSError, TransportError, ValueError, RecursionError) as problem:
        raise ProviderUnavailable(f"{address}: {type(problem).__name__}") from None
    if not isinstance(document, dict):
        raise ProviderUnavailable(f"{address}: no JSON object")
    return document


def _fetch_metadata(provider: WorkAccountProvider) -> dict[str, Any]:
    if fault := issuer_fault(provider.issuer):
        raise ProviderUnavailable(fault)
    document = _fetch(provider, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if document.get("issuer") != provider.issuer:
        raise ProviderUnavailable("the description is of another issuer")
    origin = origin_of(provider.issuer)
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(document.get(name), str) or origin_of(document[name]) != origin:
            raise ProviderUnavailable(f"{name} is missing or at another host")
    return document


def _exchange(
    provider: WorkAccountProvider, code: str, *, redirect_uri: str, verifier: str
) -> dict[str, Any]:
    described = metadata(provider)
    methods = described.get("token_endpoint_auth_methods_supported") or ()
    try:
        secret = unseal(ProviderSecret.objects.get(provider=provider))
    except (ProviderSecret.DoesNotExist, SecretDamaged):
        raise ProviderUnavailable("the client secret is missing or cannot be opened") from None
    client = _client(
        provider,
        redirect_uri=redirect_uri,
        client_secret=secret.uncover(),
        token_endpoint_auth_method=(
            "client_secret_post" if "client_secret_post" in methods else "client_secret_basic"
        ),
    )
    try:
        with client:
            return client.fetch_token(
                described["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                redirect_uri=redirect_uri,
            )
    except (OSError, TransportError) as problem:
        raise ProviderUnavailable(f"token_endpoint: {type(problem).__name__}") from None


def _checked_claims(provider: WorkAccountProvider, token: dict[str, Any], nonce: str) -> CodeIDToken:
    """Check the signature and every claim of OpenID Connect Core 1.0 section 3.1.3.7."""
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        signed = jwt.decode(token["id_token"], _key_set(signing_keys(provider)), registry=registry)
    except InvalidKeyIdError:
        signed = jwt.decode(token["id_token"], _key_set(signing_keys(provider, anew=True)), registry=registry)
    audiences = (provider.client_id, [provider.client_id])
    claims = CodeIDToken(
        signed.claims,
        signed.header,
        options={
            "iss": {"essential": True, "value": provider.issuer},
            "sub": {"essential": True},
            # A token that is also for somebody else could be handed to us by that somebody.
            "aud": {"essential": True, "validate": lambda _claims, audience: audience in audiences},
        },
        params={
            "nonce": nonce,
            "client_id": provider.client_id,
            "access_token": token.get("access_token"),
        },
    )
    claims.validate(leeway=CLOCK_SKEW)
    return claims


def _key_set(document: dict[str, Any]) -> KeySet:
    # Only public keys: a shared secret in the set could otherwise be taken for one.
    keys = [
        key for key in document.get("keys", ()) if isinstance(key, dict) and key.get("kty") in ("RSA", "EC")
    ]
    return KeySet.import_key_set({"keys": keys})


def _used_second_factor(provider: WorkAccountProvider, claims: CodeIDToken) -> bool:
    name, proof = (
        ("acrs", provider.authentication_context) if provider.authentication_context else ("amr", "mfa")
    )
    told = claims.get(name)
    return isinstance(told, list) and proof in told


def _proved_since(moment: datetime, auth_time: object) -> bool:
    return isinstance(auth_time, int | float) and auth_time >= moment.timestamp() - CLOCK_SKEW


def _cache_key(provider: WorkAccountProvider, what: str) -> str:
    return f"work-account:{hashlib.sha256(provider.issuer.encode()).hexdigest()}:{what}"


def _cached(provider: WorkAccountProvider, what: str, fetch: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    key = _cache_key(provider, what)
    try:
        found = cache.get(key)
    except RedisError:
        # Log-in works without Redis; only slower.
        return fetch()
    if found is None:
        found = fetch()
        _remember(key, found, CACHE_SECONDS)
    return found


def _remember(key: str, value: object, seconds: int) -> bool:
    """Whether the cache did not hold `key` yet."""
    try:
        return cache.add(key, value, seconds)
    except RedisError:
        return True


def _forget(key: str) -> None:
    try:
        cache.delete(key)
    except RedisError:
        logger.warning("the cache does not answer; the keys of the provider are not kept")
