"""From host name to municipality, and the health pages that need no municipality."""

import copy
import logging
import re
import time
from collections.abc import Callable

import redis
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, connection
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django_tenants.middleware.main import TenantMainMiddleware

from tenants import watch
from tenants.links import absolute_url
from tenants.models import DOMAIN_PATTERN, Domain, Municipality
from tenants.upgrade.schemas import can_serve
from tenants.views import municipality_suspended, unknown_address

logger = logging.getLogger(__name__)
HOST_NAME = re.compile(DOMAIN_PATTERN)
HOST_SECONDS = 30
"""How long another process may still answer with an old row after a municipality changed."""

_hosts: dict[str, tuple[float, Municipality]] = {}


@receiver((post_save, post_delete), sender=Municipality)
@receiver((post_save, post_delete), sender=Domain)
def forget_hosts(**_signal: object) -> None:
    """Drop what this process remembers about hosts; runs when a Municipality or Domain changes."""
    _hosts.clear()


def municipality_of(host: str) -> Municipality | None:
    """The municipality that a host name belongs to, or None; `www.` before a known name counts as that name.

    The answer is remembered for `HOST_SECONDS`. Each caller gets a copy of its own, because the request
    writes on it. Must be called in the public schema.
    """
    expires, municipality = _hosts.get(host, (0.0, None))
    if municipality is None or expires < time.monotonic():
        domain = Domain.objects.select_related("tenant").filter(domain=host.removeprefix("www.")).first()
        if domain is None:
            _hosts.pop(host, None)
            return None
        municipality = domain.tenant
        municipality.primary_domain = municipality.domains.get(is_primary=True).domain
        _hosts[host] = (time.monotonic() + HOST_SECONDS, municipality)
    return copy.copy(municipality)


class TenantMiddleware(TenantMainMiddleware):
    """Puts the connection on the schema of the municipality that the host name belongs to.

    An unknown host is a 404 and a suspended municipality a 503, both without anything of a municipality on
    the page. A host name that is not the primary one redirects to it, so that sessions and links live at one
    origin. The platform's own host name (PLATFORM_HOST) belongs to no municipality.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        connection.set_schema_to_public()
        timezone.deactivate()
        try:
            host = request.get_host().rsplit(":", 1)[0].lower()
        except DisallowedHost:
            return unknown_address(request)
        if host == settings.PLATFORM_HOST:
            return platform_answer(request)
        municipality = municipality_of(host)
        if municipality is None:
            return unknown_address(request)
        if not municipality.is_active:
            return municipality_suspended(request)
        if host != municipality.primary_domain:
            if request.method not in ("GET", "HEAD"):
                return unknown_address(request)
            return HttpResponsePermanentRedirect(absolute_url(municipality, request.get_full_path()))
        municipality.domain_url = host
        request.tenant = municipality
        connection.set_tenant(municipality)
        timezone.activate(municipality.tz)
        return None


def platform_answer(request: HttpRequest) -> HttpResponse:
    """What the platform itself answers, outside every municipality: no session, user or cookie is looked at."""
    try:
        found = resolve(request.path_info, settings.PUBLIC_SCHEMA_URLCONF)
    except Resolver404:
        return unknown_address(request)
    return found.func(request, *found.args, **found.kwargs)


class HealthMiddleware:
    """Answers /health/live, /health/ready and /health/host at any host, for what stands in front of a web server.

    Live says that the process runs. Ready says that the database answers and that its tables are not behind this code,
    which is looked at until it is so once, and again after the database was away. Redis is reported but does not take
    a server out, because pages work without it and the outbox catches up. Host says whether a name is ours, and
    nothing about whose: a proxy asks it before it gets a certificate for that name.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.has_tables = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/health/live":
            return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})
        if request.path == "/health/ready":
            return self.ready()
        if request.path == "/health/host":
            return self.host(request.GET.get("domain", ""))
        return self.get_response(request)

    def ready(self) -> HttpResponse:
        """200 when the database answers and has the tables of this code, else 503."""
        connection.set_schema_to_public()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            self.has_tables = self.has_tables or can_serve()
            status = "ok" if self.has_tables else "behind"
        except DatabaseError:
            self.has_tables, status = False, "down"
        if status == "behind":
            logger.warning("Not ready: the tables are behind this code, or an upgrade is changing them.")
        body = {
            "status": status,
            "database": "down" if status == "down" else "ok",
            "redis": _redis_state(),
        }
        code = 200 if status == "ok" else 503
        return JsonResponse(body, status=code, headers={"Cache-Control": "no-store"})

    def host(self, name: str) -> HttpResponse:
        """200 for a host name of a municipality or of the platform, 404 for any other, 503 when nobody knows now.

        Costs what a request to an unknown host costs, one look in an index, and nothing when it can be no host name.
        """
        name = name.lower()
        try:
            known = bool(HOST_NAME.fullmatch(name)) and (name == settings.PLATFORM_HOST or _is_known(name))
            status = 200 if known else 404
        except DatabaseError:
            status = 503
        return HttpResponse(status=status, headers={"Cache-Control": "no-store"})


def _is_known(host: str) -> bool:
    connection.set_schema_to_public()
    return municipality_of(host) is not None


def _redis_state() -> str:
    try:
        with watch.connect() as client:
            client.ping()
    except redis.RedisError:
        return "down"
    return "ok"
