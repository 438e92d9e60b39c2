from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StationKind(TextChoices):
    """Codes of the national polling-place format 1.7 (`Type stembureau`), plus the counting place."""

    REGULAR = "regulier", _("regulier")
    SPECIAL = "bijzonder", _("bijzonder")
    MOBILE = "mobiel", _("mobiel")
    COUNTING = "tellocatie", _("tellocatie")
