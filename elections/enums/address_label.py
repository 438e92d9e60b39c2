from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LabelSheet(TextChoices):
    """Sheets of address labels, by the size of one label in millimetres."""

    TWENTY_FOUR = "70x37", _("24 op een vel (70 × 37 mm)")
    TWENTY_ONE = "63x38", _("21 op een vel (63,5 × 38,1 mm)")
    FOURTEEN = "99x38", _("14 op een vel (99,1 × 38,1 mm)")
