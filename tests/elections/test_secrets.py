"""BSN and IBAN: what goes in comes out only here, and nothing shows it."""

import json
import pickle
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.views.debug import ExceptionReporter
from django_tenants.utils import tenant_context

from elections import master_keys, secrets
from elections.enums import SecretKind
from elections.errors import ActionError
from elections.models import AuditEvent, DataKey, MemberSecret
from tests import factories

BSN = "999900110"
IBAN = "NL91ABNA0417164300"


@pytest.fixture
def master_key(settings):
    return Path(settings.MASTER_KEY_FILE)


@pytest.fixture
def member():
    return factories.make_member()


def stored(member, kind):
    return MemberSecret.objects.get(member=member, kind=kind)


def test_secret_comes_back_as_it_was(member):
    secrets.set_secret(member, SecretKind.BSN, "9999.00.110", by=None)
    assert secrets.unseal(stored(member, SecretKind.BSN)).uncover() == BSN
    assert secrets.secrets_present(member) == {SecretKind.BSN}


def test_stored_value_and_log_do_not_hold_the_number(member):
    with CaptureQueriesContext(connection) as queries:
        secrets.set_secret(member, SecretKind.BSN, BSN, by=None)
    assert BSN not in str(queries.captured_queries)
    assert BSN not in str(AuditEvent.objects.values())
    assert BSN.encode() not in bytes(stored(member, SecretKind.BSN).ciphertext)


def test_same_number_is_never_stored_the_same_twice(member):
    other = factories.make_member()
    for person in (member, other):
        secrets.set_secret(person, SecretKind.BSN, BSN, by=None)
    values = {bytes(row.ciphertext) for row in MemberSecret.objects.all()}
    assert len(values) == 2


def test_row_moved_to_another_member_cannot_be_opened(member):
    secrets.set_secret(member, SecretKind.BSN, BSN, by=None)
    other = factories.make_member()
    MemberSecret.objects.update(member=other)
    with pytest.raises(secrets.SecretDamaged):
        secrets.unseal(stored(other, SecretKind.BSN))
    assert AuditEvent.objects.filter(action="secret.damaged").exists()


def test_row_moved_to_another_municipality_cannot_be_opened(member, zonneiland):
    """The very same rows and data key, as after a schema was copied."""
    secrets.set_secret(member, SecretKind.BSN, BSN, by=None)
    key, row = DataKey.objects.get(), stored(member, SecretKind.BSN)
    with tenant_context(zonneiland):
        twin = factories.make_member(uuid=member.uuid)
        DataKey.objects.create(key_id=key.key_id, master_key_id=key.master_key_id, wrapped=key.wrapped)
        MemberSecret.objects.create(member=twin, kind=row.kind, ciphertext=row.ciphertext, key_id=row.key_id)
        with pytest.raises(secrets.SecretDamaged):
            secrets.unseal(stored(twin, SecretKind.BSN))


@pytest.mark.parametrize("place", [0, 1, 5, 20, -1])
def test_changed_row_cannot_be_opened(member, place):
    secrets.set_secret(member, SecretKind.IBAN, IBAN, by=None)
    row = stored(member, SecretKind.IBAN)
    blob = bytearray(row.ciphertext)
    blob[place] ^= 1
    row.ciphertext = bytes(blob)
    row.save()
    with pytest.raises(secrets.SecretDamaged):
        secrets.iban_masked(member)


def test_iban_shows_its_last_four_only(member):
    assert secrets.iban_masked(member) == ""
    secrets.set_secret(member, SecretKind.IBAN, "nl91 abna 0417 1643 00", by=None)
    assert secrets.iban_masked(member) == "NL•• •••• •••• ••43 00"


@pytest.mark.parametrize("kind", [SecretKind.BSN, SecretKind.IBAN])
@pytest.mark.parametrize(
    "value", ["", "123456789", "NL91ABNA0417164301", "999900111", "x" * 10_000, "٣٣٣٣٣٣٣٣٣"]
)
def test_wrong_number_is_refused_without_repeating_it(member, kind, value):
    with pytest.raises(ActionError) as problem:
        secrets.set_secret(member, kind, value, by=None)
    assert not value or value not in problem.value.message
    assert not MemberSecret.objects.exists()


def test_public_body_may_use_an_id_number(zonneiland):
    with tenant_context(zonneiland):
        islander = factories.make_member()
        secrets.set_secret(islander, SecretKind.BSN, "1980.02.29-03", by=None)
        assert secrets.secrets_present(islander) == {SecretKind.BSN}


def test_id_number_is_refused_at_a_municipality(member):
    with pytest.raises(ActionError):
        secrets.set_secret(member, SecretKind.BSN, "1980022903", by=None)


def test_secret_does_not_show_itself():
    secret = secrets.Secret(BSN)
    assert all(
        BSN not in text for text in (str(secret), repr(secret), f"{secret}", f"{secret!r:>20}", f"{[secret]}")
    )
    for show in (json.dumps, pickle.dumps):
        with pytest.raises(TypeError):
            show(secret)


def test_error_report_does_not_show_the_number(member, rf):
    """Django's own error report, for a crash inside the vault."""
    secrets.set_secret(member, SecretKind.BSN, BSN, by=None)
    MemberSecret.objects.update(kind=SecretKind.IBAN)
    try:
        secrets.iban_masked(member)
    except secrets.SecretDamaged as problem:
        report = ExceptionReporter(rf.get("/"), type(problem), problem, problem.__traceback__)
        assert BSN not in report.get_traceback_text()


def test_master_key_that_everybody_can_read_is_refused(member, master_key):
    master_key.chmod(0o644)
    with pytest.raises(master_keys.MasterKeyUnusable, match="chmod 600"):
        secrets.set_secret(member, SecretKind.BSN, BSN, by=None)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"active": "a", "keys": {}}', '{"active": "a", "keys": {"a": "AAAA"}}']
)
def test_broken_master_key_file_is_explained(member, master_key, text):
    master_key.write_text(text)
    with pytest.raises(master_keys.MasterKeyUnusable):
        secrets.set_secret(member, SecretKind.BSN, BSN, by=None)


def test_master_key_file_is_made_once_and_for_its_owner_only(master_key):
    before = master_key.read_text()
    assert master_keys.make_master_key_file(master_key) is False
    assert master_key.read_text() == before
    assert master_key.stat().st_mode & 0o077 == 0


def test_new_master_key_leaves_old_numbers_readable(member, master_key):
    secrets.set_secret(member, SecretKind.IBAN, IBAN, by=None)
    content = json.loads(master_key.read_text())
    content["keys"]["new"] = "A" * 43 + "="
    content["active"] = "new"
    master_key.write_text(json.dumps(content))
    assert secrets.iban_masked(member).endswith("43 00")
