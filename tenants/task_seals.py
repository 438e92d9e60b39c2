"""The seal of a task message: for which schema it was sent, which task it is, and with which arguments.

A worker runs a task in the schema that the message names. Primary keys repeat in every schema, so a message with the
name of another municipality would find a row there, and work on it (tenant-schemas-celery #170: headers of one task
were used again for the next). With a seal only a message that this platform sent as it is runs at all.

A message of Celery can also hold what is to run after its task, and Celery has tasks of its own that send tasks. A
worker would send those with a seal of its own, so every task asks for a seal, and nothing may follow one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from celery import Task
from celery.backends.base import DisabledBackend
from django.db import connection
from django.utils.crypto import constant_time_compare, salted_hmac
from kombu.utils.json import dumps
from tenant_schemas_celery.app import CeleryApp
from tenant_schemas_celery.task import TenantTask as SchemaTask
from tenant_schemas_celery.task import headers_with_schema

SCHEMA: Final = "_schema_name"
SEAL: Final = "_seal"
FOLLOWERS: Final = ("callbacks", "errbacks", "chain", "chord")
"""Where a message of Celery holds what runs after its task; messages of ours hold nothing there."""


class NotSealed(RuntimeError):
    """A task message without a seal, or one that was made for another schema, task or arguments."""


def sealed(
    headers: Mapping[str, Any], name: str, args: Sequence[Any] | None, kwargs: Mapping[str, Any] | None
) -> dict[str, Any]:
    """A copy of `headers`, which name the schema, with the seal of a task with these arguments.

    Raises:
        NotSealed: when they are the headers of another message.
    """
    seal = _seal(headers[SCHEMA], name, args, kwargs)
    if not constant_time_compare(headers.get(SEAL, seal), seal):
        raise NotSealed(f"{name} was sent with the headers of another message.")
    return {**headers, SEAL: seal}


def check_seal(task: Task) -> None:
    """Let a task that came as a message begin only when it is in the schema that it was sent for.

    What runs without a message, by a call of the function or of `apply`, has none to check.

    Raises:
        NotSealed: when the message was sent for another schema, task or arguments, or by somebody else, or when
            it says what is to run afterwards.
    """
    request = task.request
    if request.called_directly or request.is_eager:
        return
    if any(getattr(request, name) for name in FOLLOWERS):
        raise NotSealed(f"A message for {task.name} brings other tasks along.")
    headers = {**vars(request), **(request.headers or {})}
    schema_name = headers.get(SCHEMA)
    seal = _seal(schema_name, task.name, request.args, request.kwargs)
    if not schema_name or not constant_time_compare(str(headers.get(SEAL)), seal):
        raise NotSealed(f"A message for {task.name} has no seal of ours for the schema {schema_name}.")
    if connection.schema_name != schema_name:
        raise NotSealed(f"{task.name} was sent for {schema_name}, which this worker cannot reach.")


def _seal(schema_name: Any, name: str, args: Sequence[Any] | None, kwargs: Mapping[str, Any] | None) -> str:
    text = dumps([name, list(args or ()), dict(kwargs or {})], sort_keys=True)
    return salted_hmac(f"zitting:{schema_name}:task", text, algorithm="sha256").hexdigest()


class SealedTask(SchemaTask):
    """The base of every task, also of Celery's own: `celery.group` would send whatever it is asked to."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        check_seal(self)
        return self.run(*args, **kwargs)


class NoResults(DisabledBackend):
    """Results are kept nowhere, so nothing is cleared; and what a message wants to run when it fails is not run.

    Celery does that before, or without, looking at the seal: in the parent process when a worker died.
    """

    supports_autoexpire = True

    def _call_task_errbacks(self, request: Any, exc: Any, traceback: Any) -> None:
        """Nothing."""


class SealingApp(CeleryApp):
    """The Celery application whose messages all have a seal; every way of sending a task ends in `send_task`."""

    task_cls = SealedTask
    backend_cls = NoResults

    def send_task(self, name: str, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        """Send a task by its name; parameters as for Celery."""
        headers = headers_with_schema(options.pop("headers", None))
        return super().send_task(
            name, args=args, kwargs=kwargs, headers=sealed(headers, name, args, kwargs), **options
        )
