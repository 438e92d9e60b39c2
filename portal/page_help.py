"""What each page of the portal is for, in a few short sentences: the help that opens at the top of the page.

A key is the name of a view, or what several names begin with; the longest that fits wins.
tests/portal/test_page_help.py asks an entry for every page.
"""

from typing import Final

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.page_help import help_for

HELP: Final[dict[str, Promise]] = {
    # The door
    "login": _(
        "Log in met uw gebruikersnaam en wachtwoord. Daarna sturen wij een code naar uw e-mailadres. "
        "Uw gebruikersnaam staat in de uitnodiging."
    ),
    "login-code": _(
        "Wij stuurden u een e-mail met zes cijfers. Vul die cijfers hier in. "
        "Niets gekregen? Kijk in de map met ongewenste e-mail of vraag een nieuwe code."
    ),
    "login-recovery": _(
        "Kunt u niet bij uw authenticator-app? Vul dan één van uw herstelcodes in. Elke code werkt één keer."
    ),
    "invitation": _(
        "U bent uitgenodigd voor dit portaal. Kies hier een wachtwoord. Daarna kunt u altijd inloggen."
    ),
    "activation": _(
        "U kreeg een brief met een code. Vul de code uit de brief hier in. "
        "Daarna kiest u een wachtwoord en een tweede stap."
    ),
    "password": _(
        "Een wachtwoord heeft minstens twaalf tekens. Een korte zin werkt goed. "
        "Gebruik een wachtwoord dat u nergens anders gebruikt."
    ),
    "password-forgotten": _(
        "Vul uw gebruikersnaam in. U krijgt een e-mail waarmee u een nieuw wachtwoord kiest. "
        "Geen e-mail gekregen? Bel het team."
    ),
    "sign-up": _(
        "Met dit formulier meldt u zich aan om te helpen bij verkiezingen. "
        "Daarna bevestigt u uw e-mailadres, en bekijkt het team uw aanmelding."
    ),
    "application": _(
        "Hier ziet u hoe het staat met uw aanmelding. U kunt de aanmelding bevestigen of intrekken. "
        "Deel de link met niemand."
    ),
    "username": _("Vul uw e-mailadres in. Wij sturen uw gebruikersnaam naar dat adres, als wij het kennen."),
    "work-account": _(
        "Collega's van het team loggen in met het account van hun werk. "
        "Leden gebruiken een wachtwoord en een code."
    ),
    "confirm": _(
        "U gaat iets doen dat veel verandert. Daarom vragen wij nog een keer of u het bent. "
        "Daarna gaat u verder."
    ),
    # The own account
    "account": _(
        "Hier ziet u waar u bent ingelogd. Kent u een apparaat niet? Log het uit en wijzig uw wachtwoord."
    ),
    "authenticator": _(
        "Een authenticator-app geeft elke halve minuut een nieuwe code. "
        "Daarmee logt u veiliger in. Bewaar de herstelcodes op een vaste plek."
    ),
    "email-confirmation": _(
        "Wij stuurden een code naar uw nieuwe e-mailadres. Vul de code in. "
        "Pas daarna gebruiken wij het nieuwe adres."
    ),
    # The work
    "home": _(
        "Hier staat wat u nu kunt doen. Begin met de bovenste stap. "
        "Is er iets nieuws? Dan krijgt u ook een e-mail."
    ),
    "personal-data": _(
        "Controleer of uw gegevens kloppen. Klopt er iets niet? Kies dan “Wijzigen” achter die regel. "
        "Wij gebruiken de gegevens alleen voor de verkiezingen."
    ),
    "personal-data-person-number": _(
        "Wij hebben uw nummer nodig om u te betalen. Wij bewaren het versleuteld. "
        "Niemand ziet het op een scherm."
    ),
    "personal-data-iban": _(
        "Op deze rekening krijgt u uw vergoeding. Wij bewaren het nummer versleuteld. "
        "Na een wijziging krijgt u een e-mail."
    ),
    "availability": _(
        "Vertel ons per dag of u kunt werken. Daarna kiest u wat u het liefst doet. "
        "U kunt uw antwoord wijzigen zolang deze stap open is."
    ),
    "reservation": _(
        "Kies zelf een plaats die nog vrij is. "
        "Het team bekijkt uw keuze en laat u weten of het doorgaat. "
        "Is een plaats vol? Dan kunt u op de wachtlijst."
    ),
    "reservation-offer": _(
        "Er is een plaats vrijgekomen. Zeg vóór de genoemde tijd ja of nee. "
        "Daarna bieden wij de plaats aan iemand anders aan."
    ),
    "placement": _(
        "Hier staat waar en wanneer u werkt. Laat weten of u komt. Kunt u niet? Zeg het dan zo snel mogelijk."
    ),
    "calendar": _(
        "Zet uw diensten in uw eigen agenda. Verandert er iets? Dan verandert uw agenda mee. "
        "Deel het adres met niemand: het is van u alleen."
    ),
    "training": _(
        "Hier staan de trainingen die bij uw functie horen. Kies “Beginnen” om de training te openen. "
        "Uw resultaat staat hier vaak pas een dag later."
    ),
    "part": _("Lees deze pagina rustig door. Hebt u een vraag? Bel of mail het team."),
    "survey": _(
        "Beantwoord de vragen één voor één. U kunt stoppen en later verdergaan. "
        "Pas na “Versturen” zien wij uw antwoorden."
    ),
    "letter": _("Hier staan uw brieven. Een brief is een PDF. U kunt hem lezen, bewaren en afdrukken."),
    "news-item": _("Hier leest u nieuws van het team verkiezingen. Het nieuwste bericht staat bovenaan."),
    "document": _("Hier staan bestanden die het team voor u klaarzette. Kies een bestand om het te openen."),
    "conversation": _(
        "Stel hier uw vraag aan het team. Wij antwoorden in dit gesprek. "
        "Zet geen BSN of rekeningnummer in een bericht."
    ),
    # About this website
    "help": _(
        "Hier staan antwoorden op vragen die vaak komen. Staat uw vraag er niet bij? Bel of mail het team."
    ),
    "privacy": _(
        "Hier leest u welke gegevens wij bewaren en waarom. "
        "Na het inloggen kunt u uw gegevens ook opvragen of laten verwijderen."
    ),
    "accessibility": _(
        "Hier leest u of iedereen dit portaal kan gebruiken. Werkt er iets niet voor u? Vertel het ons."
    ),
}

NO_PAGE: Final[dict[str, str]] = {
    "logout": "logs out and goes to the log-in",
    "language": "changes the language and goes back",
    "session-state": "data for a script",
    "session-extend": "data for a script",
    "attachment-download": "a file",
    "csp-report": "for browsers",
    "look-stop": "goes back to the backoffice",
}
"""Addresses without help that show no page either, and what they do."""


def page_help(request: HttpRequest) -> dict[str, object]:
    """Context processor: `page_help`, the text for the page at hand; nothing outside the portal."""
    match = request.resolver_match
    if match is None or match.namespace != "portal":
        return {}
    return {"page_help": help_for(match.url_name or "", HELP)}
