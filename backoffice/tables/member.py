"""The tables of members and their filters."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from backoffice.tables.own_field import add_own_filters
from elections.enums import PositionKind, StepState
from elections.exports.member import ANSWERS, COLUMNS, MemberColumn, listed
from elections.models import ElectionEvent, Member, PortalStep, User
from elections.models.member import confidential_today
from elections.permissions import can
from elections.queries.confidentiality import RIGHT, contact_of, ending_soon
from elections.queries.mail import with_wrong_address
from elections.queries.member import ACCESS_TONES, ANSWER_TONES, Access, label_choices, sharing_an_address
from elections.queries.member_count import FACETS, counts
from elections.queries.part_progress import Progress, measured_steps, with_progress

POSITION_LABELS = dict(PositionKind.choices)


class MemberFilter(filters.FilterSet):
    """Search and filters of the member list. Without a choice only active members are shown.

    Part and progress belong together: the members that one figure of the dashboard counts.
    """

    q = filters.CharFilter(label=_("Zoek op naam, nummer, telefoon of e-mail"), method="search")
    position = filters.ChoiceFilter(
        label=_("Kan werken als"),
        choices=PositionKind.choices,
        empty_label=_("Alle functies"),
        method="by_position",
    )
    label = filters.ChoiceFilter(
        label=_("Kenmerk"), field_name="labels__name", empty_label=_("Alle kenmerken")
    )
    answer = filters.ChoiceFilter(
        label=_("Beschikbaarheid"), choices=list(ANSWERS.items()), empty_label=_("Alle")
    )
    access = filters.ChoiceFilter(label=_("Toegang"), choices=Access.choices, empty_label=_("Alle"))
    address = filters.ChoiceFilter(
        label=_("E-mailadres"),
        choices=[
            ("shared", _("Zelfde e-mailadres als een ander")),
            ("wrong", _("E-mail kwam terug: adres klopt niet meer?")),
        ],
        empty_label=_("Alle"),
        method="by_address",
    )
    active = filters.ChoiceFilter(
        label=_("Actief"),
        choices=[("inactive", _("Niet actief")), ("all", _("Actief en niet actief"))],
        empty_label=_("Actief"),
        method="by_active",
    )
    confidential = filters.ChoiceFilter(
        label=_("Vertrouwelijk"),
        choices=[
            ("yes", _("Contactgegevens vertrouwelijk")),
            ("ending", _("Vertrouwelijk tot binnen 30 dagen")),
        ],
        empty_label=_("Alle"),
        method="by_confidential",
    )
    part = filters.ModelChoiceFilter(
        label=_("Onderdeel van het portaal"),
        queryset=PortalStep.objects.none(),
        to_field_name="uuid",
        empty_label=_("Alle"),
        method="by_part",
    )
    progress = filters.ChoiceFilter(
        label=_("Hoe ver met het onderdeel"),
        choices=Progress.choices,
        empty_label=_("Alle"),
        method="by_part",
    )

    class Meta:
        model = Member
        fields = (
            "q",
            "position",
            "label",
            "answer",
            "access",
            "address",
            "active",
            "confidential",
            "part",
            "progress",
        )

    def __init__(
        self,
        data: Mapping[str, Any],
        queryset: QuerySet[Member],
        event: ElectionEvent | None,
        *,
        by: User | None = None,
    ) -> None:
        """by: who looks; nobody in particular finds nothing by contact data that are confidential."""
        super().__init__(data, queryset)
        self.sees_all = by is not None and can(by, RIGHT)
        add_own_filters(self, by=by)
        # Asked once, and only when the form is: a choice field asks again each time that it is looked at.
        self.filters["label"].extra["choices"] = cache(lambda: list(label_choices()))
        if event is None:
            for name in ("answer", "part", "progress"):
                del self.filters[name]
        else:
            self.filters["part"].queryset = measured_steps(event)
            self.filters["part"].field.label_from_instance = _part_name

    def filter_queryset(self, queryset: QuerySet[Member]) -> QuerySet[Member]:
        if self.form.errors:
            # A label that is gone, say. Without it the list would be of everybody, and so would what is done with it.
            return queryset.none()
        members = self._by_part(super().filter_queryset(queryset))
        return members if self.form.cleaned_data.get("active") else members.filter(is_active=True)

    def show_counts(self) -> None:
        """Put behind each option how many members it would leave, with the other filters as they are. Two queries."""
        fields = {name: self.form.fields[name] for name in (*FACETS, "label") if name in self.form.fields}
        if self.form.errors:
            return
        asked = {name: self.form.cleaned_data[name] for name in fields}
        rest = self.queryset.all()
        for name, value in self.form.cleaned_data.items():
            if name not in fields:
                rest = self.filters[name].filter(rest, value)
        options = {
            name: [str(value) for value, _label in field.choices if value] for name, field in fields.items()
        }
        found = counts(self._by_part(rest), asked, options, sees_all=self.sees_all)
        for name, field in fields.items():
            # The widget's own list: the chips above the list tell the choice without a number.
            field.widget.choices = [
                (value, f"{label} ({found[name][str(value)]})" if value else label)
                for value, label in field.choices
            ]

    def _by_part(self, members: QuerySet[Member]) -> QuerySet[Member]:
        part, progress = (self.form.cleaned_data.get(name) for name in ("part", "progress"))
        return with_progress(members, part, Progress(progress) if progress else None) if part else members

    def search(self, members: Any, _name: str, value: str) -> QuerySet[Member]:
        return members.search(value, by_hidden=self.sees_all)

    def by_position(self, members: QuerySet[Member], _name: str, value: str) -> QuerySet[Member]:
        return members.filter(qualified_for__contains=[value])

    def by_address(self, members: QuerySet[Member], _name: str, value: str) -> QuerySet[Member]:
        # Whose address is hidden is not in a list that tells something of it.
        found = members if self.sees_all else members.exclude(confidential_today())
        if value == "shared":
            return sharing_an_address(found, by_hidden=self.sees_all)
        return with_wrong_address(found)

    def by_part(self, members: QuerySet[Member], _name: str, _value: Any) -> QuerySet[Member]:
        return members  # part and progress belong together: filter_queryset

    def by_confidential(self, members: QuerySet[Member], _name: str, value: str) -> QuerySet[Member]:
        return ending_soon(members) if value == "ending" else members.filter(confidential_today())

    def by_active(self, members: QuerySet[Member], _name: str, value: str) -> QuerySet[Member]:
        return members.filter(is_active=False) if value == "inactive" else members


class OwnColumn(tables.Column):
    """The answers to one of the municipality's own questions."""

    def __init__(self, column: MemberColumn) -> None:
        super().__init__(verbose_name=column.label, empty_values=(), orderable=False)
        self.own = column

    def render(self, record: Member) -> str:
        return self.own.cells(record)[0] or "–"


class MemberTable(tables.Table):
    """One row for each member. `access` and `answer` come from elections.queries.member."""

    selection = tables.Column(accessor="uuid", orderable=False, verbose_name="")
    name = tables.Column(
        verbose_name=_("Naam"),
        accessor="list_name",
        order_by=("sort_name", "number"),
        linkify=("backoffice:member-detail", [tables.A("uuid")]),
        attrs={"td": {"class": "z-cell-main"}},
    )
    number = tables.Column(verbose_name=_("Nummer"), attrs={"td": {"class": "z-num"}}, localize=False)
    qualified_for = tables.Column(
        verbose_name=_("Kan werken als"), orderable=False, empty_values=([],), default="–"
    )
    email = tables.Column(verbose_name=_("E-mail en telefoon"), empty_values=())
    answer = tables.Column(verbose_name=_("Beschikbaarheid"))
    access = tables.Column(verbose_name=_("Toegang"))
    address = tables.Column(verbose_name=_("Adres"), empty_values=())
    birth_date = tables.DateColumn(verbose_name=_("Geboortedatum"), format="d-m-Y", default="–")
    labels = tables.Column(verbose_name=_("Kenmerken"), orderable=False, empty_values=())
    is_own_staff = tables.Column(verbose_name=_("Werkt bij de gemeente"))
    earlier_elections = tables.Column(
        verbose_name=_("Eerdere verkiezingen"), attrs={"td": {"class": "z-num"}}
    )
    trained_on = tables.DateColumn(verbose_name=_("Training gedaan op"), format="d-m-Y", default="–")
    last_worked_on = tables.DateColumn(verbose_name=_("Laatst gewerkt op"), format="d-m-Y", default="–")
    remark = tables.Column(verbose_name=_("Opmerking van het team"), orderable=False, default="–")

    caption = _("Leden")

    class Meta:
        order_by = ("name",)

    def __init__(
        self, members: QuerySet[Member], *, columns: Iterable[MemberColumn], may_select: bool, by: User
    ) -> None:
        """columns: what is shown beside the name (elections.exports.member.chosen_columns)."""
        self.by, chosen = by, list(columns)
        keys = {column.key for column in chosen}
        hidden = [column.key for column in COLUMNS if column.key not in keys]
        own = [(column.key, OwnColumn(column)) for column in chosen if column.own_field]
        super().__init__(
            listed(members, chosen, by=by),
            exclude=hidden if may_select else [*hidden, "selection"],
            extra_columns=own,
        )

    def render_qualified_for(self, value: list[str]) -> SafeString | str:
        first, *others = [POSITION_LABELS[kind] for kind in PositionKind.values if kind in value]
        if not others:
            return str(first)
        more = ngettext("en %(count)s andere functie", "en %(count)s andere functies", len(others))
        return format_html('{}<span class="z-cell-note">{}</span>', first, more % {"count": len(others)})

    def render_email(self, record: Member) -> SafeString | str:
        contact = contact_of(record, self.by)
        if contact.is_hidden:
            return badge(gettext("vertrouwelijk"), "warning")
        if not (contact.email or contact.phone):
            return "–"
        phone = format_html('<span class="z-cell-note">{}</span>', contact.phone) if contact.phone else ""
        return format_html("{}{}", contact.email or gettext("geen e-mailadres"), phone)

    def order_email(self, members: QuerySet[Member], is_descending: bool) -> tuple[QuerySet[Member], bool]:
        """By what is shown: the place in a list would tell how a hidden address begins."""
        order = F("shown_email").desc() if is_descending else F("shown_email").asc()
        return members.order_by(order, "sort_name", "number"), True

    def render_address(self, record: Member) -> SafeString | str:
        contact = contact_of(record, self.by)
        if contact.is_hidden:
            return badge(gettext("vertrouwelijk"), "warning")
        if not (contact.address_line or contact.city_line):
            return "–"
        return format_html(
            '{}<span class="z-cell-note">{}</span>', contact.address_line or "–", contact.city_line
        )

    def order_address(self, members: QuerySet[Member], is_descending: bool) -> tuple[QuerySet[Member], bool]:
        """By place and street, as far as they are shown."""
        names = ("shown_city", "shown_street", "shown_house_number")
        order = [F(name).desc() if is_descending else F(name).asc() for name in names]
        return members.order_by(*order, "sort_name", "number"), True

    def render_labels(self, record: Member) -> str:
        return ", ".join(label.name for label in record.labels.all()) or "–"

    def render_is_own_staff(self, value: bool) -> str:
        return gettext("ja") if value else gettext("nee")

    def render_answer(self, value: str) -> SafeString:
        return badge(str(ANSWERS[value]), ANSWER_TONES[StepState(value)])

    def render_access(self, value: str, record: Member) -> SafeString:
        if not record.is_active:
            return badge(gettext("niet actief"), "neutral")
        return badge(str(Access(value).label), ACCESS_TONES[Access(value)])


def _part_name(step: PortalStep) -> str:
    return step.name


@lru_cache(maxsize=200)
def badge(label: str, tone: str) -> SafeString:
    """A badge; there are few different ones, and a list shows many."""
    return render_to_string("components/badge.html", {"label": label, "tone": tone})
