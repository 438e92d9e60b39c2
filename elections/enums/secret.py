from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SecretKind(TextChoices):
    BSN = "bsn", _("BSN")
    IBAN = "iban", _("IBAN")


class RevealPurpose(TextChoices):
    """What a number may be read for: nothing but paying people (AVG art. 5; UAVG art. 46)."""

    PAYMENT_RUN = "payment_run", _("betaling van vergoedingen")
