"""Reading single values of the national polling-place format 1.7 (Stembureaus Open Data Standaard).

Each function takes a cell and gives the value for the model, None when the cell is empty. A value that the format
does not allow raises `WrongValue` with a sentence for the person who made the file.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _

from elections.imports.reader import BadCell, Value, as_text

NOTHING: Final = frozenset({"", "nee", "n.v.t.", "n.v.t", "nvt", "geen", "-"})
MAX_NUMBER: Final = 99_999
_check_url = URLValidator(schemes=["http", "https"])


class WrongValue(ValueError):
    """The cell holds something that the format does not allow."""


def text(maximum: int) -> Callable[[Value], str | None]:
    """A reader of free text of at most `maximum` characters."""

    def read(value: Value) -> str | None:
        words = _text(value)
        if words and len(words) > maximum:
            raise WrongValue(_("Deze tekst is te lang. Het maximum is %(max)s tekens.") % {"max": maximum})
        return words

    return read


def remark(maximum: int) -> Callable[[Value], str | None]:
    """As `text`; the format drops words that say "nothing", such as "nee" and "n.v.t."."""
    read_text = text(maximum)

    def read(value: Value) -> str | None:
        words = read_text(value)
        return None if words and words.casefold() in NOTHING else words

    return read


def choice(*options: str) -> Callable[[Value], str | None]:
    """A reader of one of `options`, whatever the capitals."""

    def read(value: Value) -> str | None:
        words = _text(value)
        if words is None:
            return None
        found = " ".join(words.casefold().split())
        if found not in options:
            raise WrongValue(
                _("“%(value)s” kan hier niet. Kies uit: %(options)s.")
                % {"value": words[:40], "options": "; ".join(options)}
            )
        return found

    return read


def yes_no(value: Value) -> bool | None:
    """ "ja" or "nee" as a boolean."""
    answer = choice("ja", "nee")(value)
    return None if answer is None else answer == "ja"


def number(value: Value) -> int | None:
    """The number of a polling station: digits, from 1."""
    words = _text(value)
    if words is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", words) or not 1 <= int(words) <= MAX_NUMBER:
        raise WrongValue(_("“%(value)s” is geen nummer. Gebruik alleen cijfers.") % {"value": words[:40]})
    return int(words)


def bag_id(value: Value) -> str | None:
    """A BAG number of 16 digits. Excel drops the zeros in front of a number; they are put back."""
    words = _text(value)
    if words is None:
        return None
    digits = words.replace(" ", "").lstrip("'")
    if re.fullmatch(r"0|[1-9][0-9]{12,14}", digits):
        digits = digits.zfill(16)
    if not re.fullmatch(r"[0-9]{16}", digits):
        raise WrongValue(_("Een BAG-nummer heeft 16 cijfers. Maak de cel in Excel op als tekst."))
    return digits


def municipality_code(value: Value) -> str | None:
    """The CBS code: GM and four digits."""
    words = _text(value)
    if words is None:
        return None
    code = words.upper()
    if not re.fullmatch(r"GM[0-9]{4}", code):
        raise WrongValue(_("Een gemeentecode is GM met vier cijfers, bijvoorbeeld GM0363."))
    return code


def postcode(value: Value) -> str | None:
    """Four digits, a space and two letters; the space may be missing in the file."""
    words = _text(value)
    if words is None:
        return None
    found = re.fullmatch(r"([1-9][0-9]{3})\s*([A-Z]{2})", words.upper())
    if not found:
        raise WrongValue(_("Een postcode is 4 cijfers en 2 letters, bijvoorbeeld 1234 AB."))
    return f"{found[1]} {found[2]}"


def url(value: Value) -> str | None:
    """A web address that begins with http:// or https://, as the format asks."""
    words = text(500)(value)
    if words is None:
        return None
    try:
        _check_url(words)
    except ValidationError as error:
        raise WrongValue(_("Een webadres begint met https:// of http://.")) from error
    return words


def decimal(minimum: int, maximum: int, places: int) -> Callable[[Value], Decimal | None]:
    """A reader of a number from `minimum` to `maximum`, kept with at most `places` decimals."""

    def read(value: Value) -> Decimal | None:
        words = _text(value)
        if words is None:
            return None
        try:
            found = Decimal(words.replace(" ", "").replace(",", "."))
        except InvalidOperation as error:
            raise WrongValue(_("“%(value)s” is geen getal.") % {"value": words[:40]}) from error
        if not found.is_finite() or not minimum <= found <= maximum:
            raise WrongValue(
                _("Dit getal moet liggen tussen %(min)s en %(max)s.") % {"min": minimum, "max": maximum}
            )
        return round(found, places)

    return read


def moment(value: Value) -> datetime | None:
    """A local date and time without zone, such as 2027-03-17T07:30:00; a zone in the file is taken into account."""
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        raise WrongValue(_("Zet bij de datum ook de tijd, bijvoorbeeld 2027-03-17T07:30:00."))
    else:
        words = _text(value)
        if words is None:
            return None
        found = _parsed_moment(words)
    if found.tzinfo:
        found = timezone.make_naive(found)
    return found.replace(second=0, microsecond=0)


def _parsed_moment(words: str) -> datetime:
    day_first = re.fullmatch(r"(\d{1,2})-(\d{1,2})-(\d{4})[ T]+(\d{1,2})[:.](\d{2})(?::\d{2})?", words)
    try:
        if day_first:
            day, month, year, hour, minute = map(int, day_first.groups())
            return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - local, as in the file
        found = datetime.fromisoformat(words)
    except ValueError:
        found = None
    if found is None or "T" not in words.upper().replace(" ", "T"):
        raise WrongValue(
            _("“%(value)s” is geen datum met tijd. Schrijf het zo: 2027-03-17T07:30:00.")
            % {"value": words[:40]}
        )
    return found


def _text(value: Value) -> str | None:
    if isinstance(value, BadCell):
        raise WrongValue(value.message)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    words = as_text(value).replace("\x00", "").strip()
    return words or None


Reader = Callable[[Value], Any]
