"""Who something is meant for: a stored selection of members."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.enums import AudienceKind, PlacedFilter, PositionKind, StepKind
from elections.models.event import ElectionEvent
from elections.models.fields import PublicIdModel
from elections.models.member import Label, Member
from elections.models.polling_station import PollingStation


class Audience(PublicIdModel):
    """A selection is worked out each time it is used; who came in later belongs to it too.

    An audience with a name is kept by the team to use again; one without belongs to the one thing that points to it.
    Conditions that are filled in must all hold; within one condition, one of the values is enough. `by_label` and
    `by_station` say that the condition counts: when its last label or polling station is gone, it holds for nobody,
    and not for everybody.
    """

    name = models.CharField(_("naam"), max_length=80, blank=True)
    kind = models.CharField(_("voor wie"), max_length=10, choices=AudienceKind, default=AudienceKind.EVERYONE)
    event = models.ForeignKey(
        ElectionEvent, verbose_name=_("verkiezingsronde"), on_delete=models.CASCADE, null=True, blank=True
    )
    by_label = models.BooleanField(default=False)
    labels = models.ManyToManyField(Label, verbose_name=_("kenmerken"), blank=True)
    position_kinds = ArrayField(
        models.CharField(max_length=20, choices=PositionKind),
        verbose_name=_("ingedeeld als"),
        default=list,
        blank=True,
    )
    by_station = models.BooleanField(default=False)
    stations = models.ManyToManyField(PollingStation, verbose_name=_("ingedeeld bij"), blank=True)
    placed = models.CharField(_("indeling"), max_length=10, choices=PlacedFilter, default=PlacedFilter.ANY)
    # Members who have not finished this part of the portal.
    step_not_done = models.CharField(_("nog niet klaar met"), max_length=20, choices=StepKind, blank=True)
    members = models.ManyToManyField(Member, verbose_name=_("leden"), blank=True, related_name="audiences")
    # The stored one that this is a copy of: what was made for it keeps its receivers when the stored one changes.
    copied_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(fields=("name",), condition=~Q(name=""), name="audience_name_unique"),
            models.CheckConstraint(
                condition=Q(event__isnull=False)
                | Q(position_kinds=[], placed=PlacedFilter.ANY, step_not_done="", by_station=False),
                name="audience_knows_its_event",
            ),
            models.CheckConstraint(
                condition=Q(copied_from=None) | Q(name=""), name="audience_copy_has_no_name"
            ),
            models.CheckConstraint(
                condition=Q(position_kinds__contained_by=PositionKind.values),
                name="audience_position_kinds_known",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.get_kind_display()
