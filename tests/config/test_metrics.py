"""Who may read the figures of the platform, what is in them, and what never is."""

import http.client
import os
import socket
import subprocess
import sys
import time
from datetime import timedelta
from functools import partial

import pytest
from celery import current_app
from django.conf import settings as product
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context
from prometheus_client.parser import text_string_to_metric_families

from config.processes import HOST, free_port
from elections.models import Job, OutboxMail
from elections.queries.platform_figures import PlatformFigures, count_figures, kept_figures
from elections.tasks import keep_platform_figures
from tenants.models import Municipality
from tenants.watch import CLOCK_TASK, read_signs
from tests import factories
from tests.isolation.canaries import leaks, store_canaries
from tests.live_worker import LiveBroker, LiveWorker, broker_of_product, tick, wait_until

TOKEN = "token-of-the-tests-" + "0" * 32
PORT = "9100"
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def on(settings, tmp_path):
    """The figures are on, and Redis is one of this test."""
    settings.METRICS_TOKEN = TOKEN
    broker = LiveBroker(tmp_path)
    settings.REDIS_URL = broker.url
    yield broker
    broker.kill()


def scrape(path="/metrics", *, port=PORT, host="10.0.0.1", headers=BEARER):
    return Client(headers={"host": host, **headers}).get(path, SERVER_PORT=port)


def values(text):
    """Name and labels to value."""
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_token_opens_the_figures_at_their_own_port(on):
    answer = scrape()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Cache-Control"] == "no-store"
    assert values(answer.content.decode())["zitting_redis_up",] == 1


@pytest.mark.parametrize("headers", [{}, {"authorization": TOKEN}, {"authorization": "Bearer x"},
                                     {"authorization": f"Bearer {TOKEN}x"}, {"authorization": "Bearer "},
                                     {"authorization": "Bearer é"}])  # fmt: skip
def test_wrong_token_finds_nothing(on, headers):
    answer = scrape(headers=headers)
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize("host", ["juinen.localhost", "juinen.localhost:9100", "10.0.0.1", "10.0.0.1:9100"])
def test_host_of_a_municipality_shows_no_figures_even_to_who_has_the_token(on, host):
    answer = scrape(port="80", host=host)
    assert answer.status_code == 404
    assert b"zitting_" not in answer.content
    forwarded = Client(headers={"host": host, **BEARER, "x-forwarded-port": PORT}).get("/metrics")
    assert forwarded.status_code == 404


@pytest.mark.parametrize("path", ["/login/", "/", "/backoffice/", "/metrics/x"])
def test_port_of_the_figures_answers_nothing_else(on, path):
    assert scrape(path, host="juinen.localhost").status_code == 404


@pytest.mark.parametrize("port", ["80", PORT])
def test_without_a_token_there_are_no_figures(settings, port):
    settings.METRICS_TOKEN = ""
    answer = scrape(port=port, headers={"authorization": "Bearer "})
    assert answer.status_code == 404
    assert b"zitting_" not in answer.content


def test_answers_are_counted_by_view_and_never_by_path(on, juinen, client_for):
    client = client_for(juinen)
    token = factories.make_invitation(factories.make_user()).token
    before = values(scrape().content.decode())
    client.get("/login/")
    client.get(f"/invitation/{token}/")
    client.get("/nergens-te-vinden/")
    client.generic("GIBBERISH", "/login/")
    text = scrape().content.decode()
    after = values(text)
    key = ("zitting_requests_total", "200", "GET", "portal:login")
    assert after[key] == before.get(key, 0) + 1
    assert after["zitting_request_seconds_count", "portal:login"] >= 1
    for secret in (token, "nergens-te-vinden", "GIBBERISH"):
        assert secret not in text


def test_figures_are_of_all_municipalities_and_of_nobody(on, worlds, juinen, zonneiland, client_for):
    for municipality in (juinen, zonneiland):
        store_canaries(municipality, worlds[municipality.schema_name])
        with tenant_context(municipality):
            OutboxMail.objects.update(state="sent")
            user = factories.make_user(email="zoekmij@juinen.example")
            due = timezone.now() - timedelta(seconds=600)
            factories.make_mail(user, kind="news", state="waiting", due_at=due, attempts=1)
            factories.make_mail(
                user, kind="news", state="waiting", due_at=timezone.now() + timedelta(hours=3)
            )
            Job.objects.all().delete()
            factories.make_job(kind="letters", state="queued", created_at=due)
            factories.make_sign_in(user)
    Municipality.objects.filter(pk=juinen.pk).update(backed_up_at=timezone.now() - timedelta(hours=2))
    with schema_context("public"):
        keep_platform_figures.apply()
    text = scrape().content.decode()
    found = values(text)
    assert found["zitting_mails_open", "news"] == 4
    assert found["zitting_mails_retrying",] == 2
    assert 600 <= found["zitting_mail_oldest_seconds", "news"] < 3600
    assert found["zitting_jobs_open", "letters", "queued"] == 2
    assert found["zitting_job_oldest_seconds", "letters", "queued"] >= 600
    assert found["zitting_municipalities", "active"] == 2
    assert found["zitting_schemas_unreadable",] == 0
    with tenant_context(juinen):
        members = worlds[juinen.schema_name].member._meta.model.objects.active().count()
    assert found["zitting_municipality_members", juinen.code] == members
    assert found["zitting_municipality_log_ins", juinen.code] >= 1
    assert found["zitting_municipality_table_bytes", juinen.code] > 1_000_000
    assert found["zitting_municipality_mails", juinen.code, "waiting"] == 2
    assert 7200 <= found["zitting_municipality_without_backup_seconds", juinen.code] < 7260
    assert leaks(text.encode()) == set()
    for personal in ("zoekmij", "Merk", "@", str(worlds[juinen.schema_name].member.uuid), juinen.schema_name):
        assert personal not in text


def test_reading_the_figures_asks_the_database_nothing(on, django_assert_num_queries):
    with schema_context("public"):
        keep_platform_figures.apply()
    scrape()
    with django_assert_num_queries(0):
        answer = scrape()
    assert b"zitting_municipality_members" in answer.content


def test_usage_is_counted_again_only_after_a_while(juinen, monkeypatch):
    first = count_figures()
    factories.make_member()
    soon = count_figures(first)
    assert soon.usage[juinen.code].members == first.usage[juinen.code].members
    first.usage_at -= 1000
    assert count_figures(first).usage[juinen.code].members == first.usage[juinen.code].members + 1


def test_figures_come_out_of_the_cache_as_they_went_in(juinen):
    factories.make_job(state="queued")
    figures = count_figures()
    assert PlatformFigures.from_json(figures.as_json()) == figures
    assert figures.jobs


def test_figures_that_newer_code_kept_are_read_without_what_it_added(juinen):
    factories.make_job()
    factories.make_mail(factories.make_user(), state="waiting")
    figures = count_figures()
    kept = figures.as_json()
    for part in (kept, *(each for name in ("mails", "jobs", "usage") for each in kept[name].values())):
        part["added"] = 1
    assert PlatformFigures.from_json(kept) == figures
    assert all((figures.mails, figures.jobs, figures.usage))


def test_municipality_whose_tables_do_not_fit_stops_only_itself(juinen, zonneiland):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {juinen.schema_name}.elections_outboxmail RENAME TO gone")
    figures = count_figures()
    assert figures.unreadable == 1
    assert set(figures.usage) == {zonneiland.code}


def test_figures_belong_to_no_municipality(juinen):
    """A page of a municipality, whose cache is its own, does not find them."""
    with schema_context("public"):
        keep_platform_figures.apply()
    with tenant_context(juinen):
        assert cache.get("platform-figures") is None
        assert kept_figures() is not None


def test_without_redis_the_figures_of_requests_are_still_there(on, juinen, client_for):
    on.kill()
    client_for(juinen).get("/login/")
    found = values(scrape().content.decode())
    assert found["zitting_redis_up",] == 0
    assert found["zitting_request_seconds_count", "portal:login"] >= 1
    on.start()


def test_queue_tells_how_long_its_first_message_waits(on, juinen):
    with broker_of_product(on.url):
        tick()
        current_app.send_task(
            "elections.deliver_due_mails", queue="urgent", headers={"_schema_name": juinen.schema_name}
        )
        signs = {queue.name: queue for queue in read_signs().queues}
        assert (signs["default"].waiting, signs["urgent"].waiting) == (1, 1)
        assert 0 < signs["urgent"].oldest_seconds < 60
        assert time.time() - read_signs().tick_at < 60
        found = values(scrape().content.decode())
    assert found["zitting_queue_messages", "default"] == 1
    assert found["zitting_queue_oldest_seconds", "default"] > 0
    assert found["zitting_beat_last_tick_timestamp_seconds",] > 0
    assert found["zitting_sweep_last_run_timestamp_seconds",] == 0


def test_worker_counts_what_became_of_tasks(on, committed, tmp_path):
    worker = LiveWorker(on.url, tmp_path / "log", processes=1)
    try:
        with broker_of_product(on.url):
            tick()
            wait_until(lambda: read_signs().sweep_at > 0, seconds=90, what="a sweep that ran")
        signs = read_signs()
        assert signs.tasks[CLOCK_TASK, "SUCCESS"] == 1
        assert signs.seconds[CLOCK_TASK] >= 0
    finally:
        worker.kill()


@pytest.fixture
def servers(on, committed, tmp_path):
    """gunicorn as production starts it, on ports of this test."""
    public, own = free_port(), free_port()
    environment = {
        "REDIS_URL": on.url,
        "METRICS_TOKEN": TOKEN,
        "METRICS_PORT": f"{own}",
        "LOG_LEVEL": "ERROR",
    }
    database = connection.settings_dict
    environment["DATABASE_URL"] = (
        f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "python:config.gunicorn", "--workers", "2",
               "--bind", f"{HOST}:{public}", "--bind", f"{HOST}:{own}", "--bind", f"unix:{tmp_path}/web"]  # fmt: skip
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, cwd=product.BASE_DIR, stdout=log, stderr=log
        )
    wait_until(partial(answers, public), seconds=60, what="a web server that answers")
    yield public, own
    process.terminate()
    process.wait(30)


def answers(port):
    try:
        return ask(port, "/health/live")[0] == 200
    except OSError:
        return False


def ask(port, path, **headers):
    probe = http.client.HTTPConnection(HOST, port, timeout=20)
    try:
        probe.request("GET", path, headers=headers)
        answer = probe.getresponse()
        return answer.status, answer.read().decode()
    finally:
        probe.close()


def test_name_of_the_port_opens_nothing_at_a_unix_socket(servers, tmp_path):
    """There gunicorn takes the port from the Host header, which everybody fills in as they like."""
    _public, own = servers
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(f"{tmp_path}/web")
        lines = ("GET /metrics HTTP/1.1", f"Host: juinen.localhost:{own}", f"Authorization: Bearer {TOKEN}")
        client.sendall("\r\n".join((*lines, "Connection: close", "", "")).encode())
        with client.makefile("rb") as answer:
            text = answer.read()
    assert text.startswith(b"HTTP/1.1 404")
    assert b"zitting_" not in text


def test_server_counts_over_its_processes_and_shows_it_at_the_own_port_alone(servers):
    public, own = servers
    for _time in range(12):
        assert ask(public, "/login/", Host="juinen.localhost")[0] == 200
    for host in (f"juinen.localhost:{own}", f"{HOST}:{own}", "juinen.localhost"):
        assert ask(public, "/metrics", Host=host, Authorization=f"Bearer {TOKEN}")[0] == 404
    assert ask(own, "/metrics")[0] == 404
    assert ask(own, "/login/", Host="juinen.localhost", Authorization=f"Bearer {TOKEN}")[0] == 404
    for _time in range(4):  # whichever process answers
        status, text = ask(own, "/metrics", Host="juinen.localhost", Authorization=f"Bearer {TOKEN}")
        assert status == 200
        assert values(text)["zitting_requests_total", "200", "GET", "portal:login"] == 12
