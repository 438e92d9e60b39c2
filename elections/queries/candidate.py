"""Members who may be on a list of candidates."""

from elections.enums import ClashState
from elections.models import CandidateClash, ElectionEvent


def candidate_members(event: ElectionEvent) -> set[int]:
    """Primary keys of members with the name of a candidate in `event`, but for those the team says are others."""
    clashes = CandidateClash.objects.filter(candidate__election__event=event).exclude(state=ClashState.OTHER)
    return set(clashes.values_list("member_id", flat=True))
