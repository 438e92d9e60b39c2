"""The table of retention terms."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.queries.retention import TermView


class RetentionTable(tables.Table):
    """What, on which ground, how long, how much is over it now, and when it was last looked through."""

    kind = tables.Column(
        verbose_name=gettext_lazy("Gegevens"), orderable=False, attrs={"td": {"class": "z-cell-main"}}
    )
    words = tables.Column(verbose_name=gettext_lazy("Termijn"), orderable=False)
    ground = tables.Column(
        verbose_name=gettext_lazy("Grond"), accessor="rule__ground", orderable=False, empty_values=()
    )
    count = tables.Column(
        verbose_name=gettext_lazy("Nu voorbij"), orderable=False, attrs={"td": {"class": "z-num"}}
    )
    cleaned_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("Laatst opgeruimd"),
        format="j b Y H.i",
        orderable=False,
        default=gettext_lazy("nog niet"),
    )

    caption = gettext_lazy("Bewaartermijnen")

    def render_kind(self, record: TermView) -> Any:
        url = f"{reverse('backoffice:retention-edit')}?kind={record.kind.value}"
        label = str(record.kind.label)
        return format_html('<a class="nl-link" href="{}">{}</a>', url, label[:1].upper() + label[1:])

    def render_words(self, record: TermView) -> str:
        return _("%(term)s na %(since)s") % {"term": record.words, "since": record.rule.since}
