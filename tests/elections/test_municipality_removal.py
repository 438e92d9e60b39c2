"""A municipality is deleted in two steps, whole, its key first; nobody else loses anything."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, schema_exists, tenant_context
from PIL import Image
from psycopg import sql

from elections import master_keys, secrets
from elections.actions.municipality import resume_municipality, suspend_municipality
from elections.actions.municipality_removal import (
    delete_municipality,
    mark_municipality,
    traces_of,
)
from elections.enums import SecretKind
from elections.models import AuditEvent, DataKey, Member, MemberSecret
from tenants import provisioning, storage
from tenants.house_style import set_logo, set_tokens
from tenants.models import Domain, FormerMunicipality, Municipality
from tenants.provisioning import ProvisioningError
from tenants.tasks import longest_task
from tests import factories
from tests.small_disk import fails_for_folders

IBAN = "NL91ABNA0417164300"
LATER = timedelta(days=31)


@pytest.fixture
def keys(settings):
    """Keys in Redis as the cache makes them, for both municipalities; and what is there afterwards."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    names = {name: f"{name}:removal-test:1:board" for name in ("gm0001", "gm9009")}
    for name in names.values():
        client.set(name, "x", ex=600)
    yield client, names
    client.delete(*names.values())
    client.close()


@pytest.fixture
def full(juinen, zonneiland, worlds, keys, tmp_path):
    """Two municipalities with one of everything: rows, a number, a file, a logo, an old address, a key in Redis."""
    for municipality in (juinen, zonneiland):
        with tenant_context(municipality):
            secrets.set_secret(worlds[municipality.schema_name].member, SecretKind.IBAN, IBAN, by=None)
            default_storage.save("letters/brief.pdf", ContentFile(b"inhoud"))
            Domain.objects.create(
                domain=f"oud-{municipality.schema_name}.localhost", tenant=municipality, is_primary=False
            )
            Image.new("RGB", (300, 100), "navy").save(tmp_path / "logo.png")
            with (tmp_path / "logo.png").open("rb") as logo:
                set_logo(municipality, logo)
            set_tokens(municipality, {"--z-radius": "0"})
    return juinen


def delete_later(
    municipality: Municipality, *, after: timedelta = LATER, typed: str = "", **options: Any
) -> FormerMunicipality:
    connection.check_constraints()  # the rows of this test were never committed, and no such table can be dropped
    with time_machine.travel(timezone.now() + after, tick=True):
        return delete_municipality(municipality, typed=typed or municipality.code, **options)


def rows_of(schema_name: str) -> dict[str, str]:
    """A digest of the rows of every table of a schema."""
    text = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
    with connection.cursor() as cursor:
        found = {}
        for table in tables_of(cursor, schema_name):
            cursor.execute(sql.SQL(text).format(sql.Identifier(schema_name, table)))
            found[table] = cursor.fetchone()[0]
    return found


def public_tables_about(*words: str) -> set[str]:
    """The tables of the public schema with a row that has one of these words in a column."""
    text = "SELECT count(*) FROM {} t WHERE lower(t::text) LIKE ANY(%s)"
    found = set()
    with connection.cursor() as cursor:
        for table in tables_of(cursor, "public"):
            cursor.execute(sql.SQL(text).format(sql.Identifier("public", table)), [list(words)])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def tables_of(cursor: Any, schema_name: str) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema_name])
    return [table for (table,) in cursor.fetchall()]


def test_nothing_is_left_and_nobody_else_loses_anything(full, zonneiland, worlds, keys, settings):
    client, names = keys
    wrapped = DataKey.objects.values_list("wrapped", "key_id", "master_key_id").get()
    with tenant_context(zonneiland):
        rows = rows_of(zonneiland.schema_name)
        files = sorted(Path(default_storage.path("")).rglob("*"))
    assert len(traces_of("GM0001")) > 4
    assert len(traces_of("GM9009")) > 4
    mark_municipality(full)
    former = delete_later(full)

    assert traces_of("GM0001") == []
    # The same by other means than those of the product.
    assert not schema_exists("gm0001")
    assert public_tables_about("%gm0001%", "%juinen%") == {"tenants_formermunicipality"}
    assert list(Path(settings.MEDIA_ROOT).rglob("*gm0001*")) == []
    assert list(client.scan_iter("*gm0001*removal-test*")) == []
    assert "1" not in json.loads(Path(settings.MASTER_KEY_FILE).read_text())["shares"]
    # With a backup of the schema, and the master key file of now, no number can be read.
    with schema_context("gm0001"), pytest.raises(master_keys.MasterKeyUnusable, match="no share 1"):
        master_keys.unwrap(bytes(wrapped[0]), *wrapped[1:])
    assert (former.code, former.name, former.key_shares) == ("GM0001", "Gemeente Juinen", [1])
    assert former.deleted_at
    assert former.begun_by
    assert Client(headers={"host": "juinen.localhost"}).get("/").status_code == 404

    with tenant_context(zonneiland):
        assert rows_of(zonneiland.schema_name) == rows
        assert sorted(Path(default_storage.path("")).rglob("*")) == files
        assert secrets.iban_masked(worlds["gm9009"].member).endswith("43 00")
    assert client.exists(names["gm9009"])
    assert Domain.objects.filter(tenant=zonneiland).count() == 2
    assert Client(headers={"host": "zonneiland.localhost"}).get("/house-style/logo.png").status_code == 200
    assert len(traces_of("GM9009")) > 4


def test_schema_that_a_restore_put_aside_goes_too(full):
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA gm0001_aside; CREATE SCHEMA gm00010")
    mark_municipality(full)
    delete_later(full)
    assert not schema_exists("gm0001_aside")
    assert schema_exists("gm00010"), "another name that begins alike"


def test_deleted_code_can_be_used_again_with_another_share(full):
    mark_municipality(full)
    delete_later(full)
    with schema_context("public"):
        again = provisioning.create_municipality(code="GM0001", name="Juinen", domain="juinen.localhost")
    assert again.key_share == 3
    assert traces_of("GM0001") != []
    assert not any("share" in trace for trace in traces_of("GM0001"))


def test_marking_suspends_and_can_be_taken_back(juinen):
    row = mark_municipality(juinen, days=10)
    assert row.delete_from == timezone.localdate() + timedelta(days=10)
    assert (row.status, bool(row.suspended_at)) == ("suspended", True)
    resume_municipality(juinen)
    row = Municipality.objects.get(pk=juinen.pk)
    assert (row.status, row.delete_from, row.suspended_at) == ("active", None, None)
    assert AuditEvent.objects.get(action="municipality.mark").details["day"]
    with pytest.raises(ProvisioningError, match="not marked"):
        delete_municipality(row, typed="GM0001")


def test_marking_again_changes_the_day_only(juinen):
    first = mark_municipality(juinen, days=10)
    second = mark_municipality(juinen, days=20)
    assert second.delete_from == first.delete_from + timedelta(days=10)
    assert second.suspended_at == first.suspended_at


@pytest.mark.parametrize("days", [-1, 3651])
def test_odd_number_of_days_is_refused(juinen, days):
    with pytest.raises(ProvisioningError, match="0 to 3650"):
        mark_municipality(juinen, days=days)
    assert Municipality.objects.get(pk=juinen.pk).is_active


def test_first_day_is_one_of_the_municipality(zonneiland):
    """At one at night here it is still yesterday on Bonaire."""
    with time_machine.travel("2027-03-02T00:30:00Z", tick=False), tenant_context(zonneiland):
        assert str(mark_municipality(zonneiland, days=1).delete_from) == "2027-03-02"


def test_active_or_suspended_municipality_is_not_deleted(full):
    with pytest.raises(ProvisioningError, match="not marked"):
        delete_later(full)
    suspend_municipality(full)
    with pytest.raises(ProvisioningError, match="not marked"):
        delete_later(full)
    assert Member.objects.exists()
    assert not FormerMunicipality.objects.exists()


def test_day_before_is_too_early(full):
    mark_municipality(full, days=30)
    with pytest.raises(ProvisioningError, match="may be deleted from"):
        delete_later(full, after=timedelta(days=29))
    assert secrets.iban_masked(Member.objects.get(number=1)).endswith("43 00")
    assert not FormerMunicipality.objects.exists()


def test_task_that_may_be_at_work_is_waited_for(full):
    mark_municipality(full, days=0)
    with pytest.raises(ProvisioningError, match="may be deleted from"):
        delete_later(full, after=longest_task() - timedelta(seconds=30))
    delete_later(full, after=longest_task() + timedelta(seconds=30))
    assert traces_of("GM0001") == []


@pytest.mark.parametrize("typed", ["", "GM9009", "ja", "Juinen", "GM0001;"])
def test_another_code_deletes_nothing(full, typed):
    mark_municipality(full)
    with time_machine.travel(timezone.now() + LATER), pytest.raises(ProvisioningError, match="not its code"):
        delete_municipality(full, typed=typed)
    assert Member.objects.exists()
    assert 1 in master_keys.share_numbers()


def test_database_refuses_a_day_for_an_active_municipality(juinen):
    with pytest.raises(Exception, match="municipality_suspended_before_deleting"):
        Municipality.objects.filter(pk=juinen.pk).update(delete_from=timezone.localdate())


def test_key_file_that_cannot_be_replaced_stops_before_anything_is_done(full, monkeypatch):
    """A single file that is mounted: the folder around it is read-only."""
    mark_municipality(full)

    def refuse(**_options):
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as read_only:
        read_only.setattr(master_keys.tempfile, "mkstemp", refuse)
        with pytest.raises(master_keys.MasterKeyUnusable, match="Read-only"):
            delete_later(full)
    assert not FormerMunicipality.objects.exists()
    resume_municipality(full)
    assert secrets.iban_masked(Member.objects.get(number=1)).endswith("43 00")


def test_disk_that_does_not_confirm_the_key_file_keeps_it_closed_and_the_next_run_finishes(full, monkeypatch):
    """The share is gone, whatever the disk says: whoever resumed it would have numbers that nobody can read."""
    mark_municipality(full)
    for _run in range(2):
        with monkeypatch.context() as disk:
            disk.setattr(master_keys.os, "fsync", fails_for_folders)
            with pytest.raises(master_keys.MasterKeyUnusable, match="does not confirm"):
                delete_later(full)
        assert FormerMunicipality.objects.get().deleted_at is None
        assert DataKey.objects.exists()
        with pytest.raises(ProvisioningError, match="has begun"):
            resume_municipality(full)
    assert delete_later(full).key_shares == [1]
    assert traces_of("GM0001") == []


def test_each_step_is_told_so_that_a_number_is_no_count(full):
    mark_municipality(full)
    told = []
    files = sum(1 for _entry in storage.private_files.entries())
    delete_later(full, tell=told.append)
    assert told == [
        "share number 1 of the master key file: destroyed",
        "data keys: 1 destroyed",
        f"files: {files} deleted",
        "keys in Redis: 1 deleted",
        "schema, addresses and house style: deleted",
    ]


def test_key_file_that_is_away_in_the_second_run_opens_nothing(full, settings):
    """Its share is gone since the first run: whoever resumed it would have numbers that nobody can read."""
    mark_municipality(full)
    address, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:1/0"
    with pytest.raises(ProvisioningError, match="Redis does not answer"):
        delete_later(full)
    file, settings.MASTER_KEY_FILE = settings.MASTER_KEY_FILE, "/nowhere/master-key.json"
    with pytest.raises(master_keys.MasterKeyUnusable):
        delete_later(full)
    with pytest.raises(ProvisioningError, match="has begun"):
        resume_municipality(full)
    settings.REDIS_URL, settings.MASTER_KEY_FILE = address, file
    assert delete_later(full).key_shares == [1]


def test_redis_that_is_away_stops_it_and_the_next_run_finishes(full, settings):
    mark_municipality(full)
    address, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:1/0"
    with pytest.raises(ProvisioningError, match="Redis does not answer"):
        delete_later(full)
    assert MemberSecret.objects.exists()
    assert not DataKey.objects.exists()
    with pytest.raises(ProvisioningError, match="has begun"):
        resume_municipality(full)
    settings.REDIS_URL = address
    begun = FormerMunicipality.objects.get()
    assert begun.deleted_at is None
    former = delete_later(full)
    assert (former.pk, former.key_shares) == (begun.pk, [1])
    assert traces_of("GM0001") == []


def test_file_that_stays_stops_it_and_the_next_run_finishes(full, monkeypatch):
    """Afterwards there is no municipality left to run this again for."""
    mark_municipality(full)
    with monkeypatch.context() as disk_that_refuses:
        disk_that_refuses.setattr(storage.shutil, "rmtree", lambda *_args, **_options: None)
        with pytest.raises(ProvisioningError, match=r"cannot be deleted.* run this again"):
            delete_later(full)
    assert MemberSecret.objects.exists()
    delete_later(full)
    assert traces_of("GM0001") == []


def test_municipality_from_before_there_were_shares_gets_one_when_it_is_marked(juinen):
    with schema_context("public"):
        Municipality.objects.filter(pk=juinen.pk).update(key_share=None)
    member = factories.make_member()
    secrets.set_secret(member, SecretKind.IBAN, IBAN, by=None)
    assert master_keys.share_of(bytes(DataKey.objects.get().wrapped)) is None
    row = mark_municipality(juinen)
    assert master_keys.share_of(bytes(DataKey.objects.get().wrapped)) == row.key_share == 3
    assert secrets.iban_masked(member).endswith("43 00")
    assert delete_later(juinen).key_shares == [3]


def test_share_that_another_municipality_has_is_not_destroyed(full, zonneiland):
    """Data keys that were changed by hand say that they need the other one's share, and one that there is not."""
    key = DataKey.objects.get()
    DataKey.objects.create(
        key_id=9,
        master_key_id=key.master_key_id,
        is_current=False,
        wrapped=b"\x02\x00\x02" + bytes(key.wrapped)[3:],
    )
    DataKey.objects.create(
        key_id=10,
        master_key_id=key.master_key_id,
        is_current=False,
        wrapped=b"\x02\xff\xff" + bytes(key.wrapped)[3:],
    )
    with schema_context("public"):
        Municipality.objects.filter(pk=full.pk).update(
            status="suspended", suspended_at=timezone.now(), delete_from=timezone.localdate()
        )
    assert delete_later(full).key_shares == [1]
    assert zonneiland.key_share in master_keys.share_numbers()
