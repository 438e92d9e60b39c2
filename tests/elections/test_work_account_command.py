"""`manage.py work_account`: the secret goes in by a file or standard input, and never comes out."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from elections.actions.invitation import has_account
from elections.models import AuditEvent, ProviderSecret, WorkAccount, WorkAccountProvider
from elections.secrets import unseal
from elections.work_account import issuer_fault
from tests import factories
from tests.identity.servers import lying_provider

ISSUER = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0"
SECRET = "een~geheim.dat-nergens-staat"


def run(*arguments: str) -> str:
    output = io.StringIO()
    call_command("work_account", *arguments, stdout=output, stderr=output)
    return output.getvalue()


def set_up(monkeypatch: Any, *more: str, secret: str = SECRET, issuer: str = ISSUER) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{secret}\n"))
    return run("set", "gm0001", "--issuer", issuer, "--client-id", "zitting", *more)


def test_provider_is_set_with_a_secret_from_standard_input(monkeypatch):
    output = set_up(monkeypatch)
    provider = WorkAccountProvider.objects.get()
    assert unseal(provider.secret).uncover() == SECRET
    assert (provider.issuer, provider.name, provider.requires_mfa) == (ISSUER, "Microsoft", True)
    assert "https://juinen.localhost/work-account/callback/" in output


def test_secret_is_in_no_output_log_or_column(monkeypatch, caplog):
    output = set_up(monkeypatch) + run("show", "gm0001")
    assert SECRET not in output + caplog.text
    assert SECRET not in str(list(AuditEvent.objects.values()))
    assert SECRET.encode() not in bytes(ProviderSecret.objects.get().ciphertext)


def test_secret_comes_from_a_file(tmp_path, monkeypatch):
    path = tmp_path / "secret"
    path.write_text(f"{SECRET}\n")
    set_up(monkeypatch, "--secret-file", str(path), secret="iets anders")
    assert unseal(ProviderSecret.objects.get()).uncover() == SECRET


def test_secret_is_kept_for_the_same_client_only(monkeypatch):
    set_up(monkeypatch)
    set_up(monkeypatch, "--keep-secret", "--context", "c1", secret="")
    assert WorkAccountProvider.objects.get().authentication_context == "c1"
    with pytest.raises(CommandError, match="client secret is needed"):
        set_up(monkeypatch, "--keep-secret", issuer="https://login.example/een-ander")


def test_new_secret_replaces_the_old_one(monkeypatch):
    set_up(monkeypatch)
    set_up(monkeypatch, secret="nieuw")
    assert unseal(ProviderSecret.objects.get()).uncover() == "nieuw"


@pytest.mark.parametrize("secret", ["", "  "])
def test_provider_without_secret_is_not_set(monkeypatch, secret):
    with pytest.raises(CommandError, match="client secret is needed"):
        set_up(monkeypatch, secret=secret)
    assert not WorkAccountProvider.objects.exists()


@pytest.mark.parametrize(
    "issuer",
    [
        "http://login.example/",
        "ftp://login.example/",
        "https:///pad",
        "login.example",
        "https://login.example/?p=1",
        "https://login.example/?",
        "https://login.example/#a",
        "https://naam:wachtwoord@login.example/",
        "https://login.example:99999/",
        "https://[::1",
        "https://login.microsoftonline.com/{tenantid}/v2.0",
        "https://login.microsoftonline.com/%7Btenantid%7D/v2.0",
        "https://login.microsoftonline.com/common/v2.0",
        "https://login.microsoftonline.com/organizations/v2.0",
        "https://login.microsoftonline.com/consumers/v2.0",
    ],
)
def test_issuer_that_is_not_of_one_organisation_is_refused(monkeypatch, issuer):
    with pytest.raises(CommandError, match="issuer"):
        set_up(monkeypatch, issuer=issuer)
    assert not WorkAccountProvider.objects.exists()


def test_plain_http_is_for_this_machine_in_tests_only(settings):
    assert issuer_fault("http://127.0.0.1:8000") == ""
    settings.TESTING = settings.DEBUG = False
    assert issuer_fault("http://127.0.0.1:8000") != ""
    assert issuer_fault(ISSUER) == ""


def test_provider_is_switched_off_and_shown(monkeypatch):
    set_up(monkeypatch, "--no-mfa", "--name", "Juinen ID")
    assert "second factor  not asked" in run("show", "gm0001")
    assert "active         no" in run("off", "gm0001")
    assert not WorkAccountProvider.objects.get().is_active


def test_links_are_forgotten_when_asked(monkeypatch):
    user = factories.make_staff(password="!")
    WorkAccount.objects.create(user=user, name="werkaccount", issuer=ISSUER, subject="anna")
    assert "colleagues     1" in set_up(monkeypatch)
    assert has_account(user)
    assert "colleagues     0" in set_up(monkeypatch, "--forget-links")
    assert not has_account(user)


def test_check_tells_whether_the_provider_answers(monkeypatch):
    with lying_provider() as liar:
        set_up(monkeypatch, issuer=liar.issuer)
        assert "answers, with 1 key." in run("check", "gm0001")
        liar.trouble = {"/jwks": "gone"}
        with pytest.raises(CommandError, match="/jwks"):
            run("check", "gm0001")


@pytest.mark.parametrize("command", ["show", "off", "check"])
def test_municipality_without_provider_is_told_so(command):
    with pytest.raises(CommandError, match="no work account provider"):
        run(command, "gm0001")


def test_unknown_municipality_is_told_so():
    with pytest.raises(CommandError, match="GM0404"):
        run("show", "gm0404")
