"""The table of surveys and its filter."""

import django_filters as filters
import django_tables2 as tables
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backoffice.tables.announcement import SURVEY_STATES, AnnouncementFilter, AnnouncementTable
from elections.models import Survey


class SurveyFilter(AnnouncementFilter):
    """As all announcements, in words of its own."""

    state = filters.ChoiceFilter(
        label=gettext_lazy("Stand"),
        choices=SURVEY_STATES,
        empty_label=gettext_lazy("Alle"),
        method="choose_state",
    )

    class Meta:
        model = Survey
        fields = ("q", "state")


class SurveyTable(AnnouncementTable):
    """As all announcements, with how many answered instead of how many read it."""

    publishes_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("In te vullen vanaf"), format="j b Y H.i", default="–"
    )
    is_anonymous = tables.Column(verbose_name=gettext_lazy("Soort"))
    sent_count = tables.Column(
        verbose_name=pgettext_lazy("van een enquête", "Antwoorden"), attrs={"td": {"class": "z-num"}}
    )
    read_count = None

    detail = "backoffice:survey-detail"
    caption = gettext_lazy("Enquêtes")

    def render_is_anonymous(self, value: bool) -> str:
        return _("anoniem") if value else _("op naam")
