from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class WorkAccountPurpose(TextChoices):
    """What somebody went to the provider of the work account for."""

    LOG_IN = "log-in", _("inloggen")
    INVITATION = "invitation", _("uitnodiging aannemen")
    LINK = "link", _("werkaccount koppelen")
    CONFIRM = "confirm", _("bevestigen wie u bent")
