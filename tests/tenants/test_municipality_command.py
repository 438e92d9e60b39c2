from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import psycopg
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, schema_exists, tenant_context
from PIL import Image

from elections import master_keys
from elections.enums import InvitationKind, MailKind, MailState, StaffRole
from elections.models import AuditEvent, Invitation, Member, OutboxMail, User
from tenants.models import Domain, Municipality
from tests import factories
from tests.live_worker import wait_until

CREATE = (
    *("create", "--code", "GM0777", "--name", "Nieuwdorp", "--domain", "nieuwdorp.localhost"),
    *("--admin-email", "Beheer@nieuwdorp.example", "--admin-name", "Bo de Beheerder"),
)


@pytest.fixture(autouse=True)
def in_public(at_work):
    with schema_context("public"):
        yield


def test_create_makes_a_municipality_and_invites_its_administrator(capsys):
    call_command("municipality", *CREATE)
    municipality = Municipality.objects.get(code="GM0777")
    with tenant_context(municipality):
        administrator = User.objects.get()
        invitation = Invitation.objects.get()
        mail = OutboxMail.objects.get()
    assert (administrator.username, administrator.role) == (
        "beheer@nieuwdorp.example",
        StaffRole.ADMINISTRATOR,
    )
    assert (invitation.user_id, invitation.kind) == (administrator.pk, InvitationKind.STAFF)
    assert (mail.to_email, mail.kind) == ("beheer@nieuwdorp.example", MailKind.STAFF_INVITATION)
    assert "Gemeente Nieuwdorp is ready at https://nieuwdorp.localhost/" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (MailState.WAITING, "waits for a worker since 20"),
        (MailState.SENT, "was sent 20"),
        (MailState.BOUNCED, "came back 20"),
        (MailState.FAILED, "could not be sent"),
    ],
)
def test_invitation_is_not_told_to_have_left_before_it_did(capsys, state, told):
    call_command("municipality", *CREATE)
    out = capsys.readouterr().out
    assert "The invitation of Beheer@nieuwdorp.example waits: a worker sends it" in out
    assert "sent to" not in out
    with schema_context("gm0777"):
        OutboxMail.objects.update(state=state)
    call_command("municipality", "show", "GM0777")
    assert f"invitations  {told}" in capsys.readouterr().out


def test_invitation_that_may_be_lost_is_sent_anew(capsys):
    call_command("municipality", *CREATE)
    with schema_context("gm0777"):
        OutboxMail.objects.update(state=MailState.UNCERTAIN)
    call_command("municipality", "invite", "GM0777", "--admin-email", "BEHEER@nieuwdorp.example")
    assert "The link of the invitation before does not work any more." in capsys.readouterr().out
    with schema_context("gm0777"):
        assert User.objects.count() == 1
        (works,) = Invitation.objects.open()
        assert OutboxMail.objects.get(reference=works.uuid).state == MailState.WAITING
    call_command("municipality", "show", "GM0777")
    assert "invitations  waits for a worker" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"password": "pbkdf2_sha256$1$a$b"}, "can log in already"),
        ({"is_active": False}, "has no access any more"),
        ({"role": StaffRole.PLANNER}, "is a colleague with another role"),
        ({"email": "elders@nieuwdorp.example"}, "has another e-mail address"),
    ],
)
def test_who_is_not_invited_once_more_is_told_why(capsys, values, words):
    call_command("municipality", *CREATE)
    with schema_context("gm0777"):
        User.objects.update(**values)
    with pytest.raises(CommandError, match=words):
        call_command("municipality", "invite", "GM0777", "--admin-email", "beheer@nieuwdorp.example")
    with pytest.raises(CommandError, match="admin_email: Enter a valid email address"):
        call_command("municipality", "invite", "GM0777", "--admin-email", "nobody")
    with schema_context("gm0777"):
        assert OutboxMail.objects.count() == 1


def test_administrator_who_is_a_member_is_invited_by_a_colleague():
    call_command("municipality", *CREATE)
    with schema_context("gm0777"):
        factories.make_member(user=User.objects.get(), email="elders@nieuwdorp.example")
    with pytest.raises(CommandError, match="is a member as well"):
        call_command("municipality", "invite", "GM0777", "--admin-email", "beheer@nieuwdorp.example")


def test_who_accepts_at_that_moment_waits_for_no_lock_of_the_command(committed):
    call_command("municipality", *CREATE)
    where = connection.settings_dict
    with (
        ThreadPoolExecutor() as pool,
        psycopg.connect(
            host=where["HOST"], port=where["PORT"], dbname=where["NAME"], user=where["USER"]
        ) as accepting,
    ):
        accepting.execute("SET search_path = gm0777, public")
        accepting.execute("UPDATE elections_invitation SET used_at = now()")
        inviting = pool.submit(invite_and_close)
        wait_until(lambda: somebody_waits_for(accepting), seconds=20, what="the command that waits")
        accepting.execute("SELECT 1 FROM elections_user FOR UPDATE NOWAIT")
        accepting.execute("UPDATE elections_user SET password = 'pbkdf2_sha256$1$a$b'")
        accepting.commit()
        with pytest.raises(CommandError, match="can log in already"):
            inviting.result()


def invite_and_close():
    try:
        with schema_context("public"):
            call_command("municipality", "invite", "GM0777", "--admin-email", "beheer@nieuwdorp.example")
    finally:
        connections.close_all()


def somebody_waits_for(other):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))", [other.info.backend_pid]
        )
        return cursor.fetchone() is not None


def test_invitation_that_was_accepted_is_told_no_more(capsys):
    call_command("municipality", *CREATE)
    with schema_context("gm0777"):
        Invitation.objects.update(used_at=timezone.now())
    capsys.readouterr()
    call_command("municipality", "show", "GM0777")
    assert "invitations  -" in capsys.readouterr().out


def test_share_that_left_with_another_municipality_is_passed_over():
    """After a disaster: the file is that of before, and the empty database knows nobody who left."""
    present = Municipality.objects.exclude(key_share=None).values_list("key_share", flat=True)
    gone = max(present, default=0) + 1
    master_keys.destroy_shares([gone])
    call_command("municipality", *CREATE)
    assert Municipality.objects.get(code="GM0777").key_share == gone + 1


def test_create_public_body_has_its_own_words_and_time_zone():
    call_command("municipality", *CREATE, "--kind", "public_body", "--time-zone", "America/Kralendijk")
    municipality = Municipality.objects.get(code="GM0777")
    assert municipality.display_name == "Openbaar lichaam Nieuwdorp"
    assert municipality.words.college == "bestuurscollege"
    assert str(municipality.tz) == "America/Kralendijk"


def test_create_with_a_wrong_administrator_makes_nothing():
    with pytest.raises(CommandError, match="admin_email: "):
        call_command("municipality", *CREATE, "--admin-email", "geen adres")
    assert not schema_exists("gm0777")


def test_create_twice_names_the_field():
    with pytest.raises(CommandError, match="code:"):
        call_command("municipality", *CREATE, "--code", "GM0001")


def test_list_shows_every_municipality(capsys):
    call_command("municipality", "list")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["GM0001", "GM9009"]


def test_suspend_and_resume_change_the_status_and_are_logged(juinen):
    call_command("municipality", "suspend", "gm0001")
    assert Municipality.objects.get(code="GM0001").status == "suspended"
    call_command("municipality", "resume", "GM0001")
    assert Municipality.objects.get(code="GM0001").status == "active"
    with tenant_context(juinen):
        logged = AuditEvent.objects.filter(action="municipality.status").order_by("id")
        assert [event.details["status"] for event in logged] == ["suspended", "active"]


def test_set_changes_only_what_is_given():
    call_command("municipality", "set", "GM0001", "--phone", "14 0777")
    municipality = Municipality.objects.get(code="GM0001")
    assert (municipality.phone, municipality.name) == ("14 0777", "Juinen")


def test_set_walks_through_no_files(capsys):
    call_command("municipality", "set", "GM0001", "--phone", "14 0777")
    assert "\nfiles" not in capsys.readouterr().out
    call_command("municipality", "show", "GM0001")
    assert "\nfiles        0.0 MB\n" in capsys.readouterr().out


def test_folder_that_leads_elsewhere_is_told_in_the_line_of_the_files(capsys, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "gm0001").symlink_to(tmp_path / "elsewhere")
    call_command("municipality", "show", "GM0001")
    assert "\nfiles        cannot be read: " in capsys.readouterr().out


def test_set_domain_keeps_the_old_one_as_a_redirect():
    call_command("municipality", "set", "GM0001", "--domain", "stembureau.juinen.example")
    domains = Domain.objects.filter(tenant__code="GM0001").values_list("domain", "is_primary")
    assert set(domains) == {("juinen.localhost", False), ("stembureau.juinen.example", True)}


def test_set_that_is_refused_changes_nothing():
    with pytest.raises(CommandError, match="zonneiland"):
        call_command(
            *("municipality", "set", "GM0001", "--phone", "14 0777", "--domain", "nieuw.example"),
            *("--drop-domain", "zonneiland.localhost"),
        )
    assert Municipality.objects.get(code="GM0001").phone != "14 0777"
    assert not Domain.objects.filter(domain="nieuw.example").exists()


def test_old_domain_redirects_with_its_path_until_it_is_dropped():
    call_command("municipality", "set", "GM0001", "--domain", "stembureau.juinen.example")
    old = Client(headers={"host": "juinen.localhost"})
    response = old.get("/brieven/?pagina=2")
    assert (response.status_code, response.headers["Location"]) == (
        301,
        "https://stembureau.juinen.example/brieven/?pagina=2",
    )
    with schema_context("public"):
        call_command("municipality", "set", "GM0001", "--drop-domain", "juinen.localhost")
    assert old.get("/brieven/").status_code == 404
    with schema_context("public"):
        call_command("municipality", "set", "GM9009", "--domain", "juinen.localhost")
    assert Domain.objects.get(domain="juinen.localhost").tenant.code == "GM9009"


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("juinen.localhost", "give it another one first"),
        ("zonneiland.localhost", "GM0001 has no address"),
        ("nergens.localhost", "GM0001 has no address"),
    ],
)
def test_domain_that_cannot_be_dropped_is_explained(domain, words):
    with pytest.raises(CommandError, match=words):
        call_command("municipality", "set", "GM0001", "--drop-domain", domain)
    assert Domain.objects.count() == 2


def test_mark_says_from_when_on_and_how_to_take_it_back(capsys):
    call_command("municipality", "mark", "gm0001", "--days", "3")
    day = timezone.localdate(timezone=ZoneInfo("Europe/Amsterdam")) + timedelta(days=3)
    out = capsys.readouterr().out
    assert f"may be deleted from {day} 00:00 (Europe/Amsterdam)" in out
    assert "municipality resume GM0001" in out
    call_command("municipality", "show", "GM0001")
    assert str(day) in capsys.readouterr().out


def test_delete_asks_for_the_code_and_tells_every_step(capsys, monkeypatch):
    call_command("municipality", "mark", "GM0001")
    monkeypatch.setattr("sys.stdin", StringIO("GM0001\n"))
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        call_command("municipality", "delete", "GM0001")
    out = capsys.readouterr().out
    assert "Gemeente Juinen, and nothing brings it back" in out
    steps = (
        "share number 1 of the master key file: destroyed\n",
        "data keys: ",
        "files: ",
        "keys in Redis: ",
    )
    assert sorted(steps, key=out.index) == list(steps)
    assert "nothing is left" in out
    assert not schema_exists("gm0001")
    call_command("municipality", "traces", "GM0001")
    assert "Nothing of GM0001" in capsys.readouterr().out
    call_command("municipality", "list", "--deleted")
    assert "GM0001  Gemeente Juinen" in capsys.readouterr().out


def test_delete_before_its_day_asks_for_nothing(capsys):
    for words, command in (("is not marked", ["suspend"]), ("may be deleted from", ["mark"])):
        call_command("municipality", *command, "GM0001")
        with pytest.raises(CommandError, match=words):
            call_command("municipality", "delete", "GM0001")
    assert "Type its code" not in capsys.readouterr().out


@pytest.mark.parametrize("typed", ["", "GM9009\n", "yes\n"])
def test_delete_without_the_code_does_nothing(monkeypatch, typed):
    call_command("municipality", "mark", "GM0001")
    monkeypatch.setattr("sys.stdin", StringIO(typed))
    with (
        time_machine.travel(timezone.now() + timedelta(days=31)),
        pytest.raises(CommandError, match="not its code"),
    ):
        call_command("municipality", "delete", "GM0001")
    assert schema_exists("gm0001")


def test_traces_of_a_municipality_that_is_here_is_an_error(capsys):
    with pytest.raises(CommandError, match="things of GM0001 are here"):
        call_command("municipality", "traces", "GM0001")
    assert "schema gm0001" in capsys.readouterr().out


def test_set_domain_of_another_municipality_is_refused():
    with pytest.raises(CommandError):
        call_command("municipality", "set", "GM0001", "--domain", "zonneiland.localhost")


def test_set_logo_and_take_it_away_again(tmp_path):
    logo = tmp_path / "logo.png"
    Image.new("RGB", (300, 100), "navy").save(logo)
    call_command("municipality", "set", "GM0001", "--logo", str(logo))
    assert Municipality.objects.get(code="GM0001").logo_version
    call_command("municipality", "set", "GM0001", "--no-logo")
    assert not Municipality.objects.get(code="GM0001").logo_version


def test_set_wrong_accent_names_the_field():
    with pytest.raises(CommandError, match="accent:"):
        call_command("municipality", "set", "GM0001", "--accent", "blauw")


def test_show_unknown_code_says_where_to_look():
    with pytest.raises(CommandError, match="municipality list"):
        call_command("municipality", "show", "GM0404")


def test_show_tells_address_and_counts(capsys):
    with schema_context("gm9009"):
        before = Member.objects.active().count()
        Member.objects.filter(pk=factories.make_member().pk).update(is_active=False)
    call_command("municipality", "show", "GM9009")
    out = capsys.readouterr().out
    assert f"members      {before}\n" in out
    assert "https://zonneiland.localhost/" in out
    assert "Openbaar lichaam Zonneiland" in out


@pytest.mark.parametrize(
    "command",
    [
        ("municipality", "show", "GM0002"),
        ("backup", "make", "GM0002", ".", "--plain"),
        ("master_key", "rewrap", "gm0002"),
        ("data_key", "status", "GM0002"),
        ("audit", "head", "GM0002"),
        ("brp", "show", "GM0002"),
        ("work_account", "show", "GM0002"),
    ],
    ids=lambda command: command[0],
)
def test_every_command_says_alike_that_there_is_no_such_municipality(command):
    with pytest.raises(CommandError, match=r"code GM0002\. See `manage\.py municipality list`"):
        call_command(*command)


def test_file_that_is_not_there_is_told_in_a_sentence(juinen):
    with pytest.raises(CommandError, match=r"No such file.*nowhere\.png"):
        call_command("municipality", "set", "GM0001", "--logo", "nowhere.png")


@pytest.mark.parametrize("number", ["0", "-1", "many"])
@pytest.mark.parametrize("option", ["--tries", "--processes"])
def test_upgrade_wants_one_or_more(option, number):
    with pytest.raises(CommandError, match="1 or more"):
        call_command("upgrade", f"{option}={number}")
