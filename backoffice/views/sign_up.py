"""Whether people can sign up, and what the public page says."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backoffice.access import staff_required
from backoffice.forms.application import SignUpSettingForm
from elections.actions.sign_up import update_sign_up
from elections.queries.sign_up import current_sign_up
from tenants.links import absolute_url


@staff_required("portal.edit")
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Open or close the form, and write its texts."""
    setting = current_sign_up()
    initial = {
        "is_open": "yes" if setting.is_open else "no",
        "text": setting.text,
        "closed_text": setting.closed_text,
    }
    form = SignUpSettingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = update_sign_up(**form.values, by=request.user)
        text = _("Mensen kunnen zich nu aanmelden.") if saved.is_open else _("Aanmelden is nu dicht.")
        messages.success(request, text)
        return redirect("backoffice:sign-up")
    public = absolute_url(request.tenant, reverse("portal:sign-up"))
    return render(
        request, "backoffice/sign_up/edit.html", {"form": form, "setting": setting, "public": public}
    )
