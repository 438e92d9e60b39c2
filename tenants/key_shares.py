"""Which share of the master key file a municipality has: a number here, the share itself outside the database."""

from itertools import chain

from django.db import connection

from tenants import locks
from tenants.models import FormerMunicipality, Municipality


def next_key_share() -> int:
    """The first number that no municipality has or had; nobody else gets it before the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [locks.KEY_SHARE])
    present = Municipality.objects.exclude(key_share=None).values_list("key_share", flat=True)
    former = FormerMunicipality.objects.values_list("key_shares", flat=True)
    return max(chain(present, *former), default=0) + 1


def give_key_share(municipality: Municipality) -> int:
    """Give a municipality from before there were shares its number. May only be called inside a transaction."""
    municipality.key_share = next_key_share()
    municipality.save(update_fields=["key_share"])
    return municipality.key_share
