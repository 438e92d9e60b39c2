from datetime import timedelta
from typing import Any

from django.utils import timezone

from elections import models
from tests.factories.audience import make_audience
from tests.factories.numbers import numbers


def make_survey(*members: Any, **values: Any) -> Any:
    """An anonymous survey without questions that shows now, for everybody or for these members."""
    audience = make_audience(kind="members" if members else "everyone")
    audience.members.set(members)
    defaults = {
        "title": f"Enquête {next(numbers)}",
        "audience": audience,
        "state": "published",
        "publishes_at": timezone.now() - timedelta(minutes=1),
        "created_by": "Collega",
    }
    return models.Survey.objects.create(**defaults | values)


def make_question(survey: Any, kind: str = "short_text", *choices: str, **values: Any) -> Any:
    """A question at the end of a survey, with these choices; those of yes/no come by themselves."""
    rank = survey.questions.count() + 1
    defaults = {"survey": survey, "kind": kind, "rank": rank, "text": f"Vraag {next(numbers)}?"}
    question = models.Question.objects.create(**defaults | values)
    for number, text in enumerate(("Ja", "Nee") if kind == "yes_no" else choices, start=1):
        models.Choice.objects.create(question=question, rank=number, text=text)
    return question
