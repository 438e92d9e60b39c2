"""The table of colleagues."""

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from elections.enums import StaffState
from elections.models import User
from elections.queries.staff import staff_state

TONES = {
    StaffState.ACTIVE: "ok",
    StaffState.INVITED: "info",
    StaffState.EXPIRED: "warning",
    StaffState.DISABLED: "neutral",
}


class StaffTable(tables.Table):
    """Name, address, role, state and last log-in."""

    name = tables.Column(
        verbose_name=_("Naam"),
        accessor="display_name",
        order_by=("name", "username"),
        linkify=("backoffice:staff-edit", {"uuid": tables.A("uuid")}),
        attrs={"td": {"class": "z-cell-main"}, "a": {"class": "nl-link"}},
    )
    username = tables.Column(verbose_name=_("E-mailadres"))
    role = tables.Column(verbose_name=_("Rol"))
    state = tables.Column(verbose_name=_("Toegang"), accessor="is_active", orderable=False)
    last_login = tables.DateTimeColumn(
        verbose_name=_("Laatst ingelogd"), format="j b Y H:i", default=_("nog niet")
    )

    class Meta:
        empty_text = _("Er zijn nog geen collega's.")

    caption = _("Collega's")

    def render_state(self, record: User) -> Any:
        state = staff_state(record)
        return render_to_string("components/badge.html", {"label": state.label, "tone": TONES[state]})
