"""Reading the sealed file with an application of another municipality.

The seal says who made the file, not that its content is right: every value is looked at as if somebody typed it here.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from elections import normalise
from elections.errors import FileRefused
from elections.exports.application_package import PURPOSE
from elections.models import Application
from tenants import package
from tenants.models import Municipality

TEXTS: Final[dict[str, Callable[[str], str]]] = {
    "first_name": normalise.own_name,
    "infix": normalise.own_name,
    "last_name": normalise.own_name,
    "email": normalise.email,
    "phone": normalise.phone,
    "city": normalise.line,
    "remark": str.strip,
    "transfer_words": str.strip,
}
NEEDED: Final = frozenset({"first_name", "last_name", "email", "transfer_words"})
KEYS: Final = TEXTS.keys() | {"birth_date", "has_experience", "transfer_agreed_at"}


def read_package(content: bytes) -> tuple[package.Package, dict[str, Any]]:
    """The package, and the values of an Application in it.

    Raises:
        FileRefused: when it is not genuine, meant for another municipality, too old, or holds what cannot be.
    """
    try:
        found = package.unseal(content, purpose=PURPOSE)
    except package.PackageElsewhere as wrong:
        other = Municipality.objects.filter(code=wrong.target).first()
        name = other.display_name if other else wrong.target
        raise FileRefused(_("Dit bestand is voor een andere gemeente: %(name)s.") % {"name": name}) from None
    except package.PackageExpired:
        raise FileRefused(
            _("Dit bestand is te oud. Vraag de andere gemeente om een nieuw bestand.")
        ) from None
    except package.PackageForged:
        raise FileRefused(
            _("Dit is geen geldig bestand van een andere gemeente, of het is gewijzigd.")
        ) from None
    try:
        return found, _values(found.content)
    except (ValidationError, ValueError, TypeError, AttributeError):
        raise FileRefused(_("In dit bestand staat iets wat niet kan. Bel de andere gemeente.")) from None


def _values(content: dict[str, Any]) -> dict[str, Any]:
    """Raises ValidationError, ValueError, TypeError or AttributeError for anything that is not as it is written."""
    if content.keys() != KEYS or not isinstance(content["has_experience"], bool):
        raise ValueError(content.keys())
    values: dict[str, Any] = {name: tidy(content[name]) for name, tidy in TEXTS.items()}
    for name, text in values.items():
        if "\x00" in text or len(text) > _longest(name) or (name in NEEDED and not text):
            raise ValueError(name)
    values["birth_date"] = normalise.birth_date(content["birth_date"])
    values["has_experience"] = content["has_experience"]
    values["transfer_agreed_at"] = datetime.fromisoformat(content["transfer_agreed_at"])
    if values["birth_date"] is None or values["transfer_agreed_at"].tzinfo is None:
        raise ValueError("birth_date")
    return values


def _longest(name: str) -> int:
    return Application._meta.get_field(name).max_length or 2000  # type: ignore[union-attr]
