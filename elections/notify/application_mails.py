"""What the mails to people who signed up say, and the one to the team about them.

Nothing that was typed stands in the first mail, not even a name: anybody can have it sent to anybody.
"""

from collections.abc import Callable
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from elections.enums import ApplicationState, MailKind
from elections.models import Application, OutboxMail
from elections.notify.facts import Context, Obsolete
from elections.queries.retention import term_words_of
from tenants.context import current_municipality
from tenants.links import absolute_url


def confirm(mail: OutboxMail) -> Context:
    """The link that proves the address."""
    application = _application(mail, ApplicationState.UNCONFIRMED)
    return _to_nobody_yet(mail) | {
        "url": _link(application),
        "asked_at": application.created_at,
        "before": _moment(application.confirm_before),
    }


def kept(mail: OutboxMail) -> Context:
    """That it is kept, for how long, and where to end that."""
    application = _application(mail, ApplicationState.KEPT)
    return _to(mail, application) | {"url": _link(application), "term": term_words_of("portfolio")}


def refused(mail: OutboxMail) -> Context:
    """The decision with its reason in one sentence."""
    application = _application(mail, ApplicationState.REFUSED)
    return _to(mail, application) | {"reason": application.refusal, "term": term_words_of("application")}


def transfer(mail: OutboxMail) -> Context:
    """That a question waits: which municipality it is about stands on the page."""
    application = _application(mail, ApplicationState.OPEN, ApplicationState.KEPT)
    if not application.target_code or application.transfer_agreed_at:
        raise Obsolete(_("De vraag was al beantwoord of vervallen voordat de e-mail weg kon."))
    return _to(mail, application) | {"url": _link(application)}


def received(mail: OutboxMail) -> Context:
    """That another municipality passed the application on, and where to take it back."""
    application = _application(mail, ApplicationState.OPEN, ApplicationState.KEPT)
    return _to(mail, application) | {"url": _link(application)}


def waiting(_mail: OutboxMail) -> Context:
    """For the team: that there is work, not who."""
    agreed = Q(state=ApplicationState.KEPT, transfer_agreed_at__isnull=False) & ~Q(target_code="")
    if not Application.objects.filter(Q(state=ApplicationState.OPEN) | agreed).exists():
        raise Obsolete(_("Een collega had de aanmeldingen al afgehandeld voordat de e-mail weg kon."))
    return {"url": absolute_url(current_municipality(), reverse("backoffice:application-list"))}


CONTEXTS: Final[dict[MailKind, Callable[[OutboxMail], Context]]] = {
    MailKind.APPLICATION_CONFIRM: confirm,
    MailKind.APPLICATION_KEPT: kept,
    MailKind.APPLICATION_REFUSED: refused,
    MailKind.APPLICATION_TRANSFER: transfer,
    MailKind.APPLICATION_RECEIVED: received,
    MailKind.APPLICATION_WAITING: waiting,
}


def _application(mail: OutboxMail, *states: ApplicationState) -> Application:
    found = Application.objects.filter(uuid=mail.reference, state__in=states) if mail.reference else None
    application = found.first() if found is not None else None
    if application is None:
        raise Obsolete(_("De aanmelding was al ingetrokken of verder voordat de e-mail weg kon."))
    return application


def _to_nobody_yet(mail: OutboxMail) -> Context:
    return {} if mail.user else {"name": _("meneer of mevrouw")}


def _to(mail: OutboxMail, application: Application) -> Context:
    """The name, once the person proved that the address is theirs. It holds no sign that makes a link."""
    if mail.user:
        return {}
    name = application.full_name
    # "www.example" or "example.com" has no sign that a name may not have, but mail programs make it a link.
    return {"name": name if "." not in name else _("meneer of mevrouw")}


def _link(application: Application) -> str:
    return absolute_url(current_municipality(), reverse("portal:application", args=[application.token]))


def _moment(moment: Any) -> str:
    return date_format(localtime(moment), "j F, H.i")
