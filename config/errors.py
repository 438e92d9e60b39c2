"""Error pages that need more than a template of their own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or posted from elsewhere: explain and offer the way back."""
    return render(request, "403_csrf.html", status=403)
