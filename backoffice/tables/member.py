"""The tables of members and their filters."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Exists, F, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from backoffice.tables.own_field import add_own_filters
from elections.enums import AvailabilityAnswer, PositionKind, StepState
from elections.models import Availability, DayPart, ElectionEvent, Member, PortalStep, User
from elections.models.member import confidential_today
from elections.permissions import can
from elections.queries.availability_count import who_can
from elections.queries.confidentiality import RIGHT, contact_of, ending_soon, with_contact
from elections.queries.mail import with_wrong_address
from elections.queries.member import ACCESS_TONES, ANSWER_TONES, Access, label_choices, sharing_an_address
from elections.queries.part_progress import Progress, measured_steps, with_progress

POSITION_LABELS = dict(PositionKind.choices)
ANSWER_LABELS = {
    StepState.DONE.value: _("heeft geantwoord"),
    StepState.BUSY.value: _("is bezig"),
    StepState.NOT_BEGUN.value: _("nog niet begonnen"),
}


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
        label=_("Beschikbaarheid"), choices=list(ANSWER_LABELS.items()), empty_label=_("Alle")
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
        add_own_filters(self)
        self.filters["label"].extra["choices"] = label_choices
        if event is None:
            for name in ("answer", "part", "progress"):
                del self.filters[name]
        else:
            self.filters["part"].queryset = measured_steps(event)
            self.filters["part"].field.label_from_instance = _part_name

    def filter_queryset(self, queryset: QuerySet[Member]) -> QuerySet[Member]:
        members = super().filter_queryset(queryset)
        part, progress = (self.form.cleaned_data.get(name) for name in ("part", "progress"))
        if part:
            members = with_progress(members, part, Progress(progress) if progress else None)
        return members if self.form.cleaned_data.get("active") else members.filter(is_active=True)

    def search(self, members: Any, _name: str, value: str) -> QuerySet[Member]:
        return members.search(value, by_hidden=self.sees_all)

    def by_position(self, members: QuerySet[Member], _name: str, value: str) -> QuerySet[Member]:
        return members.filter(qualified_for__contains=[value])

    def by_address(self, members: QuerySet[Member], _name: str, value: str) -> QuerySet[Member]:
        # Whose address is hidden is not in a list that tells something of it.
        found = members if self.sees_all else members.exclude(confidential_today())
        return sharing_an_address(found) if value == "shared" else with_wrong_address(found)

    def by_part(self, members: QuerySet[Member], _name: str, _value: Any) -> QuerySet[Member]:
        return members  # part and progress belong together: filter_queryset

    def by_confidential(self, members: QuerySet[Member], _name: str, value: str) -> QuerySet[Member]:
        return ending_soon(members) if value == "ending" else members.filter(confidential_today())

    def by_active(self, members: QuerySet[Member], _name: str, value: str) -> QuerySet[Member]:
        return members.filter(is_active=False) if value == "inactive" else members


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

    caption = _("Leden")

    class Meta:
        order_by = ("name",)

    def __init__(
        self, *args: Any, event: ElectionEvent | None, may_select: bool, by: User, **kwargs: Any
    ) -> None:
        self.by = by
        hidden = [*([] if event else ["answer"]), *([] if may_select else ["selection"])]
        super().__init__(*args, exclude=hidden, **kwargs)

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
        return with_contact(members, self.by).order_by(order, "sort_name", "number"), True

    def render_answer(self, value: str) -> SafeString:
        return badge(str(ANSWER_LABELS[value]), ANSWER_TONES[StepState(value)])

    def render_access(self, value: str, record: Member) -> SafeString:
        if not record.is_active:
            return badge(gettext("niet actief"), "neutral")
        return badge(str(Access(value).label), ACCESS_TONES[Access(value)])


class AnswerFilter(filters.FilterSet):
    """Who answered: by state, by name, by what they said of a day part, and who has a place but says no."""

    q = filters.CharFilter(label=_("Zoek op naam of nummer"), method="search")
    answer = filters.ChoiceFilter(
        label=_("Beschikbaarheid"), choices=list(ANSWER_LABELS.items()), empty_label=_("Alle")
    )
    part = filters.ModelChoiceFilter(
        label=_("Dagdeel"), queryset=None, to_field_name="uuid", empty_label=_("Alle"), method="by_said"
    )
    said = filters.ChoiceFilter(
        label=_("Antwoord"), choices=AvailabilityAnswer.choices, empty_label=_("Alle"), method="by_said"
    )
    position = filters.ChoiceFilter(
        label=_("Kan werken als"),
        choices=PositionKind.choices,
        empty_label=_("Alle functies"),
        method="by_position",
    )
    placed = filters.ChoiceFilter(
        label=_("Indeling"),
        choices=[("refuses", _("Ingedeeld, maar zei later nee"))],
        empty_label=_("Alle"),
        method="by_place",
    )

    class Meta:
        model = Member
        fields = ("q", "answer", "part", "said", "position", "placed")

    def __init__(self, data: Mapping[str, Any], queryset: QuerySet[Member], event: ElectionEvent) -> None:
        super().__init__(data, queryset)
        self.event = event
        parts = DayPart.objects.filter(polling_day__event=event).select_related("polling_day")
        self.filters["part"].queryset = parts.order_by("polling_day__date", "start", "end")
        self.filters["part"].field.label_from_instance = _part_label

    def filter_queryset(self, queryset: QuerySet[Member]) -> QuerySet[Member]:
        members = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        part, said = asked.get("part"), asked.get("said")
        if not (part or said):
            return members
        given = Availability.objects.filter(member=OuterRef("pk"), day_part__polling_day__event=self.event)
        given = given.filter(day_part=part) if part else given
        return members.filter(Exists(given.filter(answer=said) if said else given))

    def search(self, members: Any, _name: str, value: str) -> QuerySet[Member]:
        return members.search(value)

    def by_said(self, members: QuerySet[Member], _name: str, _value: Any) -> QuerySet[Member]:
        return members  # day part and answer belong together: filter_queryset

    def by_position(self, members: QuerySet[Member], _name: str, value: str) -> QuerySet[Member]:
        return members.filter(qualified_for__overlap=who_can(PositionKind(value)))

    def by_place(self, members: QuerySet[Member], _name: str, _value: str) -> QuerySet[Member]:
        return members.filter(refuses=True)


def _part_name(step: PortalStep) -> str:
    return step.name


def _part_label(part: DayPart) -> str:
    return f"{date_format(part.polling_day.date, 'D j F')}: {part.name}, {part.hours_in_full}"


class AnswerTable(tables.Table):
    """What each member answered in short; the whole answer is on the page of the member."""

    name = tables.Column(
        verbose_name=_("Naam"),
        accessor="list_name",
        order_by=("sort_name", "number"),
        linkify=("backoffice:member-detail", [tables.A("uuid")]),
        attrs={"td": {"class": "z-cell-main"}},
    )
    answer = tables.Column(verbose_name=_("Beschikbaarheid"))
    answered_at = tables.DateTimeColumn(verbose_name=_("Laatste antwoord"), format="j b Y H.i", default="–")
    says = tables.Column(verbose_name=_("Antwoord"), orderable=False, empty_values=())
    remark = tables.Column(verbose_name=_("Opmerking"), accessor="remark_given", orderable=False, default="–")

    caption = _("Wie heeft geantwoord")

    class Meta:
        order_by = ("-answered_at",)

    def order_answered_at(
        self, members: QuerySet[Member], is_descending: bool
    ) -> tuple[QuerySet[Member], bool]:
        """Who is silent comes last, whichever way."""
        moment = F("answered_at")
        order = moment.desc(nulls_last=True) if is_descending else moment.asc(nulls_last=True)
        return members.order_by(order, "sort_name", "number"), True

    def render_answer(self, value: str, record: Any) -> SafeString:
        said = badge(str(ANSWER_LABELS[value]), ANSWER_TONES[StepState(value)])
        if not record.refuses:
            return said
        return format_html("{} {}", said, badge(gettext("ingedeeld, zei later nee"), "error"))

    def render_says(self, record: Any) -> str:
        if record.unavailable_reason:
            return gettext("kan helemaal niet: %(reason)s") % {"reason": record.unavailable_reason}
        if not record.parts_given:
            return "–"
        return gettext("%(yes)s keer ja, %(if_needed)s als het moet, %(no)s nee") % {
            "yes": record.parts_yes,
            "if_needed": record.parts_if_needed,
            "no": record.parts_given - record.parts_yes - record.parts_if_needed,
        }


@lru_cache(maxsize=200)
def badge(label: str, tone: str) -> SafeString:
    """A badge; there are few different ones, and a list shows many."""
    return render_to_string("components/badge.html", {"label": label, "tone": tone})
