"""The table of changes that members ask for, and its filter."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.tables.member import badge
from elections.enums import DataChangeState, DataSubject
from elections.models import PersonalDataChange, User
from elections.queries.personal_data_change import hides_contact, now_and_wanted

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
    """Who wants to change what, from what into what, and since when.

    by: who reads it; contact data that are hidden from them are not shown.
    """

    member = tables.Column(
        verbose_name=_("Lid"),
        accessor="member__list_name",
        order_by=("member__sort_name", "pk"),
        linkify=("backoffice:personal-data-change-detail", {"uuid": tables.A("uuid")}),
        attrs={"td": {"class": "z-cell-main"}, "a": {"class": "nl-link"}},
    )
    subject = tables.Column(verbose_name=_("Gegeven"))
    now = tables.Column(verbose_name=_("Nu"), empty_values=(), orderable=False)
    wanted = tables.Column(verbose_name=_("Wordt"), empty_values=(), orderable=False)
    asked_at = tables.DateTimeColumn(verbose_name=_("Gevraagd"), format="j b Y H.i")
    state = tables.Column(verbose_name=_("Stand"))

    caption = _("Wijzigingen van leden")

    class Meta:
        order_by = ("asked_at",)

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = by

    def render_now(self, record: PersonalDataChange) -> str:
        return self._words(record)[0]

    def render_wanted(self, record: PersonalDataChange) -> str:
        return self._words(record)[1]

    def _words(self, record: PersonalDataChange) -> tuple[str, str]:
        if record.values and hides_contact(record, self.by):
            return gettext("vertrouwelijk"), gettext("vertrouwelijk")
        now, wanted = now_and_wanted(record)
        return now or "–", wanted or "–"

    def render_state(self, record: PersonalDataChange) -> SafeString:
        state = DataChangeState(record.state)
        return badge(str(state.label), TONES[state])
