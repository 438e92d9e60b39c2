"""A sealed package opens at one municipality, for one purpose, in time, and only as it was made."""

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.utils import timezone
from django_tenants.utils import tenant_context

from tenants import package
from tenants.package import PackageElsewhere, PackageExpired, PackageForged

CONTENT = {"first_name": "Noor", "age": 21}


def sealed(**values: Any) -> bytes:
    defaults: dict[str, Any] = {
        "purpose": "application",
        "target": "GM9009",
        "number": uuid4(),
        "expires_at": timezone.now() + timedelta(days=1),
    }
    return package.seal(CONTENT, **defaults | values)


def test_package_opens_at_its_target_and_hides_its_content(zonneiland: Any) -> None:
    number = uuid4()
    made = sealed(number=number)
    assert b"Noor" not in made
    assert b"Noor" not in base64.b64decode(json.loads(made)["sealed"])
    with tenant_context(zonneiland):
        found = package.unseal(made, purpose="application")
    assert (found.content, found.source, found.number) == (CONTENT, "GM0001", number)


@pytest.mark.parametrize("field", ["format", "purpose", "source", "target", "number", "expires", "sealed"])
def test_package_with_any_part_changed_is_forged(zonneiland: Any, field: str) -> None:
    """Each part is taken from another genuine package, or is a plausible value of its own."""
    other = json.loads(sealed(expires_at=timezone.now() + timedelta(days=900)))
    changed = {"format": "zitting-package-2", "purpose": "letter", "source": "GM9009", "target": "GM0001"}
    found = json.loads(sealed()) | {field: changed.get(field, other[field])}
    for municipality in (zonneiland, None):
        forged = json.dumps(found).encode()
        if municipality is None:
            with pytest.raises(PackageForged):
                package.unseal(forged, purpose="application")
        else:
            with tenant_context(municipality), pytest.raises(PackageForged):
                package.unseal(forged, purpose="application")


def test_package_is_not_for_its_maker_nor_for_another_purpose(zonneiland: Any) -> None:
    made = sealed()
    with pytest.raises(PackageElsewhere) as wrong:
        package.unseal(made, purpose="application")
    assert wrong.value.target == "GM9009"
    with tenant_context(zonneiland), pytest.raises(PackageForged):
        package.unseal(made, purpose="letter")
    with pytest.raises(ValueError, match="another"):
        sealed(target="GM0001")


def test_package_that_came_too_late_is_refused(zonneiland: Any) -> None:
    made = sealed()
    with tenant_context(zonneiland):
        with time_machine.travel(timezone.now() + timedelta(hours=23)):
            package.unseal(made, purpose="application")
        with time_machine.travel(timezone.now() + timedelta(hours=25)), pytest.raises(PackageExpired):
            package.unseal(made, purpose="application")


def test_package_of_another_server_is_forged(zonneiland: Any, settings: Any) -> None:
    made = sealed()
    settings.SECRET_KEY = "another server, another key, and long enough to be one"
    with tenant_context(zonneiland), pytest.raises(PackageForged):
        package.unseal(made, purpose="application")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"format": 1}',
        b"[" * 60_000,
        b"9" * 60_000,
        b" " * (package.LARGEST + 1),
    ],
)
def test_what_is_no_package_is_refused_without_an_error(content: bytes) -> None:
    with pytest.raises(PackageForged):
        package.unseal(content, purpose="application")


@pytest.mark.parametrize(
    "values",
    [
        {"number": ["x"]},
        {"sealed": "geen base64!"},
        {"sealed": ""},
        {"sealed": "AAAA"},
        {"source": "\ud800"},
        {"extra": "x"},
    ],
)
def test_package_with_odd_values_is_refused_without_an_error(values: dict[str, Any]) -> None:
    found = json.loads(sealed()) | values
    with pytest.raises(PackageForged):
        package.unseal(json.dumps(found).encode(), purpose="application")


def test_number_stays_the_same_text() -> None:
    number = UUID(int=7)
    assert json.loads(sealed(number=number))["number"] == str(number)
