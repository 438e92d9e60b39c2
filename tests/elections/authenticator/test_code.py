"""The code of the app: which are right, when, and how its seed is kept."""

import base64
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from elections import one_time_codes
from elections.actions import authenticator as actions
from elections.models import (
    Authenticator,
    AuthenticatorSeed,
)
from elections.secrets import SecretDamaged
from tests import factories
from tests.factories import SEED, app_code

# --- The code of the app ---


def test_known_code_of_the_standard_is_right(user):
    """RFC 6238 appendix B, the last six of the eight digits."""
    app = factories.make_authenticator(user, seed=base64.b32encode(b"12345678901234567890").decode())
    with time_machine.travel("2005-03-18T01:58:29Z", tick=False):
        assert one_time_codes.use_app_code(app, "081804")


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_code_of_half_a_minute_ago_or_ahead_is_right(app, steps):
    assert one_time_codes.use_app_code(app, app_code(steps=steps))


@pytest.mark.parametrize("steps", [-2, 2])
def test_code_of_a_minute_ago_or_ahead_is_wrong(app, steps):
    assert not one_time_codes.use_app_code(app, app_code(steps=steps))


@pytest.mark.parametrize("typed", ["", "abcdef", "12345", "1234567", "١٢٣٤٥٦", "-12345"])
def test_what_cannot_be_a_code_is_wrong(app, typed):
    assert not one_time_codes.use_app_code(app, typed)


def test_used_code_and_older_codes_are_refused(app):
    assert one_time_codes.use_app_code(app, app_code())
    app.refresh_from_db()
    assert not one_time_codes.use_app_code(app, app_code())
    assert not one_time_codes.use_app_code(app, app_code(steps=-1))
    assert one_time_codes.use_app_code(app, app_code(steps=1))


def test_used_code_is_refused_to_who_looked_before_it_was_used(app):
    """The row was read before the other try; only the UPDATE can tell."""
    stale = Authenticator.objects.get(pk=app.pk)
    assert one_time_codes.use_app_code(app, app_code())
    assert not one_time_codes.use_app_code(stale, app_code())


def test_seed_has_160_bits_and_is_stored_encrypted(user):
    app = actions.begin_authenticator(user)
    seed = one_time_codes.seed_of(app).uncover()
    assert len(base64.b32decode(seed)) == 20
    stored = bytes(AuthenticatorSeed.objects.get().ciphertext)
    assert seed.encode() not in stored
    assert base64.b32decode(seed) not in stored


def test_seed_that_moves_to_another_app_cannot_be_opened(app):
    other = factories.make_authenticator(factories.make_user(), seed="B" * 32)
    mine = AuthenticatorSeed.objects.get(authenticator=app)
    AuthenticatorSeed.objects.filter(authenticator=other).update(ciphertext=mine.ciphertext)
    other.refresh_from_db()
    with pytest.raises(SecretDamaged):
        one_time_codes.use_app_code(other, app_code())


def test_address_of_the_qr_image_names_municipality_and_user(app):
    address = urlsplit(one_time_codes.otpauth_uri(app).uncover())
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert address.path == "/Gemeente%20Juinen%3Aa.vandenberg"
    assert parse_qs(address.query) == {"secret": [SEED], "issuer": ["Gemeente Juinen"]}


def test_qr_image_has_nothing_that_the_content_policy_stops(app):
    image = one_time_codes.qr_svg(app)
    assert image.startswith("<svg")
    assert not re.search(r"style|<script|\bon\w+=|href|url\(", image)
    assert SEED not in image
