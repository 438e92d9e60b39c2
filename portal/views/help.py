"""Help: open to everybody, also before log-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """What the portal is for, what to do when something goes wrong, and whom to call."""
    return render(request, "portal/help/help.html")
