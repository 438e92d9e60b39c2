"""What every template may use."""

from django.http import HttpRequest

from elections.sessions import WARNING, watch


def municipality(request: HttpRequest) -> dict[str, object]:
    """`municipality`: the tenant of this request; absent on pages before the tenant is known."""
    return {"municipality": getattr(request, "tenant", None)}


def session_watch(request: HttpRequest) -> dict[str, object]:
    """`session_watch`: how long this session lasts, for components/session_dialog.html; empty before log-in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_verified():
        return {"session_watch": None}
    return {"session_watch": watch(request.session, user) | {"warn": int(WARNING.total_seconds())}}
