from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StepKind(TextChoices):
    """The parts of the portal that a municipality opens, in the order in which members meet them."""

    PERSONAL_DATA = "personal_data", _("Uw gegevens")
    AVAILABILITY = "availability", _("Uw beschikbaarheid")
    RESERVATION = "reservation", _("Uw plaats kiezen")
    TRAINING = "training", _("Uw training")
    PLACEMENT = "placement", _("Uw plaats")
    LETTERS = "letters", _("Uw brieven")
    DOCUMENTS = "documents", _("Documenten")
    INBOX = "inbox", _("Berichten")
    OWN = "own", _("eigen onderdeel")
    SURVEYS = "surveys", _("Enquêtes")


# These stand in the menu and not in the task list. They are open unless the team closes them.
MENU_STEPS = (StepKind.DOCUMENTS, StepKind.INBOX)
# In these a member does something or gets something to read: somebody can be "not done" with them.
TASK_STEPS = tuple(kind for kind in StepKind if kind not in (*MENU_STEPS, StepKind.OWN))


class StepState(TextChoices):
    NOT_BEGUN = "not_begun", _("Nog niet begonnen")
    BUSY = "busy", _("Bezig")
    DONE = "done", _("Afgerond")
    NOT_OPEN = "not_open", _("Nog niet open")
    CLOSED = "closed", _("Gesloten")
