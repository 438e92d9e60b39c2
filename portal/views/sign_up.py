"""The public page "Ik wil meehelpen". Its answer is the same whoever signs up, and with which address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from elections import audit
from elections.actions.login_limits import TooManyTries
from elections.actions.sign_up import send_application
from elections.data_register import BY_KEY
from elections.errors import ActionError
from elections.queries.sign_up import current_sign_up
from elections.retention import RULES
from portal.forms.sign_up import SignUpForm

TEMPLATES = "portal/sign_up"


@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Show the form and take what was sent; what a program sends seems to arrive too."""
    setting = current_sign_up()
    if not setting.is_open:
        return render(request, f"{TEMPLATES}/closed.html", {"setting": setting})
    form = SignUpForm(request.POST or None)
    if request.method == "POST":
        if form.is_trapped:
            return redirect("portal:sign-up-sent")
        if form.is_valid():
            try:
                send_application(form.values, form_key=form.form_key, origin=audit.origin.get())
            except TooManyTries as problem:
                return render(request, f"{TEMPLATES}/too_often.html", {"text": problem.message}, status=429)
            except ActionError as problem:
                form.add_error(None, problem.message)
            else:
                return redirect("portal:sign-up-sent")
    context = {"form": form, "setting": setting, "steps": _steps(1), "kept": _kept()}
    return render(request, f"{TEMPLATES}/form.html", context)


@require_safe
def sign_up_sent(request: HttpRequest) -> HttpResponse:
    """What happens now."""
    return render(request, f"{TEMPLATES}/sent.html", {"steps": _steps(2)})


def _kept() -> list[str]:
    """How long applications are kept, in the words of the register."""
    return [
        BY_KEY[key].kept_words(RULES[BY_KEY[key].kept].days_now).capitalize()
        for key in ("application", "portfolio")
    ]


def _steps(current: int) -> list[dict[str, str]]:
    texts = (
        (_("Vul het formulier in"), ""),
        (_("Bevestig uw e-mailadres"), _("U krijgt een e-mail met een link.")),
        (_("Het team bekijkt uw aanmelding"), _("U hoort van ons per e-mail.")),
    )
    return [
        {"title": title, "meta": meta, "status": _status(number, current)}
        for number, (title, meta) in enumerate(texts, start=1)
    ]


def _status(number: int, current: int) -> str:
    if number == current:
        return "current"
    return "done" if number < current else "todo"
