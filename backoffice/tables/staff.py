"""The table of colleagues."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from elections.enums import StaffState
from elections.models import User
from elections.queries.staff import factor_words, last_login_words, rights_words, staff_state

TONES = {
    StaffState.ACTIVE: "ok",
    StaffState.INVITED: "info",
    StaffState.EXPIRED: "warning",
    StaffState.DISABLED: "neutral",
}


class StaffTable(tables.Table):
    """Name, address, role, state, second step and last log-in."""

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
    factor = tables.Column(verbose_name=_("Na het wachtwoord"), accessor="pk", orderable=False)
    last_login = tables.Column(verbose_name=_("Laatst ingelogd"), default=_("nog niet"))

    class Meta:
        empty_text = _("Er zijn nog geen collega's.")

    caption = _("Collega's")

    def render_state(self, record: User) -> Any:
        state = staff_state(record)
        return render_to_string("components/badge.html", {"label": state.label, "tone": TONES[state]})

    def render_factor(self, record: User) -> str:
        return factor_words(record) or _("nog niet ingesteld")

    def render_last_login(self, value: datetime, record: User) -> str:
        moment = date_format(timezone.localtime(value), "j b Y H.i")
        words = last_login_words(record)
        return f"{moment}, {words}" if words else moment


class ReviewTable(StaffTable):
    """The same for the review of everybody's rights, with how many the role gives. All on one page."""

    rights = tables.Column(verbose_name=_("Rechten"), accessor="role", orderable=False)

    class Meta:
        empty_text = _("Er zijn nog geen collega's.")
        sequence = ("name", "username", "role", "rights", "...")

    def render_rights(self, record: User) -> str:
        return rights_words(record)
