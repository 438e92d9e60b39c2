"""The seal of a backup: made with a key that is only where backups are made, believed for a list of signers."""

import pytest

from config import checks
from tenants.backup import seal
from tenants.backup.file import BackupError

CONTENT = b'{"code": "GM0001"}'


def test_seal_is_believed_for_its_content_alone():
    proof = seal.Signer().seal(CONTENT)
    assert seal.is_sealed(CONTENT, proof)
    assert not seal.is_sealed(CONTENT + b" ", proof)


def test_seal_of_a_former_key_is_believed_as_long_as_its_public_key_is_named(settings):
    old, (former,) = seal.Signer().seal(CONTENT), settings.BACKUP_SIGNERS
    settings.BACKUP_SIGNING_KEY, public = seal.new_pair()
    settings.BACKUP_SIGNERS = [public, former]
    assert seal.is_sealed(CONTENT, old)
    assert seal.is_sealed(CONTENT, seal.Signer().seal(CONTENT))
    settings.BACKUP_SIGNERS = [public]
    assert not seal.is_sealed(CONTENT, old)


def test_nothing_is_sealed_that_no_restore_would_believe(settings):
    settings.BACKUP_SIGNING_KEY, _public = seal.new_pair()
    with pytest.raises(BackupError, match="BACKUP_SIGNERS lacks"):
        seal.Signer()


@pytest.mark.parametrize(
    "proof",
    [
        None,
        [],
        "x",
        {},
        {"signer": ["x"]},
        {"signature": 7},
        {"signature": "§"},
        {"signature": ""},
        {"master_key": "2026-11-22", "hmac": "0" * 64},
    ],
)
def test_odd_seal_is_no_seal(settings, proof):
    if isinstance(proof, dict) and "signature" in proof:
        proof["signer"] = settings.BACKUP_SIGNERS[0]
    assert not seal.is_sealed(CONTENT, proof)


def test_signature_names_its_own_key_and_no_other(settings):
    """The name in the seal only says which of the believed keys to try."""
    ours = settings.BACKUP_SIGNERS
    settings.BACKUP_SIGNING_KEY, public = seal.new_pair()
    settings.BACKUP_SIGNERS = [public]
    forged = seal.Signer().seal(CONTENT) | {"signer": ours[0]}
    settings.BACKUP_SIGNERS = ours
    assert not seal.is_sealed(CONTENT, forged)


@pytest.mark.parametrize("key", ["", "no key", "AAAA"])
def test_without_a_key_that_is_one_nothing_is_sealed(settings, key):
    settings.BACKUP_SIGNING_KEY = key
    with pytest.raises(BackupError, match="signing-key"):
        seal.Signer()


@pytest.mark.parametrize("signers", [[], ["no key"], ["AAAA"]])
def test_without_signers_nothing_is_believed(settings, signers):
    proof = seal.Signer().seal(CONTENT)
    settings.BACKUP_SIGNERS = signers
    with pytest.raises(BackupError, match="signing-key"):
        seal.is_sealed(CONTENT, proof)


@pytest.mark.parametrize(
    ("knows_owner", "key", "expected"),
    [
        (True, "a key", []),
        (True, "", ["zitting.W006"]),
        (False, "", []),
        (False, "a key", ["zitting.W005"]),
    ],
)
def test_key_is_where_backups_are_made_and_nowhere_else(settings, knows_owner, key, expected):
    settings.RUNTIME_ROLE, settings.BACKUP_SIGNING_KEY = "runtime" if knows_owner else "", key
    assert [warning.id for warning in checks.backups_are_sealed_in_one_place()] == expected
