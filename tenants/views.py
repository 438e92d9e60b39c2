"""The house style of a municipality, its security.txt, and the two pages that belong to no municipality."""

from datetime import UTC, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenants import house_style
from tenants.links import absolute_url
from tenants.models import HouseStyle, Logo

PLAIN_PAGE_CSP = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HOUSE_STYLE_SECONDS = 300
SECURITY_TXT_DAYS = 180


@require_safe
def house_style_css(request: HttpRequest) -> HttpResponse:
    """Colours, corners and design tokens of the municipality as CSS custom properties."""
    css = house_style.style_sheet(house_style.style_of(request.tenant))
    return _cacheable(
        request, HttpResponse(css, content_type="text/css; charset=utf-8"), house_style.digest(css.encode())
    )


@require_safe
def house_style_logo(request: HttpRequest) -> HttpResponse:
    """The logo of the municipality, 404 when it has none."""
    logo = Logo.objects.filter(municipality_id=request.tenant.pk).first()
    if logo is None:
        return HttpResponse(status=404)
    png = bytes(logo.png)
    return _cacheable(request, HttpResponse(png, content_type="image/png"), house_style.digest(png))


@require_safe
def house_style_background(request: HttpRequest) -> HttpResponse:
    """The picture above the log-in and the start of the portal, 404 when the municipality has none."""
    style = HouseStyle.objects.filter(pk=request.tenant.pk).first()
    if style is None or style.background is None:
        return HttpResponse(status=404)
    jpeg = bytes(style.background)
    return _cacheable(request, HttpResponse(jpeg, content_type="image/jpeg"), house_style.digest(jpeg))


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell about a weakness (RFC 9116), 404 when the platform named nobody (SECURITY_CONTACT).

    It expires in half a year, counted from today at midnight UTC: whoever answers this request still runs it.
    """
    if not settings.SECURITY_CONTACT:
        return HttpResponse(status=404)
    midnight = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [f"Contact: {contact}" for contact in settings.SECURITY_CONTACT]
    lines += [
        f"Expires: {midnight + timedelta(days=SECURITY_TXT_DAYS):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: nl, en",
        f"Canonical: {absolute_url(request.tenant, request.path)}",
    ]
    if settings.SECURITY_POLICY:
        lines.append(f"Policy: {settings.SECURITY_POLICY}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def unknown_address(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 for a host name that no municipality has."""
    return _plain_page(
        404,
        title=_("Dit adres bestaat niet"),
        text=_(
            "Op dit webadres staat geen omgeving van een gemeente. Controleer het adres in uw brief of e-mail."
        ),
    )


def municipality_suspended(request: HttpRequest) -> HttpResponse:
    """503 for a municipality whose pages are closed for a while."""
    return _plain_page(
        503,
        title=_("Deze omgeving is tijdelijk gesloten"),
        text=_("U kunt nu niet inloggen. Probeer het later opnieuw, of neem contact op met uw gemeente."),
        headers={"Retry-After": "3600"},
    )


def _cacheable(request: HttpRequest, response: HttpResponse, version: str) -> HttpResponse:
    """Let only the reader's own browser keep the answer, and answer 304 to who has this version."""
    etag = quote_etag(version)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"private, max-age={HOUSE_STYLE_SECONDS}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return get_conditional_response(request, etag=etag, response=response)


def _plain_page(status: int, *, title: str, text: str, headers: dict[str, str] | None = None) -> HttpResponse:
    """A page without anything of a municipality on it; no session or user exists here."""
    body = render_to_string("plain.html", {"title": title, "text": text})
    plain = {"Cache-Control": "no-store, private", "Content-Security-Policy": PLAIN_PAGE_CSP}
    return HttpResponse(body, status=status, headers=plain | (headers or {}))
