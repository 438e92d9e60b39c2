"""The product's addresses and, first, a view that does one query and nothing else."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from elections.models import Member
from tenants.models import Municipality


def bare_view(request: HttpRequest) -> HttpResponse:
    """What the same server, middleware, session and municipality cost without a page."""
    municipality: Municipality = request.tenant
    return HttpResponse(f"{municipality} {Member.objects.filter(number=1001).exists()}")


urlpatterns = [path("bare/", bare_view, name="bare"), path("", include("config.urls_tenant"))]
