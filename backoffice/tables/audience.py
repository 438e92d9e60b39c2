"""The table of audiences, and of the members that one of them holds."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.tables.member import badge
from elections.models import Audience, Member
from elections.queries.audience import audience_words


class AudienceTable(tables.Table):
    """One row for each stored audience. `counts`: how many members it holds, by its primary key; of one page."""

    name = tables.Column(
        verbose_name=_("Naam"),
        linkify=("backoffice:audience-detail", [tables.A("uuid")]),
        attrs={"td": {"class": "z-cell-main"}},
    )
    who = tables.Column(
        verbose_name=_("Voor wie"),
        empty_values=(),
        orderable=False,
        attrs={"td": {"class": "z-cell-long"}},
    )
    held = tables.Column(
        verbose_name=_("Leden nu"), empty_values=(), orderable=False, attrs={"td": {"class": "z-num"}}
    )
    uses = tables.Column(verbose_name=_("Gebruikt"), attrs={"td": {"class": "z-num"}})

    caption = _("Doelgroepen")

    class Meta:
        order_by = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counts: dict[int, int] = {}

    def render_who(self, record: Audience) -> SafeString | str:
        event = format_html('<span class="z-cell-note">{}</span>', record.event.name) if record.event else ""
        return format_html("{}{}", audience_words(record), event)

    def render_held(self, record: Audience) -> SafeString | str:
        count = self.counts.get(record.pk, 0)
        return str(count) if count else badge(gettext("niemand"), "warning")

    def render_uses(self, value: int) -> str:
        return gettext("%(count)s keer") % {"count": value} if value else gettext("nog niet")


class AudienceMemberTable(tables.Table):
    """The members of one audience, and whether they get e-mail."""

    name = tables.Column(
        verbose_name=_("Naam"),
        accessor="list_name",
        order_by=("sort_name", "number"),
        linkify=("backoffice:member-detail", [tables.A("uuid")]),
        attrs={"td": {"class": "z-cell-main"}},
    )
    number = tables.Column(verbose_name=_("Nummer"), attrs={"td": {"class": "z-num"}}, localize=False)
    mail = tables.Column(verbose_name=_("E-mail"), empty_values=(), orderable=False)

    caption = _("Leden in deze doelgroep")

    def render_mail(self, record: Member) -> SafeString:
        user = record.user
        if user is None or not user.is_active:
            return badge(gettext("geen inlog"), "neutral")
        return (
            badge(gettext("krijgt e-mail"), "ok") if user.email else badge(gettext("geen adres"), "warning")
        )
