from typing import Any

from django.utils import timezone

from elections import models
from tests.factories.numbers import numbers


def make_candidate(election: Any, **values: Any) -> Any:
    """Somebody on the first list of an election."""
    number = next(numbers)
    defaults = {
        "election": election,
        "list_number": 1,
        "list_name": "Lijst Een",
        "number": number,
        "initials": "K.",
        "last_name": f"Kandidaat{number}",
        "city": "Juinen",
    }
    return models.Candidate.objects.create(**defaults | values)


def make_clash(member: Any, candidate: Any, **values: Any) -> Any:
    """A member and a candidate with one name, of whom nobody said yet whether they are one."""
    decided = {} if values.get("state", "open") == "open" else {"decided_at": timezone.now()}
    return models.CandidateClash.objects.create(
        **{"member": member, "candidate": candidate} | decided | values
    )
