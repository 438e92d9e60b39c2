"""The table of who answered when they can come, and its filter."""

from collections.abc import Mapping
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.tables.member import badge
from elections.enums import AvailabilityAnswer, PositionKind, StepState
from elections.exports.member import ANSWERS
from elections.models import Availability, DayPart, ElectionEvent, Member
from elections.queries.availability_count import who_can
from elections.queries.member import ANSWER_TONES


class AnswerFilter(filters.FilterSet):
    """Who answered: by state, by name, by what they said of a day part, and who has a place but says no."""

    q = filters.CharFilter(label=_("Zoek op naam of nummer"), method="search")
    answer = filters.ChoiceFilter(
        label=_("Beschikbaarheid"), choices=list(ANSWERS.items()), empty_label=_("Alle")
    )
    part = filters.ModelChoiceFilter(
        label=_("Dagdeel"), queryset=None, to_field_name="uuid", empty_label=_("Alle"), method="by_said"
    )
    said = filters.ChoiceFilter(
        label=_("Antwoord"), choices=AvailabilityAnswer.choices, empty_label=_("Alle"), method="by_said"
    )
    position = filters.ChoiceFilter(
        label=_("Kan werken als"),
        choices=PositionKind.choices,
        empty_label=_("Alle functies"),
        method="by_position",
    )
    placed = filters.ChoiceFilter(
        label=_("Indeling"),
        choices=[("refuses", _("Ingedeeld, maar zei later nee"))],
        empty_label=_("Alle"),
        method="by_place",
    )

    class Meta:
        model = Member
        fields = ("q", "answer", "part", "said", "position", "placed")

    def __init__(self, data: Mapping[str, Any], queryset: QuerySet[Member], event: ElectionEvent) -> None:
        super().__init__(data, queryset)
        self.event = event
        parts = DayPart.objects.filter(polling_day__event=event).select_related("polling_day")
        self.filters["part"].queryset = parts.order_by("polling_day__date", "start", "end")
        self.filters["part"].field.label_from_instance = _part_label

    def filter_queryset(self, queryset: QuerySet[Member]) -> QuerySet[Member]:
        members = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        part, said = asked.get("part"), asked.get("said")
        if not (part or said):
            return members
        given = Availability.objects.filter(member=OuterRef("pk"), day_part__polling_day__event=self.event)
        given = given.filter(day_part=part) if part else given
        return members.filter(Exists(given.filter(answer=said) if said else given))

    def search(self, members: Any, _name: str, value: str) -> QuerySet[Member]:
        return members.search(value)

    def by_said(self, members: QuerySet[Member], _name: str, _value: Any) -> QuerySet[Member]:
        return members  # day part and answer belong together: filter_queryset

    def by_position(self, members: QuerySet[Member], _name: str, value: str) -> QuerySet[Member]:
        return members.filter(qualified_for__overlap=who_can(PositionKind(value)))

    def by_place(self, members: QuerySet[Member], _name: str, _value: str) -> QuerySet[Member]:
        return members.filter(refuses=True)


def _part_label(part: DayPart) -> str:
    return f"{date_format(part.polling_day.date, 'D j F')}: {part.name}, {part.hours_in_full}"


class AnswerTable(tables.Table):
    """What each member answered in short; the whole answer is on the page of the member."""

    name = tables.Column(
        verbose_name=_("Naam"),
        accessor="list_name",
        order_by=("sort_name", "number"),
        linkify=("backoffice:member-detail", [tables.A("uuid")]),
        attrs={"td": {"class": "z-cell-main"}},
    )
    answer = tables.Column(verbose_name=_("Beschikbaarheid"))
    answered_at = tables.DateTimeColumn(verbose_name=_("Laatste antwoord"), format="j b Y H.i", default="–")
    says = tables.Column(verbose_name=_("Antwoord"), orderable=False, empty_values=())
    remark = tables.Column(verbose_name=_("Opmerking"), accessor="remark_given", orderable=False, default="–")

    caption = _("Wie heeft geantwoord")

    class Meta:
        order_by = ("-answered_at",)

    def order_answered_at(
        self, members: QuerySet[Member], is_descending: bool
    ) -> tuple[QuerySet[Member], bool]:
        """Who is silent comes last, whichever way."""
        moment = F("answered_at")
        order = moment.desc(nulls_last=True) if is_descending else moment.asc(nulls_last=True)
        return members.order_by(order, "sort_name", "number"), True

    def render_answer(self, value: str, record: Any) -> SafeString:
        said = badge(str(ANSWERS[value]), ANSWER_TONES[StepState(value)])
        if not record.refuses:
            return said
        return format_html("{} {}", said, badge(gettext("ingedeeld, zei later nee"), "error"))

    def render_says(self, record: Any) -> str:
        if record.unavailable_reason:
            return gettext("kan helemaal niet: %(reason)s") % {"reason": record.unavailable_reason}
        if not record.parts_given:
            return "–"
        return gettext("%(yes)s keer ja, %(if_needed)s als het moet, %(no)s nee") % {
            "yes": record.parts_yes,
            "if_needed": record.parts_if_needed,
            "no": record.parts_given - record.parts_yes - record.parts_if_needed,
        }
