"""Passing an application on to another municipality: asked, agreed to by the person, sealed, and taken over there.

No table is shared. The person's yes holds for one municipality and is kept in the words that they saw (AVG art. 7(1));
the file opens at that municipality only, for two weeks, once.
"""

from datetime import timedelta
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.application import lock_waiting, tell_applicant, tell_team
from elections.enums import ApplicationState, MailKind
from elections.errors import ActionError, FileRefused
from elections.exports.application_package import write_package
from elections.imports.application_package import read_package
from elections.models import Application, OutboxMail, TransferReceipt, User
from elections.models.application import WAITING
from tenants.context import current_municipality
from tenants.locks import hold_lock
from tenants.models import Municipality

PACKAGE_LIFETIME: Final = timedelta(days=14)
# Each question is a mail; who does not answer, or says no, is not asked for every municipality there is.
MOST_ASKED: Final = 3
RECEIPTS: Final = "transfer-receipts"


@transaction.atomic
def ask_transfer(application: Application, target: Municipality, *, by: User) -> Application:
    """Ask the person by mail whether their application may go to `target`. A yes to another municipality is void.

    Raises:
        ActionError: when the application is settled, the target is this municipality or not in use, or the person was
            asked MOST_ASKED times already.
    """
    application = lock_waiting(application)
    if target.pk == current_municipality().pk or not target.is_active:
        raise ActionError(_("Kies een andere gemeente."))
    if application.target_code == target.code:
        raise ActionError(_("U hebt deze persoon dit al gevraagd."))
    asked = OutboxMail.objects.filter(kind=MailKind.APPLICATION_TRANSFER, reference=application.uuid)
    if asked.count() >= MOST_ASKED:
        raise ActionError(_("U hebt deze persoon dit al drie keer gevraagd. Bel of mail zelf."))
    application.target_code, application.target_name = target.code, target.display_name
    application.transfer_asked_at = timezone.now()
    application.transfer_agreed_at, application.transfer_words = None, ""
    application.save()
    audit.record("application.ask_transfer", by=by, on=application, municipality=target.code)
    tell_applicant(application, MailKind.APPLICATION_TRANSFER)
    return application


def transfer_words(application: Application) -> str:
    """What the person says yes to, as the page shows it."""
    return _(
        "%(here)s mag mijn aanmelding doorgeven aan %(there)s: mijn naam, geboortedatum, e-mailadres, "
        "telefoonnummer, woonplaats, ervaring en toelichting."
    ) % {"here": current_municipality().display_name, "there": application.target_name}


@transaction.atomic
def agree_transfer(application: Application, *, target_code: str) -> Application:
    """The person says yes to the municipality that their page named.

    Raises:
        ActionError: when nothing is asked any more, or another municipality is asked for by now.
    """
    application = _asked(application, target_code)
    if application.transfer_agreed_at is None:
        application.transfer_agreed_at = timezone.now()
        application.transfer_words = transfer_words(application)
        application.save()
        audit.record("application.agree_transfer", by=None, on=application, municipality=target_code)
        tell_team()
    return application


@transaction.atomic
def decline_transfer(application: Application, *, target_code: str) -> Application:
    """The person says no, or takes their yes back; the application stays as it was.

    Raises:
        ActionError: as `agree_transfer`; so once the file was made: then it may be underway.
    """
    application = _asked(application, target_code)
    application.target_code = application.target_name = application.transfer_words = ""
    application.transfer_asked_at = application.transfer_agreed_at = None
    application.save()
    audit.record("application.decline_transfer", by=None, on=application, municipality=target_code)
    return application


@transaction.atomic
def make_package(application: Application, *, by: User) -> bytes:
    """The sealed file for the other municipality; the application is passed on with that.

    As long as the file works it can be made again, with the same number: the other side takes only one of them.

    Raises:
        ActionError: without the person's yes, or when the time is over.
    """
    application = lock_waiting(application, (*WAITING, ApplicationState.TRANSFERRED))
    if not application.may_be_passed_on:
        raise ActionError(_("Deze persoon heeft nog geen toestemming gegeven."))
    now = timezone.now()
    if application.package_id is None:
        application.package_id, application.package_expires_at = uuid4(), now + PACKAGE_LIFETIME
        application.state, application.decided_at = ApplicationState.TRANSFERRED, now
        application.decided_by = by.display_name
        application.save()
    expires_at = application.package_expires_at
    if expires_at is None or expires_at <= now:
        raise ActionError(_("Het bestand is verlopen. De andere gemeente kan het niet meer inlezen."))
    audit.record("application.package", by=by, on=application, municipality=application.target_code)
    return write_package(application, number=application.package_id, expires_at=expires_at)


@transaction.atomic
def receive_package(content: bytes, *, by: User) -> Application:
    """Take over an application that another municipality passed on, and tell the person.

    The other municipality proved the e-mail address. A package counts once, whatever became of its application.

    Raises:
        FileRefused: when it is not genuine, not for us, too old, or was read in before.
    """
    package, values = read_package(content)
    hold_lock(RECEIPTS)
    if TransferReceipt.objects.filter(package_id=package.number).exists():
        raise FileRefused(_("Dit bestand is al ingelezen."))
    TransferReceipt.objects.create(
        package_id=package.number, source_code=package.source, expires_at=package.expires_at
    )
    source = Municipality.objects.filter(code=package.source).first()
    application = Application.objects.create(
        **values,
        state=ApplicationState.OPEN,
        confirmed_at=timezone.now(),
        origin_name=source.display_name if source else package.source,
    )
    audit.record("application.receive", by=by, on=application, municipality=package.source)
    tell_applicant(application, MailKind.APPLICATION_RECEIVED)
    return application


def _asked(application: Application, target_code: str) -> Application:
    application = lock_waiting(application)
    if not target_code or application.target_code != target_code:
        raise ActionError(_("Deze vraag geldt niet meer."))
    return application
