"""What happened to every mail, and once more for those that failed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backoffice.access import staff_required
from backoffice.paging import asked_for, show_page
from backoffice.tables.mail import MailFilter, MailTable
from elections import audit
from elections.actions.mail import retry_mail
from elections.enums import MailState
from elections.errors import ActionError
from elections.models import OutboxMail


@staff_required("mail.view")
def mail_list(request: HttpRequest) -> HttpResponse:
    """All mails, newest first. Only who, what and when: the text is made at sending and kept nowhere."""
    mails = MailFilter(request.GET, OutboxMail.objects.select_related("user").order_by("-pk"))
    table = MailTable(mails.qs)
    show_page(table, request)
    context = {
        "table": table,
        "filter": mails,
        "failed": OutboxMail.objects.filter(state=MailState.FAILED).count(),
    }
    count = table.page.paginator.count
    audit.record_view("mail.list", by=request.user, filters=asked_for(mails), count=count)
    return render(request, "backoffice/mail/list.html", context)


@staff_required("mail.view")
@require_POST
def mail_retry(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send a failed mail once more."""
    mail = get_object_or_404(OutboxMail, uuid=uuid)
    try:
        mail = retry_mail(mail, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
    else:
        messages.success(request, _("De e-mail gaat opnieuw naar %(email)s.") % {"email": mail.to_email})
    return redirect("backoffice:mail-list")
