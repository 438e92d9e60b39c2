"""What each page of the backoffice is for, in a few short sentences: the help that opens at the top of the page.

A key is the name of a view, or what several names begin with; the longest that fits wins.
tests/backoffice/test_page_help.py asks an entry for every page.
"""

from typing import Final

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.page_help import help_for

HELP: Final[dict[str, Promise]] = {
    "home": _(
        "Bovenaan staat wat vandaag aandacht vraagt. Daaronder ziet u hoe ver elk onderdeel is. "
        "Klik op een getal om de lijst erachter te zien."
    ),
    # Preparing
    "event": _(
        "Een verkiezingsronde is alles wat u samen voorbereidt, zoals twee verkiezingen op één dag. "
        "Maak een nieuwe ronde of kopieer een vorige."
    ),
    "polling-day": _(
        "Een zittingsdag is een dag waarop mensen werken. Verdeel de dag in dagdelen. "
        "Elke dienst hoort bij een dagdeel."
    ),
    "position": _("Een functie zegt wat iemand doet, wat daarvoor nodig is en wat het betaalt."),
    "polling-station": _(
        "Hier staan de stembureaus van deze ronde, met hun stemlokaal. Op de kaart ziet u waar ze liggen."
    ),
    "polling-station-import": _(
        "Lees stembureaus in uit een bestand. U ziet eerst wat er verandert. Daarna beslist u."
    ),
    "shift": _(
        "Een dienst is een functie op een stembureau in een dagdeel. Maak diensten met het sjabloon. "
        "Pas daarna aan wat afwijkt."
    ),
    "portal-step": _(
        "Hier bepaalt u wat leden in het portaal zien, vanaf wanneer en tot wanneer. "
        "Zonder eigen tekst zien leden de standaardtekst."
    ),
    "training": _(
        "Hier beheert u de trainingen: wie ze moet doen, waar en tot wanneer een resultaat geldt. "
        "Resultaten leest u in of voert u zelf in."
    ),
    "survey": _(
        "Stel leden vragen en bekijk de antwoorden. Kies vooraf of een enquête anoniem is. "
        "Zodra een lid begint, kunt u alleen nog woorden verbeteren en keuzes toevoegen."
    ),
    "question": _("Een vraag hoort bij een enquête. Houd de vraag kort en vraag één ding tegelijk."),
    # People
    "member": _(
        "Dit is het ledenbestand. Zoek, filter en kies wat u met de gevonden leden wilt doen. "
        "Wat u bekijkt, komt in het logboek."
    ),
    "confidentiality": _(
        "Hier schermt u af waar een lid woont en hoe het te bereiken is, bijvoorbeeld na een bedreiging. "
        "Alleen een beheerder ziet de gegevens dan nog."
    ),
    "member-double": _(
        "Staat iemand twee keer in het ledenbestand? Voeg de twee samen. U kiest per gegeven wat blijft. "
        "Diensten, antwoorden en berichten van beide blijven bewaard."
    ),
    "member-import": _(
        "Lees leden in uit Excel, LibreOffice of CSV. U kiest welke kolom wat is. "
        "U ziet een voorbeeld voordat er iets verandert."
    ),
    "member-export": _(
        "U neemt de lijst mee zoals u die ziet: dezelfde leden, kolommen en volgorde. "
        "Het logboek onthoudt wie wat downloadt."
    ),
    "saved-filter": _(
        "Een bewaard filter brengt u in één klik terug bij dezelfde lijst, met dezelfde kolommen. "
        "U bewaart het voor uzelf of voor het hele team."
    ),
    "member-selection": _(
        "U werkt nu met alle leden die u koos. Controleer het aantal voordat u verdergaat."
    ),
    "sign-up": _(
        "Hier zet u het openbare aanmeldformulier open of dicht, en schrijft u de tekst erboven. "
        "Zet het adres op de website van de gemeente."
    ),
    "application": _(
        "Hier staan mensen die willen helpen en hun e-mailadres bevestigden. U beslist: aannemen, bewaren, "
        "afwijzen of doorgeven."
    ),
    "application-transfer": _(
        "Een aanmelding gaat alleen naar een andere gemeente als de persoon ja zegt. "
        "Het bestand opent alleen bij die gemeente, één keer."
    ),
    "own-field": _(
        "Hier maakt u vragen die u zelf aan leden wilt stellen, zoals dieetwensen. Schrijf er altijd bij waarom. "
        "U vindt de antwoorden bij het lid, in de filters van de ledenlijst en in het portaal."
    ),
    "own-field-answers": _(
        "Hier vult u in wat dit lid antwoordde op uw eigen vragen. Het lid ziet wat u invult, "
        "als de vraag in het portaal staat."
    ),
    "declaration": _(
        "Een verklaring is een tekst die leden bevestigen. Verandert u de tekst, dan vragen wij iedereen opnieuw. "
        "De oude teksten blijven bewaard."
    ),
    "personal-data-change": _(
        "Hier staan wijzigingen die u eerst wilt zien. Neem ze over, of schrijf waarom niet. "
        "Het lid krijgt een e-mail."
    ),
    "activation-letter": _(
        "Voor leden zonder e-mail maakt u een brief met een code. Met die code activeren zij hun account."
    ),
    "companion": _(
        "Hier staat wie met wie wil samenwerken. Kies bij elke wens wie er bedoeld is. "
        "De planning houdt er rekening mee."
    ),
    "look": _("U kijkt mee met een lid. U ziet wat het lid ziet, maar u kunt niets wijzigen."),
    "privacy": _(
        "Hier handelt u een verzoek van één lid af: alle gegevens geven of alles verwijderen. "
        "Verwijderen is voorgoed."
    ),
    # Planning
    "board": _(
        "Op het planbord zet u mensen op plaatsen. Sleep, gebruik het toetsenbord of kies “Verplaats”. "
        "Elke stap kunt u ongedaan maken."
    ),
    "assignment": _(
        "Hier ziet en wijzigt u wie waar werkt. Bij elke keuze staat wat er niet past. U beslist."
    ),
    "reservation": _(
        "Leden kozen zelf een plaats. Bevestig of weiger hun keuze. "
        "Vrije plaatsen biedt u aan de wachtlijst aan."
    ),
    "placement": _(
        "Hier ziet u wie al heeft gezegd dat hij komt. Stuur een herinnering aan wie nog niet antwoordde."
    ),
    "proposal": _(
        "De computer maakt een voorstel voor de indeling. U ziet bij elke plaats waarom. "
        "Er verandert niets tot u het voorstel overneemt."
    ),
    "publication": _(
        "Met publiceren zien leden hun plaats. U kunt alles tegelijk publiceren, of een deel. "
        "Leden krijgen een e-mail."
    ),
    "brp": _(
        "De BRP weet wie is verhuisd of overleden, en wie gegevens geheim houdt. Zoek leden op en beslis zelf wat "
        "u overneemt."
    ),
    "candidate": _(
        "Kandidaten mogen niet in elk stembureau werken. Lees de kandidatenlijsten in. "
        "Beslis daarna of een lid en een kandidaat dezelfde persoon zijn."
    ),
    "letter": _(
        "Hier maakt en publiceert u de benoemingsbrieven. Bekijk eerst een voorbeeld. "
        "Leden lezen de brief in het portaal."
    ),
    "letter-edition": _(
        "Hier staat de tekst van de brief. "
        "Elke keer dat u de tekst bewaart, ontstaat een nieuwe versie. U kunt altijd terug."
    ),
    "letter-bundle": _("Maak van veel brieven één bestand, voor de drukker of het archief."),
    "station-paper": _("Maak de papieren voor de stembureaus: mappen, naamkaartjes en presentielijsten."),
    "catering": _(
        "Hier staat hoeveel mensen waar eten. Vink bij een eigen vraag aan dat de antwoorden op deze lijst horen, "
        "zoals dieetwensen."
    ),
    # Contact
    "conversation": _(
        "Hier staan vragen van leden. Pak een gesprek op voordat u antwoordt. "
        "Dan weet uw collega dat u ermee bezig bent."
    ),
    "group-message": _(
        "Stuur één bericht aan veel leden. Elk lid krijgt een eigen gesprek. "
        "U ziet vooraf aan hoeveel mensen u schrijft."
    ),
    "canned-answer": _("Bewaar antwoorden die u vaak geeft. In een gesprek kiest u ze uit de lijst."),
    "news-item": _(
        "Schrijf nieuws voor leden en kies wie het ziet. Bekijk een voorbeeld voordat u publiceert."
    ),
    "document": _("Zet een bestand klaar voor leden en kies wie het ziet."),
    "audience": _(
        "Een doelgroep is een selectie van leden die u bewaart. "
        "U gebruikt haar bij nieuws, documenten, berichten en onderdelen van het portaal."
    ),
    "reminder": _("Plan wanneer leden een herinnering krijgen. Wie klaar is, krijgt er geen."),
    "mail": _(
        "Hier ziet u van elke e-mail of hij is aangekomen. De tekst van een e-mail bewaren wij niet. "
        "Wat mislukte, stuurt u opnieuw."
    ),
    "mail-sender": _(
        "Hier controleert u of ontvangers uw e-mails vertrouwen. "
        "Uw systeembeheerder past de regels in het DNS aan."
    ),
    # Control
    "job": _(
        "Grote taken lopen op de achtergrond. U mag de pagina verlaten. Hier ziet u hoe ver een taak is."
    ),
    "staff": _(
        "Hier laat u collega's toe en kiest u hun rol. Loop de lijst af en toe na: wie hoeft er niet meer in?"
    ),
    "audit": _(
        "Het logboek zegt wie wat deed en wanneer. Niemand kan het wijzigen. "
        "Ook dat u hier kijkt, staat erin."
    ),
    "privacy-request": _(
        "Leden vragen hier om hun gegevens te verbeteren of te verwijderen. Antwoord binnen een maand."
    ),
    "retention": _(
        "Hier staat hoe lang wij gegevens bewaren. Elke nacht verdwijnt wat over zijn termijn is."
    ),
    "house-style": _(
        "Hier kiest u hoe het portaal, de e-mails en de brieven eruitzien. "
        "Wij controleren of iedereen de tekst kan lezen."
    ),
    "accessibility": _(
        "Hier zegt u hoe toegankelijk het portaal is. De wet vraagt zo'n verklaring. "
        "Zeg niet meer dan u weet."
    ),
}

NO_PAGE: Final[dict[str, str]] = {
    "attachment-download": "a file",
}
"""Addresses without help that show no page either, and what they do."""


def page_help(request: HttpRequest) -> dict[str, object]:
    """Context processor: `page_help`, the text for the page at hand; nothing outside the backoffice."""
    match = request.resolver_match
    if match is None or match.namespace != "backoffice":
        return {}
    return {"page_help": help_for(match.url_name or "", HELP)}
