"""The table of changes that members ask for, and its filter."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from backoffice.tables.member import badge
from elections.enums import DataChangeState, DataSubject
from elections.models import PersonalDataChange

TONES = {
    DataChangeState.WAITING: "warning",
    DataChangeState.APPROVED: "ok",
    DataChangeState.REFUSED: "neutral",
    DataChangeState.WITHDRAWN: "neutral",
}


class PersonalDataChangeFilter(filters.FilterSet):
    """By what became of it and by subject. Without a choice only what waits is shown."""

    state = filters.ChoiceFilter(
        label=_("Stand"),
        choices=[
            *(choice for choice in DataChangeState.choices if choice[0] != DataChangeState.WAITING),
            ("all", _("Alle")),
        ],
        empty_label=_("Wacht op het team"),
        method="by_state",
    )
    subject = filters.ChoiceFilter(label=_("Gegeven"), choices=DataSubject.choices, empty_label=_("Alle"))

    class Meta:
        model = PersonalDataChange
        fields = ("state", "subject")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        changes = super().filter_queryset(queryset)
        chosen = self.form.cleaned_data.get("state")
        return changes if chosen else changes.filter(state=DataChangeState.WAITING)

    def by_state(self, changes: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return changes if value == "all" else changes.filter(state=value)


class PersonalDataChangeTable(tables.Table):
    """Who wants to change what, and since when."""

    member = tables.Column(
        verbose_name=_("Lid"),
        accessor="member__list_name",
        order_by=("member__sort_name", "pk"),
        linkify=("backoffice:personal-data-change-detail", {"uuid": tables.A("uuid")}),
        attrs={"td": {"class": "z-cell-main"}, "a": {"class": "nl-link"}},
    )
    subject = tables.Column(verbose_name=_("Gegeven"))
    asked_at = tables.DateTimeColumn(verbose_name=_("Gevraagd"), format="j b Y H.i")
    state = tables.Column(verbose_name=_("Stand"))

    caption = _("Wijzigingen van leden")

    class Meta:
        order_by = ("asked_at",)

    def render_state(self, record: PersonalDataChange) -> SafeString:
        state = DataChangeState(record.state)
        return badge(str(state.label), TONES[state])
