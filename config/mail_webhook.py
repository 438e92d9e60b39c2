"""Where the mail service tells what became of a mail: the only address of the platform that is of no municipality.

django-anymail checks who is calling (the service's signature, or the secret of ANYMAIL["WEBHOOK_SECRET"]) and puts the
news of every service in one shape. The municipality and the mail are in what we gave along when we sent it.
"""

import logging
from typing import Any, Final
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from anymail.urls import urlpatterns as anymail_addresses
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django_tenants.utils import tenant_context

from elections.actions.mail_outcome import BounceReason, MailFate, NotSentYet, note_outcome
from tenants.models import Municipality
from tenants.views import unknown_address

logger = logging.getLogger(__name__)

FATES: Final = {
    EventType.DELIVERED: MailFate.DELIVERED,
    EventType.BOUNCED: MailFate.BOUNCED,
    EventType.REJECTED: MailFate.BOUNCED,
    EventType.FAILED: MailFate.BOUNCED,
    EventType.COMPLAINED: MailFate.COMPLAINED,
}
REASONS: Final = {
    RejectReason.INVALID: BounceReason.INVALID,
    RejectReason.BOUNCED: BounceReason.BOUNCED,
    RejectReason.TIMED_OUT: BounceReason.TIMED_OUT,
    RejectReason.BLOCKED: BounceReason.BLOCKED,
    RejectReason.SPAM: BounceReason.SPAM,
    RejectReason.UNSUBSCRIBED: BounceReason.UNSUBSCRIBED,
}


@csrf_exempt
def mail_webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """News of the configured service. 400 for who cannot prove to be it, 404 for any other service.

    503 asks the service to tell it again: this was about a mail that we are still handing over.
    """
    view = _view_of(provider)
    if view is None:
        return unknown_address(request)
    try:
        return view.as_view()(request)
    except NotSentYet:
        return HttpResponse(status=503, headers={"Retry-After": "30"})
    except SuspiciousOperation:
        logger.warning("a forged message to the webhook of %s was refused", provider)
    except (ValueError, LookupError, TypeError, AttributeError):
        logger.exception("the webhook of %s got a message that it cannot read", provider)
    return HttpResponse(status=400)


def _view_of(provider: str) -> Any:
    """The view of django-anymail for the service in use, if that can prove who is calling."""
    if not provider or provider != settings.MAIL_PROVIDER:
        return None
    name = f"{provider}_tracking_webhook"
    found: Any = next((address.callback for address in anymail_addresses if address.name == name), None)
    if found is None:
        return None
    is_signed = not found.view_class.warn_if_no_basic_auth
    return found.view_class if is_signed or settings.ANYMAIL.get("WEBHOOK_SECRET") else None


@receiver(tracking)
def note_news(event: AnymailTrackingEvent, **_signal: object) -> None:
    """Take one piece of news to the municipality that sent the mail; of a mail that is nobody's, nothing happens."""
    fate = FATES.get(event.event_type)
    told = event.metadata or {}
    try:
        mail_uuid = UUID(str(told.get("mail", "")))
    except ValueError:
        return
    # Also of one that is suspended: the service tells it only now.
    municipality = Municipality.objects.filter(schema_name=str(told.get("municipality", ""))).first()
    if fate is None or municipality is None:
        return
    with tenant_context(municipality):
        note_outcome(
            mail_uuid,
            provider_id=event.message_id or "",
            fate=fate,
            at=event.timestamp or timezone.now(),
            reason=REASONS.get(event.reject_reason, BounceReason.OTHER),
        )
