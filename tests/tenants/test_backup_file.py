"""A backup as a file: what is read of it is what was checked."""

import os

import pytest

from tenants.backup.file import BackupError, open_backup, write_backup

PART = "schema/before.sql"
HONEST, FORGED = b"CREATE TABLE honest ()", b"CREATE TABLE forged ()"


def test_part_that_is_changed_after_the_check_is_not_used(tmp_path):
    """Its text runs as the owner of the database, and a backup that is not encrypted is read where it lies."""
    path = tmp_path / "GM0001-20261123T071500Z.tar"
    with write_backup(path, ()) as writer:
        writer.add_bytes(PART, HONEST)
        writer.add_bytes("tables/filling", os.urandom(1024 * 1024))
        writer.finish({}, lambda _manifest: {})
    with open_backup(path) as backup:
        backup.check_parts()
        assert backup.read(PART) == HONEST
        with path.open("r+b") as file:
            place = file.read().index(HONEST)
            file.seek(place)
            file.write(FORGED)
        with backup.open("tables/filling") as other:
            other.read()
        with pytest.raises(BackupError, match="not what it was"):
            backup.read(PART)
