"""What happens to an application: confirmed or taken back by the person; accepted, kept or refused by the team."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.invitation import has_account, invite_member
from elections.actions.member import activate_member, check_not_erased, create_member
from elections.enums import ApplicationState, MailKind, MailState, RefusalReason
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Application, Member, OutboxMail, User
from elections.models.application import WAITING
from elections.notify import outbox
from tenants.context import current_municipality
from tenants.locks import hold_lock

# What an accepted person brings along into the member file; the portal asks the rest.
MEMBER_FIELDS: Final = ("first_name", "infix", "last_name", "birth_date", "email", "phone", "city")
TEAM_PAUSE: Final = timedelta(days=1)


@transaction.atomic
def confirm_application(application: Application) -> Application:
    """The person answered the mail: from now on the team sees the application. Doing it twice changes nothing.

    Raises:
        ActionError: when the link is too old.
    """
    application = _locked(application)
    if application.state != ApplicationState.UNCONFIRMED:
        return application
    if application.confirm_before <= timezone.now():
        raise ActionError(_("De link is verlopen. Meld u opnieuw aan."))
    application.state, application.confirmed_at = ApplicationState.OPEN, timezone.now()
    application.save(update_fields=["state", "confirmed_at"])
    audit.record("application.confirm", by=None, on=application)
    tell_team()
    return application


@transaction.atomic
def withdraw_application(application: Application) -> None:
    """The person takes the application back: it is deleted, with its mails. A member that it became stays."""
    application = _locked(application)
    audit.record("application.withdraw", by=None, on=application)
    remove_applications([application])


@transaction.atomic
def accept_application(application: Application, *, double: Member | None = None, by: User) -> Member:
    """Make the person a member and mail the invitation; or settle that it is a member who is known already.

    Of a known member nothing is overwritten, least of all the e-mail address: whoever signs up with another name's
    data must not get into that account. Without an account yet they are invited, on the address in the member file.

    Raises:
        ActionError: when the application is settled already, or the member was erased.
        ChangedElsewhere: when that member was joined with another meanwhile.
    """
    application = _waiting(application)
    if double is None:
        member = create_member(_member_values(application), by=by)
    else:
        found = Member.objects.select_for_update(of=("self",)).filter(pk=double.pk).first()
        if found is None:
            raise ChangedElsewhere(_("Dit lid is intussen samengevoegd met een ander lid. Kies opnieuw."))
        member = found
        check_not_erased(member)
        activate_member(member, by=by)
        member.refresh_from_db()
    if member.email and not (member.user and has_account(member.user)):
        invite_member(member, by=by)
        member.refresh_from_db()
    application.member = member
    _settle(application, ApplicationState.ACCEPTED, by)
    audit.record("application.accept", by=by, on=application, member=member.number, known=double is not None)
    return member


@transaction.atomic
def keep_application(application: Application, *, by: User) -> Application:
    """Put a new application in the portfolio for a later election, and tell the person.

    Raises:
        ActionError: when the person did not agree to that (AVG art. 6(1)(a)), or the application is not new.
    """
    application = _waiting(application)
    if not application.may_keep:
        raise ActionError(_("Deze persoon gaf geen toestemming om de aanmelding te bewaren."))
    if application.state == ApplicationState.KEPT:
        raise ActionError(_("Deze aanmelding staat al in de portefeuille."))
    _settle(application, ApplicationState.KEPT, by)
    audit.record("application.keep", by=by, on=application)
    tell_applicant(application, MailKind.APPLICATION_KEPT)
    return application


@transaction.atomic
def refuse_application(application: Application, reason: str, *, by: User) -> Application:
    """Refuse an application, and tell the person in one sentence why.

    reason: a value of RefusalReason.

    Raises:
        ActionError: when the application is settled already, or the reason does not exist.
    """
    application = _waiting(application)
    if reason not in RefusalReason.values:
        raise ActionError(_("Kies een reden."))
    application.refusal = reason
    _settle(application, ApplicationState.REFUSED, by)
    audit.record("application.refuse", by=by, on=application, refusal=reason)
    tell_applicant(application, MailKind.APPLICATION_REFUSED)
    return application


def remove_applications(applications: Sequence[Application]) -> int:
    """Delete applications with the mails about them, which hold the address. Part of larger actions."""
    OutboxMail.objects.filter(reference__in=[each.uuid for each in applications]).delete()
    Application.objects.filter(pk__in=[each.pk for each in applications]).delete()
    return len(applications)


def tell_applicant(application: Application, kind: MailKind) -> None:
    """Mail the person: once of each kind, but for the question to pass the application on, once each time that it is
    asked. Part of larger actions."""
    outbox.enqueue(
        kind,
        user=None,
        key=f"{kind}:{application.uuid}:{application.transfer_asked_at or ''}",
        reference=application.uuid,
        to_email=application.email,
    )


def tell_team() -> None:
    """Mail the team's own mailbox that applications wait: once a day at most. Part of larger actions.

    What comes after the mail of today is told a day later, if it still waits by then.
    """
    address = current_municipality().email
    if not address:
        return
    hold_lock(MailKind.APPLICATION_WAITING)
    # Locked, so that a mail which counts as waiting leaves after what it tells is there to be told.
    last = (
        OutboxMail.objects.filter(kind=MailKind.APPLICATION_WAITING, due_at__gt=timezone.now() - TEAM_PAUSE)
        .exclude(state__in=(MailState.FAILED, MailState.BOUNCED))
        .order_by("-due_at")
        .select_for_update(of=("self",))
        .first()
    )
    if last and last.state == MailState.WAITING:
        return  # that one tells this too
    key = f"application-waiting:{uuid4()}"
    mail = outbox.enqueue(MailKind.APPLICATION_WAITING, user=None, key=key, to_email=address)
    if last:
        mail.due_at = last.due_at + TEAM_PAUSE
        mail.save(update_fields=["due_at"])


def lock_waiting(application: Application, states: Collection[str] = WAITING) -> Application:
    """The locked row of an application that is not settled. Part of larger actions.

    Raises:
        ActionError: when a colleague, or the person, was first.
    """
    return _waiting(application, states)


def _waiting(application: Application, states: Collection[str] = WAITING) -> Application:
    application = _locked(application)
    if application.state not in states:
        raise ActionError(
            _("Deze aanmelding is al afgehandeld: %(state)s.") % {"state": application.get_state_display()}
        )
    return application


def _locked(application: Application) -> Application:
    found = Application.objects.select_for_update().filter(pk=application.pk).first()
    if found is None:
        raise ActionError(_("Deze aanmelding is er niet meer. De persoon trok de aanmelding in."))
    return found


def _settle(application: Application, state: ApplicationState, by: User) -> None:
    application.state, application.decided_at = state, timezone.now()
    application.decided_by = by.display_name
    application.save()


def _member_values(application: Application) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(application, name) for name in MEMBER_FIELDS}
    day = date_format(timezone.localtime(application.created_at), "j F Y")
    words = [_("Aangemeld op %(day)s.") % {"day": day}]
    if application.has_experience:
        words.append(_("Werkte al eerder op een stembureau."))
    if application.remark:
        words.append(application.remark)
    return values | {"remark": "\n".join(words)}
