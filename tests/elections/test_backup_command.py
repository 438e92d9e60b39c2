"""`manage.py backup`: who can read a backup, which are kept, and proving that one can be brought back."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import tenant_context

from config import embedded, embedded_folders
from elections.actions.backup import check_backup
from elections.actions.municipality_removal import traces_of
from elections.enums import AuditResult
from elections.models import AuditEvent, Member, MemberSecret
from tenants import provisioning
from tenants.backup.file import (
    BackupError,
    file_name,
    new_identity,
    open_backup,
    read_identities,
    write_backup,
)
from tenants.backup.folder import kept_backups, outdated
from tenants.models import FormerMunicipality, Municipality
from tenants.storage import private_files
from tests.elections.backup_files import BSN, FILE, counts, dump_digest, make, make_precious, run

NAME = "Ouwehandskerkema"


@pytest.fixture
def folder(tmp_path):
    """Where backups lie; nothing else does."""
    path = tmp_path / "backups"
    path.mkdir()
    return path


@pytest.fixture
def member(committed, worlds, juinen):
    member = make_precious(juinen)
    connection.set_schema_to_public()
    return member


@pytest.fixture
def key(tmp_path, settings):
    """The file with the secret key; the public one is in the settings."""
    path = tmp_path / "keys" / "identity.txt"
    path.parent.mkdir()
    settings.BACKUP_RECIPIENTS = [run("key", path).splitlines()[0].removeprefix("BACKUP_RECIPIENTS=")]
    return path


def test_files_that_cannot_be_listed_make_no_backup_without_them(member, juinen, folder, capsys):
    with tenant_context(juinen):
        place = Path(private_files.path(""))
        shutil.rmtree(place)
        place.write_bytes(b"")
    with pytest.raises(CommandError, match="No backup of GM0001"):
        call_command("backup", "make", "GM0001", str(folder), "--plain")
    assert "files cannot be listed: Not a directory" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_make_all_goes_on_after_a_link_in_the_place_of_files(member, juinen, folder, tmp_path):
    with tenant_context(juinen):
        place = Path(private_files.path(""))
        shutil.rmtree(place)
        place.symlink_to(tmp_path)
    with pytest.raises(CommandError, match="No backup of GM0001"):
        run("make", "--all", folder, "--plain")
    assert [path.name[:6] for path in folder.iterdir()] == ["GM9009"]


def test_moment_is_noted_also_when_the_connection_went_away_meanwhile(member, folder, monkeypatch):
    """Writing and encrypting a large one takes an hour, in which nobody asks the database anything."""

    def lose_connection(_handle: int) -> None:
        with connection.get_new_connection(connection.get_connection_params()) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", lose_connection)
        run("make", "GM0001", folder, "--plain")
    assert Municipality.objects.get(code="GM0001").backed_up_at is not None


def test_make_all_passes_over_no_backup_that_was_not_noted(committed, juinen, folder):
    """Neither one that was killed at its end, nor what somebody else put in the folder."""
    run("make", "--all", folder, "--plain")
    Municipality.objects.filter(code="GM0001").update(backed_up_at=None)
    assert "1 made" in run("make", "--all", folder, "--plain", "--newer-than", "1")
    assert Municipality.objects.get(code="GM0001").backed_up_at is not None
    assert "0 made" in run("make", "--all", folder, "--plain", "--newer-than", "1")


def test_backup_under_the_name_of_another_is_refused(member, folder):
    """By who can write in the folder: an old one, or another municipality's, in place of the one that is wanted."""
    path = make(folder)
    for name in ("GM9009" + path.name[6:], "GM0001-20990101T000000Z.tar"):
        renamed = path.rename(folder / name)
        with pytest.raises(CommandError, match="under the name of another one"):
            run("restore", renamed, "--replace")
        with pytest.raises(BackupError, match="under the name of another one"):
            check_backup(renamed, [])
        path = renamed
    assert "whole" in run("check", path.rename(folder / "kept.tar"))


def test_encrypted_backup_is_read_by_its_key_alone(member, juinen, key, folder, tmp_path):
    with tenant_context(juinen):
        Member.objects.filter(pk=member.pk).update(last_name=NAME)
    run("make", "GM0001", folder)
    (path,) = (folder).iterdir()
    assert path.name.endswith(".tar.age")
    assert path.stat().st_mode & 0o777 == 0o600
    assert key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError):
        run("check", path)
    with pytest.raises(CommandError, match="--identity-file"):
        run("restore", path)
    other = tmp_path / "other.txt"
    run("key", other)
    with pytest.raises(CommandError, match="another key"):
        run("restore", path, "--identity-file", other)
    assert "whole  GM0001" in run("check", path, "--identity-file", key)
    assert FILE.encode() not in path.read_bytes()
    # Whoever does open it reads names, but no number: the master key is not in it.
    with open_backup(path, read_identities(key.read_text())) as backup:
        everything = {name: backup.open(name).read() for name in backup.manifest["parts"]}
    clear = b"".join(
        gzip.decompress(data) if name.endswith(".gz") else data for name, data in everything.items()
    )
    master = json.loads(Path(settings.MASTER_KEY_FILE).read_text())
    assert NAME.encode() in clear
    for secret in (BSN, *master["keys"].values(), *master["shares"].values(), settings.SECRET_KEY):
        assert secret.encode() not in clear


def test_backup_that_fails_leaves_no_file(folder):
    def fail() -> None:
        with write_backup(folder / "GM0001-x.tar", ()) as writer:
            writer.add("part", BytesIO(b"half"), 5)

    with pytest.raises(BackupError, match="part"):
        fail()
    assert list(folder.iterdir()) == []


def test_make_refuses_to_leave_a_readable_file_by_accident(juinen, folder):
    with pytest.raises(CommandError, match="BACKUP_RECIPIENTS"):
        run("make", "GM0001", folder)
    with pytest.raises(CommandError, match="--all"):
        run("make", folder)
    with pytest.raises(CommandError, match="GM0002"):
        run("make", "GM0002", folder, "--plain")
    assert list(folder.iterdir()) == []


def test_make_refuses_a_folder_that_is_not_there(juinen, folder):
    """A disk that is not mounted would otherwise be missed by nobody."""
    with pytest.raises(CommandError, match="There is no folder"):
        run("make", "--all", folder / "nowhere", "--plain")
    assert list(folder.iterdir()) == []


def test_make_all_goes_on_after_one_that_fails_and_passes_over_what_is_new(committed, juinen, folder):
    connection.set_schema_to_public()
    provisioning.drop_schema("gm0001")
    with pytest.raises(CommandError, match="No backup of GM0001"):
        run("make", "--all", folder, "--plain")
    assert [path.name[:6] for path in folder.iterdir()] == ["GM9009"]
    with pytest.raises(CommandError, match="GM0001"):
        run("make", "--all", folder, "--plain", "--newer-than", "1")
    assert [path.name[:6] for path in folder.iterdir()] == ["GM9009"]


def test_text_of_tables_is_that_of_its_own_municipality(committed, juinen, folder):
    """In one run pg_dump is asked once; the text is used for all that are alike."""
    connection.set_schema_to_public()
    run("make", "--all", folder, "--plain")
    texts = {}
    for path in folder.iterdir():
        with open_backup(path) as backup:
            texts[path.name[:6]] = (
                backup.open("schema/before.sql").read() + backup.open("schema/after.sql").read()
            ).decode()
    assert "gm0001" not in texts["GM9009"]
    assert texts["GM9009"] == texts["GM0001"].replace("gm0001", "gm9009")


def test_list_and_prune_keep_the_newest_but_not_of_who_left(folder):
    connection.set_schema_to_public()
    now = datetime.now(UTC)
    FormerMunicipality.objects.create(
        code="GM0777", name="Weg", since=now, suspended_at=now, begun_at=now, begun_by="root", deleted_at=now
    )
    moments = {"GM0001": (40, 35), "GM9009": (40, 1), "GM0777": (40,)}
    for code, days in moments.items():
        for day in days:
            (folder / f"{code}-{now - timedelta(days=day):%Y%m%dT%H%M%SZ}.tar.age").write_bytes(
                b"age-encryption.org/"
            )
    (folder / "notes.txt").write_text("keep")
    drill = folder / "zitting_drill_1_gm0001_a"
    (drill / "media").mkdir(parents=True)
    os.utime(drill, (0, 0))
    half, fresh = folder / ".GM0001-20200101T000000Z.tar.age.partial", folder / ".GM0001-x.tar.age.partial"
    half.touch()
    fresh.touch()
    os.utime(half, (0, 0))
    assert "DELETED" in run("list", folder)
    assert len(json.loads(run("list", folder, "--json"))) == 5
    assert "would delete" in run("prune", folder, "--days", "30", "--dry-run")
    assert len(kept_backups(folder)) == 5
    run("prune", folder, "--days", "30")
    assert sorted((each.code, (now - each.made_at).days) for each in kept_backups(folder)) == [
        ("GM0001", 35),
        ("GM9009", 1),
    ]
    assert (folder / "notes.txt").exists()
    assert (half.exists(), fresh.exists(), drill.exists()) == (False, True, False)
    assert outdated([], now) == []


def test_key_is_never_overwritten(tmp_path):
    run("key", tmp_path / "identity.txt")
    with pytest.raises(CommandError, match="exists"):
        run("key", tmp_path / "identity.txt")


def test_drill_proves_a_restore_and_leaves_nothing(member, juinen, key, folder, tmp_path, monkeypatch):
    run("make", "GM0001", folder)
    (path,) = (folder).iterdir()
    made_at = Municipality.objects.get(code="GM0001").backed_up_at
    assert path.name == file_name("GM0001", made_at, encrypted=True)
    before = dump_digest("gm9009"), databases()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    own = connection.get_new_connection(connection.get_connection_params())
    own.autocommit = True
    (ours,) = own.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    killed = f"zitting_drill_{ours}_gm0001_killed"
    own.execute(f"CREATE DATABASE {killed} TEMPLATE template0")
    own.close()
    (tmp_path / "scratch" / killed / "media").mkdir(parents=True)
    left = [trace for trace in traces_of("GM0001") if "of a drill" in trace]
    assert left == [f"database {killed} of a drill", f"folder {tmp_path / 'scratch' / killed} of a drill"]
    assert not [trace for trace in traces_of("GM9009") if "of a drill" in trace]
    answer = run("drill", "GM0001", path, "--identity-file", key)
    assert "1 encrypted value opened" in answer
    assert (dump_digest("gm9009"), databases()) == before
    assert list((tmp_path / "scratch").iterdir()) == []
    with tenant_context(juinen):
        assert AuditEvent.objects.get(action="municipality.drill").result == AuditResult.OK
        # A value that cannot be opened is what a drill is for.
        MemberSecret.objects.update(ciphertext=b"\x01\x00\x01" + b"x" * 40)
    connection.set_schema_to_public()
    with pytest.raises(CommandError, match="not in order"):
        run("drill", "GM0001")
    assert databases() == before[1]
    with tenant_context(juinen):
        last = AuditEvent.objects.filter(action="municipality.drill").latest("id")
        assert last.result == AuditResult.REFUSED
    found = Municipality.objects.get(code="GM0001").backed_up_at
    assert found == made_at, "the backup that a drill made is thrown away"


def databases() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'zitting_drill_%'")
        return {name for (name,) in cursor.fetchall()}


def test_restore_into_an_empty_server_by_commands_alone(member, juinen, tmp_path, monkeypatch):
    """The disaster: another server, another folder; only what is kept apart is left: backup, keys, public key."""
    profile = f"test-backup-{settings.DATABASES['default']['TEST']['NAME']}"
    path = make(tmp_path)
    before = counts("gm0001")
    monkeypatch.delenv("DATABASE_URL", raising=False)  # it would be taken for the empty server
    embedded.remove(profile)
    servers = embedded.ensure(profile)
    try:
        environment = {
            **os.environ,
            "DATABASE_URL": servers.database_url,
            "DATABASE_OWNER_URL": "",
            "MASTER_KEY_FILE": settings.MASTER_KEY_FILE,
            "BACKUP_SIGNING_KEY": "",
            "BACKUP_SIGNERS": settings.BACKUP_SIGNERS[0],
            "MEDIA_ROOT": str(tmp_path / "media2"),
        }
        for command in (["upgrade"], ["backup", "restore", str(path)]):
            subprocess.run(
                [sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=environment, check=True
            )
        with psycopg.connect(servers.database_url) as own:
            for table, count in before.items():
                found = own.execute(f'SELECT count(*) FROM gm0001."{table}"'.encode()).fetchone()  # noqa: S608
                assert found is not None
                assert found[0] == count or "audit" in table, table
        for command in (["data_key", "status", "GM0001"], ["audit", "verify", "GM0001"]):
            subprocess.run(
                [sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=environment, check=True
            )
        assert (tmp_path / "media2" / "gm0001" / FILE).is_file()
    finally:
        servers.stop()
        embedded.remove(profile)
        (embedded_folders.ROOT / "var" / f"{profile}.lock").unlink(missing_ok=True)


def test_secret_key_is_that_of_the_public_one():
    secret, public = new_identity()
    assert (secret[:16], public[:4]) == ("AGE-SECRET-KEY-1", "age1")
