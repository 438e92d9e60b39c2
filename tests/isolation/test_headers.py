"""The headers of answers that are no page: errors, files, redirects, hosts that nobody has.

The headers of every page, for every person and method, are checked during the walk of test_access.
"""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse
from django.utils import timezone
from django_tenants.utils import schema_context

from config import urls_tenant
from tests import factories
from tests.conftest import MunicipalityClient
from tests.isolation import header_table
from tests.isolation.access_table import TABLE
from tests.isolation.walk import address_of

STATIC_FILE = "/static/js/zitting.js"


def broken(request: HttpRequest) -> HttpResponse:
    """A page with a mistake in it."""
    raise RuntimeError("kapot")


urlpatterns = [path("kapot/", broken), *urls_tenant.urlpatterns]


def faults(response, name="") -> list[str]:
    return header_table.faults(name, response, response.content.decode())


def closed_faults(response, expected=header_table.CLOSED, policy=header_table.CLOSED_POLICY) -> list[str]:
    return header_table.header_faults(response, expected, policy) + header_table.cookie_faults(response)


def used_invitation(client: MunicipalityClient) -> HttpResponse:
    invitation = factories.make_invitation(factories.make_user(), used_at=timezone.now())
    return client.get(reverse("portal:invitation", args=[invitation.token]))


def form_from_nowhere(client: MunicipalityClient) -> HttpResponse:
    client.handler.enforce_csrf_checks = True
    return client.post("/login/", {"username": "iemand"})


def too_many_passwords(client: MunicipalityClient) -> HttpResponse:
    form = {"username": "iemand", "password": "fout"}
    for _count in range(40):
        response = client.post("/login/", form)
        if response.status_code == 429:
            break
    return response


def too_many_reports(client: MunicipalityClient) -> HttpResponse:
    for _count in range(40):
        response = client.post("/csp-report/", "{}", content_type="application/json")
    return response


ERRORS = {
    "400": (400, lambda client: client.post("/language/", {"language": "klingon"})),
    "400 method": (405, lambda client: client.generic("PROPFIND", "/login/")),
    "403 csrf": (403, form_from_nowhere),
    "404": (404, lambda client: client.get("/nergens/")),
    "404 without slash": (301, lambda client: client.get("/help")),
    "405": (405, lambda client: client.get("/logout/")),
    "410": (410, used_invitation),
    "413": (413, lambda client: client.post("/csp-report/", "x" * 20_000, content_type="application/json")),
    "429": (429, too_many_passwords),
    "429 without page": (429, too_many_reports),
}


@pytest.mark.parametrize("kind", ERRORS)
def test_error_has_the_headers_of_a_page(client, kind):
    status, ask = ERRORS[kind]
    response = ask(client)
    assert (response.status_code, faults(response)) == (status, [])


def test_refusal_has_the_headers_of_a_page(client_for, juinen):
    response = client_for(juinen, factories.make_staff("reader")).get(reverse("backoffice:staff-list"))
    assert (response.status_code, faults(response)) == (403, [])


def test_mistake_of_ours_has_the_headers_of_a_page(client, settings):
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    response = client.get("/kapot/")
    assert (response.status_code, faults(response)) == (500, [])
    assert "RuntimeError" not in response.content.decode()


def test_part_of_a_page_for_a_session_that_is_over_has_the_headers_of_a_page(client_for, juinen):
    user = factories.make_member().user
    client = client_for(juinen, user)
    user.sessions_ended_at = timezone.now()
    user.save()
    response = client.get("/", headers={"HX-Request": "true"})
    assert response.headers["HX-Refresh"] == "true"
    assert faults(response) == []


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"])
def test_other_methods_are_refused_everywhere(worlds, juinen, client_for, method):
    """For nobody in particular and for an administrator; nothing of the page comes along."""
    world = worlds["gm0001"]
    wrong = []
    for client in (client_for(juinen), client_for(juinen, world.staff["administrator"])):
        for name, row in TABLE.items():
            response = client.generic(method, address_of(name, row, world))
            if response.status_code != 405 or response.content or faults(response, name):
                wrong.append((name, response.status_code, faults(response, name)))
    assert wrong == []


def test_static_file_may_be_kept_by_anyone_and_sets_no_cookie(client):
    response = client.get(STATIC_FILE)
    expected = header_table.BEHIND_HEALTH | {"Cache-Control": "max-age=60, public"}
    when = response.headers["Last-Modified"]
    del response.headers["Last-Modified"]
    assert (response.status_code, closed_faults(response, expected)) == (200, [])
    assert "Cookie" not in response.headers.get("Vary", "")
    assert not response.cookies
    again = client.get(STATIC_FILE, headers={"if-modified-since": when})
    del again.headers["Last-Modified"]
    assert (again.status_code, closed_faults(again, expected)) == (304, [])


def test_static_file_that_is_not_there_is_kept_by_nobody(client):
    response = client.get("/static/nergens.js")
    assert (response.status_code, faults(response)) == (404, [])


@pytest.mark.parametrize("page", ["/health/live", "/health/ready", "/health/host?domain=juinen.localhost"])
def test_health_is_kept_by_nobody(page):
    response = Client(headers={"host": "10.0.0.1"}).get(page)
    assert response.status_code == 200
    assert closed_faults(response, header_table.HEALTH) == []


def test_unknown_host_and_closed_municipality_have_the_headers_of_a_plain_page(juinen):
    for host, status in (("nergens.localhost", 404), ("evil@example", 404), ("juinen.localhost", 503)):
        if status == 503:
            with schema_context("public"):
                juinen.status = "suspended"
                juinen.save()
        response = Client(headers={"host": host}).get("/", secure=True)
        assert response.status_code == status
        assert closed_faults(response, policy=header_table.PLAIN_POLICY) == []
        assert header_table.body_faults(response, response.content.decode()) == []
        assert not response.cookies


def test_redirect_to_the_primary_host_and_to_https_has_the_headers_of_an_answer_without_page(settings):
    response = Client(headers={"host": "www.juinen.localhost"}).get("/", secure=True)
    assert (response.status_code, closed_faults(response)) == (301, [])
    settings.SECURE_SSL_REDIRECT = True
    response = Client(headers={"host": "juinen.localhost"}).get("/")
    unsafe = {name: value for name, value in header_table.CLOSED.items() if not name.startswith("Strict-")}
    assert (response.status_code, closed_faults(response, unsafe)) == (301, [])
    assert "Strict-Transport-Security" not in response.headers


def test_table_sees_what_it_must_see(client):
    """The detector itself: every kind of fault, planted once, is found."""
    response = client.get("/login/")
    assert faults(response) == []
    planted = {
        "Server": "gunicorn",
        "X-Powered-By": "Django",
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": "public",
        "Vary": "Cookie",
        "Content-Security-Policy": "default-src 'self'",
        "Strict-Transport-Security": "max-age=60",
        "X-Frame-Options": "SAMEORIGIN",
    }
    for name, value in planted.items():
        before = response.headers.get(name)
        response.headers[name] = value
        assert any(name in fault for fault in faults(response)), name
        response.headers[name] = before or ""
        if before is None:
            del response.headers[name]
    for html in (
        "<style>a{}</style>",
        "<script>alert(1)</script>",
        "<p style='color: red'>",
        "<b onclick=x()>",
        "<a href=' JavaScript:x()'>",
        "<html>htmx",
    ):
        assert header_table.body_faults(response, html) != [], html
    for cookie in (
        {"key": "sessionid"},
        {"key": "__Host-session", "secure": True, "httponly": True, "samesite": "Lax", "domain": "localhost"},
        {"key": "__Host-session", "secure": True, "httponly": True, "samesite": "Lax", "path": "/login"},
        {"key": "__Host-session", "secure": True, "httponly": True, "samesite": "None"},
        {"key": "__Host-session", "secure": True, "samesite": "Lax"},
        {"key": "__Host-session", "httponly": True, "samesite": "Lax"},
        {"key": "__Host-session", "secure": True, "httponly": True, "samesite": "Lax", "max_age": 9},
    ):
        planted_in = HttpResponse()
        planted_in.set_cookie(value="x", **cookie)
        assert header_table.cookie_faults(planted_in) != [], cookie
