from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ImportState(TextChoices):
    UPLOADED = "uploaded", _("geüpload")
    CHECKED = "checked", _("gecontroleerd")
    RUNNING = "running", _("wordt ingelezen")
    DONE = "done", _("ingelezen")
    CANCELLED = "cancelled", _("weggegooid")
    UNDONE = "undone", _("ongedaan gemaakt")
