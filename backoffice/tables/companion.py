"""The filter of the wishes to work with somebody."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from elections.models import CompanionWish, Member


class CompanionFilter(filters.FilterSet):
    """By name, and whether somebody decided already."""

    q = filters.CharFilter(label=_("Zoek op naam of nummer van een lid"), method="search")
    state = filters.ChoiceFilter(
        label=_("Keuze"),
        choices=[("waiting", _("Nog nakijken")), ("linked", _("Gekoppeld")), ("nobody", _("Geen lid"))],
        empty_label=_("Alle"),
        method="by_state",
    )

    class Meta:
        model = CompanionWish
        fields = ("q", "state")

    def search(self, wishes: Any, _name: str, value: str) -> QuerySet[CompanionWish]:
        found = Member.objects.search(value)
        return wishes.filter(Q(member__in=found) | Q(companion__in=found))

    def by_state(self, wishes: QuerySet[CompanionWish], _name: str, value: str) -> QuerySet[CompanionWish]:
        states = {
            "waiting": Q(settled_at=None),
            "linked": Q(companion__isnull=False),
            "nobody": Q(settled_at__isnull=False, companion=None),
        }
        return wishes.filter(states[value])
