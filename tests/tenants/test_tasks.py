from inspect import signature

import pytest
from celery import shared_task
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context
from kombu.exceptions import OperationalError

from config.celery import app
from tenants import tasks
from tenants.context import NoMunicipality
from tests import last_release

seen: list[tuple[str, str, dict]] = []


@shared_task(base=tasks.TenantTask, name="tests.remember", ignore_result=True)
def remember(**kwargs):
    seen.append((connection.schema_name, timezone.get_current_timezone_name(), kwargs))


@shared_task(base=tasks.PlatformTask, name="tests.dispatch", ignore_result=True)
def dispatch():
    tasks.for_each_municipality(remember, spread_seconds=10, reason="test")


@pytest.fixture(autouse=True)
def nothing_seen():
    seen.clear()
    app.loader.import_default_modules()


def test_task_runs_in_the_schema_and_time_zone_it_was_sent_from(zonneiland):
    with tenant_context(zonneiland):
        remember.delay(uuid="1")
    assert seen == [("gm9009", "America/Kralendijk", {"uuid": "1"})]


def test_task_in_public_is_refused_when_sent_and_when_run():
    with schema_context("public"):
        for call in (remember.delay, remember.apply, remember.apply_async, remember):
            with pytest.raises(NoMunicipality):
                call()
    assert seen == []


def test_task_for_a_schema_without_a_municipality_is_refused():
    with schema_context("zitting_template"), pytest.raises(NoMunicipality):
        remember()


def test_task_of_a_suspended_municipality_is_refused(juinen):
    juinen.status = "suspended"
    juinen.save()
    with tenant_context(juinen), pytest.raises(tasks.MunicipalityNotActive):
        remember.delay()
    assert seen == []


def test_task_on_commit_belongs_to_where_it_was_asked_for(
    juinen, zonneiland, django_capture_on_commit_callbacks
):
    """Without the override the schema at the time of the commit would count."""
    with django_capture_on_commit_callbacks(execute=True), tenant_context(juinen):
        with transaction.atomic():
            remember.delay_on_commit(uuid="1")
            with tenant_context(zonneiland):
                remember.apply_async_on_commit(kwargs={"uuid": "2"})
        connection.set_tenant(zonneiland)
    assert [(schema, kwargs["uuid"]) for schema, _zone, kwargs in seen] == [("gm0001", "1"), ("gm9009", "2")]


def test_task_that_fails_leaves_the_schema_as_it_was(juinen, zonneiland):
    @shared_task(base=tasks.TenantTask, name="tests.fail", ignore_result=True)
    def fail():
        raise ValueError(connection.schema_name)

    with schema_context("public"):
        with pytest.raises(ValueError, match="gm9009"):
            fail.apply(headers={"_schema_name": "gm9009"}, throw=True)
        assert connection.schema_name == "public"


def test_dispatcher_sends_one_task_to_each_active_municipality(juinen):
    juinen.status = "suspended"
    juinen.save()
    with schema_context("public"):
        dispatch.delay()
    assert [(schema, kwargs) for schema, _zone, kwargs in seen] == [("gm9009", {"reason": "test"})]


def test_dispatcher_inside_a_municipality_is_refused():
    with pytest.raises(tasks.NotInPublic):
        dispatch.delay()


def test_dispatcher_goes_on_when_sending_fails_for_one(monkeypatch):
    def send(**options):
        if connection.schema_name == "gm0001":
            raise OperationalError("no broker")
        seen.append(connection.schema_name)

    monkeypatch.setattr(remember, "apply_async", send)
    with schema_context("public"):
        assert tasks.for_each_municipality(remember) == 1
    assert seen == ["gm9009"]


def test_wait_of_a_dispatched_task_stays_far_below_the_visibility_timeout():
    timeout = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    with schema_context("public"), pytest.raises(ValueError, match="visibility"):
        tasks.for_each_municipality(remember, spread_seconds=timeout)


def test_schedule_names_tasks_that_exist_and_run_in_public():
    app.loader.import_default_modules()
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert names
    assert [name for name in names if not isinstance(app.tasks.get(name), tasks.PlatformTask)] == []


def test_every_task_of_ours_says_where_it_runs():
    """No task without one of the two bases: it would run in public when its header is lost."""
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith(("celery.", "tests."))}
    assert ours
    assert [
        n for n, task in ours.items() if not isinstance(task, tasks.TenantTask | tasks.PlatformTask)
    ] == []


@pytest.mark.parametrize(("name", "arguments"), last_release.TASKS.items())
def test_workers_understand_messages_of_the_last_release(name, arguments):
    """During an update old web servers ring for new workers. docs/operations.md, “Making a migration”."""
    signature(app.tasks[name].run).bind(**dict.fromkeys(arguments))
