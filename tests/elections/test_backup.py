"""A backup of one municipality brought back: whole, and without a trace at others.

The bar is test 17 of the security reference: row counts and seals equal, a BSN decrypts, the neighbour untouched.
"""

import json
import re
import shutil
import tarfile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_tenants.signals import schema_pre_migration
from django_tenants.utils import schema_exists, tenant_context

from elections import master_keys, secrets
from elections.actions.backup import check_backup
from elections.actions.privacy import erase_member
from elections.enums import EraseReason, SecretKind
from elections.models import AuditEvent, DataKey, Member, MemberSecret
from elections.queries.audit_chain import verify
from tenants import locks
from tenants.backup import schema
from tenants.backup.file import BackupError
from tenants.backup.seal import new_pair
from tenants.models import Domain, FormerMunicipality, Logo, Municipality, MunicipalityStatus
from tenants.storage import private_files
from tests import factories
from tests.elections.backup_files import (
    BSN,
    CONTENT,
    FILE,
    KILLED_RESTORE,
    LOG,
    counts,
    dump_digest,
    lose,
    make,
    make_precious,
    run,
    stored,
    suspend,
)
from tests.killed import run_until_killed

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def member(worlds, juinen):
    """A member of juinen with a BSN and a file, in a world that zonneiland has too."""
    member = make_precious(juinen)
    connection.set_schema_to_public()
    return member


def bsn_of(member: Member) -> str:
    return secrets.unseal(MemberSecret.objects.get(member=member.pk, kind="bsn")).uncover()


def test_lost_municipality_comes_back_whole(member, juinen, tmp_path, capsys):
    Logo.objects.create(municipality=juinen, png=b"\x89PNG", width=2, height=1)
    path = make(tmp_path)
    made_at = Municipality.objects.get(code="GM0001").backed_up_at
    before, neighbour = counts("gm0001"), dump_digest("gm9009")
    lose(juinen)
    call_command("backup", "restore", str(path), "--json")
    report = json.loads(capsys.readouterr().out)
    after = counts("gm0001")
    # The restore itself is an event, with its seal; nothing else may differ.
    assert {name for name in before if before[name] != after[name]} <= LOG
    assert after["elections_auditevent"] == before["elections_auditevent"] + 1
    assert dump_digest("gm9009") == neighbour
    back = Municipality.objects.get(code="GM0001")
    assert (back.is_active, back.primary_domain) == (False, "juinen.localhost")
    assert made_at is not None
    assert back.backed_up_at == made_at
    assert bytes(back.logo.png) == b"\x89PNG"
    with tenant_context(back):
        assert bsn_of(member) == BSN
        assert private_files.open(FILE).read() == CONTENT
        assert (verify().damaged, verify().events) == (0, after["elections_auditevent"])
        assert AuditEvent.objects.filter(action="municipality.restore").count() == 1
        assert factories.make_member().pk > member.pk  # the sequences go on where they were
    assert (report["warnings"], report["values"], report["rows"]) == ([], 1, sum(before.values()))


def test_replacing_takes_back_everything_since_and_tells_what(member, juinen, tmp_path):
    with tenant_context(juinen):
        erased = factories.make_member()
    connection.set_schema_to_public()
    path = make(tmp_path)
    made_at = Municipality.objects.get(code="GM0001").backed_up_at
    before = counts("gm0001")
    with tenant_context(juinen):
        files = stored()
        erase_member(erased, reason=EraseReason.REQUEST, by=factories.make_staff())
        private_files.delete(FILE)
        with private_files.writing("uploads/documents/later.txt") as later:
            later.write_bytes(b"later")
    # It needs the word, and closed pages.
    with pytest.raises(CommandError, match="--replace"):
        run("restore", path)
    with pytest.raises(CommandError, match="suspend GM0001"):
        run("restore", path, "--replace")
    suspend(juinen)
    web = connection.get_new_connection(connection.get_connection_params())
    web.autocommit = True
    with web:
        web.execute("SET search_path = gm0001, public")
        members = web.execute("SELECT count(*) FROM elections_member").fetchone()
        answer = run("restore", path, "--replace")
        # A connection that stays open sees the rows of the backup.
        assert web.execute("SELECT count(*) FROM elections_member").fetchone() == members
    after = counts("gm0001")
    assert {name for name in before if before[name] != after[name]} <= LOG
    assert not schema_exists("gm0001_aside")
    assert "Undone since: member.erase  1" in answer
    assert f"ERASED SINCE (AVG article 17): member {erased.uuid}" in answer
    # Whoever closed it opens it.
    back = Municipality.objects.get(code="GM0001")
    assert (back.status, back.backed_up_at) == (MunicipalityStatus.SUSPENDED, made_at)
    with tenant_context(juinen):
        assert stored() == files


def test_municipality_that_is_half_restored_is_not_backed_up(member, tmp_path, capsys):
    schema.mark_unsettled("gm0001")
    try:
        with pytest.raises(CommandError, match="No backup of GM0001"):
            call_command("backup", "make", "GM0001", str(tmp_path), "--plain")
    finally:
        schema.mark_settled("gm0001")
    assert "broken off" in capsys.readouterr().err
    assert not list(tmp_path.glob("GM0001-*"))
    make(tmp_path)


def test_what_is_damaged_or_not_ours_is_refused_before_anything_is_touched(
    member, juinen, tmp_path, settings
):
    path = make(tmp_path)
    data = path.read_bytes()
    damaged = {"byte": data.replace(CONTENT, CONTENT.upper()), "end": data[: len(data) // 2], "odd": data}
    paths = {name: tmp_path / f"{name}.tar" for name in damaged}
    for name, content in damaged.items():
        paths[name].write_bytes(content)
    with tarfile.open(paths["odd"], "a") as tar:
        tar.add(__file__, "tables/elections_member.copy.gz")
    # By who holds the master key, as every web server does, but no key that seals: its text would be run as the owner.
    ours = settings.BACKUP_SIGNING_KEY, settings.BACKUP_SIGNERS
    settings.BACKUP_SIGNING_KEY, public = new_pair()
    settings.BACKUP_SIGNERS = [public]
    forged = make(tmp_path / "forged")
    settings.BACKUP_SIGNING_KEY, settings.BACKUP_SIGNERS = ours
    suspend(juinen)
    before = dump_digest("gm0001")
    for each in paths.values():
        with pytest.raises(BackupError, match=r"damaged|not what it was|not in the manifest"):
            check_backup(each, [])
        with pytest.raises(CommandError):
            run("restore", each, "--replace")
    check_backup(forged, [])
    with pytest.raises(CommandError, match="seal"):
        run("restore", forged, "--replace")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO gm9009.django_migrations (app, name, applied) VALUES ('elections', '9999_later', now())"
        )
    newer = make(tmp_path, "GM9009")
    with pytest.raises(CommandError, match=re.escape("elections.9999_later")):
        run("restore", newer, "--replace")
    assert dump_digest("gm0001") == before


def test_backup_of_an_older_version_is_upgraded(member, juinen, tmp_path):
    call_command(
        "migrate_schemas",
        "elections",
        "0027",
        tenant=True,
        schema_name="gm0001",
        interactive=False,
        verbosity=0,
    )
    connection.set_schema_to_public()
    path = make(tmp_path)
    lose(juinen)
    assert "0 migrations run" not in run("restore", path)
    structures = []
    for name in ("gm0001", "gm9009"):
        with schema.picture(name) as cursor:
            structures.append(schema.structure(cursor, name))
    assert structures[0] == structures[1]


def test_address_or_share_that_another_municipality_has_now(member, juinen, zonneiland, tmp_path):
    path = make(tmp_path)
    share = Municipality.objects.get(code="GM0001").key_share
    lose(juinen)
    address = Domain.objects.create(domain="juinen.localhost", tenant=zonneiland, is_primary=False)
    with pytest.raises(CommandError, match=re.escape("juinen.localhost belongs to")):
        run("restore", path)
    assert not schema_exists("gm0001")
    assert not Municipality.objects.filter(code="GM0001").exists()
    address.delete()
    Municipality.objects.filter(code="GM9009").update(key_share=share)
    run("restore", path)
    back = Municipality.objects.get(code="GM0001")
    assert back.key_share not in (None, share)
    with tenant_context(back):
        assert {master_keys.share_of(bytes(key.wrapped)) for key in DataKey.objects.all()} == {back.key_share}
        assert bsn_of(member) == BSN


def test_deleted_municipality_needs_a_decision_and_its_key(member, juinen, tmp_path, settings):
    """Deleting took its share of the master key away: without a copy of the file from before nothing comes back."""
    path = make(tmp_path)
    share = Municipality.objects.get(code="GM0001").key_share
    copy = shutil.copy(settings.MASTER_KEY_FILE, tmp_path / "copy.json")
    lose(juinen)
    now = timezone.now()
    FormerMunicipality.objects.create(
        code="GM0001",
        name="Juinen",
        since=now,
        suspended_at=now,
        begun_at=now,
        begun_by="root",
    )
    master_keys.destroy_shares([share])
    with pytest.raises(CommandError, match="decision of the municipality"):
        run("restore", path)
    with pytest.raises(CommandError, match=f"no share {share}"):
        run("restore", path, "--although-deleted")
    assert not schema_exists("gm0001")
    assert not Municipality.objects.filter(code="GM0001").exists()
    with tenant_context(juinen):
        assert stored() == {}
    settings.MASTER_KEY_FILE = str(copy)
    run("restore", path, "--although-deleted")
    with tenant_context(Municipality.objects.get(code="GM0001")):
        assert bsn_of(member) == BSN
    assert FormerMunicipality.objects.get().deleted_at is not None


def test_municipality_without_numbers_gets_another_share_when_its_own_was_destroyed(member, juinen, tmp_path):
    with tenant_context(juinen):
        MemberSecret.objects.all().delete()
        DataKey.objects.all().delete()
    path = make(tmp_path)
    share = Municipality.objects.get(code="GM0001").key_share
    lose(juinen)
    master_keys.destroy_shares([share])
    run("restore", path)
    back = Municipality.objects.get(code="GM0001")
    assert back.key_share in master_keys.share_numbers()
    with tenant_context(back):
        secrets.set_secret(Member.objects.get(pk=member.pk), SecretKind.BSN, BSN, by=None)
        assert bsn_of(member) == BSN


def test_second_restore_of_one_municipality_is_refused(member, juinen, tmp_path):
    path = make(tmp_path)
    lose(juinen)
    with (
        locks.own_lock(locks.RESTORE, "GM0001"),
        pytest.raises(CommandError, match="Another backup or restore of GM0001"),
    ):
        run("restore", path)
    assert not schema_exists("gm0001")


def test_upgrade_waits_for_a_restore_that_migrates(member, juinen, tmp_path):
    """Both would make the same column, and the restore would be undone for it."""
    path = make(tmp_path)
    lose(juinen)
    free = []

    def look(schema_name, **_options):
        with locks.own_lock(locks.SCHEMA, schema_name, wait=False) as is_free:
            free.append(is_free)

    schema_pre_migration.connect(look)
    try:
        run("restore", path)
    finally:
        schema_pre_migration.disconnect(look)
    assert free == [False]


def test_restore_that_fails_or_is_killed_leaves_what_was_there(member, juinen, tmp_path, settings):
    path = make(tmp_path)
    copy = shutil.copy(settings.MASTER_KEY_FILE, tmp_path / "copy.json")
    with tenant_context(juinen):
        Member.objects.update(last_name="Later")
    suspend(juinen)
    before = dump_digest("gm0001")
    master_keys.destroy_shares([Municipality.objects.get(code="GM0001").key_share])
    with pytest.raises(CommandError, match="share"):
        run("restore", path, "--replace")
    assert dump_digest("gm0001") == before
    assert not schema_exists("gm0001_aside")
    settings.MASTER_KEY_FILE = str(copy)
    with tenant_context(juinen):
        where = {"key": str(copy), "media": settings.MEDIA_ROOT, "path": str(path)}
        run_until_killed(KILLED_RESTORE.format(step="settling", signers=settings.BACKUP_SIGNERS[0], **where))
    connection.set_schema_to_public()
    assert schema_exists("gm0001_aside")
    assert Municipality.objects.get(code="GM0001").status == MunicipalityStatus.SUSPENDED
    with pytest.raises(CommandError, match="broken off"):
        call_command("municipality", "resume", "GM0001")
    assert "broken off" in run("restore", path, "--replace")
    assert not schema_exists("gm0001_aside")
    call_command("municipality", "resume", "GM0001")
    with tenant_context(juinen):
        assert not Member.objects.filter(last_name="Later").exists()
