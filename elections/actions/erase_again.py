"""Erasing again who was erased, and came back with a backup of before. Platform work: `manage.py backup erase`."""

from collections.abc import Iterable
from uuid import UUID

from django_tenants.utils import tenant_context

from elections.actions.privacy import erase_member
from elections.enums import EraseReason
from elections.errors import ActionError
from elections.queries.erase_again import members_to_erase_again
from tenants.models import Municipality


def erase_again(municipality: Municipality, also: Iterable[UUID] = ()) -> tuple[int, list[str]]:
    """Erase the members whom a restore brought back, each in a transaction of its own; closed pages are no hindrance.

    also: uuids of others who were erased after the backup, where the restored log cannot tell.

    Returns how many were erased, and a sentence for each who could not be: by uuid, as who reads it is not the team.
    """
    done, refused = 0, []
    with tenant_context(municipality):
        for member in members_to_erase_again(also):
            try:
                erase_member(member, by=None, reason=EraseReason.AGAIN)
                done += 1
            except ActionError:
                refused.append(f"member {member.uuid} has a place that is still to come")
    return done, refused
