from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BrpSubject(TextChoices):
    """What a municipality may ask the BRP about a member; elections.brp.FIELDS has the fields of each."""

    ADDRESS = "address", _("waar iemand woont")
    DEATH = "death", _("of iemand is overleden")
    SECRECY = "secrecy", _("of gegevens geheim zijn")


class BrpOutcome(TextChoices):
    """What the last check of a member in the BRP gave."""

    SAME = "same", _("klopt met de BRP")
    DIFFERS = "differs", _("verschil gevonden")


class BrpFindingKind(TextChoices):
    """What the BRP says that the member file does not."""

    ADDRESS = "address", _("ander adres")
    ELSEWHERE = "elsewhere", _("woont niet meer op een adres in Nederland")
    DECEASED = "deceased", _("overleden")
    SECRECY = "secrecy", _("gegevens zijn geheim")
    SECRECY_ENDED = "secrecy_ended", _("gegevens zijn niet meer geheim")
    UNKNOWN = "unknown", _("staat niet in de BRP")


class BrpFindingState(TextChoices):
    """LAPSED: at a later check there was no difference any more."""

    OPEN = "open", _("nog bekijken")
    ACCEPTED = "accepted", _("overgenomen")
    SET_ASIDE = "set_aside", _("niet overgenomen")
    LAPSED = "lapsed", _("niet meer nodig")
