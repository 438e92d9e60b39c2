"""The table of questions about privacy, and its filter."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from elections.enums import PrivacyRequestKind, PrivacyRequestState
from elections.models import PrivacyRequest

TONES = {
    PrivacyRequestState.OPEN: "warning",
    PrivacyRequestState.GRANTED: "ok",
    PrivacyRequestState.REFUSED: "neutral",
}


class PrivacyRequestFilter(filters.FilterSet):
    """Choose state and kind."""

    state = filters.ChoiceFilter(label=_("Stand"), choices=PrivacyRequestState.choices, empty_label=_("Alle"))
    kind = filters.ChoiceFilter(label=_("Vraag"), choices=PrivacyRequestKind.choices, empty_label=_("Alle"))

    class Meta:
        model = PrivacyRequest
        fields = ("state", "kind")


class PrivacyRequestTable(tables.Table):
    """Who asked what, when, and whether it was answered."""

    member = tables.Column(
        verbose_name=_("Lid"),
        accessor="member__list_name",
        order_by=("member__sort_name", "pk"),
        linkify=("backoffice:privacy-request-detail", {"uuid": tables.A("uuid")}),
        attrs={"td": {"class": "z-cell-main"}, "a": {"class": "nl-link"}},
    )
    kind = tables.Column(verbose_name=_("Vraag"))
    created_at = tables.DateTimeColumn(verbose_name=_("Gesteld"), format="j b Y H.i")
    state = tables.Column(verbose_name=_("Stand"))

    caption = _("Vragen over privacy")

    def render_state(self, record: PrivacyRequest) -> Any:
        state = PrivacyRequestState(record.state)
        return render_to_string("components/badge.html", {"label": state.label, "tone": TONES[state]})
