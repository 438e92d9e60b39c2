from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SignInMethod(TextChoices):
    """What somebody showed after, or instead of, the password."""

    EMAIL_CODE = "email_code", _("code per e-mail")
    AUTHENTICATOR = "authenticator", _("authenticator-app")
    RECOVERY_CODE = "recovery_code", _("herstelcode")
    WORK_ACCOUNT = "work_account", _("werkaccount")


class AttemptKind(TextChoices):
    """What is counted at the front door."""

    PASSWORD = "password", _("wachtwoord")
    MAIL = "mail", _("e-mail")
    SIGN_UP = "sign_up", _("aanmelding")


class FactorChange(TextChoices):
    """What happened to the second step of somebody's log-in: the sentence that is mailed to them."""

    SET_UP = "set_up", _("U logt voortaan in met een code uit uw authenticator-app.")
    REPLACED = "replaced", _("U logt voortaan in met een andere authenticator-app. De oude werkt niet meer.")
    CODES_RENEWED = (
        "codes_renewed",
        _("U hebt nieuwe herstelcodes gemaakt. De oude herstelcodes werken niet meer."),
    )
    TURNED_OFF = "turned_off", _("Uw authenticator-app is uitgezet. U krijgt weer een code per e-mail.")
    RESET = "reset", _("Een beheerder heeft uw authenticator-app en uw herstelcodes weggehaald.")
    WORK_ACCOUNT_LINKED = "work_account_linked", _("U kunt voortaan inloggen met uw werkaccount.")
    WORK_ACCOUNT_UNLINKED = "work_account_unlinked", _("U kunt niet meer inloggen met uw werkaccount.")
    RECOVERY_CODE_USED = "recovery_code_used", _("Er is ingelogd met een van uw herstelcodes.")


class AccountHelp(TextChoices):
    """What somebody asks for who cannot log in."""

    PASSWORD = "password", _("nieuw wachtwoord")
    USERNAME = "username", _("gebruikersnaam")


class InvitationKind(TextChoices):
    MEMBER = "member", _("lid")
    MEMBER_LETTER = "member_letter", _("lid, per brief")
    STAFF = "staff", _("medewerker")
    PASSWORD_RESET = "password_reset", _("nieuw wachtwoord")
