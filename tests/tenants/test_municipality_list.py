"""A list of municipalities is checked whole before one is made, and can be tried again."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, connection
from django_tenants.utils import schema_context, schema_exists, tenant_context

from elections import master_keys
from elections.actions.municipality import open_municipality
from elections.models import AuditEvent, Member, OutboxMail, User
from elections.queries.municipality import municipality_facts
from tenants import provisioning
from tenants.models import Domain, Municipality
from tenants.municipality_list import host_label
from tenants.numbers import counted
from tenants.provisioning import ProvisioningError
from tests import factories
from tests.killed import run_until_killed

QUERIES = 13
PATTERN = "{name}.zitting.example"
NEW = {"code": "GM0777", "name": "Nieuwdorp", "domain": "nieuwdorp.localhost"}


@pytest.fixture(autouse=True)
def in_public(at_work):
    with schema_context("public"):
        yield


@pytest.fixture
def make_all(tmp_path, capsys):
    """Run `create-all` on a text; what it printed, and what it complained about."""

    def run(text: str | bytes, *options: str) -> tuple[str, str]:
        path = Path(tmp_path / "list.csv")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        try:
            call_command("municipality", "create-all", str(path), *options)
        except CommandError as error:
            return "", f"{capsys.readouterr().err}{error}"
        printed = capsys.readouterr()
        return printed.out, printed.err

    return run


def codes() -> list[str]:
    return list(Municipality.objects.order_by("code").values_list("code", flat=True))


def test_all_are_made_with_an_address_from_their_name(make_all):
    out, err = make_all("code,naam\nGM0777,Súdwest-Nij\nGM0778,Bergen (NH.)\n", "--domain", PATTERN)
    assert err == ""
    assert codes() == ["GM0001", "GM0777", "GM0778", "GM9009"]
    assert "2/2  GM0778  Gemeente Bergen (NH.)  https://bergen-nh.zitting.example/" in out
    assert "2 made" in out
    made = Municipality.objects.get(code="GM0777")
    assert (made.primary_domain, made.key_share) == ("sudwest-nij.zitting.example", 3)
    with tenant_context(made):
        assert not User.objects.exists()
        assert AuditEvent.objects.get().action == "municipality.open"


def test_every_column_is_taken(make_all):
    out, _err = make_all(
        "Code;Naam;Soort;Webadres;Beheerder;Naam beheerder;E-mail;Telefoon;Afzender;Huisstijlkleur\n"
        "gm0777;Nieuweiland;openbaar lichaam;nieuw.example;"
        "bo@nieuw.example;Bo;team@nieuw.example;14 0777;Team;#112233\n"
    )
    assert "The invitations wait: a worker sends them." in out
    made = Municipality.objects.get(code="GM0777")
    assert (made.kind, made.time_zone) == ("public_body", "America/Kralendijk")
    assert (made.email, made.phone, made.from_name, made.accent) == (
        *("team@nieuw.example", "14 0777", "Team"),
        "#112233",
    )
    with tenant_context(made):
        assert (User.objects.get().username, User.objects.get().name) == ("bo@nieuw.example", "Bo")
        assert OutboxMail.objects.get().to_email == "bo@nieuw.example"


def test_again_makes_only_what_is_not_there(make_all):
    text = "code,naam,webadres\nGM0001,Juinen,juinen.localhost\nGM0777,Nieuwdorp,nieuw.example\n"
    out, _err = make_all(text)
    assert "1 is there already, 1 to make" in out
    before = Municipality.objects.order_by("code").values()
    rows = list(before)
    out, err = make_all(text)
    assert "2 are there already, 0 to make" in out
    assert err == ""
    assert list(before.all()) == rows


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("0777,Nieuwdorp,,,", "line 3: code:"),
        (",Nieuwdorp,,,", "line 3: code: is empty"),
        ("GM0777,,a.example,,", "line 3: name: is empty"),
        ("GM0777,Nieuwdorp,https://a.example,,", "line 3: domain:"),
        ("GM0777,Nieuwdorp,A.example,,", "line 3: domain:"),
        (
            "GM0777,Nieuwdorp,goed.zitting.example,,",
            "line 3: domain: goed.zitting.example is in the list 2 times",
        ),
        ("GM0700,Nieuwdorp,b.example,,", "line 3: code: GM0700 is in the list 2 times"),
        ("GM0777,Nieuwdorp,juinen.localhost,,", "line 3: domain: juinen.localhost is the address of GM0001"),
        ("GM0001,Juinen aan Zee,juinen.localhost,,", "line 3: name: GM0001 is there already, as Juinen"),
        ("GM0777,Nieuwdorp,,geen adres,", "line 3: admin_email:"),
        ("GM0777,Nieuwdorp,,,provincie", "line 3: kind:"),
        (f"GM0777,{'x' * 81},,,", "line 3: name:"),
    ],
)
def test_wrong_line_names_row_and_column_and_nothing_is_made(make_all, line, problem):
    text = f"code,naam,webadres,beheerder,soort\nGM0700,Goed,goed.zitting.example,,\n{line}\n"
    _out, err = make_all(text, "--domain", PATTERN)
    assert problem in err
    assert "Nothing is made" in err
    assert codes() == ["GM0001", "GM9009"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "column code"),
        ("code,naam\n", "no municipalities"),
        ("code\nGM0777\n", "column name"),
        ("code,naam,naam\nGM0777,A,B\n", "column name once"),
        ("code,naam,inwoners\nGM0777,A,3\n", "“inwoners” is unknown"),
        ("code,naam\nGM0777,A,3\n", "Line 2 has 3 columns"),
        ('code,naam\nGM0777,"A\n', "is not CSV"),
        ("code,naam\nGM0777,Súdwest\n".encode("latin-1"), "UTF-8"),
        ("code,naam\nGM0777,A\n", "domain: is empty"),
        (b"x" * (1024 * 1024 + 1), "larger than"),
    ],
)
def test_file_that_is_not_understood_is_explained(make_all, text, problem):
    _out, err = make_all(text)
    assert problem in err
    assert codes() == ["GM0001", "GM9009"]


def test_missing_file_and_pattern_without_name_are_explained(make_all, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("municipality", "create-all", str(tmp_path / "none.csv"))
    assert "must hold {name}" in make_all("code,naam\nGM0777,A\n", "--domain", "zitting.example")[1]


def test_check_makes_nothing(make_all):
    out, _err = make_all("code,naam\nGM0777,Nieuwdorp\n", "--domain", PATTERN, "--check")
    assert "1 to make" in out
    assert codes() == ["GM0001", "GM9009"]


def test_one_that_fails_is_reported_and_the_rest_are_made(make_all):
    """The file has a share for one more municipality."""
    content = json.loads(Path(master_keys.settings.MASTER_KEY_FILE).read_text())
    content["shares"] = {number: content["shares"][number] for number in ("1", "2", "3")}
    Path(master_keys.settings.MASTER_KEY_FILE).write_text(json.dumps(content))
    text = "code,naam\nGM0777,Een\nGM0778,Twee\n"
    _out, err = make_all(text, "--domain", PATTERN)
    assert "2/2  line 3  GM0778  not made: The master key file has no share left" in err
    assert "1 not made: GM0778. Run the same command again." in err
    assert codes() == ["GM0001", "GM0777", "GM9009"]
    assert not schema_exists("gm0778")
    master_keys.add_shares(1)
    assert "1 made" in make_all(text, "--domain", PATTERN)[0]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("'s-Hertogenbosch", "s-hertogenbosch"),
        ("Bergen (NH.)", "bergen-nh"),
        ("Súdwest-Fryslân", "sudwest-fryslan"),
        ("Aa en Hunze", "aa-en-hunze"),
        ("x" * 80, "x" * 63),
    ],
)
def test_name_becomes_part_of_a_host_name(name, label):
    assert host_label(name) == label


def test_invitation_that_fails_leaves_no_municipality():
    """A name that is too long is refused by the database, when the schema is there already."""
    with pytest.raises(DataError):
        open_municipality(**NEW, admin_email="bo@nieuw.example", admin_name="x" * 500)
    assert not schema_exists("gm0777")
    assert not Municipality.objects.filter(code="GM0777").exists()
    assert not Domain.objects.filter(domain="nieuwdorp.localhost").exists()


def test_open_without_a_share_in_the_file_makes_nothing():
    master_keys.destroy_shares(range(3, 401))
    with pytest.raises(ProvisioningError, match="master_key shares"):
        open_municipality(**NEW)
    assert not schema_exists("gm0777")


KILLED = """
import os, signal
import django
django.setup()
from django.conf import settings
from elections.actions import municipality as actions
from tenants import roles

settings.MASTER_KEY_FILE = "{key_file}"
grant, invite = roles.grant, actions.invite_staff

def die(real):
    def work(*args, **kwargs):
        real(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
    return work

{where}
assert "%s"
actions.open_municipality(
    code="GM0777", name="Nieuwdorp", domain="nieuwdorp.localhost", admin_email="bo@nieuw.example"
)
"""


@pytest.mark.parametrize("where", ["roles.grant = die(grant)", "actions.invite_staff = die(invite)"])
def test_killed_creation_leaves_nothing_and_can_be_done_again(committed, settings, where):
    connection.set_schema_to_public()
    provisioning.schema_sql()
    run_until_killed(KILLED.format(key_file=settings.MASTER_KEY_FILE, where=where))
    assert not schema_exists("gm0777")
    assert codes() == ["GM0001", "GM9009"]
    assert Domain.objects.count() == 2
    with tenant_context(open_municipality(**NEW, admin_email="bo@nieuw.example")):
        assert User.objects.count() == OutboxMail.objects.count() == 1


def test_list_tells_state_members_sizes_and_tables(juinen, worlds, capsys):
    with tenant_context(juinen):
        factories.make_member(is_active=False)
        User.objects.filter(role="").update(last_login="2027-03-01T12:00:00Z")
    call_command("municipality", "mark", "GM9009")
    capsys.readouterr()
    call_command("municipality", "list", "--json")
    first, second = json.loads(capsys.readouterr().out)
    with tenant_context(juinen):
        active = Member.objects.filter(is_active=True).count()
    assert (first["code"], first["status"], first["members"]) == ("GM0001", "active", active)
    assert first["last_login"] == "2027-03-01T12:00:00+00:00"
    assert first["address"] == "https://juinen.localhost/"
    assert first["schema_bytes"] > 1_000_000
    assert first["is_behind"] is False
    assert first["tables"].startswith("00")
    assert (second["status"], second["last_login"]) == ("suspended", None)
    assert second["delete_from"]
    call_command("municipality", "list")
    lines = capsys.readouterr().out.splitlines()
    assert counted(active, "member") in lines[0]
    assert lines[1].startswith("GM9009  delete 20")


def test_list_says_which_tables_are_behind(zonneiland, capsys):
    with tenant_context(zonneiland), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'elections' AND name = (SELECT max(name) FROM"
            " django_migrations WHERE app = 'elections')"
        )
    call_command("municipality", "list")
    first, second, last = capsys.readouterr().out.splitlines()
    assert "BEHIND" not in first
    assert second.endswith("BEHIND")
    assert last == "1 behind: run `manage.py upgrade`."


def test_list_asks_as_much_for_one_as_for_three(django_assert_num_queries):
    with django_assert_num_queries(QUERIES):
        assert len(municipality_facts()) == 2
    provisioning.create_municipality(**NEW)
    with django_assert_num_queries(QUERIES):
        assert len(municipality_facts()) == 3


def test_list_needs_no_bucket_and_show_says_that_it_is_away(juinen, settings, monkeypatch, capsys):
    settings.S3_BUCKET, settings.S3_ENDPOINT, settings.S3_REGION = "zitting", "http://127.0.0.1:9", "x"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "tenants.s3_storage.TenantS3Storage"}}
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    call_command("municipality", "list")
    assert capsys.readouterr().out.startswith("GM0001  active")
    call_command("municipality", "show", "GM0001")
    told = capsys.readouterr().out
    assert "files        cannot be read: " in told
    assert "members      0" in told
