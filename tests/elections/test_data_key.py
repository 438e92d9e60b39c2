"""Replacing a data key: nothing becomes unreadable, whatever is killed, damaged or written in the meantime."""

import os
import signal
import subprocess
import sys
import threading
import time
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from elections import data_keys, secrets
from elections.actions.data_key import (
    RotationRuns,
    damaged_values,
    key_uses,
    rotate_data_key,
    sealed_models,
)
from elections.enums import SecretKind
from elections.models import (
    AuditEvent,
    AuthenticatorSeed,
    BrpKey,
    DataKey,
    Member,
    MemberSecret,
    ProviderSecret,
    WorkAccountProvider,
)
from tests import factories

MANY = 10_000
BSN = "999900110"
IBAN = "NL91ABNA0417164300"


def make_secrets(count: int) -> None:
    """`count` members with the same IBAN, in the format of docs/security.md, in a few statements."""
    with transaction.atomic():
        key = data_keys.key_for_writing()
    cipher = data_keys.cipher_of(key)
    Member.objects.create(number=100_000, last_name="Bakker")
    fields = [field for field in Member._meta.concrete_fields if not field.generated]
    copied = ", ".join(field.column for field in fields if field.name not in ("id", "uuid", "number"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO elections_member (uuid, number, {copied}) "  # noqa: S608
            f"SELECT gen_random_uuid(), number + n, {copied} "
            "FROM elections_member, generate_series(1, %s) AS n WHERE number = 100000",
            [count - 1],
        )
    members = Member.objects.filter(number__gte=100_000).only("uuid").order_by("pk")
    rows = []
    for member in members:
        bound_to, nonce = f"gm0001|iban|{member.uuid}|{key.key_id}", os.urandom(12)
        blob = (
            b"\x01" + key.key_id.to_bytes(2) + nonce + cipher.encrypt(nonce, IBAN.encode(), bound_to.encode())
        )
        rows.append(MemberSecret(member=member, kind=SecretKind.IBAN, ciphertext=blob, key_id=key.key_id))
    MemberSecret.objects.bulk_create(rows)


def read_all() -> set[str]:
    """Every number there is; fails when one cannot be opened."""
    found = [secret.uncover() for kind in SecretKind for secret, _member in secrets.members_with_number(kind)]
    assert len(found) == MemberSecret.objects.count()
    return set(found)


def test_rotation_gives_every_kind_of_value_the_new_key():
    member = factories.make_member()
    secrets.set_secret(member, SecretKind.BSN, BSN, by=None)
    secrets.set_secret(member, SecretKind.IBAN, IBAN, by=None)
    seed = AuthenticatorSeed(authenticator=factories.make_authenticator(member.user))
    secrets.seal(seed, "a seed")
    provider = ProviderSecret(provider=WorkAccountProvider.objects.create())
    secrets.seal(provider, "a client secret")
    register = BrpKey(connection=factories.make_brp_connection())
    secrets.seal(register, "an API key")
    rotation = rotate_data_key()
    assert (rotation.resealed, rotation.damaged, rotation.destroyed) == (5, [], [1])
    assert [(use.key.key_id, use.values) for use in key_uses()] == [(2, 5)]
    assert read_all() == {BSN, IBAN}
    for row, value in ((seed, "a seed"), (provider, "a client secret"), (register, "an API key")):
        row.refresh_from_db()
        assert secrets.unseal(row).uncover() == value
    assert {model.__name__ for model in sealed_models()} >= {
        "MemberSecret",
        "AuthenticatorSeed",
        "BrpKey",
        "ProviderSecret",
    }


def test_rotation_leaves_other_municipality_alone(zonneiland):
    with tenant_context(zonneiland):
        secrets.set_secret(factories.make_member(), SecretKind.BSN, BSN, by=None)
        before = list(MemberSecret.objects.values_list("ciphertext", "key_id"))
    rotate_data_key()
    with tenant_context(zonneiland):
        assert list(MemberSecret.objects.values_list("ciphertext", "key_id")) == before
        assert read_all() == {BSN}


def test_rotation_is_logged_without_values():
    make_secrets(3)
    rotate_data_key()
    events = AuditEvent.objects.filter(action="secret.rotate").order_by("id")
    assert [event.details["stage"] for event in events] == ["begun", "finished"]
    assert events[1].details["resealed"] == 3
    assert IBAN not in str(events.values())


def test_value_that_cannot_be_opened_stops_nothing_and_is_told():
    make_secrets(12)
    wrong_tag, wrong_nonce, wrong_key, empty = MemberSecret.objects.order_by("pk")[:4]
    flip = {wrong_tag.pk: -1, wrong_nonce.pk: 5}
    for pk, place in flip.items():
        row = MemberSecret.objects.get(pk=pk)
        blob = bytearray(row.ciphertext)
        blob[place] ^= 1
        MemberSecret.objects.filter(pk=pk).update(ciphertext=bytes(blob))
    MemberSecret.objects.filter(pk=wrong_key.pk).update(key_id=77)
    MemberSecret.objects.filter(pk=empty.pk).update(ciphertext=b"")
    with pytest.raises(CommandError, match="4 values cannot be opened") as problem:
        call_command("data_key", "rotate", "GM0001", stdout=StringIO(), stderr=StringIO())
    assert problem.value.returncode == 1
    assert MemberSecret.objects.filter(key_id=2).count() == 8
    # Its key stays, for whoever can mend the row.
    assert DataKey.objects.filter(key_id=1, is_current=False).exists()
    assert sorted(damaged_values()) == sorted(
        row.bound_to for row in (wrong_tag, wrong_nonce, wrong_key, empty)
    )
    with pytest.raises(CommandError, match="4 values"):
        call_command("data_key", "status", "GM0001", stdout=StringIO(), stderr=StringIO())


def test_row_that_was_read_before_the_rotation_can_still_be_opened():
    make_secrets(1)
    row = MemberSecret.objects.select_related("member").get()
    rotate_data_key()
    assert secrets.unseal(row).uncover() == IBAN


def test_unknown_municipality_is_told():
    with pytest.raises(CommandError, match="no municipality"):
        call_command("data_key", "status", "GM7777")


def test_status_says_so_when_there_is_no_key_yet(juinen):
    told = StringIO()
    call_command("data_key", "status", "GM0001", stdout=told)
    assert told.getvalue().startswith("No data key yet")
    make_secrets(1)
    told = StringIO()
    call_command("data_key", "status", "GM0001", stdout=told)
    assert "1 value\n" in told.getvalue()


@pytest.mark.usefixtures("committed")
def test_rotation_waits_for_who_is_writing(juinen):
    """A value that is written with the former key, and commits after the walk, keeps no destroyed key."""
    make_secrets(3)
    member = factories.make_member()
    wrote, may_commit = threading.Event(), threading.Event()

    def write() -> None:
        with tenant_context(juinen), transaction.atomic():
            secrets.set_secret(member, SecretKind.BSN, BSN, by=None)
            wrote.set()
            may_commit.wait(20)
        connection.close()

    def rotate() -> None:
        with tenant_context(juinen):
            rotate_data_key()
        connection.close()

    writer, rotator = threading.Thread(target=write), threading.Thread(target=rotate)
    writer.start()
    assert wrote.wait(20)
    rotator.start()
    rotator.join(0.5)
    assert rotator.is_alive()
    may_commit.set()
    writer.join(20)
    rotator.join(20)
    assert [(use.key.key_id, use.values) for use in key_uses()] == [(2, 4)]
    assert read_all() == {BSN, IBAN}


@pytest.mark.usefixtures("committed")
def test_writes_during_the_walk_are_kept(juinen):
    make_secrets(1200)
    members = list(Member.objects.order_by("pk")[:30])
    go_on = threading.Event()

    def write() -> None:
        with tenant_context(juinen):
            go_on.wait(20)
            for member in members:
                secrets.set_secret(member, SecretKind.IBAN, "NL20INGB0001234567", by=None)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    rotate_data_key(progress=lambda _done, _total: go_on.set())
    writer.join(20)
    assert [(use.key.key_id, use.values) for use in key_uses()] == [(2, 1200)]
    changed = MemberSecret.objects.filter(member__in=members).select_related("member")
    assert {secrets.unseal(row).uncover() for row in changed} == {"NL20INGB0001234567"}
    assert read_all() == {IBAN, "NL20INGB0001234567"}


@pytest.mark.usefixtures("committed")
def test_second_rotation_at_the_same_time_is_refused(juinen):
    refused = []

    def rotate() -> None:
        with tenant_context(juinen):
            try:
                rotate_data_key()
            except RotationRuns as problem:
                refused.append(problem)
        connection.close()

    with data_keys.only_rotation():
        other = threading.Thread(target=rotate)
        other.start()
        other.join(20)
    assert len(refused) == 1


@pytest.mark.usefixtures("committed")
def test_killed_rotation_is_finished_by_the_next():
    """`kill -9` halfway 10,000 numbers: the second run finishes, nothing is unreadable, nothing under the old key."""
    make_secrets(MANY)
    process = _command()
    for line in process.stdout:
        if int(line.split()[0]) >= MANY // 2:
            os.kill(process.pid, signal.SIGKILL)
            break
    process.wait(30)
    assert process.returncode == -signal.SIGKILL
    halfway = {use.key.key_id: use.values for use in key_uses()}
    assert 0 < halfway[1] < MANY
    assert halfway[2] >= MANY // 2
    assert read_all() == {IBAN}  # both keys can be read with meanwhile
    _wait_for_the_end_of_the_killed_one()
    output = StringIO()
    call_command("data_key", "rotate", "GM0001", stdout=output)
    assert "this one finished it" in output.getvalue()
    assert [(use.key.key_id, use.values) for use in key_uses()] == [(2, MANY)]
    assert damaged_values() == []
    assert read_all() == {IBAN}


def _wait_for_the_end_of_the_killed_one() -> None:
    """The database notices that a client is gone at the end of its statement, and then gives up its locks."""
    for _try in range(300):
        with data_keys.only_rotation() as mine:
            if mine:
                return
        time.sleep(0.1)
    pytest.fail("the killed rotation still holds its lock")


def _command() -> subprocess.Popen[str]:
    database = connection.settings_dict
    address = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return subprocess.Popen(
        [sys.executable, "-u", "manage.py", "data_key", "rotate", "GM0001"],
        env={
            **os.environ,
            "DATABASE_URL": address,
            "MASTER_KEY_FILE": settings.MASTER_KEY_FILE,
            "LOG_LEVEL": "WARNING",  # only the words of the command itself
        },
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
