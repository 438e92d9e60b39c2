"""How a restore ends: closed, with what it undid told and kept, and with nothing left, also when it is broken off."""

import os
import shutil
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_exists, tenant_context

from elections.actions.backup_restore import restore_backup
from elections.actions.member_merge import merge_members
from elections.actions.municipality import suspend_municipality
from elections.actions.privacy import erase_member
from elections.actions.staff import disable_staff, update_staff
from elections.enums import EraseReason
from elections.models import AuditEvent, Member
from elections.one_time_codes import new_recovery_codes, use_recovery_code
from elections.queries.erase_again import members_to_erase_again
from tenants import locks
from tenants.backup.file import BackupError
from tenants.models import Municipality
from tenants.storage import private_files
from tenants.tasks import longest_task
from tests import factories
from tests.elections.backup_files import (
    CONTENT,
    FILE,
    KILLED_RESTORE,
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
LATER = "uploads/documents/later.txt"


@pytest.fixture
def member(worlds, juinen):
    """A member of juinen with a BSN and a file, in a world that zonneiland has too."""
    member = make_precious(juinen)
    connection.set_schema_to_public()
    return member


def show() -> str:
    output = StringIO()
    call_command("municipality", "show", "GM0001", stdout=output)
    return output.getvalue()


def write_later(juinen: Municipality) -> None:
    with tenant_context(juinen), private_files.writing(LATER) as path:
        path.write_bytes(b"later")


def test_restored_municipality_stays_closed_until_somebody_opens_it(member, juinen, tmp_path):
    """Also where it was lost: first the system administrator settles who has to be erased again, and the mails."""
    path = make(tmp_path)
    lose(juinen)
    assert "`manage.py municipality resume GM0001` opens them" in run("restore", path)
    back = Municipality.objects.get(code="GM0001")
    assert not back.is_active
    assert back.suspended_at is not None
    call_command("municipality", "resume", "GM0001")
    assert Municipality.objects.get(code="GM0001").is_active


def test_who_was_erased_since_is_named_until_it_is_done_again(member, worlds, juinen, tmp_path):
    with tenant_context(juinen):
        erased, keep, joined = (factories.make_member() for _each in range(3))
        colleague = factories.make_staff()
    connection.set_schema_to_public()
    path = make(tmp_path)
    with tenant_context(juinen):
        versions = (keep.version, joined.version)
        merge_members(keep, joined, {}, versions=versions, by=colleague)
        for each in (erased, keep):
            erase_member(each, reason=EraseReason.REQUEST, by=colleague)
        never_there = factories.make_member()
        erase_member(never_there, reason=EraseReason.REQUEST, by=colleague)
    suspend(juinen)
    uuids = {str(each.uuid) for each in (erased, keep, joined)}
    answer = run("restore", path, "--replace")
    assert all(f"ERASED SINCE (AVG article 17): member {uuid}" in answer for uuid in uuids)
    assert str(never_there.uuid) not in answer
    # Restored once more before anybody did something about it: the log of the first time is gone, who it named is not.
    assert set(restore_backup(path, replace=True).since.erased) == uuids
    with tenant_context(juinen):
        assert set(AuditEvent.objects.get(action="municipality.restore").details["erased"]) == uuids
        factories.make_assignment(Member.objects.get(pk=erased.pk), worlds["gm0001"].shift)
    assert all(uuid in show() for uuid in uuids)
    with pytest.raises(CommandError, match="places"):
        run("erase", "GM0001")
    assert str(erased.uuid) in show()
    assert str(keep.uuid) not in show()
    with tenant_context(juinen):
        Member.objects.get(pk=erased.pk).assignments.all().delete()
    assert "1 member erased again, 0 not" in run("erase", "GM0001")
    assert "erase again  -" in show()
    with tenant_context(juinen):
        assert {
            str(each) for each in Member.objects.exclude(erased_at=None).values_list("uuid", flat=True)
        } == uuids


def test_who_was_erased_by_a_log_that_is_kept_elsewhere_is_erased_too(member, juinen):
    with tenant_context(juinen):
        erased, _other = factories.make_member(), factories.make_member()
    suspend(juinen)
    connection.set_schema_to_public()
    mistyped = "00000000-0000-4000-8000-000000000000"
    told = run("erase", "GM0001", erased.uuid, mistyped)
    assert "1 member erased again" in told
    assert (mistyped in told, str(erased.uuid) in told) == (True, False)
    with tenant_context(juinen):
        assert list(Member.objects.exclude(erased_at=None)) == [erased]


def test_who_was_joined_after_the_restore_is_still_found():
    gone, keep = factories.make_member(), factories.make_member()
    AuditEvent.objects.create(action="municipality.restore", details={"erased": [str(gone.uuid)]})
    AuditEvent.objects.create(action="municipality.restore", details={})
    assert list(members_to_erase_again()) == [gone]
    merge_members(keep, gone, {}, versions=(keep.version, gone.version), by=factories.make_staff())
    assert list(members_to_erase_again()) == [keep]


def test_colleagues_and_recovery_codes_that_were_taken_away_since_are_told(member, juinen, tmp_path):
    with tenant_context(juinen):
        boss, disabled, demoted = (factories.make_staff() for _each in range(3))
        codes = new_recovery_codes(disabled)
    connection.set_schema_to_public()
    path = make(tmp_path)
    with tenant_context(juinen):
        use_recovery_code(disabled, codes[0])
        disable_staff(disabled, by=boss)
        update_staff(demoted, name="Anders", role="reader", by=boss)
    suspend(juinen)
    report = restore_backup(path, replace=True)
    assert report.since.colleagues == sorted(str(each.uuid) for each in (disabled, demoted))
    assert report.since.recovery_codes == 1
    # The same backup again undoes nothing of the kind.
    again = restore_backup(path, replace=True)
    assert (again.since.colleagues, again.since.recovery_codes) == ([], 0)


def test_restore_waits_until_no_task_of_before_can_be_at_work(member, juinen, tmp_path):
    """As deleting does. What such a task, or a web server that did not look again, would write is lost."""
    path = make(tmp_path)
    suspend_municipality(juinen)
    connection.set_schema_to_public()
    before = dump_digest("gm0001")
    almost = timezone.now() + longest_task() - timedelta(seconds=30)
    with (
        time_machine.travel(almost, tick=True),
        pytest.raises(CommandError, match=r"closed just now.* in (30|2\d) seconds"),
    ):
        run("restore", path, "--replace")
    assert dump_digest("gm0001") == before
    with time_machine.travel(timezone.now() + longest_task(), tick=True):
        assert "is back" in run("restore", path, "--replace")


def test_old_tables_in_use_leave_everything_as_it_was(member, juinen, tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "LOCK_TIMEOUT", "200ms")
    path = make(tmp_path)
    write_later(juinen)
    suspend(juinen)
    before = dump_digest("gm0001")
    reader = connection.get_new_connection(connection.get_connection_params())
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT 1 FROM gm0001.elections_member")
        with pytest.raises(CommandError, match=r"as it was before\. Run the same restore again"):
            run("restore", path, "--replace")
    finally:
        reader.close()
    assert dump_digest("gm0001") == before
    assert not schema_exists("gm0001_aside")
    with tenant_context(juinen):
        assert LATER in stored()
    run("restore", path, "--replace")
    with tenant_context(juinen):
        assert LATER not in stored()


@pytest.mark.parametrize(
    ("step", "told"),
    [("upgrading", "put back"), ("taking away", "put back"), ("deleting files", "files that it left")],
)
def test_restore_that_is_killed_leaves_no_file_of_either(member, juinen, tmp_path, settings, step, told):
    path = make(tmp_path)
    with tenant_context(juinen):
        private_files.delete(FILE)
        others = stored()
    write_later(juinen)
    suspend(juinen)
    where = {"key": settings.MASTER_KEY_FILE, "media": settings.MEDIA_ROOT, "path": str(path)}
    with tenant_context(juinen):
        run_until_killed(KILLED_RESTORE.format(step=step, signers=settings.BACKUP_SIGNERS[0], **where))
    connection.set_schema_to_public()
    with pytest.raises(CommandError, match="broken off"):
        call_command("municipality", "resume", "GM0001")
    # The restore that follows begins with the end of this one, also when it is refused itself.
    said: list[str] = []
    with pytest.raises(BackupError, match="add --replace"):
        restore_backup(path, tell=said.append)
    assert told in said[1]
    with tenant_context(juinen):
        assert stored().keys() - others == ({FILE} if step == "deleting files" else {LATER})
    call_command("municipality", "resume", "GM0001")
    suspend(juinen)
    run("restore", path, "--replace")
    with tenant_context(juinen):
        assert stored().keys() - others == {FILE}
    assert not schema_exists("gm0001_aside")


def test_another_secret_key_is_told(member, juinen, tmp_path, settings):
    path = make(tmp_path)
    suspend(juinen)
    assert restore_backup(path, replace=True).warnings == []
    settings.SECRET_KEY = "another-key-" + "1" * 50
    with pytest.raises(CommandError, match="not in order"):
        run("restore", path, "--replace")
    (warning,) = restore_backup(path, replace=True).warnings
    assert warning.startswith("SECRET_KEY is not that of the backup")


def test_backup_waits_for_no_restore_and_no_restore_for_a_backup(member, juinen, tmp_path):
    path = make(tmp_path)
    lose_nothing = dump_digest("gm0001")
    suspend(juinen)
    with locks.own_lock(locks.RESTORE, "GM0001"):
        for arguments in (("make", "GM0001", tmp_path, "--plain"), ("restore", path, "--replace")):
            with pytest.raises(CommandError):
                run(*arguments)
    assert dump_digest("gm0001") == lose_nothing
    assert len(list(tmp_path.glob("GM0001-*"))) == 1


@pytest.mark.parametrize("where", ["folder", "bucket"])
def test_file_that_is_there_is_believed_by_its_content_alone(request, juinen, tmp_path, where):
    if where == "bucket":
        request.getfixturevalue("bucket")
    request.getfixturevalue("member")
    same = "uploads/documents/same.txt"
    with tenant_context(juinen), private_files.writing(same) as file:
        file.write_bytes(CONTENT)
    connection.set_schema_to_public()
    path = make(tmp_path)
    with tenant_context(juinen):
        with private_files.writing(FILE) as file:
            file.write_bytes(CONTENT[::-1])
        written = private_files.get_modified_time(same)
    suspend(juinen)
    run("restore", path, "--replace")
    with tenant_context(juinen):
        assert private_files.open(FILE).read() == CONTENT
        assert private_files.get_modified_time(same) == written


def test_file_that_changes_meanwhile_is_not_read_without_end(member, juinen, tmp_path):
    path = make(tmp_path)
    suspend(juinen)
    with tenant_context(juinen):
        there = Path(private_files.path(FILE))

    def grow(line: str) -> None:
        if line == "writing files":
            os.truncate(there, 1 << 40)

    def wait(line: str) -> None:
        if line == "writing files":
            there.unlink()
            os.mkfifo(there)

    for change in (grow, wait):
        restore_backup(path, replace=True, tell=change)
        assert there.read_bytes() == CONTENT


def test_link_in_the_place_of_a_folder_is_told_and_leaves_everything_as_it_was(member, juinen, tmp_path):
    path = make(tmp_path)
    suspend(juinen)
    before = dump_digest("gm0001")
    outside = tmp_path / "outside"
    outside.mkdir()
    with tenant_context(juinen):
        folder = Path(private_files.path(FILE)).parent
    shutil.rmtree(folder)
    folder.symlink_to(outside)
    with pytest.raises(
        CommandError, match=r"as it was before, because of a file: uploads/documents/.* leads out"
    ):
        run("restore", path, "--replace")
    assert dump_digest("gm0001") == before
    assert not schema_exists("gm0001_aside")
    assert list(outside.iterdir()) == []
    folder.unlink()
    run("restore", path, "--replace")
    assert folder.joinpath(Path(FILE).name).read_bytes() == CONTENT
