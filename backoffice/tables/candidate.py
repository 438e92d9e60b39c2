"""The filter of the members who may be candidates."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from elections.enums import ClashState
from elections.models import CandidateClash, ElectionEvent, Member


class ClashFilter(filters.FilterSet):
    """By name, by what was decided, by election, and only who has a place."""

    q = filters.CharFilter(label=_("Zoek op naam of nummer van een lid"), method="search")
    state = filters.ChoiceFilter(label=_("Keuze"), choices=ClashState.choices, empty_label=_("Alle"))
    election = filters.ModelChoiceFilter(
        label=_("Verkiezing"), field_name="candidate__election", empty_label=_("Alle"), queryset=None
    )
    placed = filters.ChoiceFilter(
        label=_("Indeling"),
        choices=[("yes", _("Alleen wie is ingedeeld"))],
        empty_label=_("Alle"),
        method="by_place",
    )

    class Meta:
        model = CandidateClash
        fields = ("q", "state", "election", "placed")

    def __init__(self, data: Any, queryset: QuerySet[CandidateClash], event: ElectionEvent) -> None:
        super().__init__(data, queryset)
        self.filters["election"].queryset = event.elections.all()

    def search(self, clashes: Any, _name: str, value: str) -> QuerySet[CandidateClash]:
        return clashes.filter(member__in=Member.objects.search(value))

    def by_place(self, clashes: Any, _name: str, _value: str) -> QuerySet[CandidateClash]:
        return clashes.filter(is_placed=True)
