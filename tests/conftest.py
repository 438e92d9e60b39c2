"""Every test runs between two municipalities, `juinen` and `zonneiland`, with juinen at work.

They are made by the product's own provisioning, once (tests.template_database); each test rolls back. Tests that need
real commits (threads, other processes) use the fixture `committed`, which makes the database anew afterwards.
"""

import copy
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone, translation
from django_otp import DEVICE_ID_SESSION_KEY
from django_tenants.utils import tenant_context

from elections.master_keys import make_master_key_file
from elections.models import Authenticator, DayPart, ElectionEvent
from tenants import middleware, provisioning
from tenants.backup import seal
from tenants.models import Municipality
from tests import factories
from tests.identity.servers import certified_provider
from tests.s3_server import S3Server, s3_server
from tests.template_database import make_database, renew_database

Municipalities = dict[str, Any]


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CELERY_TASK_ALWAYS_EAGER = True
    settings.CELERY_TASK_EAGER_PROPAGATES = True
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # whitenoise warns when it is not there
    # One process, one cache: the servers of a test run are shared by all its workers.
    settings.CACHES["default"] |= {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": ""}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            raise pytest.UsageError(
                f"{item.nodeid}: use the fixture `committed`; a flush would remove the municipalities."
            )


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """The test database. Unlike pytest-django's own fixture it is always made, as every test uses it."""
    verbosity = request.config.option.verbose
    keep = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock():
        made = make_database(
            partial(setup_databases, verbosity=verbosity, interactive=False, keepdb=keep),
            _make_municipalities,
            fresh=not keep,
        )
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            connections.close_all()
            teardown_databases(made, verbosity=verbosity)


@pytest.fixture(scope="session")
def municipalities(django_db_setup: None, django_db_blocker: Any) -> Municipalities:
    """The two municipalities by name; use the fixtures `juinen` and `zonneiland` instead."""
    with django_db_blocker.unblock():
        return _municipalities()


def _make_municipalities() -> None:
    connection.set_schema_to_public()
    for old in Municipality.objects.all():
        provisioning.drop_schema(old.schema_name)
        old.delete()
    for values in (factories.JUINEN, factories.ZONNEILAND):
        provisioning.create_municipality(**values)


def _municipalities() -> Municipalities:
    connection.set_schema_to_public()
    found = {each.name.lower(): each for each in Municipality.objects.all()}
    for municipality in found.values():
        municipality.primary_domain  # noqa: B018 - read once, so that no test counts this query
    return found


@pytest.fixture(autouse=True)
def at_work(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """Roll back, begin with empty caches and files, and work for juinen, as a task or view would."""
    if request.node.get_closest_marker("journey"):
        yield  # a journey talks to a running server
        return
    request.getfixturevalue("municipalities")  # before "db": the first ones are made outside a transaction
    request.getfixturevalue("committed" if "committed" in request.fixturenames else "db")
    juinen = request.getfixturevalue("juinen")
    settings_here = request.getfixturevalue("settings")
    settings_here.MEDIA_ROOT = str(tmp_path / "media")
    settings_here.MASTER_KEY_FILE = str(tmp_path / "master-key.json")
    make_master_key_file(settings_here.MASTER_KEY_FILE)
    settings_here.BACKUP_SIGNING_KEY, public = seal.new_pair()
    settings_here.BACKUP_SIGNERS = [public]
    middleware.forget_hosts()
    cache.clear()
    with tenant_context(juinen), timezone.override(juinen.tz), translation.override("nl"):
        yield
    connection.set_schema_to_public()


@pytest.fixture
def committed(municipalities: Municipalities, django_db_blocker: Any) -> Iterator[None]:
    """Real commits, for threads and other processes; the database is a new one afterwards."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()
        if not renew_database():
            _make_municipalities()
        municipalities |= _municipalities()


@pytest.fixture
def juinen(municipalities: Municipalities) -> Any:
    """Gemeente Juinen (Europe/Amsterdam), at work in every test."""
    return copy.copy(municipalities["juinen"])


@pytest.fixture
def zonneiland(municipalities: Municipalities) -> Any:
    """Openbaar lichaam Zonneiland (America/Kralendijk)."""
    return copy.copy(municipalities["zonneiland"])


@pytest.fixture
def event() -> ElectionEvent:
    return factories.make_event()


@pytest.fixture
def morning(event: ElectionEvent) -> DayPart:
    return factories.make_day_part(factories.make_polling_day(event), name="Ochtend")


class MunicipalityClient(Client):
    """A browser at one municipality. The connection returns to where it was after each request."""

    def __init__(self, municipality: Any, **options: Any) -> None:
        super().__init__(headers={"host": municipality.primary_domain}, **options)
        self.municipality = municipality

    def request(self, **request: Any) -> Any:
        before, zone, language = (
            connection.tenant,
            timezone.get_current_timezone(),
            translation.get_language(),
        )
        try:
            return super().request(**request | {"wsgi.url_scheme": "https", "SERVER_PORT": "443"})
        finally:
            connection.set_tenant(before)
            timezone.activate(zone)
            translation.activate(language)

    def log_in(self, user: Any) -> None:
        """A whole log-in, bound to this municipality (elections.sessions): members answered the code in their mail,
        colleagues that of their authenticator app."""
        with tenant_context(self.municipality):
            device = (
                Authenticator.objects.filter(user=user, confirmed=True).first()
                or factories.make_authenticator(user)
                if user.role
                else factories.make_challenge(user, used=True)
            )
        self.log_in_with(user, device)

    def log_in_with(self, user: Any, device: Any) -> None:
        """A whole log-in with this device."""
        with tenant_context(self.municipality):
            self.force_login(user)
            session = self.session
            session[DEVICE_ID_SESSION_KEY] = device.persistent_id
            session.save()


@pytest.fixture
def client_for() -> Callable[..., MunicipalityClient]:
    """`client_for(municipality, user=None)`: a browser at that municipality, fully logged in when a user is
    given."""

    def make(municipality: Any, user: Any = None, **options: Any) -> MunicipalityClient:
        client = MunicipalityClient(municipality, **options)
        if user is not None:
            client.log_in(user)
        return client

    return make


@pytest.fixture
def client(juinen: Any, client_for: Callable[..., MunicipalityClient]) -> MunicipalityClient:
    """An anonymous browser at juinen."""
    return client_for(juinen)


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """A certified OpenID Connect provider, which runs until the tests are over; its issuer."""
    with certified_provider() as address:
        yield address


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server with a private bucket, which runs until the tests are over."""
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def bucket(s3: S3Server, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """The product keeps its files in the bucket of this server, which begins and ends empty."""
    for name, value in s3.environment().items():
        if name.startswith("S3_"):
            setattr(settings, name, value)
        else:
            monkeypatch.setenv(name, value)
    settings.S3_ADDRESSING, settings.S3_ENCRYPTION = "path", "AES256"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "tenants.s3_storage.TenantS3Storage"}}
    yield s3
    s3.empty()


@pytest.fixture
def worlds(juinen: Any, zonneiland: Any) -> dict[str, Any]:
    """The same rows in both municipalities: equal primary keys, equal password hashes, other uuids and names."""
    made = {}
    for municipality in (juinen, zonneiland):
        with tenant_context(municipality):
            _restart_sequences(municipality.schema_name)
            made[municipality.schema_name] = factories.make_world(marker=f"Merk{municipality.name}")
    return made


def _restart_sequences(schema_name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = %s", [schema_name])
        for (name,) in cursor.fetchall():
            if name.startswith("elections_"):
                cursor.execute(f'ALTER SEQUENCE "{schema_name}"."{name}" RESTART WITH 1000')
