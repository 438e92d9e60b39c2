"""A filter of the member list that a colleague keeps, for themselves or for the whole team."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.models.fields import PublicIdModel
from elections.models.user import User

QUERY_LENGTH = 2000


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def for_user(self, user: User) -> "SavedFilterQuerySet":
        """The own filters of `user` and those that colleagues share, by name; own ones first."""
        own_first = models.Case(models.When(owner=user, then=0), default=1)
        found = self.filter(Q(owner=user) | Q(is_shared=True, owner__is_active=True))
        return found.select_related("owner").order_by(own_first, Lower("name"), "pk")


class SavedFilter(PublicIdModel):
    """Filters, columns and order of the member list, as they stand in its address; never what was searched for.

    Who is in it is worked out each time; for a selection that gets things, there is Audience.
    """

    name = models.CharField(_("naam"), max_length=60)
    query = models.CharField(_("filter"), max_length=QUERY_LENGTH)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_filters")
    is_shared = models.BooleanField(_("voor het hele team"), default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[SavedFilterQuerySet] = SavedFilterQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint("owner", Lower("name"), name="saved_filter_name_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="saved_filter_filled"),
        )

    def __str__(self) -> str:
        return self.name
