"""The house style of a municipality, and the two pages that belong to no municipality."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenants import house_style
from tenants.models import Logo

PLAIN_PAGE_CSP = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HOUSE_STYLE_SECONDS = 300


@require_safe
def house_style_css(request: HttpRequest) -> HttpResponse:
    """The colours of the municipality as CSS custom properties."""
    css = house_style.css(request.tenant.accent)
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
