from typing import Any

from elections import models
from tests.factories.numbers import numbers


def make_declaration(text: str = "Ik sta op geen lijst.", **values: Any) -> Any:
    """A declaration that members must confirm, with its first text."""
    number = next(numbers)
    defaults = {"title": f"Verklaring {number}", "why": "Voor het vertrouwen.", "rank": number}
    declaration = models.Declaration.objects.create(**defaults | values)
    models.DeclarationText.objects.create(declaration=declaration, edition=declaration.edition, text=text)
    return declaration


def make_consent(member: Any, declaration: Any, **values: Any) -> Any:
    """A yes to the newest text."""
    text = declaration.texts.get(edition=declaration.edition)
    return models.DeclarationConsent.objects.create(
        **{"member": member, "text": text, "agreed": True} | values
    )
