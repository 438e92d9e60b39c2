"""What the mail service told of a mail afterwards: it was delivered, it came back, or the receiver complained."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections import audit
from elections.enums import MailState
from elections.models import OutboxMail


class MailFate(TextChoices):
    """BOUNCED: nobody has it, or the receiver's server gave up. COMPLAINED: it arrived, and was marked as unwanted."""

    DELIVERED = "delivered", gettext_lazy("bezorgd")
    BOUNCED = "bounced", gettext_lazy("teruggekomen")
    COMPLAINED = "complained", gettext_lazy("gemeld als ongewenst")


class BounceReason(TextChoices):
    """Why a mail came back, as django-anymail sorts it for every service; the label is what staff read."""

    INVALID = "invalid", gettext_lazy("Dit e-mailadres bestaat niet.")
    BOUNCED = "bounced", gettext_lazy("Dit e-mailadres bestaat niet, of neemt geen e-mail aan.")
    TIMED_OUT = "timed_out", gettext_lazy("De mailserver van de ontvanger gaf dagenlang geen antwoord.")
    BLOCKED = "blocked", gettext_lazy("De mailserver van de ontvanger houdt onze e-mail tegen.")
    SPAM = "spam", gettext_lazy("De mailserver van de ontvanger ziet onze e-mail als ongewenst.")
    UNSUBSCRIBED = "unsubscribed", gettext_lazy("De ontvanger heeft zich bij de maildienst afgemeld.")
    OTHER = "other", gettext_lazy("De e-mail kwam terug. De reden is niet bekend.")


# Only what was sent can arrive or come back; a delivery that is told after a bounce was an earlier stop on the way.
_BEFORE: Final = {
    MailFate.DELIVERED: frozenset({MailState.SENT}),
    MailFate.BOUNCED: frozenset({MailState.SENT, MailState.DELIVERED}),
    MailFate.COMPLAINED: frozenset({MailState.SENT, MailState.DELIVERED}),
}


class NotSentYet(Exception):
    """The service was quicker than our own note that it has the mail; it must tell it again in a moment."""


@transaction.atomic
def note_outcome(
    mail_uuid: UUID,
    *,
    provider_id: str,
    fate: MailFate,
    at: datetime,
    reason: BounceReason = BounceReason.OTHER,
) -> bool:
    """Note what became of a mail of the municipality at work. Returns whether anything changed.

    A mail that is not here, another name of the service for it (it was sent again since), and news that was told before
    change nothing.

    provider_id: the name that the service gave the mail when it took it.

    Raises NotSentYet while the mail is being handed over.
    """
    mail = OutboxMail.objects.select_for_update().filter(uuid=mail_uuid).first()
    if mail is None or not provider_id:
        return False
    if mail.state == MailState.SENDING and mail.handed_at and not mail.provider_id:
        raise NotSentYet
    if mail.provider_id != provider_id or mail.state not in _BEFORE[fate]:
        return False
    words = ""
    if fate == MailFate.BOUNCED:
        words = str(reason.label)
    elif fate == MailFate.COMPLAINED:
        words = _("De ontvanger meldde deze e-mail als ongewenst.")
        if mail.error == words:
            return False
    mail.state = MailState.BOUNCED if fate == MailFate.BOUNCED else MailState.DELIVERED
    mail.error, mail.outcome_at = words, at
    mail.save(update_fields=["state", "error", "outcome_at"])
    if fate != MailFate.DELIVERED:
        audit.record(f"mail.{fate.value}", by=None, on=mail, label=mail.get_kind_display(), reason=words)
    return True
