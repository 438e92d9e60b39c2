"""The page on which an administrator helps somebody who lost their phone: the same for a colleague and a member."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from backoffice.forms.staff import ResetForm
from elections.actions.authenticator import reset_authenticator
from elections.errors import ActionError
from elections.models import User
from elections.queries.authenticator import factor_state


def reset_page(request: HttpRequest, user: User, back_url: str) -> HttpResponse:
    """Ask what `user` lost; after the answer take it away, mail them, and go to `back_url`."""
    form = ResetForm(request.POST or None, uses_app=factor_state(user).has_app)
    if request.method == "POST" and form.is_valid():
        with_password = form.cleaned_data["lost"] == ResetForm.ALL
        try:
            reset_authenticator(user, by=request.user, with_password=with_password)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            text = (
                _("%(name)s krijgt een e-mail en kan opnieuw beginnen.")
                if user.email
                else _("%(name)s heeft geen e-mailadres. Maak een nieuwe activatiebrief.")
            )
            messages.success(request, text % {"name": user.display_name})
            return redirect(back_url)
    return render(
        request, "backoffice/staff/reset.html", {"form": form, "person": user, "back_url": back_url}
    )
