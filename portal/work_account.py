"""What pages with a button "Inloggen met uw werkaccount" share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse

from elections.actions.work_account import active_provider
from elections.models import User, WorkAccount
from elections.sessions import has_strong_factor
from elections.work_account import origin_of

View = Callable[..., HttpResponse]


def offers_work_account(view: View) -> View:
    """Give the templates of this page `request.work_account`, the provider of this municipality or None.

    A form that ends at the provider needs `form-action`: browsers check redirects after a form too. Only this
    page, and only this municipality's provider.
    """

    @wraps(view)
    def offering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.work_account = provider = active_provider()
        if provider is None:
            return view(request, *args, **kwargs)
        allowed = csp_update({"form-action": [origin_of(provider.issuer)]})
        return allowed(view)(request, *args, **kwargs)

    return offering


def needs_work_account(user: User) -> bool:
    """Whether `user` must log in with the work account before changing how they log in.

    A password and a code from the mail must not be enough to put an app in its place: all ways in are equally strong
    (OWASP ASVS 5.0 row 6.3.4).
    """
    return not has_strong_factor(user) and WorkAccount.objects.in_use_by(user) is not None
