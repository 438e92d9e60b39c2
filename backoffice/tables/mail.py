"""The table of mails and its filter."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from elections.enums import MailKind, MailState
from elections.models import OutboxMail

TONES = {
    MailState.WAITING: "info",
    MailState.SENDING: "info",
    MailState.SENT: "ok",
    MailState.FAILED: "error",
}


class MailFilter(filters.FilterSet):
    """Search by receiver; choose state and kind."""

    q = filters.CharFilter(label=_("Zoek op naam of e-mailadres"), method="search")
    state = filters.ChoiceFilter(label=_("Status"), choices=MailState.choices, empty_label=_("Alle"))
    kind = filters.ChoiceFilter(label=_("Soort"), choices=MailKind.choices, empty_label=_("Alle"))

    class Meta:
        model = OutboxMail
        fields = ("q", "state", "kind")

    def search(self, mails: QuerySet[OutboxMail], _name: str, value: str) -> QuerySet[OutboxMail]:
        return mails.filter(Q(to_email__icontains=value) | Q(user__name__icontains=value))


class MailTable(tables.Table):
    """Who was mailed about what, when, and whether it left."""

    user = tables.Column(
        verbose_name=_("Aan"),
        accessor="user__display_name",
        order_by=("user__name", "to_email"),
        attrs={"td": {"class": "z-cell-main"}},
    )
    to_email = tables.Column(verbose_name=_("E-mailadres"), default="–")
    kind = tables.Column(verbose_name=_("Soort"))
    created_at = tables.DateTimeColumn(verbose_name=_("Gemaakt"), format="j b Y H:i")
    state = tables.Column(verbose_name=_("Status"))
    actions = tables.TemplateColumn(
        verbose_name="",
        template_name="backoffice/mail/retry_cell.html",
        orderable=False,
        attrs={"td": {"class": "z-cell-actions"}},
    )

    caption = _("Verzonden e-mail")

    def render_state(self, record: OutboxMail) -> Any:
        tone = TONES[MailState(record.state)]
        return render_to_string(
            "backoffice/mail/state_cell.html",
            {"mail": record, "label": record.get_state_display(), "tone": tone},
        )
