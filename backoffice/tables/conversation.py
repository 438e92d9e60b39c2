"""The lists of the inbox: conversations, and who got a message to a group."""

from typing import Any, Final

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.tables.member import badge
from elections.enums import ConversationState
from elections.models import Conversation, Member, User
from elections.models.conversation import ConversationQuerySet

STATE_TONES: Final = {
    ConversationState.OPEN: "warning",
    ConversationState.ANSWERED: "ok",
    ConversationState.CLOSED: "neutral",
}
MINE, UNASSIGNED = "mine", "unassigned"
TABS: Final = (
    (ConversationState.OPEN.value, _("Wacht op het team")),
    (ConversationState.ANSWERED.value, _("Beantwoord")),
    (ConversationState.CLOSED.value, _("Afgesloten")),
    (MINE, _("Van mij")),
    (UNASSIGNED, _("Niet toegewezen")),
)


class ConversationFilter(filters.FilterSet):
    """One tab, or a search through everything. Without either: what waits for the team."""

    q = filters.CharFilter(label=_("Zoek op onderwerp, naam of tekst"), method="search")
    show = filters.ChoiceFilter(label=_("Toon"), choices=TABS, method="by_tab", widget=forms.HiddenInput)

    class Meta:
        model = Conversation
        fields = ("q", "show")

    def __init__(self, data: Any, queryset: QuerySet[Conversation], user: User) -> None:
        super().__init__(data, queryset)
        self.user = user

    @property
    def tab(self) -> str:
        """The tab that is shown; empty while searching everything."""
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        return str(chosen.get("show") or ("" if chosen.get("q") else ConversationState.OPEN.value))

    def filter_queryset(self, queryset: QuerySet[Conversation]) -> QuerySet[Conversation]:
        found: Any = super().filter_queryset(queryset)
        if self.tab == ConversationState.OPEN and not self.form.cleaned_data.get("show"):
            found = self.by_tab(found, "show", self.tab)
        if self.tab:
            found = found.talks()
        if self.tab in (ConversationState.OPEN, MINE, UNASSIGNED):
            return found.order_by("state", "waiting_since", "-last_message_at", "pk")
        return found.order_by("-last_message_at", "-pk")

    def search(self, found: ConversationQuerySet, _name: str, value: str) -> QuerySet[Conversation]:
        return found.search(value)

    def by_tab(self, found: QuerySet[Conversation], _name: str, value: str) -> QuerySet[Conversation]:
        going_on = ~Q(state=ConversationState.CLOSED)
        if value == MINE:
            return found.filter(going_on, assignee=self.user)
        if value == UNASSIGNED:
            return found.filter(going_on, assignee=None)
        return found.filter(state=value)


class ConversationTable(tables.Table):
    """What it is about, with whom, and who does what."""

    subject = tables.Column(
        verbose_name=_("Onderwerp"), orderable=False, attrs={"td": {"class": "z-cell-main"}}
    )
    member = tables.Column(
        verbose_name=_("Lid"),
        accessor="member__list_name",
        order_by=("member__sort_name", "member__number"),
        linkify=("backoffice:member-detail", [tables.A("member__uuid")]),
    )
    state = tables.Column(verbose_name=_("Status"), orderable=False)
    assignee = tables.Column(
        verbose_name=_("Wie pakt het op"), accessor="assignee__display_name", default="–", orderable=False
    )
    last_message_at = tables.Column(verbose_name=_("Laatste bericht"))

    caption = _("Gesprekken")

    def render_subject(self, record: Any) -> SafeString:
        new = badge(gettext("nieuw"), "accent") if record.has_unread else ""
        url = reverse("backoffice:conversation-detail", args=[record.uuid])
        return format_html('<a class="nl-link" href="{}">{}</a> {}', url, record.subject, new)

    def render_state(self, record: Conversation) -> SafeString:
        shown = badge(record.get_state_display(), STATE_TONES[ConversationState(record.state)])
        if record.state != ConversationState.OPEN or record.waiting_since is None:
            return shown
        since = gettext("sinds %(moment)s") % {"moment": moment(record.waiting_since)}
        return format_html('{}<span class="z-cell-note">{}</span>', shown, since)

    def render_last_message_at(self, value: Any) -> str:
        return moment(value)


class ReceiverTable(tables.Table):
    """Who got a message to a group, who read it and who answered."""

    member = tables.Column(
        verbose_name=_("Lid"),
        accessor="member__list_name",
        order_by=("member__sort_name", "member__number"),
        linkify=("backoffice:conversation-detail", [tables.A("uuid")]),
        attrs={"td": {"class": "z-cell-main"}},
    )
    read_at = tables.Column(verbose_name=_("Gelezen"), empty_values=())
    answered_at = tables.Column(verbose_name=_("Geantwoord"), empty_values=())

    caption = _("Wie kreeg dit bericht")

    class Meta:
        order_by = ("member",)

    def render_read_at(self, value: Any) -> SafeString | str:
        return moment(value) if value else badge(gettext("nog niet"), "neutral")

    def render_answered_at(self, value: Any) -> str:
        return moment(value) if value else "–"


class ReceiverFilter(filters.FilterSet):
    """By name, and by what somebody did with the message."""

    q = filters.CharFilter(label=_("Zoek op naam of lidnummer"), method="search")
    did = filters.ChoiceFilter(
        label=_("Wie"),
        choices=[
            ("read", _("heeft het gelezen")),
            ("unread", _("heeft het nog niet gelezen")),
            ("answered", _("heeft geantwoord")),
        ],
        empty_label=_("Alle"),
        method="by_deed",
    )

    class Meta:
        model = Conversation
        fields = ("q", "did")

    def search(self, found: Any, _name: str, value: str) -> QuerySet[Conversation]:
        return found.filter(member__in=Member.objects.search(value))

    def by_deed(self, found: QuerySet[Conversation], _name: str, value: str) -> QuerySet[Conversation]:
        conditions = {
            "read": Q(read_at__isnull=False),
            "unread": Q(read_at=None),
            "answered": Q(is_answered=True),
        }
        return found.filter(conditions[value])


class CannedAnswerTable(tables.Table):
    """The canned answers with the beginning of their text."""

    title = tables.Column(
        verbose_name=_("Naam"),
        linkify=("backoffice:canned-answer-edit", [tables.A("uuid")]),
        attrs={"td": {"class": "z-cell-main"}},
    )
    body = tables.Column(verbose_name=_("Tekst"), orderable=False, attrs={"td": {"class": "z-cell-long"}})

    caption = _("Standaardantwoorden")

    def render_body(self, value: str) -> str:
        return value if len(value) <= 120 else f"{value[:120]}…"


def moment(value: Any) -> str:
    """A moment in a list: "zo 22 nov 14.05 uur", with the year when that is another one."""
    local = timezone.localtime(value)
    year = "" if local.year == timezone.localtime().year else f" {local.year}"
    day = f"{date_format(local, 'D j b')}{year}"
    return gettext("%(day)s %(time)s uur") % {"day": day, "time": f"{local:%H.%M}"}
