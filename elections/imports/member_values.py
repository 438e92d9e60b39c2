"""What a cell of a member list means; the way of writing that members share with forms is in elections.normalise.

Each takes the text of the cell and gives None, or nothing, for an empty one. What is wrong is a ValidationError with a
sentence for the person who made the file.
"""

import re
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from elections import normalise, secrets
from elections.enums import PositionKind, SecretKind
from elections.models import Label
from elections.person_numbers import looks_secret

LARGEST_NUMBER: Final = 2_000_000_000
MOST_ELECTIONS: Final = 100

POSITION_WORDS: Final = {
    "voorzitter": PositionKind.CHAIR,
    "vz": PositionKind.CHAIR,
    "vrz": PositionKind.CHAIR,
    "vzt": PositionKind.CHAIR,
    "chair": PositionKind.CHAIR,
    "plaatsvervangendvoorzitter": PositionKind.DEPUTY_CHAIR,
    "plaatsvervangend": PositionKind.DEPUTY_CHAIR,
    "plvvoorzitter": PositionKind.DEPUTY_CHAIR,
    "plvvz": PositionKind.DEPUTY_CHAIR,
    "pvz": PositionKind.DEPUTY_CHAIR,
    "vicevoorzitter": PositionKind.DEPUTY_CHAIR,
    "2evoorzitter": PositionKind.DEPUTY_CHAIR,
    "tweedevoorzitter": PositionKind.DEPUTY_CHAIR,
    "stembureaulid": PositionKind.MEMBER,
    "lid": PositionKind.MEMBER,
    "lidstembureau": PositionKind.MEMBER,
    "stembureaumedewerker": PositionKind.MEMBER,
    "sbl": PositionKind.MEMBER,
    "teller": PositionKind.COUNTER,
    "tellers": PositionKind.COUNTER,
    "telmedewerker": PositionKind.COUNTER,
    "telploeg": PositionKind.COUNTER,
    "reserve": PositionKind.RESERVE,
    "reservelid": PositionKind.RESERVE,
    "invaller": PositionKind.RESERVE,
}
YES: Final = frozenset(("ja", "j", "yes", "y", "x", "1", "waar", "true", "intern", "v", "✓"))
NO: Final = frozenset(("nee", "n", "no", "0", "onwaar", "false", "extern", "-"))


def member_number(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not re.fullmatch(r"\d{1,10}", text) or not 0 < int(text) <= LARGEST_NUMBER:
        raise ValidationError(_("Dit is geen lidnummer. Een lidnummer bestaat uit cijfers."))
    return int(text)


def earlier_elections(text: str) -> int | None:
    """How often somebody worked at elections before: "3", "3x" or "3 keer".

    Raises:
        ValidationError: when it is no number from 0 to 100.
    """
    text = text.strip().lower()
    if not text or text == "-":
        return None
    number = re.fullmatch(r"(\d{1,4}) ?(?:x|keer|maal|verkiezingen|verkiezing)?", text)
    if number is None or int(number[1]) > MOST_ELECTIONS:
        raise ValidationError(_("Vul een aantal keren in, van 0 tot 100. Bijvoorbeeld: 3."))
    return int(number[1])


def qualified_for(text: str) -> list[str]:
    """The positions in a text such as "voorzitter, teller", in the order of the law.

    Raises:
        ValidationError: with the word that is no position (a BSN or IBAN is not repeated), and the words that are.
    """
    kinds = set()
    for part in re.split(r"[;,/+&\n|]|\ben\b", text.lower()):
        word = re.sub(r"[^a-z0-9]", "", part)
        if not word:
            continue
        if word not in POSITION_WORDS:
            choices = ", ".join(str(kind.label) for kind in PositionKind)
            if looks_secret(part) or looks_secret(text):
                raise ValidationError(_("Dit is geen functie. Kies uit: %(choices)s.") % {"choices": choices})
            raise ValidationError(
                _("Wij kennen de functie “%(word)s” niet. Kies uit: %(choices)s.")
                % {"word": part.strip()[:40], "choices": choices}
            )
        kinds.add(POSITION_WORDS[word])
    return [kind.value for kind in PositionKind if kind in kinds]


def yes_or_no(text: str) -> bool | None:
    word = text.strip().lower()
    if not word:
        return None
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValidationError(_("Vul hier ja of nee in."))


def secret(kind: SecretKind, text: str) -> str:
    if text.strip() == secrets.MASK:
        raise ValidationError(
            _("Dit nummer is hier verborgen. Zet het terug uit uw eigen bestand, of maak de cel leeg.")
        )
    return secrets.checked(kind, text) if text.strip() else ""


def label_names(text: str) -> list[str]:
    names = list(dict.fromkeys(normalise.line(part) for part in re.split(r"[;,\n|]", text) if part.strip()))
    limit = Label._meta.get_field("name").max_length
    if limit and any(len(name) > limit for name in names):
        raise ValidationError(_("Een kenmerk heeft hoogstens %(limit)s tekens.") % {"limit": limit})
    return names
