"""Connections are kept between requests of all municipalities: no request may find the path of the one before.

A `SET search_path` is undone by PostgreSQL when the transaction or savepoint that it was said in rolls back, and
django-tenants says it only when it must (TENANT_LIMIT_SET_CALLS). So here every request of a thread gets the same
connection, and many leave it behind as badly as they can.
"""

import json
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError, connection, connections, transaction
from django.http import HttpRequest, JsonResponse
from django.test import RequestFactory
from django.urls import path
from django_tenants.utils import schema_context, tenant_context

from elections.models import Label
from tenants.models import Municipality

THREADS = 8
REQUESTS = 100  # of each thread


class Refused(Exception):
    """What a view raises in the middle of its work."""


def where() -> dict[str, object]:
    """What the database itself says: its path, and a row that each municipality has of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), pg_backend_pid()")
        schema, backend = cursor.fetchone()
    return {"schema": schema, "backend": backend, "label": Label.objects.get().name}


def other(request: HttpRequest) -> Municipality:
    return Municipality.objects.exclude(pk=request.tenant.pk).get()


def plain(request: HttpRequest) -> JsonResponse:
    return JsonResponse(where())


def nested(request: HttpRequest) -> JsonResponse:
    """Work for the other municipality and for none, and come back."""
    with tenant_context(other(request)):
        elsewhere = where()["schema"]
        with schema_context("public"):
            Municipality.objects.count()
        assert where()["schema"] == elsewhere
    assert elsewhere != request.tenant.schema_name
    return JsonResponse(where())


def failed_statement(request: HttpRequest) -> JsonResponse:
    """A statement that the database refuses, inside a transaction, and after it a page as if nothing happened."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
    except DatabaseError:
        pass
    return JsonResponse(where())


def rolled_back_savepoint(request: HttpRequest) -> JsonResponse:
    """Go elsewhere inside a savepoint that is rolled back: the database is then back home by itself."""
    with transaction.atomic():
        try:
            with transaction.atomic(), tenant_context(other(request)):
                where()
                raise Refused
        except Refused:
            pass
        inside = where()["schema"]
    assert inside == request.tenant.schema_name
    return JsonResponse(where())


def elsewhere_after_savepoint(request: HttpRequest) -> JsonResponse:
    """Stay elsewhere after a savepoint is rolled back in which that was said: the database is then back home."""
    away = other(request)
    with transaction.atomic():
        where()
        try:
            with transaction.atomic():
                connection.set_tenant(away)
                where()
                raise Refused
        except Refused:
            assert where()["schema"] == away.schema_name
        connection.set_tenant(request.tenant)
    return JsonResponse(where())


def crash_in_transaction(request: HttpRequest) -> JsonResponse:
    """End in an error page, elsewhere and in the middle of a transaction."""
    connection.set_tenant(other(request))
    with transaction.atomic():
        where()
        raise Refused


def crash_elsewhere(request: HttpRequest) -> JsonResponse:
    """End in an error page with the connection left in the other municipality."""
    connection.set_tenant(other(request))
    where()
    raise Refused


VIEWS = (
    plain,
    nested,
    failed_statement,
    rolled_back_savepoint,
    elsewhere_after_savepoint,
    crash_in_transaction,
    crash_elsewhere,
)
CRASHES = (crash_in_transaction, crash_elsewhere)
urlpatterns = [path(f"{view.__name__}/", view) for view in VIEWS]


@pytest.fixture
def labelled(committed, juinen, zonneiland):
    """Both municipalities with one row of their own, under the same primary key."""
    for municipality in (juinen, zonneiland):
        with tenant_context(municipality):
            Label.objects.create(pk=1, name=municipality.schema_name)
    return [juinen, zonneiland]


def test_threads_that_keep_their_connection_never_answer_from_another_schema(labelled, settings):
    assert settings.DATABASES["default"]["CONN_MAX_AGE"] > 0
    settings.ROOT_URLCONF = __name__
    application = WSGIHandler()

    def work(seed: int) -> list[tuple[str, str, int, dict[str, object]]]:
        chance = random.Random(seed)
        try:
            return [
                ask(application, chance.choice(labelled), chance.choice(VIEWS)) for _turn in range(REQUESTS)
            ]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        answers = [answer for answers in pool.map(work, range(THREADS)) for answer in answers]
    wrong = [
        answer
        for schema, name, status, answer in answers
        if status == 200 and (answer["schema"], answer["label"]) != (schema, schema)
    ]
    assert wrong == []
    statuses = {name: set() for name in (view.__name__ for view in VIEWS)}
    for _schema, name, status, _answer in answers:
        statuses[name].add(status)
    assert statuses == {view.__name__: {500 if view in CRASHES else 200} for view in VIEWS}
    # What was to be proven: the connections were kept, each by its thread, and used for both municipalities.
    kept = Counter(answer["backend"] for _schema, _name, status, answer in answers if status == 200)
    assert len(kept) == THREADS


def ask(application, municipality, view):
    """One request as gunicorn makes it: for which schema, which view, and the status and words of the answer."""
    request = RequestFactory().get(f"/{view.__name__}/", headers={"host": municipality.primary_domain})
    statuses = []
    response = application(request.environ, lambda status, _headers: statuses.append(int(status[:3])))
    body = b"".join(response)
    response.close()
    return (
        municipality.schema_name,
        view.__name__,
        statuses[0],
        json.loads(body) if statuses[0] == 200 else {},
    )
