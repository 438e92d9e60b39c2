from typing import Any

from elections import models


def make_job(**values: Any) -> Any:
    return models.Job.objects.create(**{"kind": "letters", "started_by": "Collega"} | values)
