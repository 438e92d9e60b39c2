from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RetentionKind(TextChoices):
    """What has a term of its own; elections.retention holds the default and the ground of each."""

    SIGN_IN = "sign_in", _("inloggegevens")
    AUDIT = "audit", _("logboek")
    MAIL = "mail", _("verzonden e-mail")
    JOB = "job", _("taken")
    ANSWERS = "answers", _("beschikbaarheid en voorkeuren")
    APPOINTMENT = "appointment", _("indelingen en brieven")
    NUMBERS = "numbers", _("BSN en IBAN")
    MEMBER = "member", _("leden die niet meer meedoen")
    PRIVACY_REQUEST = "privacy_request", _("vragen over privacy")
    CONVERSATION = "conversation", _("gesprekken met leden")
    SURVEY = "survey", _("antwoorden op enquêtes")
    APPLICATION = "application", _("aanmeldingen waarover is besloten")
    PORTFOLIO = "portfolio", _("aanmeldingen die nieuw zijn of bewaard worden")


class PrivacyRequestKind(TextChoices):
    ERASE = "erase", _("gegevens verwijderen")
    CORRECT = "correct", _("gegevens verbeteren")


class PrivacyRequestState(TextChoices):
    OPEN = "open", _("open")
    GRANTED = "granted", _("gedaan")
    REFUSED = "refused", _("niet gedaan")


class EraseReason(TextChoices):
    """Why a person is erased; chosen from a list, so that nobody writes down who it was."""

    REQUEST = "request", _("het lid vroeg erom")
    STOPPED = "stopped", _("het lid is gestopt")
    DECEASED = "deceased", _("het lid is overleden")
    TERM = "term", _("de bewaartermijn is voorbij")
    AGAIN = "again", _("het lid was al gewist, en kwam terug met een reservekopie")
