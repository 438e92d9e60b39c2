"""All that one browser, one queue and one server key of a municipality hold, sent to the other one."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse
from django_tenants.utils import schema_context, tenant_context

from config.celery import app
from elections.models import LoginChallenge, OutboxMail, SignIn
from elections.tasks import deliver_mail
from tenants import signing
from tenants.context import NoMunicipality
from tenants.tasks import TenantTask
from tests import factories
from tests.conftest import MunicipalityClient

ROOMS = ("config", "portal", "backoffice", "elections", "tenants")


def log_in(client: MunicipalityClient, username: str) -> None:
    """Password and code, as people do it: the browser then holds every cookie that we give."""
    client.post(reverse("portal:login"), {"username": username, "password": factories.PASSWORD})
    with tenant_context(client.municipality):
        code = LoginChallenge.objects.latest("pk").code
    client.post(reverse("portal:login-code"), {"code": code})


def sources() -> list[tuple[Path, ast.Module]]:
    """Every module of the product, read."""
    files = [file for room in ROOMS for file in sorted((Path(settings.BASE_DIR) / room).rglob("*.py"))]
    return [(file, ast.parse(file.read_text())) for file in files]


def test_all_cookies_of_a_finished_log_in_open_nothing_elsewhere(worlds, juinen, zonneiland, client_for):
    home, away = client_for(juinen), client_for(zonneiland)
    log_in(home, "lid@wereld")
    assert home.get("/").status_code == 200
    assert set(home.cookies) >= {"__Host-session", "__Host-browser", "__Host-language"}
    away.cookies = home.cookies.copy()
    assert away.get("/").headers["Location"] == "/login/?next=/"


def test_browser_that_is_known_here_is_a_new_one_there(worlds, juinen, zonneiland, client_for):
    home, away = client_for(juinen), client_for(zonneiland)
    log_in(home, "lid@wereld")
    away.cookies["__Host-browser"] = home.cookies["__Host-browser"].value
    log_in(away, "lid@wereld")
    here = SignIn.objects.latest("pk").browser_digest
    with tenant_context(zonneiland):
        there = SignIn.objects.latest("pk").browser_digest
    assert here
    assert there not in ("", here)


def test_proof_given_here_does_not_count_in_the_session_of_there(worlds, juinen, zonneiland, client_for):
    """The worst case: a fresh session of here, step-up included, is put under a session key of there."""
    user, twin = (worlds[schema].staff["administrator"] for schema in ("gm0001", "gm9009"))
    home, away = client_for(juinen, user), client_for(zonneiland, twin)
    fresh = Session.objects.get(session_key=home.session.session_key)
    with tenant_context(zonneiland):
        Session.objects.filter(session_key=away.cookies["__Host-session"].value).update(
            session_data=fresh.session_data
        )
    for name in ("backoffice:home", "backoffice:staff-list", "portal:confirm"):
        assert away.get(reverse(name)).headers["Location"].startswith("/login/?next=")


def test_message_for_the_next_page_waits_at_home(juinen, zonneiland, client_for):
    home, away = client_for(juinen), client_for(zonneiland)
    home.post(reverse("portal:logout"))
    away.cookies = home.cookies.copy()
    assert "U bent uitgelogd" not in away.get(reverse("portal:login")).content.decode()
    assert "U bent uitgelogd" in home.get(reverse("portal:login")).content.decode()


def test_task_with_the_id_of_here_touches_no_row_of_here(worlds, zonneiland):
    """The ids are equal, so the header decides: the mail of there is sent and that of here waits."""
    mail, twin = worlds["gm0001"].mail, worlds["gm9009"].mail
    assert mail.pk == twin.pk
    deliver_mail.apply(kwargs={"mail_id": mail.pk}, headers={"_schema_name": "gm9009"}, throw=True)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("waiting", 0)
    with tenant_context(zonneiland):
        twin.refresh_from_db()
    assert twin.state != "waiting"


@pytest.mark.parametrize("schema", ["public", "zitting_template", "nergens", 'gm0001"; --', ""])
def test_no_task_runs_for_a_schema_that_is_no_municipality(schema):
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if name.startswith("elections.")]
    tenant_tasks = [task for task in ours if isinstance(task, TenantTask)]
    assert len(tenant_tasks) >= 6
    before = OutboxMail.objects.count()
    for task in tenant_tasks:
        with schema_context("public"), pytest.raises(NoMunicipality):
            task.apply(headers={"_schema_name": schema}, throw=True)
    assert connection.schema_name == "gm0001"
    assert OutboxMail.objects.count() == before


def test_signed_text_of_any_purpose_is_refused_elsewhere_and_for_any_other_purpose(zonneiland):
    purposes = {"invitation", "browser", "calendar-feed", "", "zitting:gm9009:invitation"}
    texts = {purpose: signing.dumps([1000], purpose=purpose) for purpose in purposes}
    for purpose, text in texts.items():
        assert signing.loads(text, purpose=purpose) == [1000]
        for other in purposes - {purpose}:
            with pytest.raises(signing.BadSignature):
                signing.loads(text, purpose=other)
        for other in purposes:
            with tenant_context(zonneiland), pytest.raises(signing.BadSignature):
                signing.loads(text, purpose=other)


def test_nothing_is_signed_without_the_municipality():
    """Only tenants.signing, whose salt holds the schema, and the cache, whose keys hold it, use Django's signatures."""
    wrong = []
    for file, tree in sources():
        if file.parts[-2:] in {("tenants", "signing.py"), ("tenants", "cache_seal.py")}:
            continue
        for node in ast.walk(tree):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            )
            module = getattr(node, "module", "") or ""
            direct = "django.core.signing" in (module, *names)
            if direct or (module == "django.core" and "signing" in names):
                wrong.append(str(file))
    assert wrong == []


def test_every_keyed_digest_holds_the_municipality():
    """`salted_hmac` derives codes and digests; its salt must hold the schema, of here or of the message."""
    wrong = []
    for file, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "salted_hmac":
                salt = ast.unparse(node.args[0]) + ast.unparse(node.args[1])
                if not any(words in salt for words in ("current_schema()", "{schema_name}")):
                    wrong.append(f"{file}:{node.lineno} {salt}")
    assert wrong == []
