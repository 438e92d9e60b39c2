"""What an audience is used for."""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from elections.models import Audience, Document, GroupMessage, NewsItem, PortalStep, Survey

# Everything that has an audience, and its name in the plural; a test compares it with the models.
USERS: Final[Mapping[Any, Promise]] = {
    NewsItem: _("nieuwsberichten"),
    Document: _("documenten"),
    Survey: _("enquêtes"),
    GroupMessage: _("berichten aan een groep"),
    PortalStep: _("onderdelen van het portaal"),
}


def is_used(audience: Audience) -> bool:
    """Whether something points to this audience itself."""
    return any(model.objects.filter(audience=audience).exists() for model in USERS)


def uses_of(audience: Audience) -> dict[str, int]:
    """How often the audience was used, by the name of what used it; things that got a copy of it count too."""
    found = {str(name): _uses(model).filter(used=audience.pk).count() for model, name in USERS.items()}
    return {name: count for name, count in found.items() if count}


def with_uses(audiences: QuerySet[Audience]) -> QuerySet[Audience]:
    """Add `uses`: the sum of `uses_of`."""
    total = sum(
        (
            Coalesce(
                Subquery(
                    _uses(model)
                    .filter(used=OuterRef("pk"))
                    .order_by()
                    .values("used")
                    .annotate(number=Count("pk"))
                    .values("number")
                ),
                0,
            )
            for model in USERS
        ),
        start=Value(0),
    )
    return audiences.annotate(uses=total)


def _uses(model: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.annotate(used=Coalesce("audience__copied_from", "audience"))
    return rows
