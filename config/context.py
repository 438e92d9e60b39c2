"""What every template may use."""

from django.http import HttpRequest


def municipality(request: HttpRequest) -> dict[str, object]:
    """`municipality`: the tenant of this request; absent on pages before the tenant is known."""
    return {"municipality": getattr(request, "tenant", None)}
