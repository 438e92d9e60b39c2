from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TrainingSource(TextChoices):
    """How the result of a training came in."""

    IMPORT = "import", _("bestand van de training")
    MANUAL = "manual", _("team verkiezingen")


class TrainingState(TextChoices):
    """How far a member is with one training; worked out by elections.queries.training, not stored."""

    DONE = "done", _("gehaald")
    EXPIRED = "expired", _("verlopen")
    FAILED = "failed", _("niet gehaald")
    BEGUN = "begun", _("begonnen")
    NOT_DONE = "not_done", _("niet gedaan")
