"""What happened to every mail, and once more for those that did not arrive. Never what a mail says."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.access import staff_required
from backoffice.paging import asked_for, show_page
from backoffice.tables.mail import EXPLANATIONS, MailFilter, MailTable, figures
from elections import audit
from elections.actions import mail as actions
from elections.enums import MailState
from elections.errors import ActionError
from elections.models import OutboxMail
from elections.permissions import can
from elections.queries.mail import (
    ATTENTION,
    TONES,
    hides_address,
    mail_timeline,
    state_counts,
    with_applicant,
)
from elections.queries.sender_domain import sender_report
from tenants.numbers import grouped


@staff_required("mail.view")
@require_GET
def mail_list(request: HttpRequest) -> HttpResponse:
    """All mails, newest first. Only who, what and when: the text is made at sending and kept nowhere."""
    mails = MailFilter(request.GET, _mails(), request.user)
    table = MailTable(mails.qs, by=request.user)
    show_page(table, request)
    counts = state_counts()
    count = table.page.paginator.count
    chosen = mails.form.cleaned_data.get("state") if mails.form.is_valid() else ""
    context = {
        "table": table,
        "filter": mails,
        "figures": figures(counts, chosen),
        "again_count": count if chosen in ATTENTION else 0,
        "query": request.GET.urlencode(),
    }
    audit.record_view("mail.list", by=request.user, filters=asked_for(mails), count=count)
    return render(request, "backoffice/mail/list.html", context)


@staff_required("mail.view")
@require_GET
def mail_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What happened to one mail."""
    mail = get_object_or_404(_mails(), uuid=uuid)
    member = mail.user.member_or_none if mail.user else None
    state = MailState(mail.state)
    audit.record_view("mail.view", by=request.user, on=mail)
    hidden = hides_address(mail, request.user)
    if hidden:
        mail.error = ""  # in the words of a mail server, which repeats the address
    context = {
        "mail": mail,
        "member": member if can(request.user, "member.view") else None,
        "tone": TONES[state],
        "explanation": EXPLANATIONS.get(state, ""),
        "timeline": mail_timeline(mail),
        "why_not": actions.why_not_again(mail) if state in actions.AGAIN else "",
        "may_retry": not actions.why_not_again(mail),
        "new_address": actions.present_address(mail),
        "hides_address": hidden,
    }
    return render(request, "backoffice/mail/detail.html", context)


@staff_required("mail.view")
@require_http_methods(["GET", "POST"])
def mail_retry(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send a mail once more; ask first when it may have arrived."""
    mail = get_object_or_404(_mails(), uuid=uuid)
    problem = actions.why_not_again(mail)
    if request.method != "POST" and not problem:
        return render(
            request,
            "backoffice/mail/retry.html",
            {
                "mail": mail,
                "address": actions.present_address(mail),
                "hides_address": hides_address(mail, request.user),
            },
        )
    try:
        mail = actions.retry_mail(mail, by=request.user, despite_doubt=request.POST.get("doubt") == "yes")
    except ActionError as refused:
        messages.error(request, refused.message)
    else:
        to = mail.receiver_name if hides_address(mail, request.user) else mail.to_email
        messages.success(request, _("De e-mail gaat opnieuw naar %(email)s.") % {"email": to})
    return redirect("backoffice:mail-detail", mail.uuid)


@staff_required("mail.view")
@require_http_methods(["GET", "POST"])
def mail_retry_many(request: HttpRequest) -> HttpResponse:
    """Send all mails of a filtered list once more: first how many, then the act."""
    chosen = MailFilter(request.GET, _mails(), request.user)
    back = f"{reverse('backoffice:mail-list')}?{request.GET.urlencode()}"
    mails = chosen.qs.filter(state__in=ATTENTION)
    count = actions.again_of(mails, despite_doubt=True).count()
    if request.method == "POST" and request.POST.get("count") == str(count):
        return _retry_all(request, mails)
    if request.method == "POST" and count:
        messages.warning(request, _("Het aantal e-mails veranderde in de tussentijd. Kijk nog een keer."))
    if not count:
        messages.info(request, _("Geen van deze e-mails kan opnieuw. Open een e-mail om te zien waarom."))
        return redirect(back)
    context = {
        "count": count,
        "left": mails.count() - count,
        "in_doubt": mails.filter(state=MailState.UNCERTAIN).exclude(kind__in=actions.CODES).count(),
        "cancel_url": back,
    }
    return render(request, "backoffice/mail/retry_many.html", context)


@staff_required("mail.view")
@require_GET
def mail_sender(request: HttpRequest) -> HttpResponse:
    """What the DNS says of the domain that our mails come from, and what it should say."""
    return render(request, "backoffice/mail/sender.html", {"report": sender_report()})


def _mails() -> QuerySet[OutboxMail]:
    return with_applicant(OutboxMail.objects.select_related("user", "user__member").order_by("-pk"))


def _retry_all(request: HttpRequest, mails: QuerySet[OutboxMail]) -> HttpResponse:
    try:
        done = actions.retry_mails(mails, by=request.user, despite_doubt=True)
    except ActionError as refused:
        messages.error(request, refused.message)
    else:
        words = ngettext("%(count)s e-mail gaat opnieuw.", "%(count)s e-mails gaan opnieuw.", done.again)
        messages.success(request, words % {"count": grouped(done.again)})
    return redirect("backoffice:mail-list")
