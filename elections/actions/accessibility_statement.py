"""What the municipality says about the accessibility of its portal (Besluit digitale toegankelijkheid overheid)."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.errors import ActionError
from elections.models import User
from tenants.models import CHECKED_STATUSES, AccessibilityStatement, AccessibilityStatus, Municipality


@transaction.atomic
def update_accessibility_statement(
    municipality: Municipality,
    *,
    status: str,
    checked_on: date | None,
    problems: str,
    own_words: str,
    register_url: str,
    by: User,
) -> AccessibilityStatement:
    """Change the statement. Days are in the time zone of the municipality.

    Raises:
        ActionError: when the status claims more than the other answers carry.
    """
    today = timezone.localdate()
    if checked_on and checked_on > today:
        raise ActionError(_("De datum van het onderzoek ligt in de toekomst."))
    if status in CHECKED_STATUSES and checked_on is None:
        raise ActionError(_("Bij deze status hoort een onderzoek. Vul de datum van het onderzoek in."))
    if status == AccessibilityStatus.FULL and problems:
        raise ActionError(_("U noemt bekende problemen. Dan kan het portaal niet volledig voldoen."))
    if register_url and not register_url.startswith("https://"):
        raise ActionError(_("De link naar het register begint met https://."))
    statement, _made = AccessibilityStatement.objects.update_or_create(
        municipality=municipality,
        defaults={
            "status": status,
            "checked_on": checked_on,
            "problems": problems,
            "own_words": own_words,
            "register_url": register_url,
            "updated_on": today,
        },
    )
    audit.record("accessibility_statement.update", by=by, label=str(municipality), status=status)
    return statement
