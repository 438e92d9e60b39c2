"""How long each kind of data is kept: look, and choose another term after seeing what it removes."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backoffice.access import staff_required
from backoffice.forms.retention import TermForm
from backoffice.tables.retention import RetentionTable
from elections.actions.retention import update_term
from elections.errors import ActionError
from elections.queries.retention import preview, retention_overview
from elections.retention import RULES


@staff_required("retention.edit")
@require_safe
def retention_list(request: HttpRequest) -> HttpResponse:
    """Every kind of data with its term, and what is over it now."""
    terms = retention_overview()
    context = {"table": RetentionTable(terms), "total": sum(term.count for term in terms)}
    return render(request, "backoffice/retention/list.html", context)


@staff_required("retention.edit", confirmed=True)
def retention_edit(request: HttpRequest) -> HttpResponse:
    """Choose a term; the page first shows what the next night would remove with it."""
    rule = RULES.get(request.GET.get("kind", ""))
    if rule is None:
        raise Http404
    form = TermForm(request.POST or None, rule=rule, initial={"days": rule.days_now})
    context = {"rule": rule, "form": form, "now": preview(rule, rule.days_now)}
    if request.method != "POST" or not form.is_valid():
        return render(request, "backoffice/retention/edit.html", context)
    days = form.cleaned_data["days"]
    if not form.cleaned_data["seen"]:
        return render(request, "backoffice/retention/confirm.html", context | {"then": preview(rule, days)})
    try:
        update_term(rule.kind, days, by=request.user)
    except ActionError as problem:
        form.add_error("days", problem.message)
        return render(request, "backoffice/retention/edit.html", context)
    messages.success(request, _("De bewaartermijn is bewaard."))
    return redirect("backoffice:retention-list")
