"""A task for test_wrong_schema_tasks, which its workers load by name."""

from celery import shared_task
from django.db import connection, transaction
from django_tenants.utils import schema_context

from elections.models import User
from tenants.tasks import TenantTask

FAILS_EACH = 9  # no divisor of the number of municipalities, so that it happens to all of them


@shared_task(base=TenantTask, name="tests.leave_trace", ignore_result=True)
def leave_trace(*, number: int, schema: str, neighbour: str) -> None:
    """Write down where this ran; each ninth fails, in one of the ways in which a connection could stay elsewhere."""
    User.objects.create(username=f"{schema}-{number}")
    if number % FAILS_EACH:
        return
    way = number // FAILS_EACH % 4
    if way == 1:
        with transaction.atomic():
            User.objects.create(username=f"rolled-back-{number}")
            raise RuntimeError("inside a transaction")
    if way == 2:
        with schema_context(neighbour):
            raise RuntimeError("at a neighbour")
    if way == 3:
        connection.set_schema(neighbour)
    raise RuntimeError("as it is")
