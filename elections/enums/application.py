from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ApplicationState(TextChoices):
    """What became of somebody who signed up. The team sees an application once its e-mail address is confirmed."""

    UNCONFIRMED = "unconfirmed", _("wacht op bevestiging")
    OPEN = "open", _("nieuw")
    KEPT = "kept", _("in portefeuille")
    ACCEPTED = "accepted", _("aangenomen")
    REFUSED = "refused", _("afgewezen")
    TRANSFERRED = "transferred", _("doorgegeven")


class RefusalReason(TextChoices):
    """Why an application is refused; the mail to the person says it in a sentence, "other" says nothing."""

    ENOUGH = "enough", _("er zijn genoeg mensen")
    TOO_YOUNG = "too_young", _("te jong op de zittingsdag")
    OTHER = "other", _("een andere reden")
