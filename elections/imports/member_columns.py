"""Which column of somebody's member list is what: the fields, the headings that people use, and a first guess."""

import re
from collections.abc import Sequence
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.errors import ActionError
from elections.imports.own_column import own_columns
from elections.imports.reader import Table, as_text
from elections.normalise import without_accents
from elections.person_numbers import looks_secret

Mapping = dict[int, str]
"""From the index of a column (from 0) to an ImportField or the key of an own question (`imports.own_column`); a column
that is not read is not in it."""


class ImportField(TextChoices):
    """What a column may hold."""

    NUMBER = "number", gettext_lazy("Lidnummer")
    INITIALS = "initials", gettext_lazy("Voorletters")
    FIRST_NAME = "first_name", gettext_lazy("Voornaam")
    INFIX = "infix", gettext_lazy("Tussenvoegsel")
    LAST_NAME = "last_name", gettext_lazy("Achternaam")
    BIRTH_DATE = "birth_date", gettext_lazy("Geboortedatum")
    EMAIL = "email", gettext_lazy("E-mailadres")
    PHONE = "phone", gettext_lazy("Telefoonnummer")
    STREET = "street", gettext_lazy("Straat")
    HOUSE_NUMBER = "house_number", gettext_lazy("Huisnummer")
    HOUSE_ADDITION = "house_addition", gettext_lazy("Toevoeging bij huisnummer")
    POSTCODE = "postcode", gettext_lazy("Postcode")
    CITY = "city", gettext_lazy("Plaats")
    QUALIFIED_FOR = "qualified_for", gettext_lazy("Kan werken als")
    IS_OWN_STAFF = "is_own_staff", gettext_lazy("Werkt bij de gemeente")
    EARLIER_ELECTIONS = "earlier_elections", gettext_lazy("Eerdere verkiezingen")
    TRAINED_ON = "trained_on", gettext_lazy("Training gedaan op")
    LABELS = "labels", gettext_lazy("Kenmerken")
    REMARK = "remark", gettext_lazy("Opmerking")
    BSN = "bsn", gettext_lazy("BSN")
    IBAN = "iban", gettext_lazy("IBAN")


# Headings as people write them, without capitals, accents, spaces and signs.
HEADINGS: Final[dict[ImportField, str]] = {
    ImportField.NUMBER: (
        "lidnummer lidnr nummer nr id lid persoonsnummer persnr personeelsnummer volgnummer volgnr relatienummer"
        " registratienummer membernumber"
    ),
    ImportField.INITIALS: "voorletters voorletter initialen vl voorl initials",
    ImportField.FIRST_NAME: "voornaam roepnaam voornamen vnaam roepnamen firstname",
    ImportField.INFIX: "tussenvoegsel tussenvoegsels voorvoegsel voorvoegsels tv tussenv tussenvgsl infix prefix",
    ImportField.LAST_NAME: (
        "achternaam naam familienaam geslachtsnaam anaam achternamen volledigenaam naamlid medewerker lastname surname"
    ),
    ImportField.BIRTH_DATE: "geboortedatum gebdatum gebdat geborenop geboren geb geboortedag datumgeboorte birthdate",
    ImportField.EMAIL: (
        "email emailadres mail mailadres emailprive priveemail emailadresprive epost emailthuis emailwerk emailaddress"
    ),
    ImportField.PHONE: (
        "telefoon telefoonnummer tel telnr telnummer mobiel mobielnummer mobieltelefoonnummer mobieletelefoon gsm"
        " telefoonmobiel telefoonprive telefoonoverdag telefoon1 06nummer phone"
    ),
    ImportField.STREET: "straat straatnaam adres woonadres adresregel adresregel1 straatenhuisnummer street",
    ImportField.HOUSE_NUMBER: "huisnummer huisnr hnr nummerhuis housenumber",
    ImportField.HOUSE_ADDITION: (
        "toevoeging huisletter huisnummertoevoeging huisnrtoevoeging toev htv hnrtoevoeging huisnummertoev hl"
    ),
    ImportField.POSTCODE: "postcode pc postkode zip",
    ImportField.CITY: "plaats woonplaats plaatsnaam stad dorp woonplaatsnaam city",
    ImportField.QUALIFIED_FOR: (
        "kanwerkenals functie functies rol rollen functiestembureau geschiktvoor inzetbaarals inzetbaar taak taken"
        " functieopstembureau"
    ),
    ImportField.IS_OWN_STAFF: (
        "werktbijgemeente werktbijdegemeente ambtenaar gemeenteambtenaar medewerkergemeente internextern intern"
        " gemeentemedewerker eigenmedewerker"
    ),
    # Only headings over a number or a date: under "Ervaring" or "Training" people often write a yes or a no.
    ImportField.EARLIER_ELECTIONS: (
        "eerdereverkiezingen aantalverkiezingen aantaleerdereverkiezingen aantalkeer aantalkeren aantalmalen"
        " aantalkeerstembureau aantalkerenstembureau aantalkeeringezet aantalkereningezet keeringezet hoevaak"
        " hoevaakmeegedaan aantaleerderestembureaus earlierelections"
    ),
    ImportField.TRAINED_ON: (
        "traininggedaanop trainingsdatum trainingdatum datumtraining traininggevolgdop getraindop laatstetraining"
        " instructiedatum datuminstructie instructiegevolgdop laatsteinstructie cursusdatum datumcursus"
        " cursusgevolgdop certificaatdatum datumcertificaat elearninggedaanop elearningafgerondop trainedon"
    ),
    ImportField.LABELS: "kenmerk kenmerken label labels tags groep groepen",
    ImportField.REMARK: "opmerking opmerkingen notitie notities toelichting bijzonderheden aantekening",
    ImportField.BSN: "bsn bsnnummer burgerservicenummer sofinummer sofi bsnsofinummer bsnofidnummer",
    ImportField.IBAN: "iban ibannummer rekeningnummer bankrekening bankrekeningnummer rekening reknr rekeningnr",
}
# When no heading is the same, these parts of a heading tell enough.
PARTS: Final = (
    ("tussenvoeg", ImportField.INFIX),
    ("mail", ImportField.EMAIL),
    ("geboorte", ImportField.BIRTH_DATE),
    ("postcode", ImportField.POSTCODE),
    ("toevoeging", ImportField.HOUSE_ADDITION),
    ("huisnummer", ImportField.HOUSE_NUMBER),
    ("telefoon", ImportField.PHONE),
    ("mobiel", ImportField.PHONE),
    ("iban", ImportField.IBAN),
    ("bsn", ImportField.BSN),
    ("achternaam", ImportField.LAST_NAME),
    ("voornaam", ImportField.FIRST_NAME),
    ("voorletter", ImportField.INITIALS),
    ("woonplaats", ImportField.CITY),
    ("opmerking", ImportField.REMARK),
    ("trainingsdatum", ImportField.TRAINED_ON),
    ("datumtraining", ImportField.TRAINED_ON),
    ("eerdereverkiezingen", ImportField.EARLIER_ELECTIONS),
    ("functie", ImportField.QUALIFIED_FOR),
)


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z0-9]", "", without_accents(heading.lower()))


_BY_HEADING: Final = {word: field for field, words in HEADINGS.items() for word in words.split()}


def guess_mapping(headers: Sequence[str], earlier: dict[str, str] | None = None) -> Mapping:
    """A first guess of what every column is; each field is guessed once.

    Parameters:
        earlier: from heading to field, as chosen for earlier files, "" for a column that was not read; it wins.
    """
    own = own_columns()
    known = {
        header: name for header, name in (earlier or {}).items() if name in ("", *ImportField.values, *own)
    }
    mapping: Mapping = {}
    for index, header in enumerate(headers):
        if known.get(header) and known[header] not in mapping.values():
            mapping[index] = known[header]
    by_own_name = {_plain(field.name): name for name, field in own.items()}
    for guess in (_by_whole_heading, by_own_name.get, _by_part_of_heading):
        for index, header in enumerate(headers):
            field = guess(_plain(header))
            if index not in mapping and header not in known and field and field not in mapping.values():
                mapping[index] = field
    return mapping


def _by_whole_heading(plain: str) -> ImportField | None:
    return _BY_HEADING.get(plain)


def _by_part_of_heading(plain: str) -> ImportField | None:
    return next((field for part, field in PARTS if part in plain), None)


def check_mapping(mapping: Mapping, headers: Sequence[str]) -> None:
    """Raise ActionError unless the mapping can be used: known columns and fields, none twice, a last name."""
    known = column_choices()
    for index, name in mapping.items():
        if not 0 <= index < len(headers) or name not in known:
            raise ActionError(_("Deze kolommen horen niet bij dit bestand. Kies het bestand opnieuw."))
    fields = list(mapping.values())
    for name, label in known.items():
        if fields.count(name) > 1:
            raise ActionError(_("U koos “%(field)s” bij meer dan één kolom.") % {"field": label})
    if ImportField.LAST_NAME not in fields:
        raise ActionError(_("Kies bij één kolom “Achternaam”. Zonder achternaam kunnen wij niemand inlezen."))


def column_choices() -> dict[str, str]:
    """What a column may hold, with its words: the fields that every municipality has, then the own questions."""
    words = {field.value: str(field.label) for field in ImportField}
    return words | {name: field.name for name, field in own_columns().items()}


def samples(table: Table, index: int, count: int = 3) -> list[str]:
    """The first values of a column to recognise it by. A BSN or IBAN is never shown, whatever the column is."""
    found: list[str] = []
    for row in table.rows:
        text = as_text(row.values[index])
        if text and len(found) < count:
            found.append(_("(verborgen)") if looks_secret(text) else text[:60])
    return found


def require_headings(table: Table) -> None:
    """Raise ActionError when the first row holds numbers of a person: headings are kept and shown, numbers never."""
    if any(looks_secret(word) for heading in table.headers for word in (heading, *heading.split())):
        raise ActionError(_("De kolomkoppen ontbreken: zet in de eerste rij wat er in elke kolom staat."))
