"""The log as a file, for an auditor: a spreadsheet or comma separated values. Every cell is text."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from elections.audit_words import action_words, fact_words, object_words
from elections.exports.sheet import Sheet
from elections.models import AuditEvent


def audit_sheet(events: Iterable[AuditEvent]) -> Sheet:
    """A row per event; memory does not grow with the log."""
    return Sheet(_("Logboek"), _headings(), (cells(event) for event in events))


def _headings() -> list[str]:
    return [
        *(_("Nummer"), _("Moment"), _("Actie"), _("Code"), _("Wie"), _("Nummer van wie"), _("Herkomst")),
        *(_("Wat"), _("Nummer van wat"), _("Resultaat"), _("Feiten"), _("Doel"), _("Verzoek")),
    ]


def cells(event: AuditEvent) -> list[str]:
    """One event; its moment in the time zone of the municipality."""
    facts = "; ".join(f"{name}: {value}" for name, value in fact_words(event.details))
    return [
        *(str(event.pk), timezone.localtime(event.at).isoformat(timespec="seconds")),
        *(action_words(event.action), event.action, event.actor, event.actor_id, event.origin),
        *(object_words(event), event.object_id, event.get_result_display(), facts, event.purpose),
        event.request_id,
    ]
