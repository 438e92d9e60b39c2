"""`manage.py brp` and what the municipality may ask: the key goes in and never comes out, and goes to one host."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django_tenants.utils import tenant_context

from elections.actions.brp_connection import authorise, set_connection
from elections.brp import url_fault
from elections.demo.brp_stand_in import KEY, StandIn
from elections.enums import BrpSubject
from elections.errors import ActionError
from elections.models import AuditEvent, BrpConnection, BrpKey
from elections.queries.brp import active_connection
from elections.secrets import unseal
from tests import factories
from tests.brp_register import PURPOSE, running

URL = "https://brp.gateway.example/haalcentraal/api/brp"
SECRET = "een~sleutel.die-nergens-staat"


def run(*arguments: str) -> str:
    output = io.StringIO()
    call_command("brp", *arguments, stdout=output, stderr=output)
    return output.getvalue()


def set_up(monkeypatch, *more: str, key: str = SECRET, url: str = URL) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{key}\n"))
    return run("set", "gm0001", "--url", url, *more)


def may_ask(**values):
    defaults = {"purpose": PURPOSE, "processing": "", "subjects": BrpSubject.values, "is_active": True}
    return authorise(**defaults | values, by=factories.make_staff())


def test_connection_is_set_with_a_key_from_standard_input_and_is_off(monkeypatch):
    output = set_up(monkeypatch, "--oin", "00000001234567890000")
    connection = BrpConnection.objects.get()
    assert unseal(connection.key).uncover() == SECRET
    assert (connection.url, connection.is_active, connection.oin) == (URL, False, "00000001234567890000")
    assert active_connection() is None
    assert "active       no" in output


def test_key_is_in_no_output_log_or_column(monkeypatch, caplog):
    output = set_up(monkeypatch) + run("show", "gm0001")
    assert SECRET not in output + caplog.text
    assert SECRET not in str(list(AuditEvent.objects.values()))
    assert SECRET.encode() not in bytes(BrpKey.objects.get().ciphertext)


def test_key_comes_from_a_file(tmp_path, monkeypatch):
    path = tmp_path / "sleutel"
    path.write_text(f"{SECRET}\n")
    set_up(monkeypatch, "--key-file", str(path), key="iets anders")
    assert unseal(BrpKey.objects.get()).uncover() == SECRET


def test_key_is_kept_for_the_same_address_only(monkeypatch):
    set_up(monkeypatch)
    set_up(monkeypatch, "--keep-key", key="")
    with pytest.raises(CommandError, match="key is needed"):
        set_up(monkeypatch, "--keep-key", url="https://een-ander.example/brp")
    assert BrpConnection.objects.get().url == URL


@pytest.mark.parametrize("key", ["", "  ", "met\x07bel", "met é", "x" * 2001])
def test_key_that_no_header_holds_is_refused(monkeypatch, key):
    with pytest.raises(CommandError):
        set_up(monkeypatch, key=key)
    assert not BrpKey.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://brp.gateway.example/",
        "ftp://brp.gateway.example/",
        "https:///pad",
        "brp.gateway.example",
        "https://wie:geheim@brp.gateway.example/",
        "https://brp.gateway.example/?x=1",
        "https://brp.gateway.example/#deel",
        "https://brp.gateway.example:0/",
        "https://brp.gateway.example:poort/",
        "file:///etc/passwd",
    ],
)
def test_address_that_is_not_one_server_is_refused(monkeypatch, url):
    assert url_fault(url)
    with pytest.raises(CommandError):
        set_up(monkeypatch, url=url)
    assert not BrpConnection.objects.exists()


def test_plain_http_is_for_this_machine_and_not_in_production(settings):
    assert not url_fault("http://127.0.0.1:8026/brp")
    settings.TESTING = settings.DEMO = settings.DEBUG = False
    assert url_fault("http://127.0.0.1:8026/brp")


def test_certificate_that_is_not_there_is_refused(monkeypatch):
    for option in ("--ca-file", "--certificate-file"):
        with pytest.raises(CommandError, match="There is no file"):
            set_up(monkeypatch, option, "/nergens/cert.pem")


def test_oin_has_twenty_digits(monkeypatch):
    with pytest.raises(CommandError, match="twintig cijfers"):
        set_up(monkeypatch, "--oin", "123")


def test_off_stops_asking(monkeypatch):
    set_up(monkeypatch)
    may_ask()
    assert active_connection() is not None
    run("off", "gm0001")
    assert active_connection() is None


def test_check_asks_about_nobody(monkeypatch):
    register = StandIn()
    with running(register) as url:
        set_up(monkeypatch, key=KEY, url=url)
        assert "takes our key" in run("check", "gm0001")
        assert register.asked == []
        set_up(monkeypatch, key="een-andere", url=url)
        with pytest.raises(CommandError, match="status 401"):
            run("check", "gm0001")


@pytest.mark.parametrize("command", ["show", "off", "check"])
def test_without_connection_a_command_says_so(command):
    with pytest.raises(CommandError, match="no connection"):
        run(command, "gm0001")


def test_unknown_municipality_is_named():
    with pytest.raises(CommandError, match="GM7777"):
        run("show", "gm7777")


def test_public_body_has_no_connection(zonneiland):
    with tenant_context(zonneiland), pytest.raises(ActionError, match="register of its own"):
        set_connection(url=URL, key=SECRET)


@pytest.mark.parametrize("missing", [{"purpose": ""}, {"purpose": "   "}, {"subjects": []}])
def test_without_purpose_or_subject_it_is_not_switched_on(monkeypatch, missing):
    set_up(monkeypatch)
    with pytest.raises(ActionError):
        may_ask(**missing)
    assert not BrpConnection.objects.get().is_active


def test_database_refuses_an_active_connection_without_purpose(monkeypatch):
    set_up(monkeypatch)
    with pytest.raises(IntegrityError), transaction.atomic():
        BrpConnection.objects.update(is_active=True)


@pytest.mark.parametrize("purpose", ["Één", "twee\nregels", "x" * 201])
def test_purpose_must_fit_in_a_header(monkeypatch, purpose):
    set_up(monkeypatch)
    with pytest.raises(ActionError):
        may_ask(purpose=purpose)


def test_subjects_that_nobody_knows_are_left_out(monkeypatch):
    set_up(monkeypatch)
    assert may_ask(subjects=["death", "nationaliteit"]).subjects == ["death"]


def test_what_may_be_asked_is_in_the_log(monkeypatch):
    set_up(monkeypatch)
    may_ask(subjects=["death"])
    event = AuditEvent.objects.get(action="brp_connection.authorise")
    assert event.purpose == PURPOSE
    assert event.details == {"subjects": ["death"], "active": True}


def test_without_connection_nothing_is_authorised():
    with pytest.raises(ActionError, match="nog geen aansluiting"):
        may_ask()
