import base64
from typing import Any

from django_otp.oath import TOTP

from elections import models
from elections.one_time_codes import store_seed

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def make_authenticator(user: Any, *, seed: str = "", **values: Any) -> Any:
    """The authenticator app of a user; without a seed no code fits it."""
    defaults = {"user": user, "name": "app", "confirmed": True}
    made = models.Authenticator.objects.create(**defaults | values)
    if seed:
        store_seed(made, seed)
    return made


def app_code(seed: str = SEED, *, steps: int = 0) -> str:
    """What an app with `seed` shows now, or `steps` half minutes later."""
    return f"{TOTP(base64.b32decode(seed), drift=steps).token():06d}"


def wrong_app_code(seed: str = SEED) -> str:
    """Six digits that the app does not show within two minutes of now."""
    near = {app_code(seed, steps=steps) for steps in range(-4, 5)}
    return next(code for code in (f"{number:06d}" for number in range(10)) if code not in near)
