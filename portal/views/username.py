"""For who forgot their user name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from elections.actions.account_question import ask_username
from elections.actions.login_limits import TooManyTries
from portal.forms.login import UsernameForgottenForm
from portal.sign_in import asked_from


@require_http_methods(["GET", "HEAD", "POST"])
def username_forgotten(request: HttpRequest) -> HttpResponse:
    """Mail the user names that belong to an address; the page does not tell whether there are any."""
    form = UsernameForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_username(form.cleaned_data["email"], **asked_from(request))
        except TooManyTries as problem:
            return render(request, "portal/login/too_often.html", {"text": problem.message}, status=429)
        return redirect("portal:username-forgotten-sent")
    return render(request, "portal/username/forgotten.html", {"form": form})


@require_safe
def username_forgotten_sent(request: HttpRequest) -> HttpResponse:
    """What happens now, the same for a known and an unknown address."""
    return render(request, "portal/username/forgotten_sent.html")
