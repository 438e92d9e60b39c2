"""A municipality that leaves: marked first, and deleted with everything it has after a term in which it can come back.

    mark → suspended, with the first day on which it may go → delete, with its code typed again
    key (its share of the master key, so that no backup can be read) → data keys → files → Redis → schema and rows

A note stays (FormerMunicipality). Deleting that was interrupted is finished by running it again.
"""

import getpass
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django_tenants.utils import get_public_schema_name, schema_context, schema_exists, tenant_context

from elections import audit, master_keys
from elections.actions.master_key import rewrap_data_keys
from elections.actions.municipality import locked_municipality, suspend_municipality
from elections.models import DataKey
from tenants import removal
from tenants.models import FormerMunicipality, Municipality
from tenants.provisioning import ProvisioningError, configure
from tenants.tasks import quiet_from

DAYS: Final = 30
LONGEST: Final = 3650


def mark_municipality(municipality: Municipality, *, days: int = DAYS) -> Municipality:
    """Suspend a municipality and set the first day on which it may be deleted. `resume_municipality` takes it back.

    Its data keys get a share of the master key, if they have none, so that deleting shreds later backups too.

    Parameters:
        days: from today, by the calendar of the municipality; 0 to 3650.

    Returns its row as it is now.

    Raises:
        ProvisioningError: for a wrong number of days.
        MasterKeyUnusable: when the master key file is not in order.
    """
    if not 0 <= days <= LONGEST:
        raise ProvisioningError(f"Choose 0 to {LONGEST} days.")
    with tenant_context(municipality), transaction.atomic():
        rewrap_data_keys()
        suspend_municipality(municipality)
        row = locked_municipality(municipality)
        day = timezone.localdate(timezone=row.tz) + timedelta(days=days)
        audit.record("municipality.mark", by=None, label=row.display_name, day=str(day))
        configure(row, delete_from=day, suspended_at=row.suspended_at or timezone.now())
    return row


def deletable_at(municipality: Municipality) -> datetime:
    """From when on it may be deleted: its day has come, and no request or task of before it closed can be at work.

    Raises:
        ProvisioningError: when it is not marked.
    """
    if municipality.delete_from is None or municipality.suspended_at is None:
        raise ProvisioningError(
            f"{municipality.code} is not marked: run `manage.py municipality mark {municipality.code}` first."
        )
    day = datetime.combine(municipality.delete_from, datetime.min.time(), municipality.tz)
    return max(day, quiet_from(municipality.suspended_at))


def require_deletable(municipality: Municipality) -> None:
    """Raises ProvisioningError when it may not be deleted, or not yet."""
    may_go = deletable_at(municipality)
    if timezone.now() < may_go:
        moment = may_go.astimezone(municipality.tz)
        raise ProvisioningError(
            f"{municipality.code} may be deleted from {moment:%Y-%m-%d %H:%M} ({municipality.time_zone})."
        )


def delete_municipality(
    municipality: Municipality, *, typed: str, tell: Callable[[str], None] = lambda _line: None
) -> FormerMunicipality:
    """Delete a marked municipality with everything it has, for good, its key first.

    Parameters:
        typed: its code, typed once more by who decides.
        tell: gets a line after every step.

    Raises:
        ProvisioningError: when it may not be deleted (yet), or something is left; nothing is done, or run it again.
        MasterKeyUnusable: when the master key file cannot be read or replaced here; nothing is done, unless it says
            that the file was replaced: run it again then.
    """
    if typed.strip().upper() != municipality.code:
        raise ProvisioningError("That is not its code. Nothing is deleted.")
    with schema_context(get_public_schema_name()):
        shares = master_keys.share_numbers()
        former, is_first_run = _begin(municipality)
        try:
            master_keys.destroy_shares(former.key_shares)
        except master_keys.MasterKeyUnusable:
            if is_first_run and _are_still_there(shares.intersection(former.key_shares)):
                former.delete()  # nothing was done, so this municipality can still be resumed
            raise
        for number in former.key_shares:
            tell(f"share number {number} of the master key file: destroyed")
        if not former.key_shares:
            tell("share of the master key file: it had none")
        tell(f"data keys: {_destroy_data_keys(municipality)} destroyed")
        tell(f"files: {removal.remove_files(municipality.schema_name)} deleted")
        tell(f"keys in Redis: {removal.remove_redis_keys(municipality.schema_name)} deleted")
        removal.remove_rows(municipality, former)
        tell("schema, addresses and house style: deleted")
        left = traces_of(municipality.code)
    if left:
        raise ProvisioningError(f"Still there: {'; '.join(left[:5])}. Remove it by hand.")
    return former


def traces_of(code: str) -> list[str]:
    """What is left of a deleted municipality, one line each: nothing when all is gone.

    Raises ProvisioningError when Redis does not answer, and MasterKeyUnusable.
    """
    with schema_context(get_public_schema_name()):
        formers = FormerMunicipality.objects.filter(code=code).values_list("key_shares", flat=True)
        taken = set(Municipality.objects.values_list("key_share", flat=True))
        gone = {number for numbers in formers for number in numbers} - taken
        shares = sorted(gone & master_keys.share_numbers())
        return [*removal.traces_of(code), *(f"share {number} in the master key file" for number in shares)]


def _begin(municipality: Municipality) -> tuple[FormerMunicipality, bool]:
    """Check that it may go, and note that deleting begins.

    Returns the note, and False when it is that of an interrupted run, which may have destroyed the shares.
    """
    with transaction.atomic(durable=True):
        row = locked_municipality(municipality)
        require_deletable(row)
        return FormerMunicipality.objects.get_or_create(
            code=row.code,
            deleted_at=None,
            defaults={
                "name": row.display_name,
                "since": row.created_at,
                "suspended_at": row.suspended_at or timezone.now(),
                "key_shares": _shares_of(row),
                "begun_at": timezone.now(),
                "begun_by": getpass.getuser()[:100],
            },
        )


def _are_still_there(shares: set[int]) -> bool:
    """Whether the file has them all; False when nobody can tell."""
    try:
        return shares <= master_keys.share_numbers()
    except master_keys.MasterKeyUnusable:
        return False


def _shares_of(municipality: Municipality) -> list[int]:
    """The shares that its data keys need, but for one that another municipality has.

    A data key says itself which one it needs, so whoever wrote in its row must not make up numbers: those that the file
    does not have would be taken for given, and no municipality could get a new one.
    """
    with tenant_context(municipality):
        wrapped = [bytes(key) for key in DataKey.objects.values_list("wrapped", flat=True)]
    named = {master_keys.share_of(key) for key in wrapped} & master_keys.share_numbers()
    numbers = {municipality.key_share, *named}
    others = Municipality.objects.exclude(pk=municipality.pk).values_list("key_share", flat=True)
    return sorted(number for number in numbers - set(others) if number is not None)


def _destroy_data_keys(municipality: Municipality) -> int:
    if not schema_exists(municipality.schema_name):
        return 0
    with tenant_context(municipality):
        return DataKey.objects.all().delete()[0]
