from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StaffRole(TextChoices):
    ADMINISTRATOR = "administrator", _("beheerder")
    PLANNER = "planner", _("planner")
    COMMUNICATION = "communication", _("communicatie")
    FINANCE = "finance", _("financiën")
    READER = "reader", _("meelezer")


class StaffState(TextChoices):
    """How far a colleague is in; worked out by elections.queries.staff, not stored."""

    ACTIVE = "active", _("heeft toegang")
    INVITED = "invited", _("uitgenodigd")
    EXPIRED = "expired", _("uitnodiging verlopen")
    DISABLED = "disabled", _("geen toegang")
