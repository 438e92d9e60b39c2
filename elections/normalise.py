"""From what people type or keep in a spreadsheet to one way of writing: names, dates, phone numbers, addresses.

Every function takes text and gives text (or a date); an empty text stays empty. What cannot be understood raises
`ValidationError` with a sentence for the person who wrote it, so that forms and the import say the same.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.context import current_municipality

OLDEST_YEARS: Final = 110
DUTCH: Final = 31  # the country code
EXCEL_DAY_ZERO: Final = date(1899, 12, 30)
SPACES = re.compile(r"[\s\u00a0\u200b]+")

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("januari", "jan", "january"),
            ("februari", "feb", "febr", "february"),
            ("maart", "mrt", "mar", "maa", "march"),
            ("april", "apr"),
            ("mei", "may"),
            ("juni", "jun", "june"),
            ("juli", "jul", "july"),
            ("augustus", "aug", "august"),
            ("september", "sep", "sept"),
            ("oktober", "okt", "oct", "october"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
# Parts of a Dutch or foreign last name that do not count when names are sorted.
INFIX_WORDS: Final = frozenset(
    re.findall(
        r"\S+",
        "van de der den het ’t 't `t ’s 's `s t te ten ter aan bij onder over tot uit uijt voor von zu zum zur vom am"
        " in op du des la le les l' l’ d' d’ da das do dos della degli di del dal el al ul",
    )
)


@dataclass(frozen=True)
class Name:
    """The parts of a name as the member file keeps them."""

    infix: str
    last_name: str
    rest: str = ""
    """What stood with the last name but is not part of it: "Anna" in "Berg, Anna van der"."""


def line(text: str) -> str:
    """One line without double, leading, trailing or odd spaces."""
    return SPACES.sub(" ", text).strip()


def own_name(text: str) -> str:
    """A part of a name that people type about themselves, as one line.

    A name goes into mails: with such signs mail programs would show it as a link or an address.

    Raises:
        ValidationError: when it holds a digit or one of / : @ < >.
    """
    text = line(text)
    if re.search(r"[\d/:@<>]", text):
        raise ValidationError(_("Gebruik in een naam geen cijfers en geen / : @ < of >."))
    return text


def without_accents(text: str) -> str:
    """Text with plain letters: "Özdemir" becomes "Ozdemir"."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)
    )


def last_name(text: str) -> Name:
    """Take a last name apart: "van der Berg", "Berg, van der", "Berg, Anna van der" and "Berg (van der)"."""
    text = line(text)
    bracketed = re.fullmatch(r"([^()]+) \(([^()]+)\)", text)
    if bracketed and _is_infix(bracketed[2]):
        return Name(bracketed[2].lower(), bracketed[1])
    main, comma, rest = (part.strip() for part in text.partition(","))
    if comma:
        words = rest.split()
        start = len(words)
        while start and _is_infix(words[start - 1]):
            start -= 1
        return Name(" ".join(words[start:]).lower(), main, " ".join(words[:start]))
    words = main.split()
    count = 0
    while count < len(words) - 1 and _is_infix(words[count]):
        count += 1
    return Name(" ".join(words[:count]).lower(), " ".join(words[count:]))


def _is_infix(words: str) -> bool:
    return all(word.lower() in INFIX_WORDS for word in words.split())


def initials(text: str) -> str:
    """ "AB", "a.b", "A. B." and "A B" become "A.B."; "Th.J." and "IJ." keep their second letter."""
    text = line(text)
    if not text:
        return ""
    together = text.removesuffix(".")
    if together.isalpha() and (together.isupper() or (together.islower() and len(together) <= 3)):
        parts = list(together) if together != "IJ" else [together]
    else:
        parts = [part for part in re.split(r"[.\s]+", text) if part]
    return "".join(f"{part[:1].upper()}{part[1:]}." for part in parts)


def first_name(text: str) -> str:
    """A first name with a capital when it was written without any, or wholly in capitals."""
    text = line(text)
    return text.title() if len(text) > 1 and (text.isupper() or text.islower()) else text


def birth_date(text: str) -> date | None:
    """A date of birth from "17-3-1960", "17 mrt 1960", "1960-03-17", "17/03/60" or Excel's day number.

    Raises:
        ValidationError: when it is no date, lies in the future or over 110 years ago.
    """
    text = line(text).lower().removesuffix(" 00:00").removesuffix(" 0:00").removesuffix(" 00:00:00")
    if not text:
        return None
    day = _date_of(text)
    if day is None:
        raise ValidationError(_("Dit is geen datum. Schrijf een datum als 17-3-1960."))
    today = timezone.localdate()
    if day > today:
        raise ValidationError(_("Deze geboortedatum ligt in de toekomst."))
    if day.year < today.year - OLDEST_YEARS:
        raise ValidationError(_("Deze geboortedatum is meer dan 110 jaar geleden."))
    return day


def past_date(text: str) -> date | None:
    """A day on which something was done, written as for `birth_date`.

    Raises:
        ValidationError: when it is no date or lies in the future.
    """
    text = line(text).lower().removesuffix(" 00:00").removesuffix(" 0:00").removesuffix(" 00:00:00")
    if not text:
        return None
    day = _date_of(text)
    if day is None:
        raise ValidationError(_("Dit is geen datum. Schrijf een datum als 12-1-2026."))
    if day > timezone.localdate():
        raise ValidationError(_("Deze datum ligt in de toekomst."))
    return day


def _date_of(text: str) -> date | None:
    if re.fullmatch(r"[1-5]\d{4}", text):
        return EXCEL_DAY_ZERO + timedelta(days=int(text))
    if re.fullmatch(r"(19|20)\d{6}", text):
        return _date(int(text[:4]), int(text[4:6]), int(text[6:]))
    if iso := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text):
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    if dutch := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})", text):
        return _date(_full_year(dutch[3]), int(dutch[2]), int(dutch[1]))
    if words := re.fullmatch(r"(?:[a-z]{2,9}\s)?(\d{1,2})[-\s.]+([a-z]+)\.?[-\s]+(\d{4}|\d{2})", text):
        month = MONTHS.get(words[2])
        return _date(_full_year(words[3]), month, int(words[1])) if month else None
    return None


def _full_year(year: str) -> int:
    """Two digits mean the latest such year that has passed: nobody is born in the future."""
    if len(year) == 4:
        return int(year)
    this_year = timezone.localdate().year
    full = this_year - this_year % 100 + int(year)
    return full if full <= this_year else full - 100


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def phone(text: str) -> str:
    """A phone number as "+31 6 12345678"; a number without country code is one of this municipality's country.

    Excel drops the zero in front of a number, so "612345678" is a phone number too.

    Raises:
        ValidationError: when it cannot be a phone number.
    """
    text = line(text)
    if not text:
        return ""
    text = re.sub(r"^\(?00", "+", text.replace("(0)", ""))
    region = "BQ" if current_municipality().is_public_body else "NL"
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    if (
        number is None
        or not phonenumbers.is_possible_number(number)
        or number.italian_leading_zero
        or _is_too_short(number)
    ):
        raise ValidationError(_("Dit is geen telefoonnummer. Schrijf het als 06 12345678 of +31 6 12345678."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _is_too_short(number: phonenumbers.PhoneNumber) -> bool:
    """Whether digits were forgotten in a Dutch number: only 0800, 0900 and 14 (a municipality) may be short.

    The lengths that `phonenumbers` holds possible count those, so they let half a mobile number pass.
    """
    return number.country_code == DUTCH and bool(
        re.fullmatch(r"(?!14)[1-7]\d{0,7}", f"{number.national_number}")
    )


def email(text: str) -> str:
    """An e-mail address in small letters, without spaces and without "mailto:" or a name around it.

    Raises:
        ValidationError: when it is not one e-mail address.
    """
    text = line(text).removeprefix("mailto:")
    if named := re.fullmatch(r".*<([^<>]+)>", text):
        text = named[1]
    text = text.replace(" ", "").rstrip(";,.").lower()
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValidationError(_("Dit is geen e-mailadres. Schrijf het als naam@voorbeeld.nl.")) from error
    return text


def postcode(text: str) -> str:
    """A Dutch postcode as "1234 AB".

    Raises:
        ValidationError: when it is not four digits and two letters.
    """
    text = line(text).replace(" ", "").upper()
    if not text:
        return ""
    if not re.fullmatch(r"[1-9]\d{3}[A-Z]{2}", text):
        raise ValidationError(_("Dit is geen postcode. Schrijf hem als 1234 AB."))
    return f"{text[:4]} {text[4:]}"


def house_number(text: str) -> str:
    """A house number with its letter or addition: "12A" and "12 a" become "12 A"; "12-3" stays."""
    text = line(text)
    if lettered := re.fullmatch(r"(\d+)\s?-?\s?([A-Za-z])", text):
        return f"{lettered[1]} {lettered[2].upper()}"
    return text


def street_and_number(text: str) -> tuple[str, str]:
    """("Dorpsstraat", "12 A") from "Dorpsstraat 12a"; no number gives ("Dorpsstraat", "")."""
    text = line(text)
    if parts := re.fullmatch(r"(.*\S)\s(\d+\s?[-/]?\s?\w{0,4})", text):
        return parts[1].strip(), house_number(parts[2])
    return text, ""
