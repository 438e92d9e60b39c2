"""Which share of the master key file a municipality has: a number here, the share itself outside the database."""

from collections.abc import Collection
from itertools import chain

from django.db import connection

from tenants import locks
from tenants.models import FormerMunicipality, Municipality


def next_key_share(shares: Collection[int] = ()) -> int:
    """The first number that no municipality has or had; nobody else gets it before the transaction ends.

    shares: the numbers in the master key file, to pass over those that are gone from it. After a disaster the database
    does not know of municipalities that left before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locks.KEY_SHARE])
    present = Municipality.objects.exclude(key_share=None).values_list("key_share", flat=True)
    former = FormerMunicipality.objects.values_list("key_shares", flat=True)
    highest = max(chain(present, *former), default=0)
    return min((number for number in shares if number > highest), default=highest + 1)


def give_key_share(municipality: Municipality, shares: Collection[int]) -> int:
    """Give a municipality without a share that is in the file (`shares`) the next one, inside a transaction."""
    municipality.key_share = next_key_share(shares)
    municipality.save(update_fields=["key_share"])
    return municipality.key_share
