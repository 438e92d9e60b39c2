import json

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from tenants import locks, middleware
from tenants.models import Domain, Municipality

HOSTILE_HOSTS = [
    "evil.example",
    "localhost",
    "nergens.localhost",
    "public.localhost",
    "gm0001.localhost",
    "zitting_template.localhost",
    "juinen.localhost.evil.example",
    "evil.example.juinen.localhost",
    "juinen.localhost@evil.example",
    "evil.example#juinen.localhost",
    "evil.example/juinen.localhost",
    "evil.example?juinen.localhost",
    "juinen.localhost:8000@evil.example",
    "juinen.localhost:evil",
    "juinen.localhost,evil.example",
    "juinen.localhost evil.example",
    "juinen.localhost\tevil.example",
    "juinen.localhost%00.evil.example",
    "juinen.localhost\\evil.example",
    "www.www.juinen.localhost",
    "..juinen.localhost",
    ".juinen.localhost",
    "juinen..localhost",
    "juinen.localhost..",
    "juinén.localhost",
    "ｊuinen.localhost",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "127.0.0.1",
    "[::1]",
    "2130706433",
    "",
]


@pytest.mark.parametrize("host", HOSTILE_HOSTS)
def test_hostile_host_gets_a_page_without_a_municipality(host):
    response = Client(headers={"host": host}).get("/")
    body = response.content.decode()
    assert response.status_code == 404
    assert "Dit adres bestaat niet" in body
    for word in ("Juinen", "Zonneiland", "evil", "http://", "https://", "Set-Cookie"):
        assert word not in body
    assert not response.cookies
    assert "Location" not in response.headers


@pytest.mark.parametrize("host", ["evil.example", "juinen.localhost@evil.example", "nergens.localhost"])
def test_hostile_host_over_http_is_not_sent_to_another_site(settings, host):
    settings.SECURE_SSL_REDIRECT = True
    response = Client(headers={"host": host}).get("/login/")
    assert response.status_code in (301, 400)
    assert "evil" not in response.headers.get("Location", "")
    assert "Juinen" not in response.content.decode()


def test_known_host_with_capitals_or_port_is_the_municipality(client_for, juinen):
    for host in ("JUINEN.localhost", "juinen.localhost:8000"):
        response = client_for(juinen).get("/house-style.css", headers={"host": host})
        assert response.status_code == 200


def test_host_decides_the_municipality(client_for, juinen, zonneiland):
    assert juinen.accent in client_for(juinen).get("/house-style.css").content.decode()
    assert zonneiland.accent in client_for(zonneiland).get("/house-style.css").content.decode()


def test_forwarded_host_is_not_believed(client_for, juinen, zonneiland):
    response = client_for(juinen).get(
        "/house-style.css", headers={"x-forwarded-host": "zonneiland.localhost"}
    )
    assert juinen.accent in response.content.decode()


def test_other_domain_redirects_to_the_primary_one(juinen):
    Domain.objects.create(domain="oud.localhost", tenant=juinen, is_primary=False)
    for host in ("oud.localhost", "www.juinen.localhost", "www.oud.localhost"):
        response = Client(headers={"host": host}).get("/brieven/?pagina=2")
        assert response.status_code == 301
        assert response.headers["Location"] == "https://juinen.localhost/brieven/?pagina=2"


def test_redirect_never_leaves_the_municipality():
    for path in ("//evil.example/", "/\\evil.example/", "/%5Cevil.example/", "/?next=\\\\evil.example"):
        response = Client(headers={"host": "www.juinen.localhost"}).get(path)
        assert response.headers["Location"].startswith("https://juinen.localhost/")
        assert not response.headers["Location"].startswith("https://juinen.localhost//")


def test_post_to_another_domain_is_not_found():
    assert Client(headers={"host": "www.juinen.localhost"}).post("/inloggen/").status_code == 404


def test_suspended_municipality_is_closed_for_a_while(client_for, juinen):
    with schema_context("public"):
        juinen.status = "suspended"
        juinen.save()
    response = client_for(juinen).get("/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "3600"
    assert "Juinen" not in response.content.decode()


def test_lookup_is_remembered_and_dropped_on_change(juinen, django_assert_num_queries):
    with schema_context("public"):
        middleware.municipality_of("juinen.localhost")
        with django_assert_num_queries(0):
            assert middleware.municipality_of("juinen.localhost").name == "Juinen"
        juinen.name = "Juinen aan Zee"
        juinen.save()
        assert middleware.municipality_of("juinen.localhost").name == "Juinen aan Zee"
        Domain.objects.get(domain="juinen.localhost").delete()
        assert middleware.municipality_of("juinen.localhost") is None


def test_lookup_gives_each_request_its_own_copy():
    with schema_context("public"):
        first = middleware.municipality_of("juinen.localhost")
        first.name = "Iets anders"
        assert middleware.municipality_of("juinen.localhost").name == "Juinen"


def test_lookup_ends_after_half_a_minute(monkeypatch):
    with schema_context("public"):
        middleware.municipality_of("juinen.localhost")
        Municipality.objects.filter(code="GM0001").update(name="Stil veranderd")
        now = middleware.time.monotonic()
        monkeypatch.setattr(middleware.time, "monotonic", lambda: now + middleware.HOST_SECONDS + 1)
        assert middleware.municipality_of("juinen.localhost").name == "Stil veranderd"


def test_unknown_hosts_are_not_remembered():
    with schema_context("public"):
        for number in range(50):
            middleware.municipality_of(f"nergens{number}.localhost")
    assert len(middleware._hosts) == 0


def test_request_runs_in_the_time_zone_of_the_municipality(rf, zonneiland):
    handler = middleware.TenantMiddleware(lambda request: None)
    assert handler.process_request(rf.get("/", headers={"host": "zonneiland.localhost"})) is None
    assert timezone.get_current_timezone_name() == "America/Kralendijk"
    assert connection.schema_name == zonneiland.schema_name


def test_request_with_unknown_host_leaves_the_schema_of_the_last_one(rf):
    handler = middleware.TenantMiddleware(lambda request: None)
    handler.process_request(rf.get("/", headers={"host": "zonneiland.localhost"}))
    assert handler.process_request(rf.get("/", headers={"host": "nergens.localhost"})).status_code == 404
    assert connection.schema_name == "public"


def test_health_live_answers_at_any_host():
    response = Client(headers={"host": "10.0.0.1"}).get("/health/live")
    assert (response.status_code, json.loads(response.content)) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("juinen.localhost", 200),
        ("JUINEN.localhost", 200),
        ("www.juinen.localhost", 200),
        ("platform.zitting.example.nl", 200),
        ("nergens.localhost", 404),
        ("localhost", 404),
        ("", 404),
        ("juinen.localhost:443", 404),
        ("juinen.localhost/pad", 404),
        ("'; SELECT 1", 404),
        ("a" * 300, 404),
    ],
)
def test_health_host_says_only_whether_a_name_is_ours(settings, name, status):
    settings.PLATFORM_HOST = "platform.zitting.example.nl"
    response = Client(headers={"host": "web:8000"}).get("/health/host", {"domain": name})
    assert (response.status_code, response.content) == (status, b"")
    assert response.headers["Cache-Control"] == "no-store"


def test_health_host_knows_other_names_and_the_suspended(juinen):
    juinen.domains.create(domain="oud.juinen.nl", is_primary=False)
    Municipality.objects.filter(pk=juinen.pk).update(status="suspended")
    for name in ("oud.juinen.nl", "juinen.localhost"):
        assert Client(headers={"host": "web:8000"}).get("/health/host", {"domain": name}).status_code == 200


def test_health_host_asks_nothing_about_what_is_no_host_name(
    django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_num_queries(0):
        Client(headers={"host": "web:8000"}).get("/health/host", {"domain": "no host name"})
    with django_assert_max_num_queries(2):  # the search path, and one look in an index
        Client(headers={"host": "web:8000"}).get("/health/host", {"domain": "nergens.localhost"})


def test_health_host_without_database_is_503(monkeypatch):
    """Not a 404: a proxy may remember that."""

    def no_answer(_host):
        raise OperationalError

    monkeypatch.setattr(middleware, "municipality_of", no_answer)
    response = Client(headers={"host": "web:8000"}).get("/health/host", {"domain": "juinen.localhost"})
    assert response.status_code == 503


def test_health_ready_tells_about_database_and_redis():
    response = Client(headers={"host": "10.0.0.1"}).get("/health/ready")
    assert response.status_code == 200
    assert json.loads(response.content) == {"status": "ok", "database": "ok", "redis": "ok"}


def test_health_ready_without_redis_keeps_the_server_in(monkeypatch):
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    response = Client(headers={"host": "10.0.0.1"}).get("/health/ready")
    assert (response.status_code, json.loads(response.content)["redis"]) == (200, "down")


def test_health_ready_without_database_is_503(monkeypatch):
    def refuse(*_args):
        raise OperationalError("connection refused")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", refuse)
        response = Client(headers={"host": "10.0.0.1"}).get("/health/ready")
    assert (response.status_code, json.loads(response.content)["database"]) == (503, "down")


def ready(client):
    """Status code and the state that /health/ready tells."""
    response = client.get("/health/ready")
    return response.status_code, json.loads(response.content)["status"]


@pytest.fixture
def web():
    """A web server that just started."""
    return Client(headers={"host": "10.0.0.1"})


def migrations_of_public():
    connection.set_schema_to_public()
    return MigrationRecorder.Migration.objects.all()


def test_new_code_is_not_ready_before_its_upgrade(web):
    newest = migrations_of_public().filter(app="elections").latest("name")
    newest.delete()
    assert ready(web) == (503, "behind")
    newest.save(force_insert=True)
    assert ready(web) == (200, "ok")


def test_new_code_is_not_ready_while_municipalities_are_upgraded(web):
    with locks.own_lock(locks.UPGRADE, wait=False):
        assert ready(web) == (503, "behind")
    assert ready(web) == (200, "ok")


def test_old_code_is_ready_on_newer_tables_and_while_they_are_made(web):
    migrations_of_public().create(app="elections", name="9999_later", applied=timezone.now())
    with locks.own_lock(locks.UPGRADE, wait=False):
        assert ready(web) == (200, "ok")


def test_server_that_was_ready_stays_so_and_asks_no_more(web, django_assert_num_queries):
    assert ready(web) == (200, "ok")
    migrations_of_public().filter(app="elections").delete()
    with django_assert_num_queries(2):  # the search path, and whether it answers
        assert ready(web) == (200, "ok")


def test_empty_database_is_not_ready(web):
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO gone")
    assert ready(web) == (503, "behind")
