from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class WaitKind(TextChoices):
    """LINE: gets the place offered in turn. ALERT: hears that there is a place; the first to come has it."""

    LINE = "line", _("wachtlijst")
    ALERT = "alert", _("bericht bij een vrije plaats")
