"""General messages to all members or to a selection."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from elections.models.member import Member
from elections.models.publication import PublicationModel, publication_constraints


class NewsItem(PublicationModel):
    """`body` is Markdown without HTML; elections.formatting turns it into safe HTML."""

    body = models.TextField(_("tekst"), max_length=10_000)

    class Meta:
        ordering = ("-publishes_at", "-pk")
        constraints = publication_constraints("newsitem")


class NewsReading(models.Model):
    """Who read a news item, and when for the first time."""

    item = models.ForeignKey(NewsItem, on_delete=models.CASCADE, related_name="readings")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="news_readings")
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("item", "member"), name="news_reading_once"),)

    def __str__(self) -> str:
        return f"{self.item} · {self.member}"
