"""A task message runs in the schema that it was sent for, or not at all."""

import pytest
from celery import shared_task, signature
from celery.app.task import Context
from celery.app.trace import build_tracer
from django.db import connection
from django_tenants.utils import schema_context, tenant_context

from config.celery import app
from tenants import tasks
from tenants.task_seals import SEAL, NotSealed, sealed

seen: list[tuple[str, dict]] = []


@shared_task(base=tasks.TenantTask, name="tests.note", ignore_result=True)
def note(*args, **kwargs):
    seen.append((connection.schema_name, kwargs))


@shared_task(base=tasks.TenantTask, name="tests.note_next", ignore_result=True)
def note_next(*, job_id):
    seen.append((connection.schema_name, job_id))


@shared_task(base=tasks.PlatformTask, name="tests.note_platform", ignore_result=True)
def note_platform():
    seen.append((connection.schema_name, {}))


@pytest.fixture(autouse=True)
def nothing_seen():
    seen.clear()
    app.loader.import_default_modules()


def message(task, schema, **kwargs):
    """The headers that a message of ours has."""
    return sealed({"_schema_name": schema}, task.name, None, kwargs)


def run(task, headers, *, at, **kwargs):
    """As a worker does with a message: the request holds its headers, and the connection is where it led."""
    request = {"headers": headers, "args": [], "kwargs": kwargs, "called_directly": False}
    task.push_request(**request)
    try:
        with schema_context(at):
            return task(**kwargs)
    finally:
        task.pop_request()


def test_message_runs_in_the_schema_that_it_was_sent_for():
    run(note, message(note, "gm9009", job_id=7), at="gm9009", job_id=7)
    run(note_platform, message(note_platform, "public"), at="public")
    assert seen == [("gm9009", {"job_id": 7}), ("public", {})]


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        ({}, "public"),
        ({}, "gm0001"),
        ({"_schema_name": "gm0001"}, "gm0001"),
        ({"_schema_name": "gm0001", SEAL: "0" * 64}, "gm0001"),
        ({"_schema_name": "gm0001", SEAL: ["no text"]}, "gm0001"),
        (message(note, "gm0001", job_id=7) | {"_schema_name": "gm9009"}, "gm9009"),
        (message(note, "gm0001", job_id=8), "gm0001"),
        (message(note_platform, "gm0001", job_id=7), "gm0001"),
        (message(note, "gm0001", job_id=7), "gm9009"),
        (message(note, "gm0001", job_id=7), "public"),
        (message(note, "nowhere", job_id=7), "public"),
    ],
    ids=[
        "nothing", "no header", "no seal", "seal of somebody else", "no text", "other schema", "other row",
        "other task", "connection elsewhere", "connection in public", "no such schema",
    ],
)  # fmt: skip
def test_message_that_is_not_ours_as_it_is_runs_nowhere(headers, at):
    with pytest.raises(NotSealed):
        run(note, headers, at=at, job_id=7)
    assert seen == []


def test_task_of_the_platform_needs_a_seal_as_well():
    for headers in ({}, {"_schema_name": "public"}, message(note_platform, "nowhere")):
        with pytest.raises(NotSealed):
            run(note_platform, headers, at="public")
    assert seen == []


def test_headers_of_another_message_cannot_be_sent_again(juinen, zonneiland):
    """What tenant-schemas-celery #170 was: a task that sends the next one with its own headers."""
    with tenant_context(juinen):
        own = message(note, "gm0001", job_id=7)
    with tenant_context(zonneiland), pytest.raises(NotSealed, match=r"tests\.note"):
        app.send_task(note.name, kwargs={"job_id": 8}, headers=own)


def test_seal_is_the_same_for_what_json_makes_the_same():
    """A worker sees lists where a tuple was sent, and keys in another order."""
    made = sealed({"_schema_name": "gm0001"}, "t", (1, "b"), {"b": 1, "a": (2,)})
    assert made == sealed({"_schema_name": "gm0001"}, "t", [1, "b"], {"a": [2], "b": 1})


NEXT = dict(
    signature(
        note_next.name, kwargs={"job_id": 7}, options={"headers": {"_schema_name": "gm9009"}}, immutable=True
    )
)
MANY = {"tasks": [NEXT], "result": [["an-id", None], None], "group_id": "an-id", "partial_args": []}


@pytest.mark.parametrize(
    ("name", "headers", "more"),
    [
        (note.name, {"_schema_name": "gm0001"}, {"errbacks": [NEXT]}),
        (note.name, message(note, "gm0001"), {"callbacks": [NEXT]}),
        (note.name, message(note, "gm0001"), {"chain": [NEXT]}),
        (note.name, message(note, "gm0001"), {"chord": NEXT}),
        ("celery.group", {"_schema_name": "gm0001"}, {"kwargs": MANY}),
        (
            "celery.starmap",
            {"_schema_name": "gm0001"},
            {"kwargs": {"task": {"task": note.name}, "it": [[7]]}},
        ),
    ],
    ids=["when it fails", "when it is done", "chain", "chord", "group", "of Celery itself"],
)
def test_message_brings_no_other_tasks_along(juinen, zonneiland, name, headers, more):
    """A worker would send them with a seal of its own, to whatever municipality they name, or run them unsealed."""
    request = {"id": "an-id", "task": name, "is_eager": False, "delivery_info": {}}
    trace = build_tracer(name, app.tasks[name], app=app)
    trace("an-id", (), more.pop("kwargs", {}), request | headers | more)
    assert seen == []


def test_nothing_follows_a_message_at_which_the_worker_dies(zonneiland):
    """The parent process reports a worker that is killed or takes too long; it never looked at the seal."""
    request = Context(id="an-id", errbacks=[NEXT], delivery_info={})
    app.backend.mark_as_failure("an-id", RuntimeError("killed"), request=request, store_result=False)
    assert seen == []
