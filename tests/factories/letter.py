from typing import Any

from elections import models
from tests.factories.numbers import numbers


def make_letter_edition(event: Any, **values: Any) -> Any:
    """One edition of the letter texts, with a single text for everybody."""
    block = {"text": "Welkom.", "heading": "", "place": "below", "kinds": [], "staff": "", "pay": ""}
    return models.LetterEdition.objects.create(**{"event": event, "version": 1, "blocks": [block]} | values)


def make_letter(member: Any, event: Any, **values: Any) -> Any:
    defaults = {"member": member, "event": event, "number": next(numbers)}
    return models.AppointmentLetter.objects.create(**defaults | values)
