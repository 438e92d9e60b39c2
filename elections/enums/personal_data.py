from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OwnFieldKind(TextChoices):
    """What an answer to a question of the municipality's own looks like."""

    TEXT = "text", _("tekst")
    CHOICE = "choice", _("keuze uit een lijst")
    YES_NO = "yes_no", _("ja of nee")


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
