"""What the tables of news and documents share, and the table of who read something."""

from datetime import datetime
from typing import Any, Final

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import PublishState
from elections.models import Member, Survey
from elections.models.publication import PublicationModel
from elections.queries.audience import audience_words

SHOWING, PLANNED, OVER = "showing", "planned", "over"
STATES: Final = (
    (PublishState.DRAFT.value, gettext_lazy("concept")),
    (PLANNED, gettext_lazy("gepland")),
    (SHOWING, gettext_lazy("te lezen")),
    (OVER, gettext_lazy("afgelopen")),
    (PublishState.WITHDRAWN.value, gettext_lazy("ingetrokken")),
)
SURVEY_STATES: Final = tuple(
    (state, gettext_lazy("in te vullen") if state == SHOWING else words) for state, words in STATES
)
TONES: Final = {PublishState.DRAFT.value: "neutral", PLANNED: "info", SHOWING: "ok", OVER: "neutral"}


def state_of(row: PublicationModel) -> str:
    """One of STATES: what is published is still to come, to be read now, or over."""
    if row.state != PublishState.PUBLISHED:
        return str(row.state)
    if row.is_showing:
        return SHOWING
    return PLANNED if row.publishes_at and row.publishes_at > timezone.now() else OVER


def badge_of(row: PublicationModel) -> dict[str, Any]:
    """Words and tone of the state, for components/badge.html."""
    state = state_of(row)
    states = dict(SURVEY_STATES if isinstance(row, Survey) else STATES)
    return {"label": states[state], "tone": TONES.get(state, "neutral")}


class AnnouncementFilter(filters.FilterSet):
    """Search in the title; choose a state. A subclass names its model."""

    q = filters.CharFilter(label=gettext_lazy("Zoek op titel"), field_name="title", lookup_expr="icontains")
    state = filters.ChoiceFilter(
        label=gettext_lazy("Stand"), choices=STATES, empty_label=gettext_lazy("Alle"), method="choose_state"
    )

    def choose_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        now = timezone.now()
        if value not in (SHOWING, PLANNED, OVER):
            return rows.filter(state=value)
        published = rows.filter(state=PublishState.PUBLISHED)
        if value == PLANNED:
            return published.filter(publishes_at__gt=now)
        return published.filter(ends_at__lte=now) if value == OVER else rows.showing()  # type: ignore[attr-defined]


class AnnouncementTable(tables.Table):
    """Title, state, period, for whom, and how many read it. A subclass adds its own columns."""

    title = tables.Column(verbose_name=gettext_lazy("Titel"), attrs={"td": {"class": "z-cell-main"}})
    state = tables.Column(verbose_name=gettext_lazy("Stand"), orderable=False)
    publishes_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("Te lezen vanaf"), format="j b Y H.i", default="–"
    )
    ends_at = tables.DateTimeColumn(verbose_name=gettext_lazy("Tot"), format="j b Y H.i", default="–")
    audience = tables.Column(verbose_name=gettext_lazy("Voor wie"), orderable=False)
    read_count = tables.Column(verbose_name=gettext_lazy("Gelezen door"), attrs={"td": {"class": "z-num"}})

    detail: str

    def render_title(self, record: PublicationModel) -> Any:
        return render_to_string(
            "backoffice/announcement/title_cell.html", {"row": record, "detail": self.detail}
        )

    def render_state(self, record: PublicationModel) -> Any:
        return render_to_string("components/badge.html", badge_of(record))

    def render_audience(self, record: PublicationModel) -> str:
        return audience_words(record.audience)


class ReaderFilter(filters.FilterSet):
    """Search a member; choose who did or did not read it."""

    q = filters.CharFilter(label=gettext_lazy("Zoek op naam of lidnummer"), method="search")
    read = filters.ChoiceFilter(
        label=gettext_lazy("Gelezen"),
        choices=(("yes", gettext_lazy("gelezen")), ("no", gettext_lazy("nog niet gelezen"))),
        empty_label=gettext_lazy("Alle"),
        method="choose_read",
    )

    class Meta:
        model = Member
        fields = ("q", "read")

    def search(self, members: QuerySet[Member], _name: str, value: str) -> QuerySet[Member]:
        return members.filter(pk__in=Member.objects.search(value).values("pk"))

    def choose_read(self, members: QuerySet[Member], _name: str, value: str) -> QuerySet[Member]:
        return members.filter(read_at__isnull=value == "no")


class ReaderTable(tables.Table):
    """Who it is for, and when each first opened it."""

    member = tables.Column(
        verbose_name=gettext_lazy("Lid"),
        accessor="list_name",
        order_by=("sort_name", "pk"),
        attrs={"td": {"class": "z-cell-main"}},
    )
    read_at = tables.Column(verbose_name=gettext_lazy("Voor het eerst gelezen"), empty_values=())

    caption = gettext_lazy("Gelezen door")

    def render_read_at(self, value: datetime | None) -> Any:
        if value is None:
            return format_html('<span class="z-muted">{}</span>', _("nog niet"))
        return date_format(timezone.localtime(value), "j b Y H.i")
