"""How alike two people are by what stands on a list: name, initials and city. Never a decision; the team decides.

A list of candidates has no birth date, so the name must do. An accent, a maiden name before or after the own name, or
an infix in another place must not hide anybody: such names still match, and count for less.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from elections.normalise import INFIX_WORDS, without_accents

# Letters that are no letter with an accent, and "ij", which people also write as "y".
_OTHER_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i"}
)
_BETWEEN_NAMES: Final = re.compile(r"[-‐‑–—/]|\b(?:geb|geboren|e v|ev|wed)\b")
_HIGH, _MEDIUM = 6, 4


class Likeness(TextChoices):
    """How likely two people are one."""

    HIGH = "high", _("zeer waarschijnlijk")
    MEDIUM = "medium", _("waarschijnlijk")
    LOW = "low", _("misschien")


class Named(Protocol):
    """What is compared: a member or a candidate."""

    initials: str
    first_name: str
    infix: str
    last_name: str
    city: str


@dataclass(frozen=True)
class PersonFacts:
    """A person as it is compared. `names`: the parts of the last name; `whole`: all of it, without the infix."""

    names: frozenset[str]
    whole: str
    glued: str
    initials: str
    first_name: str
    infix: str
    city: str


@dataclass(frozen=True)
class Comparison:
    """Two people who may be one. supports, against: sentences for the team."""

    likeness: Likeness
    score: int
    supports: list[str | Promise]
    against: list[str | Promise]


def facts_of(person: Named) -> PersonFacts:
    """What is compared of a member or a candidate."""
    last_name, infix = _folded(person.last_name), _letters(_folded(person.infix))
    parts = [_without_infix(part) for part in _BETWEEN_NAMES.split(last_name)]
    words = [word for part in parts for word in part if word not in INFIX_WORDS]
    joined = {_letters("".join(part)) for part in parts}
    whole = "".join(_letters("".join(part)) for part in parts)
    own_infix = "".join(_letters(word) for word in last_name.split() if word in INFIX_WORDS)
    return PersonFacts(
        names=frozenset(key for key in {*joined, *map(_letters, words), whole} if len(key) > 1),
        whole=whole,
        glued=infix + _letters(last_name),
        initials="".join(
            part[:1] for part in re.split(r"[^a-z]+", _folded(_spaced(person.initials))) if part
        ),
        first_name=_letters(_folded(person.first_name)),
        infix=infix or own_infix,
        city=_letters(_folded(person.city)),
    )


def keys_of(facts: PersonFacts) -> Iterator[str]:
    """By which a person can be found: two people who share none of these are not compared."""
    yield from facts.names
    if facts.glued not in facts.names:
        yield facts.glued


def compare(one: PersonFacts, other: PersonFacts) -> Comparison | None:
    """What speaks for and against these being one person; None when they are not: another name or other initials."""
    is_same_name = one.whole == other.whole or one.glued == other.glued
    if not (is_same_name or one.names & other.names):
        return None
    first = _compare_first(one, other)
    if first is None:
        return None
    score, supports, against = first
    if is_same_name:
        score += 3
        supports.insert(0, _("zelfde achternaam"))
        if one.infix != other.infix and one.glued != other.glued:
            score -= 1
            against.append(_("ander tussenvoegsel"))
    else:
        score += 1
        supports.insert(0, _("een deel van de achternaam is gelijk: misschien een geboortenaam"))
    if one.city and other.city:
        if one.city == other.city:
            score += 2
            supports.append(_("zelfde woonplaats"))
        else:
            score -= 1
            against.append(_("andere woonplaats"))
    likeness = Likeness.HIGH if score >= _HIGH else Likeness.MEDIUM if score >= _MEDIUM else Likeness.LOW
    return Comparison(likeness, score, supports, against)


_First = tuple[int, list[str | Promise], list[str | Promise]]


def _compare_first(one: PersonFacts, other: PersonFacts) -> _First | None:
    """Initials and first name: a score with the reasons; None when both are known and contradict each other."""
    is_same_first = bool(one.first_name) and one.first_name == other.first_name
    supports: list[str | Promise] = []
    against: list[str | Promise] = []
    score = 0
    if one.initials and other.initials:
        shortest = min(len(one.initials), len(other.initials))
        if one.initials == other.initials:
            score += 3 if shortest > 1 else 1
            supports.append(_("zelfde voorletters"))
        elif one.initials[:shortest] == other.initials[:shortest]:
            score += 1
            supports.append(_("zelfde eerste voorletter"))
        elif is_same_first:
            against.append(_("andere voorletters"))
        else:
            return None
    elif not is_same_first:
        # One of both has a first name only: that may be what people call them, but it has a letter.
        letters = [{*person.initials[:1], *person.first_name[:1]} for person in (one, other)]
        if all(letters):
            if not letters[0] & letters[1]:
                return None
            score += 1
            supports.append(_("zelfde eerste letter"))
        else:
            against.append(_("de voorletters zijn niet bekend"))
    if is_same_first:
        score += 2
        supports.append(_("zelfde roepnaam"))
    elif one.first_name and other.first_name:
        score -= 1
        against.append(_("andere roepnaam"))
    return score, supports, against


def _folded(text: str) -> str:
    plain = without_accents(text.casefold()).translate(_OTHER_LETTERS)
    return re.sub(r"[.,’'`´]+", " ", plain).replace("ij", "y").strip()


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text)


def _spaced(initials: str) -> str:
    """Initials with something between them: "AB" is A.B., "Th.J." stays as it is."""
    return " ".join(initials) if initials.isalpha() and initials.isupper() else initials


def _without_infix(part: str) -> list[str]:
    """The words of one name without the infix before or behind it."""
    words = part.split()
    while len(words) > 1 and words[0] in INFIX_WORDS:
        words = words[1:]
    while len(words) > 1 and words[-1] in INFIX_WORDS:
        words = words[:-1]
    return words
