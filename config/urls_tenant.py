"""The addresses of a municipality. A first path segment names the view module; see docs/architecture.md."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from tenants import views as tenant_views

handler400 = "config.errors.bad_request"
handler500 = "config.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("house-style.css", tenant_views.house_style_css, name="house-style-css"),
    path("house-style/logo.png", tenant_views.house_style_logo, name="house-style-logo"),
    path("house-style/background.jpg", tenant_views.house_style_background, name="house-style-background"),
    path(".well-known/security.txt", tenant_views.security_txt, name="security-txt"),
    path("backoffice/", include("backoffice.urls", namespace="backoffice")),
    path("", include("portal.urls", namespace="portal")),
]

if settings.DEBUG:
    from config.components import components_page  # slow import: only developers need the component page

    urlpatterns.insert(0, path("_components/", components_page, name="components"))

if settings.DEBUG or settings.DEMO:
    from config.authenticators import (
        authenticators_page,
    )  # slow import: only a demo needs the codes of its colleagues

    urlpatterns.insert(0, path("_authenticator/", authenticators_page, name="authenticators"))
