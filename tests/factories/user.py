from typing import Any

from django.contrib.auth.hashers import MD5PasswordHasher, make_password

from elections import models
from tests.factories.numbers import numbers

PASSWORD = "een zin die niemand raadt"
_hashes: dict[str, str] = {}


def password_hash() -> str:
    """One hash for all users of a run, the same in both municipalities; by the hasher of the tests, whichever a test
    sets for itself."""
    if PASSWORD not in _hashes:
        _hashes[PASSWORD] = make_password(PASSWORD, hasher=MD5PasswordHasher())
    return _hashes[PASSWORD]


def make_user(**values: Any) -> Any:
    """A user who is neither staff nor a member."""
    number = next(numbers)
    defaults = {
        "username": f"gebruiker{number}",
        "email": f"gebruiker{number}@example.nl",
        "password": password_hash(),
    }
    return models.User.objects.create(**defaults | values)


def make_staff(role: str = "administrator", **values: Any) -> Any:
    """A colleague of the election team."""
    return make_user(**{"role": role, "name": f"Collega {next(numbers)}"} | values)
