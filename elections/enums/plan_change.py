from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlanChangeKind(TextChoices):
    ASSIGN = "assign", _("ingedeeld")
    REMOVE = "remove", _("uit de dienst gehaald")
    MOVE = "move", _("verplaatst")
    SWAP = "swap", _("gewisseld")
    LOCK = "lock", _("vastgezet of losgemaakt")
    TAKE_OVER = "take_over", _("voorstel overgenomen")
