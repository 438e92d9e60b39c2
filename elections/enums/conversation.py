from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ConversationState(TextChoices):
    """OPEN: the team must answer. ANSWERED: the team wrote last. CLOSED: done; a new message opens it again."""

    OPEN = "open", _("wacht op het team")
    ANSWERED = "answered", _("beantwoord")
    CLOSED = "closed", _("afgesloten")


class MessageKind(TextChoices):
    FROM_MEMBER = "from_member", _("van het lid")
    FROM_TEAM = "from_team", _("van het team")
    NOTE = "note", _("notitie van het team")
