from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AvailabilityAnswer(TextChoices):
    YES = "yes", _("ja")
    IF_NEEDED = "if_needed", _("als het moet")
    NO = "no", _("nee")


class PreferenceKind(TextChoices):
    POSITION = "position", _("functie")
    DAY_PART = "day_part", _("dagdeel")
    VENUE = "venue", _("stemlokaal")
