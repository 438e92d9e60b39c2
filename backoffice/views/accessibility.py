"""The accessibility statement that the portal shows."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backoffice.access import staff_required
from backoffice.forms.accessibility import AccessibilityForm
from elections.actions.accessibility_statement import update_accessibility_statement
from elections.errors import ActionError
from elections.queries.accessibility_statement import statement_of

FIELDS = ("status", "checked_on", "problems", "own_words", "register_url")


@staff_required("style.edit")
@require_http_methods(["GET", "POST"])
def accessibility(request: HttpRequest) -> HttpResponse:
    """Change what the public page says."""
    statement = statement_of(request.tenant)
    form = AccessibilityForm(
        request.POST or None, initial={name: getattr(statement, name) for name in FIELDS}
    )
    if request.method == "POST" and form.is_valid():
        try:
            update_accessibility_statement(request.tenant, **form.cleaned_data, by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("De toegankelijkheidsverklaring is bewaard."))
            return redirect("backoffice:accessibility")
    return render(request, "backoffice/accessibility/edit.html", {"form": form, "statement": statement})
