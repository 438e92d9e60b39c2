"""Opening a municipality, closing it for a while and opening it again. Platform work: `manage.py municipality`.

A municipality that is suspended answers 503 at each of its addresses, its tasks do not run, and no mail leaves. Nothing
of it changes but what a system administrator does by a command, and all of it goes on when it is resumed.
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import get_public_schema_name, schema_context, tenant_context

from elections import audit, master_keys
from elections.actions.invitation import has_account, invite_staff, resend_invitation
from elections.enums import AssignmentState, StaffRole
from elections.errors import ActionError
from elections.models import Assignment, Invitation, User
from tenants import provisioning
from tenants.backup.schema import unsettled
from tenants.key_shares import give_key_share
from tenants.models import FormerMunicipality, Municipality, MunicipalityStatus
from tenants.provisioning import ProvisioningError, configure


def open_municipality(*, admin_email: str = "", admin_name: str = "", **values: str) -> Municipality:
    """Make a municipality and invite its first administrator: both, or neither, also when the process is killed.

    Parameters:
        admin_email: empty for nobody yet.
        values: as for tenants.provisioning.create_municipality.

    Raises:
        ValidationError: when a value is wrong or already taken.
        ActionError: when the invitation cannot be sent.
        ProvisioningError: when the empty schema or a share of the master key is missing.
        MasterKeyUnusable: when the master key file is not in order.
    """
    if admin_email:
        _validate_address(admin_email)
    shares = master_keys.share_numbers()
    provisioning.schema_sql()  # in a transaction of its own
    with schema_context(get_public_schema_name()), transaction.atomic(durable=True):
        municipality = provisioning.create_municipality(**values)
        if municipality.key_share not in shares and give_key_share(municipality, shares) not in shares:
            raise ProvisioningError(
                f"The master key file has no share left for {municipality.code}: run `manage.py master_key shares`."
            )
        with tenant_context(municipality):
            audit.record("municipality.open", by=None, label=municipality.display_name)
            if admin_email:
                invite_staff(email=admin_email, name=admin_name, role=StaffRole.ADMINISTRATOR, by=None)
    return municipality


def invite_administrator(municipality: Municipality, *, email: str, name: str) -> bool:
    """Invite an administrator; one who cannot log in yet once more, as when the mail of before was lost.

    name: of who is not invited yet.

    Returns whether it is once more; the link of before does not work any more then.

    Raises:
        ValidationError: when this is no e-mail address.
        ActionError: when it is that of somebody who can log in, has no access any more, has another role, is a member
            as well or gets mail elsewhere.
    """
    _validate_address(email)
    with tenant_context(municipality), transaction.atomic():
        # In the order of `accept_invitation`; who waited here sees whether it was accepted.
        list(Invitation.objects.open().filter(user__username__iexact=email).select_for_update(of=("self",)))
        user = User.objects.select_for_update().filter(username__iexact=email).first()
        if user is None:
            invite_staff(email=email, name=name, role=StaffRole.ADMINISTRATOR, by=None)
            return False
        if has_account(user):
            raise ActionError(
                f"{email} can log in already. Who lost the password asks for another one on the page to log in."
            )
        if not user.is_active:
            raise ActionError(f"{email} has no access any more. An administrator gives it back.")
        if user.role != StaffRole.ADMINISTRATOR:
            raise ActionError(f"{email} is a colleague with another role. An administrator changes that.")
        if user.member_or_none is not None:
            raise ActionError(f"{email} is a member as well. An administrator sends that invitation.")
        if user.email.lower() != email.lower():
            raise ActionError(
                f"{email} is the user name of who has another e-mail address. Invite another one."
            )
        resend_invitation(user, by=None)
        return True


def _validate_address(admin_email: str) -> None:
    try:
        validate_email(admin_email)
    except ValidationError as wrong:
        raise ValidationError({"admin_email": wrong}) from wrong


def suspend_municipality(municipality: Municipality) -> None:
    """Close its pages, stop its tasks and keep its mail. Once more changes nothing."""
    with tenant_context(municipality), transaction.atomic():
        row = locked_municipality(municipality)
        if row.is_active:
            _record(row, MunicipalityStatus.SUSPENDED)
            configure(row, status=MunicipalityStatus.SUSPENDED, suspended_at=timezone.now())


def resume_municipality(municipality: Municipality) -> timedelta:
    """Open it again, and take back that it may be deleted.

    Whoever was offered a place before it closed gets the time back in which they could not answer.

    Returns how long it was closed; zero when it was open.

    Raises:
        ProvisioningError: when deleting it has begun, or a restore of it was broken off.
    """
    with tenant_context(municipality), transaction.atomic():
        row = locked_municipality(municipality)
        if row.is_active:
            return timedelta()
        if FormerMunicipality.objects.filter(code=row.code, deleted_at=None).exists():
            raise ProvisioningError(
                f"Deleting {row.code} has begun and its numbers cannot be read any more: finish it with "
                f"`manage.py municipality delete {row.code}`, and restore a backup if that was not meant."
            )
        if unsettled(row.schema_name):
            raise ProvisioningError(
                f"A restore of {row.code} was broken off, and mails could go twice: "
                "run `manage.py backup restore` again."
            )
        closed = timezone.now() - row.suspended_at if row.suspended_at else timedelta()
        if row.suspended_at:
            _give_time_back(row.suspended_at, closed)
        _record(row, MunicipalityStatus.ACTIVE)
        configure(row, status=MunicipalityStatus.ACTIVE, suspended_at=None, delete_from=None)
    return closed


def _give_time_back(since: datetime, closed: timedelta) -> None:
    """Move the deadline of every offer that was open when the pages closed; never beyond the begin of the shift."""
    offers = Assignment.objects.filter(state=AssignmentState.PROPOSED, answer_due_at__gt=since)
    for offer in offers.select_related("shift").select_for_update(of=("self",)):
        before = offer.answer_due_at or since
        due = min(before + closed, offer.shift.period.lower)
        if due > before:
            offer.answer_due_at = due
            offer.save(update_fields=["answer_due_at"])


def _record(municipality: Municipality, status: MunicipalityStatus) -> None:
    audit.record("municipality.status", by=None, label=municipality.display_name, status=status.value)


def locked_municipality(municipality: Municipality) -> Municipality:
    """The row as it is now; nobody else changes it before the transaction ends."""
    return Municipality.objects.select_for_update().get(pk=municipality.pk)
