"""The table of the log and its filter."""

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.forms.event import DateInput
from backoffice.paging import asked_for
from elections.audit_words import ACTIONS, OBJECTS, action_words, object_words
from elections.enums import AuditResult
from elections.models import AuditEvent


class AuditFilter(filters.FilterSet):
    """Period, who, what, to what, and with which result."""

    q = filters.CharFilter(label=_("Zoek op naam of nummer"), method="search")
    first = filters.DateFilter(label=_("Vanaf"), method="from_day", widget=DateInput)
    last = filters.DateFilter(label=_("Tot en met"), method="to_day", widget=DateInput)
    actor = filters.CharFilter(label=_("Wie"), field_name="actor", lookup_expr="icontains")
    action = filters.ChoiceFilter(label=_("Actie"), empty_label=_("Alle"))
    object_type = filters.ChoiceFilter(label=_("Soort"), empty_label=_("Alle"))
    result = filters.ChoiceFilter(label=_("Resultaat"), choices=AuditResult.choices, empty_label=_("Alle"))

    class Meta:
        model = AuditEvent
        fields = ("q", "first", "last", "actor", "action", "object_type", "result")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"action": ACTIONS, "object_type": OBJECTS}
        for name, table in words.items():
            choices = sorted(
                ((code, str(text)) for code, text in table.items()), key=lambda pair: pair[1].lower()
            )
            self.filters[name].extra["choices"] = choices

    @property
    def asked(self) -> dict[str, str]:
        """What was asked for, in words that can be logged."""
        return asked_for(self)

    def search(self, events: QuerySet[AuditEvent], _name: str, value: str) -> QuerySet[AuditEvent]:
        """In what people see of an event, and in the numbers of actor, object and request."""
        number = value.strip()
        return events.filter(
            Q(object_label__icontains=value)
            | Q(actor__icontains=value)
            | Q(object_id=number)
            | Q(actor_id=number)
            | Q(request_id=number)
            | Q(origin=number)
        )

    def from_day(self, events: QuerySet[AuditEvent], _name: str, value: date) -> QuerySet[AuditEvent]:
        return events.filter(at__gte=_midnight(value))

    def to_day(self, events: QuerySet[AuditEvent], _name: str, value: date) -> QuerySet[AuditEvent]:
        return events.filter(at__lt=_midnight(value + timedelta(days=1)))


class AuditTable(tables.Table):
    """Who did what to what, when, and whether it was allowed."""

    at = tables.DateTimeColumn(
        verbose_name=_("Moment"),
        format="j b Y H.i.s",
        linkify=("backoffice:audit-detail", {"uuid": tables.A("uuid")}),
        attrs={"td": {"class": "z-cell-main"}},
    )
    actor = tables.Column(verbose_name=_("Wie"), orderable=False, empty_values=())
    action = tables.Column(verbose_name=_("Actie"), orderable=False)
    object_label = tables.Column(verbose_name=_("Wat"), orderable=False, empty_values=())
    result = tables.Column(verbose_name=_("Resultaat"), orderable=False)
    origin = tables.Column(verbose_name=_("Herkomst"), orderable=False, default="–")

    caption = _("Logboek")

    def order_at(self, events: QuerySet[AuditEvent], descending: bool) -> tuple[QuerySet[AuditEvent], bool]:
        return events.order_by("-at" if descending else "at", "-pk" if descending else "pk"), True

    def render_actor(self, record: AuditEvent) -> str:
        return str(_("weggehaald")) if record.blanked_at else record.actor

    def render_action(self, record: AuditEvent) -> str:
        return action_words(record.action)

    def render_object_label(self, record: AuditEvent) -> str:
        return object_words(record) or "–"

    def render_result(self, record: AuditEvent) -> Any:
        tone = "ok" if record.result == AuditResult.OK else "warning"
        return render_to_string("components/badge.html", {"label": record.get_result_display(), "tone": tone})


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
