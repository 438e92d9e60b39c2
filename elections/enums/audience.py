from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AudienceKind(TextChoices):
    """EVERYONE: all active members. SELECTION: who meets every condition. MEMBERS: who was picked by hand."""

    EVERYONE = "everyone", _("alle actieve leden")
    SELECTION = "selection", _("een selectie")
    MEMBERS = "members", _("leden die u zelf kiest")


class PlacedFilter(TextChoices):
    ANY = "any", _("maakt niet uit")
    PLACED = "placed", _("heeft een plaats")
    UNPLACED = "unplaced", _("heeft nog geen plaats")
