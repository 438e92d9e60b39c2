from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MailKind(TextChoices):
    """One value per message; templates/mail/<value>.* hold its subject, text and HTML."""

    LOGIN_CODE = "login_code", _("inlogcode")
    MEMBER_INVITATION = "member_invitation", _("uitnodiging lid")
    STAFF_INVITATION = "staff_invitation", _("uitnodiging medewerker")
    PASSWORD_RESET = "password_reset", _("nieuw wachtwoord")
    PASSWORD_CHANGED = "password_changed", _("wachtwoord gewijzigd")
    USERNAME_REMINDER = "username_reminder", _("gebruikersnaam")
    EMAIL_CHANGED = "email_changed", _("e-mailadres gewijzigd")
    MEMBER_MERGED = "member_merged", _("accounts samengevoegd")
    EMAIL_CONFIRMATION = "email_confirmation", _("code voor nieuw e-mailadres")
    IBAN_CHANGED = "iban_changed", _("IBAN gewijzigd")
    NEW_BROWSER = "new_browser", _("ingelogd op een nieuw apparaat")
    FACTOR_CHANGED = "factor_changed", _("tweede stap gewijzigd")
    PRIVACY_ANSWERED = "privacy_answered", _("antwoord op vraag over privacy")
    AUDIT_HEAD = "audit_head", _("zegel van het logboek")
    SECURITY_ALARM = "security_alarm", _("waarschuwing beveiliging")
    PLACEMENT_PUBLISHED = "placement_published", _("plaats bekend")
    PLACEMENT_CHANGED = "placement_changed", _("plaats gewijzigd")
    PLACEMENT_REMINDER = "placement_reminder", _("herinnering: laat weten of u komt")
    PLACE_OFFERED = "place_offered", _("plaats aangeboden")
    PLACE_FREE = "place_free", _("plaats vrijgekomen")
    RESERVATION_DECIDED = "reservation_decided", _("antwoord op gekozen plaats")
    LETTER_PUBLISHED = "letter_published", _("brief klaar")
    LETTER_CHANGED = "letter_changed", _("brief aangepast")
    MESSAGE_RECEIVED = "message_received", _("nieuw bericht in het portaal")
    TEAM_MESSAGE = "team_message", _("nieuw bericht van een lid")
    CONVERSATION_ASSIGNED = "conversation_assigned", _("gesprek van een collega gekregen")
    NEWS_PUBLISHED = "news_published", _("nieuwsbericht")
    DOCUMENT_PUBLISHED = "document_published", _("document klaar")
    STEP_REMINDER = "step_reminder", _("herinnering: nog niet ingevuld")
    SURVEY_PUBLISHED = "survey_published", _("enquête staat klaar")
    SURVEY_REMINDER = "survey_reminder", _("herinnering: enquête nog niet ingevuld")
    DATA_CHANGE_DECIDED = "data_change_decided", _("antwoord op wijziging van gegevens")
    APPLICATION_CONFIRM = "application_confirm", _("aanmelding bevestigen")
    APPLICATION_KEPT = "application_kept", _("aanmelding in portefeuille")
    APPLICATION_REFUSED = "application_refused", _("aanmelding afgewezen")
    APPLICATION_TRANSFER = "application_transfer", _("toestemming om aanmelding door te geven")
    APPLICATION_RECEIVED = "application_received", _("aanmelding ontvangen van andere gemeente")
    APPLICATION_WAITING = "application_waiting", _("nieuwe aanmelding voor het team")
    DIGEST = "digest", _("overzicht van de dag")


class MailState(TextChoices):
    """UNCERTAIN: the connection or the sender was lost while the mail server had the mail in hand; it may have
    arrived, so that nobody but the team sends it again. BUNDLED: told in the daily overview of its receiver."""

    WAITING = "waiting", _("wacht")
    SENDING = "sending", _("wordt verzonden")
    SENT = "sent", _("verzonden")
    DELIVERED = "delivered", _("bezorgd")
    BOUNCED = "bounced", _("teruggekomen")
    FAILED = "failed", _("mislukt")
    UNCERTAIN = "uncertain", _("onzeker")
    BUNDLED = "bundled", _("in het overzicht van de dag")


class MailRhythm(TextChoices):
    """How somebody wants to hear of what is not urgent."""

    AT_ONCE = "at_once", _("elke keer meteen een e-mail")
    DAILY = "daily", _("één e-mail per dag met alles wat er nieuw is")
