from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ProposalState(TextChoices):
    WAITING = "waiting", _("wordt gemaakt")
    READY = "ready", _("klaar")
    FAILED = "failed", _("mislukt")
    TAKEN_OVER = "taken_over", _("overgenomen")
