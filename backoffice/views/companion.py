"""With whom members like to work: names as they typed them, to be linked to members."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backoffice.access import event_required, staff_required
from backoffice.forms.companion import CompanionForm
from backoffice.paging import asked_for
from backoffice.tables.companion import CompanionFilter
from elections import audit
from elections.actions.companion import link_companion
from elections.errors import ActionError
from elections.models import CompanionWish
from elections.permissions import can
from elections.queries.companion import all_wishes, waiting_wishes, with_likely

PER_PAGE = 25  # every wish that waits brings a few members along


@staff_required("planning.view")
@require_GET
@event_required
def companion_list(request: HttpRequest) -> HttpResponse:
    """All wishes; beside those that wait the members who may be meant."""
    wishes = CompanionFilter(request.GET, all_wishes(request.event))
    page = Paginator(wishes.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": wishes,
        "page": page,
        "count": page.paginator.count,
        "wishes": with_likely(list(page)),
        "waiting": waiting_wishes(request.event).count(),
        "may_edit": can(request.user, "planning.edit"),
    }
    audit.record_view(
        "companion.list", by=request.user, filters=asked_for(wishes), count=page.paginator.count
    )
    return render(request, "backoffice/companion/list.html", context)


@staff_required("planning.edit")
@require_POST
@event_required
def companion_link(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say whom the member with this uuid meant, in the event that the colleague works in."""
    wishes = CompanionWish.objects.select_related("member")
    wish = get_object_or_404(wishes, member__uuid=uuid, event=request.event)
    form = CompanionForm(request.POST)
    problem = "" if form.is_valid() else next(iter(form.errors.values()))[0]
    if not problem:
        try:
            link_companion(wish, form.companion, by=request.user)
        except ActionError as error:
            problem = error.message
    names = {"member": wish.member.full_name, "name": wish.name}
    if problem:
        messages.error(request, problem)
    elif form.companion:
        names["name"] = form.companion.full_name
        messages.success(request, _("%(member)s is gekoppeld aan %(name)s.") % names)
    else:
        messages.success(request, _("“%(name)s” is geen lid. De wens van %(member)s blijft bewaard.") % names)
    query = form.cleaned_data.get("query", "")
    url = reverse("backoffice:companion-list")
    return HttpResponseRedirect(f"{url}?{query}" if query else url)
