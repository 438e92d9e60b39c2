"""The table of long work."""

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from elections.enums import JobState
from elections.models import Job

TONES = {
    JobState.QUEUED: "info",
    JobState.RUNNING: "info",
    JobState.DONE: "ok",
    JobState.FAILED: "error",
    JobState.CANCELLED: "neutral",
}


class JobTable(tables.Table):
    """What runs or ran, how far it is, who started it and when."""

    kind = tables.Column(
        verbose_name=_("Taak"),
        linkify=("backoffice:job-detail", {"uuid": tables.A("uuid")}),
        attrs={"td": {"class": "z-cell-main"}},
    )
    event = tables.Column(verbose_name=_("Verkiezingsronde"), default="–")
    state = tables.Column(verbose_name=_("Status"))
    done = tables.Column(verbose_name=_("Voortgang"), orderable=False, attrs={"td": {"class": "z-num"}})
    started_by = tables.Column(verbose_name=_("Gestart door"))
    created_at = tables.DateTimeColumn(verbose_name=_("Gestart"), format="j b Y H.i")

    caption = _("Taken")

    class Meta:
        order_by = "-created_at"

    def render_kind(self, record: Job) -> str:
        return capfirst(record.get_kind_display())

    def render_state(self, record: Job) -> Any:
        context = {"label": record.get_state_display(), "tone": TONES[JobState(record.state)]}
        return render_to_string("components/badge.html", context)

    def render_done(self, record: Job) -> str | SafeString:
        if not record.total:
            return "–"
        return format_html(_("{} van {}"), record.done, record.total)
