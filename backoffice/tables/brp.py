"""The filter of what the BRP says otherwise."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from elections.enums import BrpFindingKind
from elections.models import BrpFinding, Member


class BrpFindingFilter(filters.FilterSet):
    """By name or number of the member, and by what differs."""

    q = filters.CharFilter(label=_("Zoek op naam of nummer van een lid"), method="search")
    kind = filters.ChoiceFilter(label=_("Wat"), choices=BrpFindingKind.choices, empty_label=_("Alles"))

    class Meta:
        model = BrpFinding
        fields = ("q", "kind")

    def search(self, findings: QuerySet[BrpFinding], _name: str, value: str) -> QuerySet[BrpFinding]:
        return findings.filter(member__in=Member.objects.search(value))
