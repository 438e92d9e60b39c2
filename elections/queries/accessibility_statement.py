"""The accessibility statement as the portal shows it."""

from datetime import date, timedelta
from typing import Final

from tenants.models import AccessibilityStatement, AccessibilityStatus, Municipality

VALID_DAYS: Final = 3 * 365
"""A check is valid for three years (digitoegankelijk.nl, status A and B)."""


def statement_of(municipality: Municipality) -> AccessibilityStatement:
    """The statement of the municipality; one that claims nothing while there is none."""
    found = AccessibilityStatement.objects.filter(pk=municipality.pk).first()
    return found or AccessibilityStatement(municipality=municipality, status=AccessibilityStatus.UNKNOWN)


def is_check_old(statement: AccessibilityStatement, today: date) -> bool:
    """Whether the check that the statement rests on is more than three years ago."""
    return bool(statement.checked_on and statement.checked_on < today - timedelta(days=VALID_DAYS))
