"""The codes of an authenticator app, and the recovery codes for who lost their phone: made, checked, used up.

An app and we share a seed (RFC 6238). It is stored encrypted (elections.secrets) and leaves that table twice: to
show it once at the set-up, and to check a code. Whatever works once is claimed by one conditional UPDATE, so that of
any number of simultaneous tries one succeeds (OWASP ASVS 5.0 row 6.5.1). Who counts the tries is the caller.
"""

import base64
import re
import secrets as randomness
from typing import Final
from urllib.parse import quote, urlencode

import segno
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables
from django_otp.oath import TOTP

from elections.models import Authenticator, AuthenticatorSeed, RecoveryCode, User
from elections.secrets import Secret, seal, unseal
from tenants.context import current_municipality, current_schema

SEED_BYTES: Final = 20  # RFC 4226 section 4: 160 bits advised
STEP_SECONDS: Final = 30
# A code of half a minute ago or ahead counts too: clocks differ, and typing takes time (RFC 6238 section 5.2).
TOLERANCE: Final = 1
GROUP: Final = 4
RECOVERY_CODES: Final = 10
# 32 signs that look like no other: 12 of them are 60 bits, far out of reach of guessing.
RECOVERY_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
RECOVERY_LENGTH: Final = 12


@sensitive_variables("seed")
def make_seed(authenticator: Authenticator) -> None:
    """Give `authenticator` a new random seed, in place of the one it had."""
    seed = base64.b32encode(randomness.token_bytes(SEED_BYTES)).decode()
    store_seed(authenticator, seed)


@sensitive_variables("seed")
def store_seed(authenticator: Authenticator, seed: str) -> None:
    """Store `seed` (base32) encrypted."""
    row = AuthenticatorSeed.objects.filter(authenticator=authenticator).first()
    seal(row or AuthenticatorSeed(authenticator=authenticator), seed)


def seed_of(authenticator: Authenticator) -> Secret:
    """The seed in base32, as an app wants it. Raises SecretDamaged."""
    return unseal(authenticator.seed)


@sensitive_variables()
def otpauth_uri(authenticator: Authenticator) -> Secret:
    """The address that an app reads from the QR image; apps show the municipality and the user name."""
    issuer = current_municipality().sender_name.replace(":", " ")
    label = quote(f"{issuer}:{authenticator.user.username}", safe="")
    values = urlencode({"secret": seed_of(authenticator).uncover(), "issuer": issuer}, quote_via=quote)
    return Secret(f"otpauth://totp/{label}?{values}")


@sensitive_variables()
def qr_svg(authenticator: Authenticator) -> str:
    """The same address as an <svg> element without style attributes, to stand in a page."""
    image = segno.make(otpauth_uri(authenticator).uncover(), error="m", micro=False)
    return str(
        image.svg_inline(border=4, omitsize=True, svgclass="z-qr__image", lineclass=None, light="#fff")
    )


def setup_of(authenticator: Authenticator) -> dict[str, str]:
    """All that a page shows to set an app up, in the clear: the image, the address in it, and the seed to type."""
    return {
        "qr": qr_svg(authenticator),
        "uri": otpauth_uri(authenticator).uncover(),
        "seed": grouped(seed_of(authenticator).uncover()),
    }


@sensitive_variables("totp")
def use_app_code(authenticator: Authenticator, code: str) -> bool:
    """Whether `code` is what the app shows now; the code and all older ones are used up then.

    Raises SecretDamaged.
    """
    digits = re.sub(r"[\s.–-]", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return False
    stored = AuthenticatorSeed.objects.filter(authenticator=authenticator).first()
    if stored is None:
        return False
    totp = TOTP(base64.b32decode(unseal(stored).uncover()), STEP_SECONDS)
    if not totp.verify(int(digits), tolerance=TOLERANCE, min_t=authenticator.last_step + 1):
        return False
    step = totp.t()
    unused = Authenticator.objects.filter(pk=authenticator.pk, last_step__lt=step)
    return bool(unused.update(last_step=step))


@sensitive_variables("codes")
def new_recovery_codes(user: User) -> list[str]:
    """Ten new codes, grouped by four signs. They are shown once; the older ones of `user` are gone."""
    codes = [
        "".join(randomness.choice(RECOVERY_SIGNS) for _sign in range(RECOVERY_LENGTH))
        for _n in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return [grouped(code, "-") for code in codes]


@sensitive_variables("code", "plain")
def use_recovery_code(user: User, code: str) -> bool:
    """Whether `code` is an unused recovery code of `user`; it is used up then."""
    plain = re.sub(r"[^0-9A-Z]", "", code.upper())
    unused = RecoveryCode.objects.unused().filter(user=user, digest=_digest(user, plain))
    return bool(unused.update(used_at=timezone.now()))


def grouped(text: str, separator: str = " ") -> str:
    """`text` in groups of four, to read and type."""
    return separator.join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


@sensitive_variables("plain")
def _digest(user: User, plain: str) -> str:
    """HMAC with a server key: who has a copy of the database cannot try codes on it, nor use it elsewhere."""
    value = f"{user.uuid.hex}:{plain}"
    return salted_hmac(f"zitting.recovery-code:{current_schema()}", value, algorithm="sha256").hexdigest()
