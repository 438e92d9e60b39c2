"""The tables of answers to published places and of drop-outs, and their filters."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from elections.enums import AssignmentState, PlacementAnswer
from elections.models import Assignment, ElectionEvent, Member, PollingStation
from elections.queries.placement_answer import free_after_decline

FREE = "free"
DROPPED = {
    AssignmentState.DECLINED.value: _("lid kan niet"),
    AssignmentState.CANCELLED.value: _("vervallen door het team"),
}
TONES = {
    PlacementAnswer.ACCEPTED: "ok",
    PlacementAnswer.SILENT: "info",
    PlacementAnswer.OVERDUE: "warning",
    PlacementAnswer.DECLINED: "error",
    PlacementAnswer.OFFERED: "accent",
    PlacementAnswer.NOT_ASKED: "neutral",
}


class PlacementFilter(filters.FilterSet):
    """Search by member; choose an answer and a polling station."""

    q = filters.CharFilter(label=_("Zoek op naam of lidnummer"), method="search")
    answer = filters.ChoiceFilter(
        label=_("Antwoord"),
        choices=[*PlacementAnswer.choices, (FREE, _("kan niet, plaats is nog vrij"))],
        empty_label=_("Alle"),
        method="choose_answer",
    )
    station = filters.ModelChoiceFilter(
        label=_("Stembureau"),
        queryset=PollingStation.objects.none(),
        to_field_name="number",
        field_name="shift__polling_station",
        empty_label=_("Alle"),
    )

    class Meta:
        model = Assignment
        fields = ("q", "answer", "station")

    def __init__(self, *args: Any, event: ElectionEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        self.filters["station"].queryset = event.polling_stations.order_by("number")

    def search(self, places: QuerySet[Assignment], _name: str, value: str) -> QuerySet[Assignment]:
        return places.filter(member__in=Member.objects.search(value))

    def choose_answer(self, places: QuerySet[Assignment], _name: str, value: str) -> QuerySet[Assignment]:
        if value == FREE:
            return places.filter(pk__in=free_after_decline(self.event).order_by().values("pk"))
        if value == PlacementAnswer.SILENT:  # who is late is silent too
            return places.filter(answer__in=(PlacementAnswer.SILENT, PlacementAnswer.OVERDUE))
        return places.filter(answer=value)


class MemberPlaceTable(tables.Table):
    """Rows that begin with a member and a place."""

    member = tables.Column(
        verbose_name=_("Lid"),
        accessor="member__list_name",
        order_by=("member__sort_name", "period"),
        linkify=("backoffice:member-detail", {"uuid": tables.A("member__uuid")}),
        attrs={"td": {"class": "z-cell-main"}, "a": {"class": "nl-link"}},
    )
    place = tables.TemplateColumn(
        verbose_name=pgettext_lazy("werkplek", "Plaats"),
        template_name="backoffice/placement/place_cell.html",
        order_by=("shift__polling_station__number", "period"),
    )

    class Meta:
        order_by = "member"

    def __init__(self, *args: Any, may_edit: bool, **kwargs: Any) -> None:
        """may_edit: whether whoever looks may act on a row, and so read the reason of a no."""
        super().__init__(*args, **kwargs)
        self.may_edit = may_edit


class PlacementTable(MemberPlaceTable):
    """Who works where, what they said to it, and what the team can do."""

    answer = tables.Column(verbose_name=_("Antwoord"), order_by=("answer", "answer_due_at"))
    published_at = tables.DateTimeColumn(verbose_name=_("Gepubliceerd"), format="j b Y H.i", default="–")
    actions = tables.TemplateColumn(
        verbose_name="",
        template_name="backoffice/placement/actions_cell.html",
        orderable=False,
        attrs={"td": {"class": "z-cell-actions"}},
    )

    caption = _("Reacties van leden")

    def render_answer(self, record: Any) -> Any:
        answer = PlacementAnswer(record.answer)
        context = {
            "place": record,
            "label": answer.label,
            "tone": TONES[answer],
            "answer": answer.value,
            "may_read_reason": self.may_edit,
        }
        return render_to_string("backoffice/placement/answer_cell.html", context)


class DroppedFilter(PlacementFilter):
    """Search by member; choose who gave the place up and a polling station."""

    answer = filters.ChoiceFilter(
        label=_("Wat er gebeurde"), choices=list(DROPPED.items()), empty_label=_("Alle"), field_name="state"
    )


class DroppedTable(MemberPlaceTable):
    """Whose place ended after publishing, why, and whether somebody else has it now."""

    state = tables.Column(verbose_name=_("Wat er gebeurde"))
    taken = tables.Column(verbose_name=_("Opgevuld"), orderable=False)

    caption = _("Uitval na publicatie")

    def render_state(self, record: Any) -> Any:
        tone = "error" if record.state == AssignmentState.DECLINED else "neutral"
        label = DROPPED[record.state]
        context = {"label": label, "tone": tone, "reason": record.end_reason if self.may_edit else ""}
        return render_to_string("backoffice/placement/dropped_cell.html", context)

    def render_taken(self, record: Any) -> Any:
        is_full = record.taken >= record.shift.places
        label, tone = (gettext("ja"), "ok") if is_full else (gettext("nee, plaats is vrij"), "warning")
        return render_to_string("components/badge.html", {"label": label, "tone": tone})
