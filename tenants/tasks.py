"""The base of every Celery task, and how a schedule reaches all municipalities.

A message carries the name of the schema it was sent from (tenant-schemas-celery). A message without one runs
in the public schema, where a tenant task would find no tables; these bases refuse before anything is read. So they do
with a message that names another schema than it was sent for (tenants.task_seals).
"""

import logging
import random
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_tenants.utils import get_public_schema_name, tenant_context
from kombu.exceptions import OperationalError
from tenant_schemas_celery.task import TenantTask as SchemaTask
from tenant_schemas_celery.task import headers_with_schema

from tenants.context import current_municipality, current_schema
from tenants.models import Municipality
from tenants.request_ids import request_id
from tenants.task_seals import check_seal

logger = logging.getLogger(__name__)


class MunicipalityNotActive(RuntimeError):
    """A task was started for a municipality that is suspended."""


class NotInPublic(RuntimeError):
    """A task of the platform was started for one municipality."""


class TenantTask(SchemaTask):
    """Runs for exactly one active municipality, in its time zone.

    Raises:
        NoMunicipality: when sent or run in the public schema.
        NotSealed: when its message was not sent, as it is, for this municipality.
        MunicipalityNotActive: when the municipality is suspended; its rows stay and are swept up later.
    """

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        check_seal(self)
        municipality = current_municipality()
        if not municipality.is_active:
            raise MunicipalityNotActive(f"{self.name} does not run for {municipality.schema_name}.")
        token = request_id.set(uuid.uuid4().hex)
        try:
            with timezone.override(municipality.tz):
                return self.run(*args, **kwargs)
        finally:
            request_id.reset(token)

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        """Send the task for the municipality at work; parameters as for Celery."""
        if "_schema_name" not in (options.get("headers") or {}):
            current_schema()
        return super().apply_async(args, kwargs, **options)

    def apply_async_on_commit(self, args: Any = None, kwargs: Any = None, **options: Any) -> None:
        """Send the task when the transaction commits, for the municipality that is at work now.

        Celery would take the schema of the moment of the commit, which may be another one.
        """
        current_schema()
        options["headers"] = headers_with_schema(options.get("headers"))
        super().apply_async_on_commit(args, kwargs, **options)

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:
        """`apply_async_on_commit` with the arguments of the task itself."""
        self.apply_async_on_commit(args, kwargs)


class PlatformTask(SchemaTask):
    """Runs in the public schema, for all municipalities: the dispatchers that the schedule starts.

    Raises:
        NotInPublic: when it is run inside a municipality.
        NotSealed: when its message was not sent, as it is, for the public schema.
    """

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        check_seal(self)
        if connection.schema_name != get_public_schema_name():
            raise NotInPublic(f"{self.name} does not run for one municipality.")
        return self.run(*args, **kwargs)


def longest_task() -> timedelta:
    """How long a task may be at work: after that the broker gives its message to another worker."""
    return timedelta(seconds=settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"])


def quiet_from(closed_at: datetime) -> datetime:
    """From when on no request or task of before a municipality closed can be at work in it.

    closed_at: `suspended_at` of the municipality, with time zone.
    """
    return closed_at + longest_task()


def for_each_municipality(task: TenantTask, *, spread_seconds: int = 30, **kwargs: Any) -> int:
    """Send `task` once for every active municipality, each after a random wait.

    A municipality for which sending fails is logged and skipped, so that it stops only itself.

    Parameters:
        spread_seconds: the longest wait. A message that waits longer than the broker's visibility timeout
        would
            be delivered twice, so it may be at most half of that.
        kwargs: the keyword arguments of the task.

    Returns:
        How many messages were sent.

    Raises:
        ValueError: when `spread_seconds` is too long.
    """
    if timedelta(seconds=spread_seconds) > longest_task() / 2:
        raise ValueError(f"A wait of {spread_seconds} s comes too near the visibility timeout.")
    sent = 0
    for municipality in list(Municipality.objects.active()):
        with tenant_context(municipality):
            try:
                task.apply_async(kwargs=kwargs, countdown=random.uniform(0, spread_seconds))  # noqa: S311
            except OperationalError:
                logger.exception("%s could not be sent", task.name)
            else:
                sent += 1
    return sent
