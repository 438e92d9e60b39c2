from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class AuditResult(IntegerChoices):
    OK = 1, _("gelukt")
    REFUSED = 2, _("geweigerd")
