from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ElectionCategory(TextChoices):
    """Codes as in EML_NL."""

    EP = "EP", _("Europees Parlement")
    TK = "TK", _("Tweede Kamer")
    PS = "PS", _("Provinciale Staten")
    WS = "WS", _("waterschap")
    GR = "GR", _("gemeenteraad")
    ER = "ER", _("eilandsraad")
    KC = "KC", _("kiescollege")
    REFERENDUM = "NR", _("referendum")


class PollingDayKind(TextChoices):
    VOTING = "voting", _("stemmen")
    EARLY_VOTING = "early_voting", _("vervroegd stemmen")
    COUNTING = "counting", _("tellen")


class PositionKind(TextChoices):
    """What somebody does in a polling station; Kieswet art. E 3, E 4 and J 12."""

    CHAIR = "chair", _("voorzitter")
    DEPUTY_CHAIR = "deputy_chair", _("plaatsvervangend voorzitter")
    MEMBER = "member", _("stembureaulid")
    COUNTER = "counter", _("teller")
    RESERVE = "reserve", _("reserve")


# Who sits on the board: only these count for "chair and two members present" (Kieswet art. J 12).
BOARD_POSITIONS = (PositionKind.CHAIR, PositionKind.DEPUTY_CHAIR, PositionKind.MEMBER)
# Whoever can lead a board can also take a lower seat on it, so that a list with only "voorzitter" is enough.
ALSO_QUALIFIES_FOR = {
    PositionKind.CHAIR: (PositionKind.DEPUTY_CHAIR, PositionKind.MEMBER),
    PositionKind.DEPUTY_CHAIR: (PositionKind.MEMBER,),
}


class EventPart(TextChoices):
    """What a new event can take along from an earlier one."""

    DAYS = "days", _("zittingsdagen en dagdelen")
    POSITIONS = "positions", _("functies en vergoedingen")
    TEMPLATE = "template", _("dienstensjabloon")
    RULES = "rules", _("regels voor de planning")
    STATIONS = "stations", _("stembureaus en stemlokalen")
    HOURS = "hours", _("openingstijden van de stembureaus")
    LETTER = "letter", _("tekst en ondertekenaar van de brief")
    STEP_TEXTS = "step_texts", _("uw eigen teksten in het portaal")
