"""What is left of a row of the member file that was joined with another one: the numbers by which it was known."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.models.fields import PublicIdModel
from elections.models.member import Member


class MergedMember(PublicIdModel):
    """A row that went up in `member`. Old links, log lines and files of others still find the person by it.

    `uuid` and `number` are those of the row that is gone, `account` the uuid of a log-in that went with it.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="merged")
    number = models.PositiveIntegerField(_("lidnummer"), unique=True)
    account = models.UUIDField(null=True, blank=True)
    merged_at = models.DateTimeField(_("samengevoegd op"), default=timezone.now)

    class Meta:
        ordering = ("-merged_at",)

    def __str__(self) -> str:
        return str(self.number)
