"""The tables of picked places, of shifts that people wait for, and of open offers."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.tables.member import badge
from elections.enums import AssignmentState
from elections.models import Assignment, DayPart, ElectionEvent, Member, Shift
from elections.queries.reservation import stations_found
from elections.queries.reservation_review import newcomers_among

STATES = {
    AssignmentState.RESERVED.value: (_("wacht op akkoord"), "info"),
    AssignmentState.CONFIRMED.value: (_("akkoord"), "ok"),
    AssignmentState.PUBLISHED.value: (_("gepubliceerd"), "ok"),
    AssignmentState.CANCELLED.value: (_("niet akkoord"), "neutral"),
    AssignmentState.DECLINED.value: (_("teruggegeven"), "neutral"),
    AssignmentState.ABSENT.value: (_("afwezig"), "neutral"),
}
ALL = "all"


class ReservationFilter(filters.FilterSet):
    """Search and filters of the picked places; without a choice only what waits for the team."""

    q = filters.CharFilter(label=_("Zoek op naam of lidnummer"), method="search")
    station = filters.CharFilter(label=_("Stembureau"), method="by_station")
    part = filters.ChoiceFilter(label=_("Dagdeel"), field_name="shift__day_part__uuid", empty_label=_("Alle"))
    position = filters.ChoiceFilter(
        label=_("Functie"), field_name="shift__position__uuid", empty_label=_("Alle")
    )
    newcomer = filters.ChoiceFilter(
        label=_("Ervaring"),
        choices=[("yes", _("nieuw")), ("no", _("heeft eerder gewerkt"))],
        empty_label=_("Alle"),
        method="by_experience",
    )
    state = filters.ChoiceFilter(
        label=_("Status"),
        choices=[*((state, words) for state, (words, _tone) in STATES.items()), (ALL, _("alle"))],
        empty_label=_("wacht op akkoord"),
        method="by_state",
    )

    class Meta:
        model = Assignment
        fields = ("q", "station", "part", "position", "newcomer", "state")

    def __init__(self, data: Any, queryset: QuerySet[Assignment], event: ElectionEvent) -> None:
        super().__init__(data, queryset)
        self.event = event
        self.filters["part"].extra["choices"] = _part_choices(event)
        self.filters["position"].extra["choices"] = [
            (str(one.uuid), one.name) for one in event.positions.all()
        ]

    def filter_queryset(self, queryset: QuerySet[Assignment]) -> QuerySet[Assignment]:
        places = super().filter_queryset(queryset)
        return (
            places if self.form.cleaned_data.get("state") else places.filter(state=AssignmentState.RESERVED)
        )

    def search(self, places: QuerySet[Assignment], _name: str, value: str) -> QuerySet[Assignment]:
        return places.filter(member__in=Member.objects.search(value))

    def by_station(self, places: QuerySet[Assignment], _name: str, value: str) -> QuerySet[Assignment]:
        return places.filter(shift__polling_station__in=stations_found(value))

    def by_experience(self, places: QuerySet[Assignment], _name: str, value: str) -> QuerySet[Assignment]:
        new = newcomers_among(places.order_by().values_list("member", flat=True), self.event)
        return places.filter(member__in=new) if value == "yes" else places.exclude(member__in=new)

    def by_state(self, places: QuerySet[Assignment], _name: str, value: str) -> QuerySet[Assignment]:
        return places if value == ALL else places.filter(state=value)


class ReservationTable(tables.Table):
    """Who picked what. `newcomers`: primary keys of members without experience, of the page that is shown."""

    selection = tables.Column(accessor="uuid", orderable=False, verbose_name="")
    member = tables.Column(
        verbose_name=_("Lid"),
        accessor="member__list_name",
        order_by=("member__sort_name", "member__number"),
        linkify=("backoffice:member-detail", [tables.A("member__uuid")]),
        attrs={"td": {"class": "z-cell-main"}},
    )
    station = tables.Column(
        verbose_name=_("Stembureau en functie"),
        accessor="shift__polling_station",
        order_by="shift__polling_station__number",
    )
    part = tables.Column(verbose_name=_("Dagdeel"), accessor="shift__day_part", order_by="period")
    assigned_at = tables.DateTimeColumn(verbose_name=_("Gekozen op"), format="j b H.i")
    state = tables.Column(verbose_name=_("Status"))
    actions = tables.TemplateColumn(
        verbose_name="",
        template_name="backoffice/reservation/actions_cell.html",
        orderable=False,
        attrs={"td": {"class": "z-cell-actions"}},
    )

    caption = _("Gekozen plaatsen")

    class Meta:
        order_by = ("assigned_at",)

    def __init__(self, *args: Any, may_edit: bool, **kwargs: Any) -> None:
        super().__init__(*args, exclude=[] if may_edit else ["selection", "actions"], **kwargs)
        self.newcomers: set[int] = set()

    def render_part(self, value: DayPart) -> SafeString:
        return _when(value)

    def render_station(self, record: Assignment) -> SafeString:
        new = badge(gettext("nieuw"), "accent") if record.member_id in self.newcomers else ""
        return format_html(
            '{}<span class="z-cell-note">{} {}</span>',
            record.shift.polling_station,
            record.shift.position,
            new,
        )

    def render_state(self, record: Assignment) -> SafeString:
        words, tone = STATES[record.state]
        shown = badge(str(words), tone)
        if not record.end_reason:
            return shown
        return format_html('{}<span class="z-cell-note">{}</span>', shown, record.end_reason)


class WaitingFilter(filters.FilterSet):
    """Which shifts: those that somebody waits for, or those with a free place to offer."""

    q = filters.CharFilter(label=_("Zoek op nummer, naam of adres van het stembureau"), method="search")
    show = filters.ChoiceFilter(
        label=_("Diensten"),
        choices=[("free", _("met een vrije plaats")), (ALL, _("alle"))],
        empty_label=_("waar iemand op wacht"),
        method="by_room",
    )
    part = filters.ChoiceFilter(label=_("Dagdeel"), field_name="day_part__uuid", empty_label=_("Alle"))

    class Meta:
        model = Shift
        fields = ("q", "show", "part")

    def __init__(self, data: Any, queryset: QuerySet[Shift], event: ElectionEvent) -> None:
        super().__init__(data, queryset)
        self.filters["part"].extra["choices"] = _part_choices(event)

    def filter_queryset(self, queryset: QuerySet[Shift]) -> QuerySet[Shift]:
        shifts = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("show"):
            return shifts
        return shifts.filter(waitlist_entries__isnull=False).distinct()

    def search(self, shifts: QuerySet[Shift], _name: str, value: str) -> QuerySet[Shift]:
        return shifts.filter(polling_station__in=stations_found(value))

    def by_room(self, shifts: QuerySet[Shift], _name: str, value: str) -> QuerySet[Shift]:
        return shifts.filter(places__gt=F("taken")) if value == "free" else shifts


class WaitingTable(tables.Table):
    """Shifts with how many people wait for a place in them."""

    station = tables.Column(
        verbose_name=_("Stembureau"),
        accessor="polling_station",
        order_by="polling_station__number",
        linkify=("backoffice:reservation-line", [tables.A("uuid")]),
        attrs={"td": {"class": "z-cell-main"}},
    )
    part = tables.Column(verbose_name=_("Dagdeel"), accessor="day_part", order_by="period")
    position = tables.Column(verbose_name=_("Functie"), order_by="position__rank")
    free = tables.Column(verbose_name=_("Vrij"), attrs={"td": {"class": "z-num"}})
    line = tables.Column(verbose_name=_("Op de wachtlijst"), attrs={"td": {"class": "z-num"}})
    alerts = tables.Column(verbose_name=_("Willen een bericht"), attrs={"td": {"class": "z-num"}})

    caption = _("Wachtlijsten")

    class Meta:
        order_by = ("-line", "station", "part")

    def render_part(self, value: DayPart) -> SafeString:
        return _when(value)

    def render_free(self, value: int, record: Any) -> str:
        return gettext("%(free)s van %(places)s") % {"free": max(0, value), "places": record.places}


class OfferTable(tables.Table):
    """Offers that wait for an answer."""

    member = ReservationTable.base_columns["member"]
    station = tables.Column(
        verbose_name=_("Stembureau"),
        accessor="shift__polling_station",
        order_by="shift__polling_station__number",
    )
    part = ReservationTable.base_columns["part"]
    position = tables.Column(
        verbose_name=_("Functie"), accessor="shift__position", order_by="shift__position__rank"
    )
    source = tables.Column(verbose_name=_("Hoe"))
    answer_due_at = tables.Column(verbose_name=_("Antwoord vóór"))
    actions = tables.TemplateColumn(
        verbose_name="",
        template_name="backoffice/reservation/offer_cell.html",
        orderable=False,
        attrs={"td": {"class": "z-cell-actions"}},
    )

    caption = _("Aangeboden plaatsen")

    class Meta:
        order_by = ("answer_due_at",)

    def __init__(self, *args: Any, may_edit: bool, **kwargs: Any) -> None:
        super().__init__(*args, exclude=[] if may_edit else ["actions"], **kwargs)

    def render_part(self, value: DayPart) -> SafeString:
        return _when(value)

    def render_answer_due_at(self, value: Any) -> str:
        local = timezone.localtime(value)
        return f"{date_format(local, 'D j b')}, {local:%H.%M} uur"


def _when(part: DayPart) -> SafeString:
    day = date_format(part.polling_day.date, "D j b")
    return format_html('{}<span class="z-cell-note">{}, {}</span>', part.name, day, part.hours)


def _part_choices(event: ElectionEvent) -> list[tuple[str, str]]:
    parts = DayPart.objects.filter(polling_day__event=event).select_related("polling_day")
    return [(str(part.uuid), f"{date_format(part.polling_day.date, 'D j b')}: {part.name}") for part in parts]
