from datetime import date
from typing import Any

from elections import models
from tests.factories.numbers import numbers


def make_training(**values: Any) -> Any:
    defaults = {"name": f"Training {next(numbers)}", "site": "https://training.example/begin"}
    return models.Training.objects.create(**defaults | values)


def make_training_result(training: Any, member: Any, **values: Any) -> Any:
    """A result that was passed and does not expire."""
    defaults = {"done_on": date(2026, 1, 12), "passed": True, "source": "manual", "noted_by": "Collega"}
    return models.TrainingResult.objects.create(training=training, member=member, **defaults | values)


def make_training_start(training: Any, member: Any, **values: Any) -> Any:
    return models.TrainingStart.objects.create(training=training, member=member, **values)
