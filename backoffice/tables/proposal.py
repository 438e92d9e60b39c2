"""The tables of proposals and of the places in one of them."""

from collections.abc import Mapping
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import ProposalState
from elections.models import Member, Position, Proposal, ProposedPlacement, UnfilledPlace
from elections.planning.result import Method
from elections.queries.proposal_numbers import Numbers
from elections.queries.proposal_reasons import EMPTY_IN_SHORT

TONES = {
    ProposalState.WAITING: "info",
    ProposalState.READY: "accent",
    ProposalState.FAILED: "error",
    ProposalState.TAKEN_OVER: "ok",
}
NEW, MOVED, STAYS, LEAVES = "new", "moved", "stays", "leaves"
CHANGES = {
    NEW: (gettext_lazy("nieuw"), "ok"),
    MOVED: (gettext_lazy("verplaatst"), "accent"),
    STAYS: (gettext_lazy("blijft"), "neutral"),
    LEAVES: (gettext_lazy("gaat weg"), "warning"),
}


def state_badge(proposal: Proposal) -> dict[str, str]:
    """The state in words and colour; taking over that was undone counts as ready, a stopped run as stopped."""
    state = ProposalState(proposal.state)
    if state == ProposalState.TAKEN_OVER and not proposal.is_taken_over:
        return {"label": _("teruggedraaid"), "tone": "neutral"}
    if state == ProposalState.WAITING and proposal.job and proposal.job.is_finished:
        return {"label": _("gestopt"), "tone": "neutral"}
    return {"label": str(state.label), "tone": TONES[state]}


class ProposalTable(tables.Table):
    """Every proposal of an event, newest first."""

    number = tables.Column(
        verbose_name=gettext_lazy("Voorstel"),
        linkify=("backoffice:proposal-detail", [tables.A("uuid")]),
        attrs={"td": {"class": "z-cell-main"}},
    )
    state = tables.Column(verbose_name=gettext_lazy("Status"))
    filled = tables.Column(
        verbose_name=gettext_lazy("Gevuld"),
        empty_values=(),
        orderable=False,
        attrs={"td": {"class": "z-num"}},
    )
    keeps_present = tables.Column(verbose_name=gettext_lazy("Wie al zat"), orderable=False)
    created_by = tables.Column(
        verbose_name=gettext_lazy("Gemaakt door"), default="–", order_by="created_by__name"
    )
    created_at = tables.DateTimeColumn(verbose_name=gettext_lazy("Gemaakt"), format="j b Y H.i")

    caption = gettext_lazy("Voorstellen")

    class Meta:
        order_by = "-created_at"

    def render_number(self, record: Proposal) -> str:
        return str(record)

    def render_state(self, record: Proposal) -> Any:
        return render_to_string("components/badge.html", state_badge(record))

    def render_filled(self, record: Proposal) -> str:
        count = Numbers.of_json(record.numbers).counts["filled"]
        return (
            _("%(value)s van %(total)s") % {"value": count.value, "total": count.total}
            if count.total
            else "–"
        )

    def render_keeps_present(self, value: bool) -> str:
        return _("blijft zitten") if value else _("mag anders")

    def render_created_by(self, value: Any) -> str:
        return value.display_name


def method_words(proposal: Proposal) -> str:
    """How it was calculated, as a sentence."""
    if proposal.method == Method.GREEDY:
        return _("Dit is een snelle verdeling.")
    return _("Het beste dat te vinden was.")


class PlacementFilter(filters.FilterSet):
    """Search a person or a station; show one kind of change or one position."""

    q = filters.CharFilter(label=gettext_lazy("Zoek op lid of stembureau"), method="search")
    change = filters.ChoiceFilter(
        label=gettext_lazy("Wat verandert er"),
        choices=[(kind, words) for kind, (words, _tone) in CHANGES.items()],
        empty_label=gettext_lazy("Alles"),
        method="by_change",
    )
    position = filters.ModelChoiceFilter(
        label=gettext_lazy("Functie"),
        queryset=Position.objects.none(),
        to_field_name="uuid",
        field_name="shift__position",
        empty_label=gettext_lazy("Alle"),
    )

    class Meta:
        model = ProposedPlacement
        fields = ("q", "change", "position")

    def __init__(
        self, data: Mapping[str, Any], proposal: Proposal, queryset: QuerySet[ProposedPlacement]
    ) -> None:
        super().__init__(data, with_moves(queryset))
        self.filters["position"].field.queryset = Position.objects.filter(event=proposal.event_id)

    def search(
        self, rows: QuerySet[ProposedPlacement], _name: str, value: str
    ) -> QuerySet[ProposedPlacement]:
        return rows.filter(Q(member__in=Member.objects.search(value)) | _at_station(value))

    def by_change(
        self, rows: QuerySet[ProposedPlacement], _name: str, value: str
    ) -> QuerySet[ProposedPlacement]:
        return rows.filter(
            {
                NEW: Q(is_present=False, moves=False),
                MOVED: Q(is_present=False, moves=True),
                STAYS: Q(is_present=True, leaves=False),
                LEAVES: Q(leaves=True),
            }[value]
        )


class UnfilledFilter(filters.FilterSet):
    """Search a station; show one reason or one position."""

    q = filters.CharFilter(label=gettext_lazy("Zoek op stembureau"), method="search")
    reason = filters.ChoiceFilter(
        label=gettext_lazy("Waarom leeg"),
        choices=list(EMPTY_IN_SHORT.items()),
        empty_label=gettext_lazy("Alles"),
    )
    position = filters.ModelChoiceFilter(
        label=gettext_lazy("Functie"),
        queryset=Position.objects.none(),
        to_field_name="uuid",
        field_name="shift__position",
        empty_label=gettext_lazy("Alle"),
    )

    class Meta:
        model = UnfilledPlace
        fields = ("q", "reason", "position")

    def __init__(
        self, data: Mapping[str, Any], proposal: Proposal, queryset: QuerySet[UnfilledPlace]
    ) -> None:
        super().__init__(data, queryset)
        self.filters["position"].field.queryset = Position.objects.filter(event=proposal.event_id)

    def search(self, rows: QuerySet[UnfilledPlace], _name: str, value: str) -> QuerySet[UnfilledPlace]:
        return rows.filter(_at_station(value))


def _at_station(text: str) -> Q:
    """Rows of stations with this in their name, or with this number."""
    named = Q(shift__polling_station__name__icontains=text)
    if text.isascii() and text.isdecimal() and len(text) < 9:
        named |= Q(shift__polling_station__number=int(text))
    return named


def with_moves(rows: QuerySet[ProposedPlacement]) -> QuerySet[ProposedPlacement]:
    """Note of each place whether its member gives up another one in the same proposal."""
    gives_up = ProposedPlacement.objects.filter(
        proposal=OuterRef("proposal"), member=OuterRef("member"), leaves=True
    )
    return rows.annotate(moves=Exists(gives_up))


class PlacementTable(tables.Table):
    """Who works where by a proposal, and why."""

    selection = tables.Column(accessor="member__uuid", orderable=False, verbose_name="")
    member = tables.Column(
        verbose_name=gettext_lazy("Lid"),
        accessor="member__list_name",
        order_by="member__sort_name",
        linkify=("backoffice:member-detail", [tables.A("member__uuid")]),
        attrs={"td": {"class": "z-cell-main"}},
    )
    station = tables.Column(
        verbose_name=gettext_lazy("Stembureau"),
        accessor="shift__polling_station",
        order_by=("shift__polling_station__number", "shift__period", "shift__position__rank"),
    )
    part = tables.Column(
        verbose_name=gettext_lazy("Dagdeel"),
        accessor="shift__day_part__name",
        order_by=("shift__period", "shift__polling_station__number"),
    )
    position = tables.Column(
        verbose_name=gettext_lazy("Functie"),
        accessor="shift__position__name",
        order_by=("shift__position__rank", "shift__polling_station__number"),
    )
    change = tables.Column(verbose_name=gettext_lazy("Verandert"), empty_values=(), orderable=False)
    why = tables.Column(verbose_name=gettext_lazy("Waarom"), empty_values=(), orderable=False)

    caption = gettext_lazy("Plaatsen in dit voorstel")

    class Meta:
        order_by = "station"

    def __init__(self, *args: Any, may_edit: bool, **kwargs: Any) -> None:
        super().__init__(*args, exclude=() if may_edit else ("selection",), **kwargs)
        self.reasons: dict[int, str] = {}

    def render_change(self, record: ProposedPlacement) -> Any:
        kind = LEAVES if record.leaves else STAYS if record.is_present else MOVED if record.moves else NEW
        label, tone = CHANGES[kind]
        return render_to_string("components/badge.html", {"label": str(label), "tone": tone})

    def render_why(self, record: ProposedPlacement) -> str:
        return self.reasons.get(record.pk, "–")
