"""Sending a mail once more that did not arrive, or of which nobody knows."""

from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
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
OWN_ADDRESS: Final = frozenset({MailKind.EMAIL_CHANGED, MailKind.IBAN_CHANGED, MailKind.MEMBER_MERGED})
AGAIN: Final = frozenset({MailState.FAILED, MailState.UNCERTAIN, MailState.BOUNCED})


class Retried(NamedTuple):
    """How many mails go again, and how many cannot."""

    again: int
    left: int


def why_not_again(mail: OutboxMail) -> str:
    """Why this mail cannot be sent once more, in a sentence for staff; empty when it can.

    The mail must have its user at hand (select_related).
    """
    address = present_address(mail)
    if mail.state not in AGAIN:
        return _("Deze e-mail is al verzonden of wordt nog verzonden.")
    if mail.kind in CODES:
        return _("Een code kunt u niet opnieuw sturen. Wie een code nodig heeft, vraagt zelf een nieuwe.")
    if mail.user and mail.user.mail_stopped_at:
        return outbox.mail_stopped_words()
    if not address:
        return _("Er is geen e-mailadres bekend. Vul dat eerst in.")
    if mail.state == MailState.BOUNCED and address.lower() == mail.to_email.lower():
        return _("Deze e-mail kwam terug van dit adres. Wijzig eerst het e-mailadres.")
    return ""


def present_address(mail: OutboxMail) -> str:
    """Where the mail would go now: to the address that the person has today, but for what belongs to an old one."""
    return mail.user.email if mail.user and mail.kind not in OWN_ADDRESS else mail.to_email


@transaction.atomic
def retry_mail(mail: OutboxMail, *, by: User, despite_doubt: bool = False) -> OutboxMail:
    """Send a mail once more, to the address that the person has now.

    despite_doubt: also a mail that may have arrived; whoever asks was warned of that.

    Raises ActionError when it cannot go again (why_not_again), or is in doubt.
    """
    mail = OutboxMail.objects.select_for_update(of=("self",)).select_related("user").get(pk=mail.pk)
    if problem := why_not_again(mail):
        raise ActionError(problem)
    if mail.state == MailState.UNCERTAIN and not despite_doubt:
        raise ActionError(
            _("Deze e-mail is misschien al aangekomen. Bevestig dat u hem toch opnieuw stuurt.")
        )
    before = MailState(mail.state)
    address = present_address(mail)
    OutboxMail.objects.filter(pk=mail.pk).update(**_anew(), to_email=address)
    mail.refresh_from_db()
    audit.record("mail.retry", by=by, on=mail, label=mail.get_kind_display(), state=str(before.label))
    outbox.ring(mail)
    return mail


@transaction.atomic
def retry_mails(mails: QuerySet[OutboxMail], *, by: User, despite_doubt: bool) -> Retried:
    """Send all of these once more that can go again. Mails in doubt only when `despite_doubt`.

    Raises ActionError when none of them can.
    """
    asked = mails.order_by().filter(state__in=AGAIN)
    total = asked.count()
    can = again_of(asked, despite_doubt=despite_doubt)
    # To the address of now; and to the one on the mail, where it belongs to that address or to the team's mailbox.
    now = Subquery(User.objects.filter(pk=OuterRef("user")).values("email")[:1])
    to_own = Q(kind__in=OWN_ADDRESS) | Q(user=None)
    chosen = list(can.values_list("pk", flat=True))
    rows = OutboxMail.objects.filter(pk__in=chosen, state__in=AGAIN)
    again = rows.filter(~to_own).update(**_anew(), to_email=now)
    again += rows.filter(to_own).update(**_anew())
    if not again:
        raise ActionError(_("Geen van deze e-mails kan opnieuw."))
    audit.record("mail.retry_many", by=by, count=again)
    outbox.ring_turn()
    return Retried(again, total - again)


def again_of(mails: QuerySet[OutboxMail], *, despite_doubt: bool) -> QuerySet[OutboxMail]:
    """Those of `mails` that can go again: the rule of why_not_again, for many at once."""
    states = AGAIN if despite_doubt else AGAIN - {MailState.UNCERTAIN}
    to_own = Q(kind__in=OWN_ADDRESS) | Q(user=None)
    has_address = (to_own & ~Q(to_email="")) | (~to_own & ~Q(user__email=""))
    same = to_own | Q(user__email__iexact=F("to_email"))
    return (
        mails.filter(has_address, state__in=states)
        .exclude(kind__in=CODES)
        .exclude(user__mail_stopped_at__isnull=False)
        .exclude(Q(state=MailState.BOUNCED) & same)
    )


def _anew() -> dict[str, object]:
    """The columns of a mail that begins anew; what was told of the former try is told of another mail."""
    return {
        "state": MailState.WAITING,
        "attempts": 0,
        "due_at": timezone.now(),
        "locked_until": None,
        "handed_at": None,
        "sent_at": None,
        "outcome_at": None,
        "provider_id": "",
        "error": "",
    }
