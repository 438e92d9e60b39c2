"""The file with master keys: changed in one step, for its owner only, and never without a key that is needed."""

import json
import threading
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import schema_context, tenant_context

from elections import master_keys, secrets
from elections.enums import SecretKind
from elections.models import AuditEvent, DataKey
from tenants.models import Municipality
from tests import factories
from tests.small_disk import fails_for_folders

IBAN = "NL91ABNA0417164300"


@pytest.fixture(autouse=True)
def master_key(settings, tmp_path):
    path = tmp_path / "keys" / "master-key.json"
    settings.MASTER_KEY_FILE = str(path)
    master_keys.make_master_key_file(path)
    return path


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("master_key", *arguments, stdout=output, stderr=output)
    return output.getvalue()


@pytest.fixture
def members(juinen, zonneiland):
    """One member with a number in each municipality."""
    found = []
    for municipality in (juinen, zonneiland):
        with tenant_context(municipality):
            member = factories.make_member()
            secrets.set_secret(member, SecretKind.IBAN, IBAN, by=None)
            found.append((municipality, member))
    return found


def masters() -> list[str]:
    return list(DataKey.objects.values_list("master_key_id", flat=True))


def test_without_command_the_file_is_made(settings, tmp_path):
    settings.MASTER_KEY_FILE = str(tmp_path / "new.json")
    assert "is made" in run()
    assert "was there already" in run("make")
    assert Path(settings.MASTER_KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_destroyed_share_is_in_no_half_of_a_command_that_was_killed(master_key, monkeypatch):
    share = json.loads(master_key.read_text())["shares"]["7"]
    with monkeypatch.context() as killed:
        killed.setattr(Path, "replace", die)
        killed.setattr(Path, "unlink", die)
        with pytest.raises(KeyboardInterrupt):
            master_keys.add_shares(1)
    assert sum(share in path.read_text() for path in master_key.parent.iterdir()) == 2  # the premise
    master_keys.destroy_shares([7])
    assert [path.name for path in master_key.parent.iterdir()] == [master_key.name]
    assert share not in master_key.read_text()


def test_disk_that_does_not_confirm_is_told_and_asked_again(master_key, monkeypatch):
    """The file is another one then, which nobody may call the old one."""
    with monkeypatch.context() as disk:
        disk.setattr(master_keys.os, "fsync", fails_for_folders)
        with pytest.raises(
            master_keys.MasterKeyUnusable, match="was replaced, but the disk does not confirm"
        ):
            master_keys.destroy_shares([7])
        assert 7 not in master_keys.share_numbers()
        with pytest.raises(master_keys.MasterKeyUnusable, match="does not confirm"):
            master_keys.destroy_shares([7])
    master_keys.destroy_shares([7])


def test_share_goes_from_the_file_that_a_link_leads_to(settings, master_key, tmp_path):
    link = tmp_path / "link.json"
    link.symlink_to(master_key)
    settings.MASTER_KEY_FILE = str(link)
    share = json.loads(master_key.read_text())["shares"]["7"]
    master_keys.destroy_shares([7])
    assert link.is_symlink()
    assert share not in master_key.read_text()


def die(*_arguments, **_named):
    raise KeyboardInterrupt


def test_rotate_adds_a_key_and_keeps_the_old(master_key):
    before = json.loads(master_key.read_text())
    run("rotate")
    run("rotate")
    after = json.loads(master_key.read_text())
    assert len(after["keys"]) == 3
    assert before["keys"].items() <= after["keys"].items()
    assert after["active"] not in before["keys"]
    assert master_key.stat().st_mode & 0o777 == 0o600
    assert list(master_key.parent.iterdir()) == [master_key]


def test_rotate_leaves_the_file_whole_when_the_disk_is_full(master_key, monkeypatch):
    before = master_key.read_text()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(master_keys.os, "fsync", full)
    with pytest.raises(CommandError, match="cannot be replaced: No space"):
        run("rotate")
    assert master_key.read_text() == before
    assert list(master_key.parent.iterdir()) == [master_key]


def test_simultaneous_rotations_lose_no_key(master_key):
    threads = [threading.Thread(target=master_keys.add_master_key) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(json.loads(master_key.read_text())["keys"]) == 9


def test_rewrap_moves_all_data_keys_and_leaves_the_numbers_readable(members):
    old = masters()
    run("rotate")
    new, _names = master_keys.master_key_names()
    assert "1 data key moved" in run("rewrap", "gm0001")
    assert masters() == [new]
    with tenant_context(members[1][0]):
        assert masters() == old
    assert run("rewrap").count("1 data key moved") == 1
    assert run("rewrap").count("0 data keys moved") == 2
    for municipality, member in members:
        with tenant_context(municipality):
            assert secrets.iban_masked(member).endswith("43 00")
            event = AuditEvent.objects.get(action="secret.rewrap")
            assert (event.object_label, event.details) == (new, {"data_keys": 1})


def test_municipality_that_fails_stops_only_itself(members, master_key):
    """Its share is gone, or its tables: the others are moved."""
    run("rotate")
    master_keys.destroy_shares([members[0][0].key_share])
    with pytest.raises(CommandError, match="Not done: GM0001"):
        run("rewrap")
    with connection.cursor() as cursor:
        cursor.execute("ALTER SCHEMA gm0001 RENAME TO gm0001_away")
    run("rotate")
    with pytest.raises(CommandError, match="Not done: GM0001"):
        run("rewrap")
    with tenant_context(members[1][0]):
        assert masters() == [master_keys.master_key_names()[0]]


def test_status_names_the_master_of_every_data_key(members):
    active, _names = master_keys.master_key_names()
    run("rotate")
    text = run("status")
    assert f"GM0001  data key 1 (current)  under {active}  share 1\n" in text
    assert f"{active}  2 data keys\n" in text
    assert f"{master_keys.SHARES} shares  2 of them given to a municipality\n" in text
    assert "0 data keys  active" in text


def test_status_tells_which_master_is_missing(members, master_key):
    master_key.unlink()
    master_keys.make_master_key_file(master_key)
    content = json.loads(master_key.read_text().replace(content_name(master_key), "other"))
    master_key.write_text(json.dumps(content))
    assert run("status").count("MISSING FROM THE FILE") == 2


def test_share_that_is_taken_away_makes_only_its_own_municipality_unreadable(members, master_key):
    (juinen, noor), (zonneiland, other) = members
    before = master_key.read_text()
    master_keys.destroy_shares([juinen.key_share])
    with tenant_context(juinen), pytest.raises(master_keys.MasterKeyUnusable, match="no share"):
        secrets.iban_masked(noor)
    with tenant_context(zonneiland):
        assert secrets.iban_masked(other).endswith("43 00")
    assert "share 1  MISSING FROM THE FILE" in run("status")
    # A new share of the same number is another one.
    content = json.loads(master_key.read_text())
    content["shares"]["1"] = content["shares"]["3"]
    master_key.write_text(json.dumps(content))
    with tenant_context(juinen), pytest.raises(master_keys.DataKeyDamaged):
        master_keys.unwrap(*DataKey.objects.values_list("wrapped", "key_id", "master_key_id").get())
    master_key.write_text(before)
    with tenant_context(juinen):
        assert secrets.iban_masked(noor).endswith("43 00")


def test_share_that_is_gone_already_changes_nothing(master_key):
    master_keys.destroy_shares([1])
    before = master_key.read_text()
    master_keys.destroy_shares([1, 9999])
    assert master_key.read_text() == before


def test_rewrap_gives_a_municipality_from_before_there_were_shares_one(juinen, zonneiland, master_key):
    """As release 0.1.0 left it: no number, no shares in the file."""
    with schema_context("public"):
        Municipality.objects.filter(pk=juinen.pk).update(key_share=None)
    content = json.loads(master_key.read_text())
    master_key.write_text(json.dumps({name: content[name] for name in ("active", "keys")}))
    with tenant_context(juinen):
        member = factories.make_member()
        secrets.set_secret(member, SecretKind.IBAN, IBAN, by=None)
    assert "0 data keys moved" in run("rewrap", "GM0001")
    assert "no share" in run("status")
    run("shares", "10")
    assert "1 data key moved" in run("rewrap", "GM0001")
    assert "share 3\n" in run("status")
    assert Municipality.objects.get(pk=juinen.pk).key_share == zonneiland.key_share + 1
    with tenant_context(juinen):
        assert secrets.iban_masked(member).endswith("43 00")


def test_make_gives_an_older_file_shares(master_key):
    content = json.loads(master_key.read_text())
    master_key.write_text(json.dumps({name: content[name] for name in ("active", "keys")}))
    assert "was there already" in run("make")
    assert master_keys.share_numbers() == set(range(1, master_keys.SHARES + 1))
    assert json.loads(master_key.read_text())["keys"] == content["keys"]


def content_name(path: Path) -> str:
    return json.loads(path.read_text())["active"]


def test_drop_refuses_while_a_data_key_needs_the_master(members, master_key):
    old, _names = master_keys.master_key_names()
    with pytest.raises(CommandError, match="GM0001, GM9009"):
        run("drop", old)
    run("rotate")
    run("rewrap", "GM0001")
    with pytest.raises(CommandError, match="GM9009"):
        run("drop", old)
    run("rewrap")
    run("drop", old)
    assert old not in json.loads(master_key.read_text())["keys"]
    for municipality, member in members:
        with tenant_context(municipality):
            assert secrets.iban_masked(member).endswith("43 00")
    with pytest.raises(CommandError, match="no key"):
        run("drop", old)


def test_drop_refuses_the_active_master():
    with pytest.raises(CommandError, match="active"):
        run("drop", master_keys.master_key_names()[0])


def test_rewrap_goes_on_after_a_municipality_whose_master_is_gone(members, master_key):
    DataKey.objects.update(master_key_id="lost")
    run("rotate")
    with pytest.raises(CommandError, match="Not done: GM0001"):
        run("rewrap")
    with tenant_context(members[1][0]):
        assert masters() == [master_keys.master_key_names()[0]]


def test_rewrap_of_an_unknown_municipality_is_told():
    with pytest.raises(CommandError, match="GM7777"):
        run("rewrap", "GM7777")
