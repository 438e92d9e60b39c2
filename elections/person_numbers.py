"""What is a BSN, an ID number of a public body, or an IBAN: checked, and in one way of writing."""

import re
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from stdnum import iban as iban_number
from stdnum.exceptions import ValidationError as WrongNumber
from stdnum.nl import bsn as bsn_number

from elections.errors import ActionError
from tenants.context import current_municipality

HIDDEN: Final = "•••"
# More than anybody searches for; a longer text is cut, so that looking through it takes no time to speak of.
_LONGEST: Final = 500
_BETWEEN: Final = r"[\s.\-\u2010-\u2015]*"
_DIGITS: Final = re.compile(rf"\d(?:{_BETWEEN}\d){{7,}}")
_SHORTEST_IBAN, _LONGEST_IBAN = 15, 34
BSN_DIGITS: Final = 9
# Nine digits, or ten for an ID number of a public body, together or in the groups in which people write them.
_PERSON_NUMBER: Final = re.compile(
    r"(?<![\d])(?:\d{9,10}|\d{3}[ .\-]\d{3}[ .\-]\d{3}|\d{4}[ .\-]\d{2}[ .\-]\d{3})(?![\d])"
)


@sensitive_variables("value", "digits")
def person_number(value: str) -> str:
    """A BSN (Wabb art. 1, eleven-test); at a public body the ID number (sédula) of ten digits counts too.

    Raises ActionError; the message does not repeat what was typed.
    """
    digits = re.sub(r"[\s.-]", "", value)
    if current_municipality().is_public_body and _is_id_number(digits):
        return digits
    # A number of eight digits is a BSN whose leading zero was left out; a shorter one was never issued.
    if re.fullmatch(r"[0-9]{8,9}", digits) and bsn_number.is_valid(digits):
        return digits.zfill(9)
    raise ActionError(_("Dit nummer klopt niet. Controleer het nummer en vul het opnieuw in."))


def _is_id_number(digits: str) -> bool:
    """Ten digits that begin with a birth date."""
    if not re.fullmatch(r"[0-9]{10}", digits):
        return False
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True


@sensitive_variables("value")
def iban(value: str) -> str:
    """An IBAN (ISO 13616) without spaces. Raises ActionError as `person_number`."""
    try:
        return str(iban_number.validate(value[:60]))
    except WrongNumber:
        raise ActionError(_("Dit IBAN klopt niet. Controleer het nummer en vul het opnieuw in.")) from None


@sensitive_variables("text")
def hide_numbers(text: str) -> str:
    """`text` for the log: HIDDEN in place of each IBAN and of eight or more digits in a row, however spaced."""
    return _DIGITS.sub(HIDDEN, _hide_ibans(text[:_LONGEST]))


@sensitive_variables("text")
def without_person_numbers(text: str) -> str:
    """`text` as it may be sent to somebody: HIDDEN in place of each IBAN and of what can only be a personal number.

    Telephone numbers and dates stay: people need those in what they write to each other.
    """
    return _PERSON_NUMBER.sub(_hide_person_number, _hide_ibans(text))


@sensitive_variables("found", "digits")
def _hide_person_number(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found.group())
    if len(digits) == BSN_DIGITS:
        return HIDDEN if bsn_number.is_valid(digits) else found.group()
    is_id = current_municipality().is_public_body and _is_id_number(digits)
    return HIDDEN if is_id else found.group()


@sensitive_variables("text", "marks", "compact", "part")
def _hide_ibans(text: str) -> str:
    marks = [(found.start(), found.group()) for found in re.finditer(r"[A-Za-z0-9]", text)]
    compact = "".join(mark for _place, mark in marks)
    for begin in re.finditer(r"(?=[A-Za-z]{2}\d{2})", compact):
        for length in range(_SHORTEST_IBAN, min(_LONGEST_IBAN, len(compact) - begin.start()) + 1):
            first, last = begin.start(), begin.start() + length - 1
            part = text[marks[first][0] : marks[last][0] + 1]
            if iban_number.is_valid(part, check_country=False):
                return text[: marks[first][0]] + HIDDEN + _hide_ibans(text[marks[last][0] + 1 :])
    return text


@sensitive_variables("text")
def looks_secret(text: str) -> bool:
    """Whether a text could be a BSN or an IBAN: then it does not go to a screen, nor into an ordinary field."""
    for read in (person_number, iban):
        try:
            read(text)
        except ActionError:
            continue
        return True
    return False
