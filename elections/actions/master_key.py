"""What is done with master keys over all municipalities. Platform work: `manage.py master_key`, no screen."""

from django.db import transaction
from django_tenants.utils import tenant_context

from elections import audit, data_keys, master_keys
from elections.models import DataKey
from tenants.models import Municipality


@transaction.atomic
def rewrap_data_keys() -> int:
    """Wrap the data keys of the municipality at work with the active master key. Doing it twice changes nothing.

    Returns how many were under another one. Raises MasterKeyUnusable.
    """
    count = data_keys.rewrap()
    if count:
        active, _names = master_keys.master_key_names()
        audit.record("secret.rewrap", by=None, label=active, data_keys=count)
    return count


def drop_master_key(name: str) -> None:
    """Take a master key out of the file, when nothing in the database needs it.

    Only the active key is used for new data keys, so nothing can come to need it between the look and the deed, but by
    a process that still has a copy of the file in which it was the active one (docs/operations.md, “Keys”).

    Raises:
        MasterKeyNeeded: when it is the active one, or a data key is still under it.
        MasterKeyUnusable: when there is no such key.
    """
    codes = [
        municipality.code
        for municipality, keys in data_keys_by_municipality()
        if any(key.master_key_id == name for key in keys)
    ]
    if codes:
        raise master_keys.MasterKeyNeeded(
            f"{name} is still needed by {', '.join(codes)}. Run `master_key rewrap` first."
        )
    master_keys.drop_master_key(name)


def data_keys_by_municipality() -> list[tuple[Municipality, list[DataKey]]]:
    """Every municipality, also a suspended one, with its data keys, oldest first."""
    found = []
    for municipality in Municipality.objects.order_by("code"):
        with tenant_context(municipality):
            found.append((municipality, list(DataKey.objects.order_by("key_id"))))
    return found
