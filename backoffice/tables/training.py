"""The tables of trainings: all of them, how far members are, and who has still to do one."""

from datetime import date
from typing import Any, Final

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from elections.enums import PositionKind, TrainingState
from elections.models import Assignment, Member, Training

TONES: Final = {
    TrainingState.DONE: "ok",
    TrainingState.EXPIRED: "warning",
    TrainingState.FAILED: "error",
    TrainingState.BEGUN: "info",
}


def _day(value: date | None) -> str:
    return date_format(value, "j b Y") if value else "–"


class TrainingTable(tables.Table):
    """Each training, for whom it counts, and how many did it."""

    name = tables.Column(
        verbose_name=_("Training"),
        linkify=("backoffice:training-detail", [tables.A("uuid")]),
        attrs={"td": {"class": "z-cell-main"}, "a": {"class": "nl-link"}},
    )
    position_kinds = tables.Column(verbose_name=_("Telt voor"), orderable=False, empty_values=())
    is_on = tables.Column(verbose_name=_("In het portaal"), empty_values=())
    done = tables.Column(verbose_name=_("Gehaald"), attrs={"td": {"class": "z-num"}})
    failed = tables.Column(verbose_name=_("Niet gehaald"), attrs={"td": {"class": "z-num"}})
    begun = tables.Column(verbose_name=_("Begonnen"), attrs={"td": {"class": "z-num"}})

    caption = _("Trainingen")

    def render_position_kinds(self, record: Training) -> Any:
        return kinds_words(record)

    def render_is_on(self, record: Training) -> Any:
        label, tone = (_("aan"), "ok") if record.is_on else (_("uit"), "neutral")
        return render_to_string("components/badge.html", {"label": label, "tone": tone})


def kinds_words(training: Training) -> str:
    """The positions for which a training counts, in words."""
    if not training.position_kinds:
        return str(_("alle functies met een training"))
    return ", ".join(str(PositionKind(kind).label) for kind in training.position_kinds)


class ResultFilter(filters.FilterSet):
    """Search a member; choose how far they are."""

    q = filters.CharFilter(label=_("Zoek op naam of lidnummer"), method="search")
    state = filters.ChoiceFilter(
        label=_("Stand"), choices=TrainingState.choices, empty_label=_("Alle"), method="choose_state"
    )

    class Meta:
        model = Member
        fields = ("q", "state")

    def search(self, members: QuerySet[Member], _name: str, value: str) -> QuerySet[Member]:
        return members.filter(pk__in=Member.objects.search(value).values("pk"))

    def choose_state(self, members: QuerySet[Member], _name: str, value: str) -> QuerySet[Member]:
        return members.filter(training_state=value)


class ResultTable(tables.Table):
    """Members, how far they are with one training, and their result."""

    member = tables.Column(
        verbose_name=_("Lid"),
        accessor="list_name",
        order_by=("sort_name", "pk"),
        linkify=("backoffice:member-detail", [tables.A("uuid")]),
        attrs={"td": {"class": "z-cell-main"}, "a": {"class": "nl-link"}},
    )
    training_state = tables.Column(verbose_name=_("Stand"))
    done_on = tables.Column(verbose_name=_("Gedaan op"), empty_values=())
    score = tables.Column(verbose_name=_("Score"), default="–", orderable=False)
    expires_on = tables.Column(verbose_name=_("Geldig tot en met"), empty_values=())

    caption = _("Uitslagen")

    def render_training_state(self, value: str) -> Any:
        state = TrainingState(value)
        facts = {"label": state.label, "tone": TONES.get(state, "neutral")}
        return render_to_string("components/badge.html", facts)

    def render_done_on(self, value: date | None) -> str:
        return _day(value)

    def render_expires_on(self, value: date | None) -> str:
        return _day(value)


class MissingFilter(filters.FilterSet):
    """Search a member; choose a kind of position."""

    q = filters.CharFilter(label=_("Zoek op naam of lidnummer"), method="search")
    kind = filters.ChoiceFilter(
        label=_("Functie"),
        field_name="shift__position__kind",
        choices=PositionKind.choices,
        empty_label=_("Alle"),
    )

    class Meta:
        model = Assignment
        fields = ("q", "kind")

    def search(self, places: QuerySet[Assignment], _name: str, value: str) -> QuerySet[Assignment]:
        return places.filter(member__in=Member.objects.search(value).values("pk"))


class MissingTable(tables.Table):
    """Who has a place that needs a training and did not do one."""

    member = tables.Column(
        verbose_name=_("Lid"),
        accessor="member__list_name",
        order_by=("member__sort_name", "period"),
        linkify=("backoffice:member-detail", [tables.A("member__uuid")]),
        attrs={"td": {"class": "z-cell-main"}, "a": {"class": "nl-link"}},
    )
    position = tables.Column(
        verbose_name=_("Functie"), accessor="shift__position__name", order_by=("shift__position__rank",)
    )
    station = tables.Column(
        verbose_name=_("Stembureau"),
        accessor="shift__polling_station",
        order_by=("shift__polling_station__number",),
    )
    day = tables.Column(
        verbose_name=_("Dag"), accessor="shift__day_part__polling_day__date", order_by=("period",)
    )

    caption = _("Wie de training nog moet doen")

    def render_day(self, value: date) -> str:
        return _day(value)
