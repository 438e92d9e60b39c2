from typing import Any

from elections import models


def make_personal_data_change(member: Any, **values: Any) -> Any:
    """Another telephone number, which waits for the team."""
    defaults = {"member": member, "subject": "phone", "values": {"phone": "+31 6 87654321"}}
    return models.PersonalDataChange.objects.create(**defaults | values)
