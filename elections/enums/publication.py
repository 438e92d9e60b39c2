from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PublishState(TextChoices):
    """Of news and documents. What is published shows from `publishes_at` until `ends_at`."""

    DRAFT = "draft", _("concept")
    PUBLISHED = "published", _("gepubliceerd")
    WITHDRAWN = "withdrawn", _("ingetrokken")
