"""The signed link to a training: what the site learns about a member, and the key that both sides know.

A JSON Web Token (RFC 7519) with HMAC-SHA-256. It holds a random reference and never a name, an e-mail address or a BSN.
The key belongs to one training of one municipality; docs/training-sites.md tells a maker of a site how to check it.
"""

import base64
from datetime import timedelta
from typing import Final
from urllib.parse import SplitResult, urlencode, urlsplit, urlunsplit
from uuid import uuid4

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from joserfc import jwt
from joserfc.jwk import OctKey

from elections.errors import ActionError
from elections.models import Training, TrainingStart
from tenants.context import current_municipality, current_schema

ALGORITHM: Final = "HS256"
VALID_FOR: Final = timedelta(minutes=10)
KEY_BYTES: Final = 32
# The name in the address under which the site finds the token.
PARAMETER: Final = "zitting"


def checked_site(address: str) -> str:
    """The address of a training, without spaces around it.

    Only https, without a user name and without "#": members go there from a page that they trust, and what stands
    before an "@" can look like another site (CWE-601, OWASP ASVS 5.0 row 1.2.2).

    Raises:
        ActionError: with a sentence for the colleague who typed it.
    """
    address = address.strip()
    parts = _parts(address)
    if parts is None or parts.scheme != "https":
        raise ActionError(_("Vul een adres in dat begint met https://."))
    if "@" in parts.netloc or "\\" in address or parts.fragment or "#" in address:
        raise ActionError(_("Vul een adres in zonder gebruikersnaam en zonder de tekens @, # en \\."))
    return address


@sensitive_variables()
def signed_link(start: TrainingStart) -> str:
    """The address of the training with a token for this member, good for ten minutes."""
    training, now = start.training, timezone.now()
    claims = {
        "iss": current_municipality().code,
        "aud": str(training.uuid),
        "sub": str(start.reference),
        "iat": int(now.timestamp()),
        "exp": int((now + VALID_FOR).timestamp()),
        "jti": str(uuid4()),
    }
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": str(training.key_version)}
    token = jwt.encode(header, claims, OctKey.import_key(_key(training)), algorithms=[ALGORITHM])
    parts = urlsplit(training.site)
    query = f"{parts.query}&" if parts.query else ""
    return urlunsplit(parts._replace(query=query + urlencode({PARAMETER: token})))


@sensitive_variables()
def key_text(training: Training) -> str:
    """The key as the maker of the site gets it: 32 bytes in base64url without "="."""
    return base64.urlsafe_b64encode(_key(training)).decode().rstrip("=")


@sensitive_variables()
def _key(training: Training) -> bytes:
    """Derived, so that no table holds it (RFC 5869): another municipality, training or version gives another key."""
    info = f"zitting:training:{current_schema()}:{training.uuid}:{training.key_version}".encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(settings.SECRET_KEY.encode())


def _parts(address: str) -> SplitResult | None:
    try:
        URLValidator(schemes=["https"])(address)
        return urlsplit(address)
    except (ValidationError, ValueError):
        return None
