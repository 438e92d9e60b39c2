"""What the authenticator apps of the demo's colleagues show now. Only with DEBUG or DEMO.

The codes are worked out from the names of invented people; no stored seed is opened here.
"""

import time

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from elections.demo.authenticators import demo_code, with_demo_app
from elections.one_time_codes import STEP_SECONDS


def authenticators_page(request: HttpRequest) -> HttpResponse:
    """A line for each colleague of this municipality who still has the app of the demo."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    context = {
        "rows": [(user, grouped_code(demo_code(user.username))) for user in with_demo_app()],
        "seconds": STEP_SECONDS - int(time.time()) % STEP_SECONDS,
    }
    return render(request, "authenticators_page.html", context)


def grouped_code(code: str) -> str:
    """ "123 456", as an app shows it."""
    return f"{code[:3]} {code[3:]}"
