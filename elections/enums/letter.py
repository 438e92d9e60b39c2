from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LetterState(TextChoices):
    WAITING = "waiting", _("wordt gemaakt")
    MADE = "made", _("gemaakt")
    PUBLISHED = "published", _("gepubliceerd")
    WITHDRAWN = "withdrawn", _("ingetrokken")
    FAILED = "failed", _("mislukt")


class LetterPlace(TextChoices):
    """Where a block of text stands in a letter; the head, the decision, the shifts and the signature are fixed."""

    ABOVE = "above", _("boven de diensten")
    BELOW = "below", _("onder de diensten")


class LetterStaff(TextChoices):
    """Whether a block of a letter is for members who work at the municipality."""

    EVERYBODY = "", _("maakt niet uit")
    ONLY = "only", _("alleen wie bij de gemeente werkt")
    NOT = "not", _("alleen wie niet bij de gemeente werkt")


class LetterPay(TextChoices):
    """Whether a block of a letter is for members whose places pay."""

    EVERYBODY = "", _("maakt niet uit")
    PAID = "paid", _("alleen wie een vergoeding krijgt")
    UNPAID = "unpaid", _("alleen wie geen vergoeding krijgt")
