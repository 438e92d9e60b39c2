from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class QuestionKind(TextChoices):
    """What a survey can ask. YES_NO is one choice out of two fixed ones; SCALE is a number from 1 to 5."""

    SHORT_TEXT = "short_text", _("kort antwoord")
    LONG_TEXT = "long_text", _("lang antwoord")
    ONE_CHOICE = "one_choice", _("één keuze")
    SEVERAL_CHOICES = "several_choices", _("meer keuzes")
    YES_NO = "yes_no", _("ja of nee")
    SCALE = "scale", _("schaal van 1 tot 5")
    NUMBER = "number", _("getal")
    DATE = "date", _("datum")


# Answered by picking one choice: what another question can depend on.
SINGLE_CHOICE_KINDS = (QuestionKind.ONE_CHOICE, QuestionKind.YES_NO)
CHOICE_KINDS = (*SINGLE_CHOICE_KINDS, QuestionKind.SEVERAL_CHOICES)
TEXT_KINDS = (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT)
