from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class JobKind(TextChoices):
    MEMBER_IMPORT = "member_import", _("leden importeren")
    IMPORT_UNDO = "import_undo", _("inlezen van leden ongedaan maken")
    STATION_IMPORT = "station_import", _("stembureaus importeren")
    TRAINING_IMPORT = "training_import", _("uitslagen van een training importeren")
    LETTERS = "letters", _("brieven maken")
    INVITATIONS = "invitations", _("uitnodigingen versturen")
    PROPOSAL = "proposal", _("voorstel voor de indeling maken")
    LETTER_PRINT = "letter_print", _("brieven om te printen klaarzetten")
    LETTER_ZIP = "letter_zip", _("alle brieven in één ZIP-bestand zetten")
    STATION_DOSSIERS = "station_dossiers", _("stembureaumappen maken")
    BADGES = "badges", _("naamkaartjes maken")
    PRESENCE_LISTS = "presence_lists", _("presentielijsten maken")
    GROUP_MESSAGE = "group_message", _("bericht aan een groep versturen")
    DEACTIVATION = "deactivation", _("leden op niet actief zetten")
    ADDRESS_LABELS = "address_labels", _("adresetiketten maken")
    CONTACT_SHEETS = "contact_sheets", _("contactlijsten maken")
    BRP_CHECK = "brp_check", _("leden controleren in de BRP")


class JobState(TextChoices):
    QUEUED = "queued", _("in de wachtrij")
    RUNNING = "running", _("bezig")
    DONE = "done", _("klaar")
    FAILED = "failed", _("mislukt")
    CANCELLED = "cancelled", _("gestopt")
