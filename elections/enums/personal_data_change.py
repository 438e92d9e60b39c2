from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DataSubject(TextChoices):
    """What a member changes in one go, and the team may want to look at first."""

    NAME = "name", _("naam")
    BIRTH_DATE = "birth_date", _("geboortedatum")
    ADDRESS = "address", _("adres")
    PHONE = "phone", _("telefoonnummer")


class DataChangeState(TextChoices):
    """WITHDRAWN: by the member, or because the member's data were erased."""

    WAITING = "waiting", _("wacht op het team")
    APPROVED = "approved", _("goedgekeurd")
    REFUSED = "refused", _("niet overgenomen")
    WITHDRAWN = "withdrawn", _("ingetrokken")
