from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ClashPolicy(TextChoices):
    """What a candidate on a list may do in a polling station; the law allows it, the Kiesraad advises restraint."""

    BLOCK = "block", _("niet indelen")
    WARN = "warn", _("waarschuwen")
    ALLOW = "allow", _("toestaan")


class ClashState(TextChoices):
    """Whether a member and a candidate with the same name are one person; the team decides."""

    OPEN = "open", _("nog nakijken")
    SAME = "same", _("is dezelfde persoon")
    OTHER = "other", _("is iemand anders")
