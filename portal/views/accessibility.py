"""The accessibility statement of the municipality: open to everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from elections.queries.accessibility_statement import is_check_old, statement_of
from tenants.links import absolute_url


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How far the portal is accessible, what does not work yet, and whom to tell."""
    statement = statement_of(request.tenant)
    context = {
        "statement": statement,
        "is_old": is_check_old(statement, timezone.localdate()),
        "problems": [line.strip() for line in statement.problems.splitlines() if line.strip()],
        "address": absolute_url(request.tenant, "/"),
    }
    return render(request, "portal/accessibility/accessibility.html", context)
