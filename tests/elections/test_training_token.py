"""The signed link to a training, checked as docs/training-sites.md tells the maker of a site to do it."""

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import override_settings
from django_tenants.utils import tenant_context

from elections.actions.training import renew_training_key, show_training_key
from elections.errors import ActionError
from elections.models import AuditEvent
from elections.training_token import key_text, signed_link
from tests import factories

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DOCUMENT = Path(settings.BASE_DIR) / "docs/training-sites.md"


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def accepted_by_site(token: str, key: str, *, code: str, training: str, now: datetime = NOW) -> str | None:
    """What the worked example of the documentation does: the reference, or None for a token that is refused."""
    header, claims, signature = token.split(".")
    wanted = hmac.new(decoded(key), f"{header}.{claims}".encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(wanted, decoded(signature)):
        return None
    said = json.loads(decoded(claims))
    fits = json.loads(decoded(header))["alg"] == "HS256" and said["iss"] == code and said["aud"] == training
    return said["sub"] if fits and said["exp"] > now.timestamp() else None


def token_of(link: str) -> str:
    (token,) = parse_qs(urlsplit(link).query)["zitting"]
    return token


@pytest.fixture
def start(juinen: Any) -> Any:
    member = factories.make_member(last_name="Achternaamdieweg", email="noor@bakker.example")
    training = factories.make_training(site="https://training.example/begin?taal=nl")
    return factories.make_training_start(training, member)


@time_machine.travel(NOW, tick=False)
def test_site_accepts_the_link_and_learns_only_the_reference(start: Any) -> None:
    link, training = signed_link(start), start.training
    assert link.startswith("https://training.example/begin?taal=nl&zitting=")
    key = show_training_key(training, by=None)
    found = accepted_by_site(token_of(link), key, code="GM0001", training=str(training.uuid))
    assert found == str(start.reference)
    header, claims, _signature = token_of(link).split(".")
    assert json.loads(decoded(header)) == {"alg": "HS256", "typ": "JWT", "kid": "1"}
    said = json.loads(decoded(claims))
    assert said.keys() == {"iss", "aud", "sub", "iat", "exp", "jti"}
    assert said["exp"] - said["iat"] == 600
    told = decoded(claims).decode().lower()
    for secret in ("achternaamdieweg", "bakker", str(start.member.uuid), start.member.user.username.lower()):
        assert secret not in told


@time_machine.travel(NOW, tick=False)
def test_site_refuses_what_is_old_changed_or_of_another_training(start: Any) -> None:
    token, key, uuid = token_of(signed_link(start)), key_text(start.training), str(start.training.uuid)
    late = NOW + timedelta(minutes=10)
    assert accepted_by_site(token, key, code="GM0001", training=uuid, now=late) is None
    header, claims, signature = token.split(".")
    other = json.loads(decoded(claims)) | {"sub": "iemand anders"}
    forged = base64.urlsafe_b64encode(json.dumps(other).encode()).decode().rstrip("=")
    assert accepted_by_site(f"{header}.{forged}.{signature}", key, code="GM0001", training=uuid) is None
    second = factories.make_training()
    assert accepted_by_site(token, key_text(second), code="GM0001", training=str(second.uuid)) is None


@time_machine.travel(NOW, tick=False)
def test_token_of_one_municipality_is_worth_nothing_at_another(
    start: Any, juinen: Any, zonneiland: Any
) -> None:
    """The same training with the same uuid and version in both: only the municipality differs."""
    token, key, uuid = token_of(signed_link(start)), key_text(start.training), start.training.uuid
    with tenant_context(zonneiland):
        twin = factories.make_training(uuid=uuid)
        other_key = key_text(twin)
    assert other_key != key
    for code in ("GM0001", "GM9009"):
        assert accepted_by_site(token, other_key, code=code, training=str(uuid)) is None


def test_key_depends_on_version_and_on_the_secret_of_the_platform(start: Any) -> None:
    training = start.training
    keys = {key_text(training)}
    training.key_version = 2
    keys.add(key_text(training))
    with override_settings(SECRET_KEY="another-secret-of-the-platform-000000000000000000"):
        keys.add(key_text(training))
    assert len(keys) == 3
    assert {len(decoded(key)) for key in keys} == {32}


def test_key_is_shown_once_for_each_version_and_never_logged(start: Any) -> None:
    training = start.training
    first = show_training_key(training, by=None)
    with pytest.raises(ActionError, match="al getoond"):
        show_training_key(training, by=None)
    second = show_training_key(renew_training_key(training, by=None), by=None)
    assert first != second
    logged = str(list(AuditEvent.objects.values_list("details", "object_label")))
    assert first not in logged
    assert second not in logged


def test_two_sites_cannot_compare_whom_they_saw(start: Any) -> None:
    other = factories.make_training_start(factories.make_training(), start.member)
    assert other.reference != start.reference


def test_worked_example_of_the_documentation_works() -> None:
    """The key, the token and what they give stand in docs/training-sites.md."""
    text = DOCUMENT.read_text()
    token = re.search(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", text)
    key = re.search(r"key: `([\w-]{43})`", text)
    training = re.search(r"aud: `([0-9a-f-]{36})`", text)
    reference = re.search(r"sub: `([0-9a-f-]{36})`", text)
    assert token is not None
    assert key is not None
    assert training is not None
    assert reference is not None
    found = accepted_by_site(token[0], key[1], code="GM0001", training=training[1])
    assert found == reference[1]
