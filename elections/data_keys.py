"""The data keys of the municipality at work: the one for new values, and older ones while values are re-encrypted.

A municipality has one current key. While a rotation runs (actions/data_key.py) there is an older one too, and both can
be read with. Whoever writes a value holds a shared lock until the transaction ends, so that a rotation never destroys
the key of a value that is on its way.
"""

import os
from contextlib import AbstractContextManager, suppress
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.db.models import Max
from django.views.decorators.debug import sensitive_variables

from elections import master_keys
from elections.models import DataKey
from tenants.context import current_municipality, current_schema
from tenants.key_shares import give_key_share
from tenants.locks import hold_lock, try_lock
from tenants.models import Municipality

LOCK: Final = "data-key"


def key_for_writing() -> DataKey:
    """The current data key, which stays usable until the transaction ends; made at the first value.

    May only be called inside a transaction.
    """
    hold_off_rotation()
    key = DataKey.objects.filter(is_current=True).first()
    if key is not None:
        return key
    # One of any number of simultaneous requests wins; all of them get the same key.
    DataKey.objects.bulk_create([_new_key(1)], ignore_conflicts=True)
    return DataKey.objects.get(is_current=True)


def hold_off_rotation() -> None:
    """Until the transaction ends no data key is replaced or destroyed. Any number of callers at once."""
    hold_lock(LOCK, shared=True)


@transaction.atomic
def begin_rotation() -> DataKey:
    """Make a new data key and let every new value use it. The former one can still be read with."""
    hold_lock(LOCK)
    highest = DataKey.objects.aggregate(highest=Max("key_id"))["highest"] or 0
    DataKey.objects.filter(is_current=True).update(is_current=False)
    key = _new_key(highest + 1)
    key.save(force_insert=True)
    return key


def wait_for_writers() -> None:
    """Wait until everybody who began to write with a former key is done; nobody writes until the transaction ends."""
    hold_lock(LOCK)


def cipher_of(key: DataKey) -> AESGCM:
    """The cipher of a data key. Raises MasterKeyUnusable."""
    return AESGCM(master_keys.unwrap(bytes(key.wrapped), key.key_id, key.master_key_id))


def ciphers_by_number() -> dict[int, AESGCM]:
    """The ciphers of all data keys that there are now, without those that are damaged. Raises MasterKeyUnusable."""
    ciphers = {}
    for key in DataKey.objects.all():
        with suppress(master_keys.DataKeyDamaged):
            ciphers[key.key_id] = cipher_of(key)
    return ciphers


def only_rotation() -> AbstractContextManager[bool]:
    """Whether no other process rotates the data keys of this municipality. Ends with the process, however that ends."""
    return try_lock(f"{LOCK}-rotation")


@transaction.atomic
@sensitive_variables("data_key")
def rewrap() -> int:
    """Wrap the data keys of this municipality with the active master key; the keys themselves stay the same.

    A municipality from before there were shares gets one.

    Returns how many were under another master key or without its share. Raises MasterKeyUnusable.
    """
    active, _names = master_keys.master_key_names()
    share = _key_share()
    if share is None and (shares := master_keys.share_numbers()):
        share = give_key_share(current_municipality(), shares)
    keys = [
        key
        for key in DataKey.objects.select_for_update().order_by("key_id")
        if key.master_key_id != active or master_keys.share_of(bytes(key.wrapped)) != share
    ]
    for key in keys:
        data_key = master_keys.unwrap(bytes(key.wrapped), key.key_id, key.master_key_id)
        key.master_key_id, key.wrapped = master_keys.wrap(data_key, key.key_id, share)
        key.save(update_fields=["master_key_id", "wrapped"])
    return len(keys)


@sensitive_variables("data_key")
def _new_key(key_id: int) -> DataKey:
    data_key = os.urandom(master_keys.KEY_BYTES)
    master_key_id, wrapped = master_keys.wrap(data_key, key_id, _key_share())
    return DataKey(key_id=key_id, master_key_id=master_key_id, wrapped=wrapped)


def _key_share() -> int | None:
    """The number of its share as it is in the database now: what a web server remembers may be half a minute old."""
    return Municipality.objects.filter(schema_name=current_schema()).values_list("key_share", flat=True).get()
