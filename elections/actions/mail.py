"""Mails that did not arrive."""

from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.enums import MailKind, MailState
from elections.errors import ActionError
from elections.models import OutboxMail, User
from elections.notify import outbox

# Worth nothing to anybody but who asked for them, and only at the address that they were asked for.
CODES: Final = frozenset({MailKind.LOGIN_CODE, MailKind.EMAIL_CONFIRMATION})
# Meant for an address that may not be the one of now: whoever took over an account changes that first.
OWN_ADDRESS: Final = frozenset({MailKind.EMAIL_CHANGED, MailKind.IBAN_CHANGED})


@transaction.atomic
def retry_mail(mail: OutboxMail, *, by: User) -> OutboxMail:
    """Send a failed mail once more, to the address that the person has now.

    Raises ActionError when it has not failed, when there is no address, or when it is a code that has expired.
    """
    mail = OutboxMail.objects.select_for_update(of=("self",)).select_related("user").get(pk=mail.pk)
    if mail.state != MailState.FAILED:
        raise ActionError(_("Deze e-mail is al verzonden of wordt nog verzonden."))
    if mail.kind in CODES:
        raise ActionError(
            _("Een code kunt u niet opnieuw sturen. Wie een code nodig heeft, vraagt zelf een nieuwe.")
        )
    if mail.user and mail.kind not in OWN_ADDRESS:
        mail.to_email = mail.user.email
    if not mail.to_email:
        raise ActionError(_("Er is geen e-mailadres bekend. Vul dat eerst in."))
    mail.state, mail.attempts, mail.due_at, mail.error = MailState.WAITING, 0, timezone.now(), ""
    mail.save(update_fields=["state", "attempts", "due_at", "error", "to_email"])
    audit.record("mail.retry", by=by, on=mail, label=mail.get_kind_display())
    outbox.ring(mail)
    return mail
