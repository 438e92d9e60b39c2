from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StationPaperKind(TextChoices):
    """What a polling station gets on paper."""

    DOSSIER = "dossier", _("stembureaumap")
    BADGES = "badges", _("naamkaartjes")
    PRESENCE_LIST = "presence_list", _("presentielijst")
    CONTACT_SHEET = "contact_sheet", _("contactlijst")
