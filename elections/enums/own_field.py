from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OwnFieldKind(TextChoices):
    """What an answer to a question of the municipality's own looks like."""

    TEXT = "text", _("tekst")
    CHOICE = "choice", _("keuze uit een lijst")
    YES_NO = "yes_no", _("ja of nee")
