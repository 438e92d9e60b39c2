import os
import stat
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django_tenants.utils import schema_context, tenant_context

from tenants.context import NoMunicipality
from tenants.provisioning import ProvisioningError
from tenants.removal import remove_files, traces_of
from tenants.storage import TenantStorage, private_files

NOBODY = 65534


def test_file_lies_in_the_folder_of_the_municipality(juinen, settings):
    name = default_storage.save("letters/brief van Noor.PDF", ContentFile(b"inhoud"))
    path = Path(default_storage.path(name))
    assert path.parent == Path(settings.MEDIA_ROOT) / juinen.schema_name / "letters"
    assert default_storage.open(name).read() == b"inhoud"


def test_file_of_one_municipality_is_absent_at_another(zonneiland):
    name = default_storage.save("letters/brief.pdf", ContentFile(b"inhoud"))
    with tenant_context(zonneiland):
        assert not default_storage.exists(name)
        with pytest.raises(FileNotFoundError):
            default_storage.open(name)
    assert default_storage.exists(name)


def test_name_is_random_and_keeps_only_the_suffix():
    names = {default_storage.save("letters/noor.pdf", ContentFile(b"")) for _ in range(5)}
    assert len(names) == 5
    assert all(name.startswith("letters/") and name.endswith(".pdf") and "noor" not in name for name in names)


def test_file_is_for_this_user_only():
    path = Path(default_storage.path(default_storage.save("brief.pdf", ContentFile(b""))))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name", ["../gm9009/brief.pdf", "/etc/passwd", "letters/../../gm9009/x", "..", "letters/../.."]
)
def test_path_outside_the_folder_is_refused(name):
    with pytest.raises(SuspiciousFileOperation):
        default_storage.open(name)
    with pytest.raises(SuspiciousFileOperation):
        default_storage.save(name, ContentFile(b""))


def test_nothing_is_stored_or_read_in_public():
    with schema_context("public"):
        for call in (
            lambda: default_storage.save("brief.pdf", ContentFile(b"")),
            lambda: default_storage.open("brief.pdf"),
            lambda: default_storage.exists("brief.pdf"),
            lambda: default_storage.listdir(""),
        ):
            with pytest.raises(NoMunicipality):
                call()


def test_file_has_no_public_address():
    assert isinstance(default_storage, TenantStorage) or isinstance(default_storage._wrapped, TenantStorage)
    with pytest.raises(NotImplementedError):
        default_storage.url("brief.pdf")


def test_link_leads_nowhere(juinen, tmp_path):
    """Whoever took over a web server can make one; a backup would take along, and a restore write, what it leads to."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("geheim")
    own = default_storage.save("letters/brief.pdf", ContentFile(b"inhoud"))
    here = Path(default_storage.path(""))
    (here / "file").symlink_to(tmp_path / "outside" / "secret.txt")
    (here / "folder").symlink_to(tmp_path / "outside")
    assert [entry.name for entry in private_files.entries()] == [own]
    for name in ("file", "folder/secret.txt", "folder/new.txt"):
        with pytest.raises(SuspiciousFileOperation):
            default_storage.open(name)
        with pytest.raises(SuspiciousFileOperation), private_files.writing(name) as path:
            path.write_bytes(b"x")
    assert [path.name for path in (tmp_path / "outside").iterdir()] == ["secret.txt"]
    private_files.delete_folder("")
    assert not here.exists()
    assert (tmp_path / "outside" / "secret.txt").exists()
    here.symlink_to(tmp_path / "outside")
    for use in (lambda: list(private_files.entries()), lambda: private_files.delete("secret.txt")):
        with pytest.raises(SuspiciousFileOperation):
            use()


def test_folder_that_cannot_be_listed_is_not_empty(juinen):
    own = default_storage.save("letters/brief.pdf", ContentFile(b"inhoud"))
    folder, user = Path(default_storage.path("letters")), os.geteuid()
    folder.chmod(0o311)
    try:
        if user == 0:
            os.seteuid(NOBODY)  # root may list anything
        for look in (lambda: traces_of("GM0001"), lambda: remove_files("gm0001")):
            with pytest.raises(ProvisioningError, match="cannot be listed: Permission denied"):
                look()
        with pytest.raises(PermissionError):
            list(private_files.entries())
    finally:
        os.seteuid(user)
        folder.chmod(0o700)
    assert [entry.name for entry in private_files.entries()] == [own]
    assert list(private_files.entries("nowhere")) == []


def test_only_a_regular_file_is_read():
    """A pipe would be waited for without end."""
    own = default_storage.save("brief.pdf", ContentFile(b"inhoud"))
    os.mkfifo(Path(default_storage.path("")) / "pipe")
    with pytest.raises(OSError, match="regular"):
        default_storage.open("pipe")
    assert default_storage.open(own).read() == b"inhoud"
