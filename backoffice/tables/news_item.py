"""The table of news and its filter."""

from django.utils.translation import gettext_lazy as _

from backoffice.tables.announcement import AnnouncementFilter, AnnouncementTable
from elections.models import NewsItem


class NewsItemFilter(AnnouncementFilter):
    """As all announcements."""

    class Meta:
        model = NewsItem
        fields = ("q", "state")


class NewsItemTable(AnnouncementTable):
    """As all announcements."""

    detail = "backoffice:news-item-detail"
    caption = _("Nieuws")
