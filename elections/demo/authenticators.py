"""The authenticator apps of the demo's colleagues. Their seeds follow from their names: everybody can log in."""

import base64
import hashlib
from typing import Final

from django_otp.oath import TOTP

from elections.models import Authenticator, User
from elections.one_time_codes import SEED_BYTES, STEP_SECONDS, store_seed

NAME: Final = "demo"
CODES_PATH: Final = "/_authenticator/"


def demo_seed(username: str) -> str:
    """The seed (base32) of an invented colleague. It is no secret."""
    digest = hashlib.sha256(f"zitting-demo:{username}".encode()).digest()
    return base64.b32encode(digest[:SEED_BYTES]).decode()


def demo_code(username: str) -> str:
    """The six digits that the app of this colleague shows now."""
    totp = TOTP(base64.b32decode(demo_seed(username)), STEP_SECONDS)
    return f"{totp.token():06d}"


def give_authenticators() -> None:
    """Give every colleague without an app one with the known seed; for a municipality of the demo."""
    for user in User.objects.staff().exclude(authenticator__confirmed=True):
        store_seed(Authenticator.objects.create(user=user, name=NAME), demo_seed(user.username))


def with_demo_app() -> list[User]:
    """The colleagues who still have that app, by name."""
    return list(
        User.objects.staff()
        .filter(authenticator__name=NAME, authenticator__confirmed=True)
        .order_by("username")
    )
