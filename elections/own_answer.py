"""What may be an answer to a question of the municipality's own (models.OwnField): one rule for every room."""

from django.utils.translation import gettext as _

from elections import normalise
from elections.enums import OwnFieldKind
from elections.errors import ActionError
from elections.models import OwnField
from elections.models.own_field import ANSWER_LENGTH
from elections.person_numbers import looks_secret, without_person_numbers


def checked(field: OwnField, text: str) -> str:
    """The answer as it is stored; empty for no answer.

    Raises:
        ActionError: for what cannot be chosen, what is too long, and what could be a BSN or an IBAN: those are kept
            encrypted and in one place only (UAVG art. 46). The message does not repeat the answer.
    """
    text = normalise.line(text)
    if not text:
        return ""
    if field.kind != OwnFieldKind.TEXT:
        if text not in dict(field.options):
            raise ActionError(_("Kies een van de antwoorden bij “%(field)s”.") % {"field": field.name})
        return text
    if len(text) > ANSWER_LENGTH:
        raise ActionError(
            _("Maak het antwoord op “%(field)s” korter: hoogstens %(limit)s tekens.")
            % {"field": field.name, "limit": ANSWER_LENGTH}
        )
    if without_person_numbers(text) != text or any(looks_secret(part) for part in (text, *text.split())):
        raise ActionError(
            _("Vul bij “%(field)s” geen BSN of rekeningnummer in. Daar is een eigen plek voor.")
            % {"field": field.name}
        )
    return text
