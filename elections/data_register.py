"""Which personal data there are, what for, on which ground, and how long: one register (AVG art. 13, 15 and 30).

The privacy page, the words beside each question, the labels of an export and docs/privacy.md all come from here.
"""

from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import RetentionKind
from elections.retention import RULES, term_words


class Ground(TextChoices):
    """Why the data may be used (AVG art. 6(1))."""

    TASK = (
        "task",
        gettext_lazy("taak van de gemeente: benoemen van het stembureau (Kieswet artikel E 4; AVG 6 lid 1e)"),
    )
    LAW = "law", gettext_lazy("wettelijke plicht: doorgeven aan de Belastingdienst (AVG 6 lid 1c)")
    CONTRACT = "contract", gettext_lazy("nodig om u te betalen (AVG 6 lid 1b)")
    SECURITY = "security", gettext_lazy("beveiliging van uw gegevens (AVG artikel 32)")
    CONSENT = "consent", gettext_lazy("uw toestemming, die u altijd mag intrekken (AVG 6 lid 1a)")
    RIGHTS = "rights", gettext_lazy("uw rechten onder de privacywet (AVG artikel 12)")


@dataclass(frozen=True)
class Datum:
    """One kind of data. `fields`: the fields of Member that hold it; `asked`: whether the member fills it in."""

    key: str
    label: str | Promise
    why: str | Promise
    ground: Ground
    kept: RetentionKind
    fields: tuple[str, ...] = ()
    asked: bool = False

    def kept_words(self, days: int) -> str:
        """A term of `days` in words, for instance "6 maanden na het stoppen als lid"."""
        return _("%(term)s na %(since)s") % {"term": term_words(days), "since": RULES[self.kept].since}


REGISTER: Final = (
    Datum(
        "name",
        gettext_lazy("Naam"),
        gettext_lazy("Om u te benoemen en u een brief te sturen."),
        Ground.TASK,
        RetentionKind.MEMBER,
        ("initials", "first_name", "infix", "last_name", "sort_name", "search_text"),
        asked=True,
    ),
    Datum(
        "birth_date",
        gettext_lazy("Geboortedatum"),
        gettext_lazy("De wet zegt hoe oud u moet zijn om op een stembureau te werken (Kieswet artikel E 4)."),
        Ground.TASK,
        RetentionKind.MEMBER,
        ("birth_date",),
        asked=True,
    ),
    Datum(
        "address",
        gettext_lazy("Adres"),
        gettext_lazy("Om u een brief te sturen, en stemlokalen bij u in de buurt te tonen."),
        Ground.TASK,
        RetentionKind.MEMBER,
        ("street", "house_number", "postcode", "city"),
        asked=True,
    ),
    Datum(
        "phone",
        gettext_lazy("Telefoonnummer"),
        gettext_lazy(
            "Om u te bereiken als er haast bij is, ook op de dag zelf. Het kan op de papieren van uw stembureau staan, "
            "en van een voorzitter in de brief van het team, als de voorzitters dat weten."
        ),
        Ground.TASK,
        RetentionKind.MEMBER,
        ("phone",),
        asked=True,
    ),
    Datum(
        "email",
        gettext_lazy("E-mailadres"),
        gettext_lazy("Naar dit adres gaan uw inlogcodes en onze berichten."),
        Ground.TASK,
        RetentionKind.MEMBER,
        ("email",),
        asked=True,
    ),
    Datum(
        "person_number",
        gettext_lazy("BSN"),
        gettext_lazy(
            "Om uw vergoeding door te geven aan de Belastingdienst. Wij slaan het nummer versleuteld op. "
            "Niemand kan het in het portaal bekijken."
        ),
        Ground.LAW,
        RetentionKind.NUMBERS,
        asked=True,
    ),
    Datum(
        "iban",
        gettext_lazy("Rekeningnummer (IBAN)"),
        gettext_lazy("Om uw vergoeding te betalen. Wij slaan het nummer versleuteld op."),
        Ground.CONTRACT,
        RetentionKind.NUMBERS,
        asked=True,
    ),
    Datum(
        "answers",
        gettext_lazy("Beschikbaarheid, voorkeuren en wachtlijst"),
        gettext_lazy("Om u in te delen op een moment en een plek die u passen, met wie u graag samenwerkt."),
        Ground.TASK,
        RetentionKind.ANSWERS,
        asked=True,
    ),
    Datum(
        "work",
        gettext_lazy("Welk werk u kunt doen"),
        gettext_lazy("Om u een functie te geven die bij u past."),
        Ground.TASK,
        RetentionKind.MEMBER,
        ("qualified_for", "earlier_elections", "trained_on", "is_own_staff"),
    ),
    Datum(
        "training",
        gettext_lazy("Uw trainingen: wanneer u begon, en of u ze haalde"),
        gettext_lazy(
            "Om te weten of u genoeg weet voor het werk (Kieswet artikel E 4). De site van de training krijgt alleen "
            "een willekeurig kenmerk van u."
        ),
        Ground.TASK,
        RetentionKind.MEMBER,
    ),
    Datum(
        "own_fields",
        gettext_lazy("Uw antwoorden op eigen vragen van de gemeente"),
        gettext_lazy("Bij elke vraag staat waarom wij haar stellen."),
        Ground.TASK,
        RetentionKind.MEMBER,
        asked=True,
    ),
    Datum(
        "declarations",
        gettext_lazy("Uw verklaringen, met de tekst en het moment"),
        gettext_lazy("Om te kunnen laten zien wat u verklaarde en waar u ja op zei."),
        Ground.TASK,
        RetentionKind.MEMBER,
        asked=True,
    ),
    Datum(
        "data_changes",
        gettext_lazy("Wijzigingen die u aan ons vroeg"),
        gettext_lazy("Om uw wijziging te bekijken en u te laten weten wat wij ermee deden."),
        Ground.TASK,
        RetentionKind.PRIVACY_REQUEST,
    ),
    Datum(
        "team",
        gettext_lazy("Aantekeningen van het team"),
        gettext_lazy("Om te onthouden wat wij met u afspraken."),
        Ground.TASK,
        RetentionKind.MEMBER,
        ("labels", "remark"),
    ),
    Datum(
        "confidentiality",
        gettext_lazy("Dat uw contactgegevens vertrouwelijk zijn, en waarom"),
        gettext_lazy(
            "Om uw adres, telefoonnummer en e-mailadres alleen te tonen aan wie dat echt nodig heeft."
        ),
        Ground.SECURITY,
        RetentionKind.MEMBER,
        ("confidential_since", "confidential_until", "confidential_reason"),
    ),
    Datum(
        "placement",
        gettext_lazy("Uw indeling en uw brieven"),
        gettext_lazy("Om vast te leggen dat u bent benoemd, en waar u werkte."),
        Ground.TASK,
        RetentionKind.APPOINTMENT,
    ),
    Datum(
        "register",
        gettext_lazy("Wat de BRP over u zegt: adres, overlijden en geheimhouding"),
        gettext_lazy(
            "Om brieven naar het goede adres te sturen, en te weten of uw adres geheim is. Wij zoeken u op met uw BSN. "
            "Dat doen wij alleen als uw gemeente een aansluiting heeft."
        ),
        Ground.TASK,
        RetentionKind.MEMBER,
    ),
    Datum(
        "candidacy",
        gettext_lazy("Of u misschien op een kandidatenlijst staat"),
        gettext_lazy(
            "Om te zorgen dat kiezers het stembureau vertrouwen. Wij vergelijken uw naam met de openbare lijsten, "
            "en een collega kijkt of u het bent."
        ),
        Ground.TASK,
        RetentionKind.ANSWERS,
    ),
    Datum(
        "administration",
        gettext_lazy("Lidnummer en data van het ledenbestand"),
        gettext_lazy("Om u terug te vinden, en te weten wanneer gegevens weg moeten."),
        Ground.TASK,
        RetentionKind.MEMBER,
        (
            "id",
            "uuid",
            "number",
            "user",
            "is_active",
            "version",
            "created_at",
            "data_checked_at",
            "sensitive_change_at",
            "deactivated_at",
            "last_worked_on",
            "erased_at",
        ),
    ),
    Datum(
        "sign_in",
        gettext_lazy("Wanneer en waarmee u inlogde"),
        gettext_lazy("Om misbruik van uw account te ontdekken."),
        Ground.SECURITY,
        RetentionKind.SIGN_IN,
    ),
    Datum(
        "mail",
        gettext_lazy("Welke e-mails u kreeg"),
        gettext_lazy("Om na te gaan of een bericht is aangekomen. De tekst bewaren wij niet."),
        Ground.TASK,
        RetentionKind.MAIL,
    ),
    Datum(
        "audit",
        gettext_lazy("Logboek: wie deed wat met uw gegevens"),
        gettext_lazy("Om te kunnen nagaan wie uw gegevens bekeek of wijzigde."),
        Ground.SECURITY,
        RetentionKind.AUDIT,
    ),
    Datum(
        "conversation",
        gettext_lazy("Uw berichten met het team"),
        gettext_lazy("Om uw vragen te beantwoorden, en terug te vinden wat wij met u afspraken."),
        Ground.TASK,
        RetentionKind.CONVERSATION,
    ),
    Datum(
        "reading",
        gettext_lazy("Welk nieuws, welke documenten en welke teksten van het team u opende"),
        gettext_lazy("Om te weten wie belangrijk nieuws nog niet las."),
        Ground.TASK,
        RetentionKind.MEMBER,
    ),
    Datum(
        "survey",
        gettext_lazy("Uw antwoorden op enquêtes"),
        gettext_lazy(
            "Om te leren van wat leden vinden. Van een anonieme enquête bewaren wij alleen dat u meedeed, "
            "en niet wat u antwoordde."
        ),
        Ground.TASK,
        RetentionKind.SURVEY,
        asked=True,
    ),
    Datum(
        "calendar_feed",
        gettext_lazy("Dat u uw plaatsen in uw eigen agenda leest, en wanneer dat het laatst was"),
        gettext_lazy("Om uw agenda te vullen als u dat zelf aanzet."),
        Ground.TASK,
        RetentionKind.MEMBER,
    ),
    Datum(
        "application",
        gettext_lazy("Uw aanmelding"),
        gettext_lazy("Om te beslissen of u kunt meehelpen. Daarna staan uw gegevens in het ledenbestand."),
        Ground.TASK,
        RetentionKind.APPLICATION,
    ),
    Datum(
        "portfolio",
        gettext_lazy("Een aanmelding die wij voor u bewaren"),
        gettext_lazy("Om u te vragen bij een volgende verkiezing, als u dat goed vindt."),
        Ground.CONSENT,
        RetentionKind.PORTFOLIO,
    ),
    Datum(
        "privacy_request",
        gettext_lazy("Uw vragen over privacy"),
        gettext_lazy("Om uw vraag te beantwoorden."),
        Ground.RIGHTS,
        RetentionKind.PRIVACY_REQUEST,
    ),
)
BY_KEY: Final = {datum.key: datum for datum in REGISTER}
BY_FIELD: Final = {name: datum for datum in REGISTER for name in datum.fields}


def shown_register(*, is_public_body: bool) -> list[Datum]:
    """The register as a member of this municipality meets it: public bodies ask no IBAN."""
    return [datum for datum in REGISTER if not (is_public_body and datum.key == "iban")]


def why(field: str) -> str:
    """The answer to "why do you ask this?" of a field of Member, or of a key of the register."""
    datum = BY_FIELD.get(field) or BY_KEY[field]
    return str(datum.why)


def as_markdown() -> str:
    """The register with the default terms, as the table of docs/privacy.md."""
    lines = ["| Gegeven | Waarom | Grond | Bewaard |", "|---|---|---|---|"]
    for datum in REGISTER:
        kept = datum.kept_words(RULES[datum.kept].days)
        lines.append(f"| {datum.label} | {datum.why} | {datum.ground.label} | {kept} |")
    return "\n".join(lines) + "\n"
